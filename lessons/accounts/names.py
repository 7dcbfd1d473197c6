"""What people call themselves: cleaned of what nobody can see, and refused with a sentence where nothing is left."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 80
JOINERS = "\u200c\u200d"  # Persian and Indic scripts and emoji need them, between two characters
INVISIBLE_CATEGORIES = {
    "Cc",
    "Cf",
    "Cs",
}  # control and format signs, halves of code points; new emoji are of no category yet
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Letters and symbols by their category, and yet nothing is seen of them: fillers of Hangul, the empty Braille cell.
BLANK_LETTERS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
STACKED_ACCENTS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{5,}")
EDGE_JOINERS = re.compile(rf"(?<![^\s{JOINERS}])[{JOINERS}]+|[{JOINERS}]+(?![^\s{JOINERS}])")


def clean_single_line(raw: str) -> str:
    """The text on one line, composed (NFC), without control signs, invisible ones and joiners that join nothing.

    Raises ValidationError for signs that turn the direction of whatever follows them on the page.
    """
    if BIDI_CONTROLS.search(raw):
        raise ValidationError(_("This holds an invisible sign that turns the direction of text. Type it anew."))
    line = " ".join(BLANK_LETTERS.sub(" ", unicodedata.normalize("NFC", raw)).split())
    seen = "".join(c for c in line if c in JOINERS or unicodedata.category(c) not in INVISIBLE_CATEGORIES)
    return EDGE_JOINERS.sub("", seen).strip()


def clean_display_name(raw: str) -> str:
    """A name of at most NAME_LENGTH code points that can be seen. Raises ValidationError, worded for the person."""
    if len(raw) > NAME_LENGTH:
        words = _("A name has at most %(most)s characters; this one has %(length)s.")
        raise ValidationError(words, params={"most": NAME_LENGTH, "length": f"{len(raw):,}"})
    name = clean_single_line(raw)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise ValidationError(_("Nothing of this name can be seen. Write at least one letter."))
    if STACKED_ACCENTS.search(unicodedata.normalize("NFD", name)):
        raise ValidationError(_("This name has too many accents on one letter. Leave some away."))
    return name
