"""Which passwords are too easily guessed, beyond the list of common ones. No rule says what a password consists of."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_DIFFERENT = 5
RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm")


class GuessableValidator:
    """Refuses few signs repeated, runs of the alphabet or the keyboard, and little more than the site's name."""

    def validate(self, password: str, user=None) -> None:
        word = password.casefold()
        if len(set(word)) < FEWEST_DIFFERENT or any(word in run or word in run[::-1] for run in RUNS):
            raise ValidationError(_("This repeats few signs, or follows the keyboard. Write a few words instead."))
        site = settings.SITE_NAME.casefold()
        if len(site) > 3 and len(word.replace(site, "")) < FEWEST_DIFFERENT:
            raise ValidationError(_("This is little more than the name of this site. Write a few words instead."))

    def get_help_text(self) -> str:
        return _("A few words that you remember make a good one; spaces are welcome.")
