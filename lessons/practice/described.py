"""A check as HTML for its authors, who compare versions of a text: with what is right, and all feedback. Pure."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.markup.sanitise import CHECK_PLACE
from lessons.practice.checks import CHOICES, Check, Kind, Option


def with_described_checks(html: str, checks: Mapping[str, Check]) -> str:
    """Return sanitised HTML with its checks in their places. checks: by their uids."""
    return CHECK_PLACE.sub(lambda found: _described(checks.get(found[1])), html)


def _described(check: Check | None) -> SafeString:
    question = check.question if check else _("It no longer exists.")
    title = format_html("<p><strong>{}</strong> {}</p>", _("Check:"), question)
    return format_html('<aside class="callout callout-check">{}{}</aside>', title, _parts(check) if check else "")


def _parts(check: Check) -> SafeString:
    options = format_html_join("", "<li>{}</li>", ((_option(check, option),) for option in check.options))
    rest = [
        (_("Right answers:"), "; ".join(check.accepted)),
        (_("Model answer:"), check.model_answer),
        (_("Explanation:"), check.explanation),
    ]
    return format_html(
        "{}{}",
        format_html("<ol>{}</ol>" if check.kind is Kind.ORDER else "<ul>{}</ul>", options) if options else "",
        format_html_join("", "<p>{} {}</p>", ((label, text) for label, text in rest if text)),
    )


def _option(check: Check, option: Option) -> str:
    """Return an option, whether it is right, and what is said about it."""
    sign = ("✓ " if option.is_right else "✗ ") if check.kind in CHOICES else ""
    return f"{sign}{option.text} – {option.feedback}" if option.feedback else f"{sign}{option.text}"
