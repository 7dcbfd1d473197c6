"""Reject easily guessed passwords that Django's list of common ones does not have. No composition rules apply."""

import re

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MIN_DISTINCT_CHARACTERS = 5
# The minimum password length. Repeating a shorter string, or padding a common password, does not count towards it.
MIN_LENGTH = 12
EDGE_PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")
SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm")


class GuessablePasswordValidator:
    """Reject passwords of few distinct characters, alphabet or keyboard sequences, common passwords repeated or padded
    with digits, and those that are little more than the site's name.
    """

    def __init__(self):
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user=None) -> None:
        folded = password.casefold()
        if len(set(folded)) < MIN_DISTINCT_CHARACTERS or any(
            folded in sequence or folded in sequence[::-1] for sequence in SEQUENCES
        ):
            raise ValidationError(
                _("This password repeats few characters or follows the keyboard. Use a few words instead.")
            )
        if len(repeated_unit(folded)) < min(MIN_LENGTH, len(folded)) or self.is_common(folded):
            raise ValidationError(_("This password is common, or short and repeated. Use a few words instead."))
        site_name = settings.SITE_NAME.casefold()
        if len(site_name) > 3 and len(folded.replace(site_name, "")) < MIN_DISTINCT_CHARACTERS:
            raise ValidationError(_("This password is little more than the site’s name. Use a few words instead."))

    def is_common(self, folded: str) -> bool:
        """Return whether it is a common password padded with digits and punctuation.

        Django's own validator rejects unpadded ones.
        """
        core = repeated_unit(EDGE_PADDING.sub("", folded))
        return folded not in self.common and core in self.common and len(folded) - len(core) < MIN_LENGTH

    def get_help_text(self) -> str:
        return _("A few words that you can remember make a good password. Spaces are allowed.")


def repeated_unit(text: str) -> str:
    """Return the shortest string that the text repeats, or the text itself: "tidetideti" gives "tide"."""
    for length in range(1, (len(text) + 1) // 2 + 1):
        if text[length:] == text[:-length]:
            return text[:length]
    return text
