"""Edges of fields, lines under passages and the colour of links and the focus stand out from every ground."""

import re

import pytest
from django.conf import settings

TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
COLOURS = {name: pair for name, *pair in TOKEN.findall(TOKENS)}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
def test_what_is_not_text_has_a_contrast_of_three(scheme, ground):
    for name in ("edge", "accent", "line-mine", "line-question", "good", "bad", "warn"):
        assert contrast(COLOURS[name][scheme], COLOURS[ground][scheme]) >= 3, name
