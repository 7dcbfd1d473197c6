"""Forms of the entrance: signing up, also once more before the address was shown to be one's own; a mailed key."""

from allauth.account.forms import ResetPasswordKeyForm, SignupForm
from allauth.account.internal.flows.email_verification import consume_email_verification_rate_limit
from allauth.core import context
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User

TYPED = "typed_at_sign_up"
WAIT = _("Several codes went to this address just now. Wait a minute, then try again; the last one is still good.")


class NewcomerForm(SignupForm):
    """Who signs up again before they have written the code gets a code again, not word of an account that exists.

    What they typed is kept in their session until they write it: an account that somebody else began for the address
    must not keep a password that its owner does not know.
    """

    def clean(self):
        cleaned = super().clean()
        address = self.cleaned_data.get("email")
        if address and not consume_email_verification_rate_limit(context.request, address, dry_run=True):
            self.add_error(None, WAIT)
        return cleaned

    def try_save(self, request):
        person = unfinished(self.cleaned_data["email"]) if self.account_already_exists else None
        if person is None:
            return super().try_save(request)
        password = make_password(self.cleaned_data["password1"])
        request.session[TYPED] = {"person": person.pk, "password": password, "name": self.cleaned_data["display_name"]}
        return person, None


def unfinished(address: str) -> User | None:
    """Whose account it is that nobody has signed in to yet, nor shown the address of to be theirs."""
    untouched = User.objects.filter(email__iexact=address, is_active=True, last_login=None)
    return untouched.exclude(emailaddress__verified=True).first()


def take_what_was_typed(request, *people: User) -> None:
    """Gives the account, in every object that stands for it here, the password and name typed in this session."""
    typed = request.session.pop(TYPED, None)
    for person in people:
        if typed and person.pk == typed["person"]:
            person.password, person.display_name = typed["password"], typed["name"]
            person.save(update_fields=["password", "display_name"])


class MailedKeyForm(ResetPasswordKeyForm):
    """A password by a key that came by mail: whoever has it reads that mailbox, so no code need go there as well."""

    password2 = None

    def save(self) -> None:
        super().save()
        addresses = self.user.emailaddress_set.all()
        if not any(a.verified or a.email != self.user.email for a in addresses):
            self.user.vouch_for_address()
