"""Which passwords are too easily guessed, beyond the list of common ones. No rule says what a password consists of."""

import re

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MIN_DISTINCT_CHARACTERS = 5
# As many signs as a password must have: fewer, said again and again or put around a common one, are no more.
MIN_LENGTH = 12
EDGE_DIGITS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm")


class GuessablePasswordValidator:
    """Refuses few signs repeated, runs of the alphabet or the keyboard, a common password said twice or with a number
    at its ends, and little more than the site's name."""

    def __init__(self):
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user=None) -> None:
        word = password.casefold()
        if len(set(word)) < MIN_DISTINCT_CHARACTERS or any(word in run or word in run[::-1] for run in SEQUENCES):
            raise ValidationError(_("This repeats few signs, or follows the keyboard. Write a few words instead."))
        if len(repeated_unit(word)) < min(MIN_LENGTH, len(word)) or self.is_common(word):
            raise ValidationError(_("This is a common password, or short and repeated. Write a few words instead."))
        site = settings.SITE_NAME.casefold()
        if len(site) > 3 and len(word.replace(site, "")) < MIN_DISTINCT_CHARACTERS:
            raise ValidationError(_("This is little more than the name of this site. Write a few words instead."))

    def is_common(self, word: str) -> bool:
        """With digits and punctuation at its ends; what is on the list as it is, Django's own validator refuses."""
        core = repeated_unit(EDGE_DIGITS.sub("", word))
        return word not in self.common and core in self.common and len(word) - len(core) < MIN_LENGTH

    def get_help_text(self) -> str:
        return _("A few words that you remember make a good one; spaces are welcome.")


def repeated_unit(word: str) -> str:
    """What the word repeats from its first sign to its last, or the word: "tidetideti" is "tide"."""
    for length in range(1, (len(word) + 1) // 2 + 1):
        if word[length:] == word[:-length]:
            return word[:length]
    return word
