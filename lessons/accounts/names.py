"""Clean names and other single lines: remove or reject invisible characters."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lessons.markup.characters import BIDI_CONTROLS, visible_characters

NAME_LENGTH = 80
BIDI_CONTROL = re.compile(f"[{BIDI_CONTROLS}]")
STACKED_ACCENTS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{5,}")


def clean_single_line(raw: str) -> str:
    """Return the text on one line, composed (NFC), without control or invisible characters.

    Joiners stay where a script or an emoji needs them.

    Raise ValidationError for characters that change the direction of whatever follows them on the page.
    """
    if BIDI_CONTROL.search(raw):
        raise ValidationError(
            _("This contains an invisible character that changes the text direction. Type it again.")
        )
    return visible_characters(unicodedata.normalize("NFC", raw))


def clean_display_name(raw: str) -> str:
    """Return the name cleaned. Raise ValidationError if it is invisible or has more than NAME_LENGTH code points."""
    if len(raw) > NAME_LENGTH:
        message = _("A name can have at most %(max)s characters; this one has %(length)s.")
        raise ValidationError(message, params={"max": NAME_LENGTH, "length": f"{len(raw):,}"})
    name = clean_single_line(raw)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise ValidationError(_("This name has no visible characters. Write at least one letter."))
    if STACKED_ACCENTS.search(unicodedata.normalize("NFD", name)):
        raise ValidationError(_("This name has too many accents on one letter. Remove some."))
    return name


def validate_display_name(raw: str) -> None:
    """Raise ValidationError if `clean_display_name` does: a validator for model fields."""
    clean_display_name(raw)
