"""Forms of the entrance: signing up, also once more before the address was shown to be one's own; a mailed key."""

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.email_verification import consume_email_verification_rate_limit
from allauth.core import context
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User

PENDING_SIGNUP = "typed_at_sign_up"
RESEND_TOO_SOON = _(
    "Several codes went to this address just now. Wait a minute, then try again; the last one is still good."
)


class SignupForm(allauth_forms.SignupForm):
    """Who signs up again before they have written the code gets a code again, not word of an account that exists.

    What they typed is kept in their session until they write it: an account that somebody else began for the address
    must not keep a password that its owner does not know.
    """

    def clean(self):
        cleaned = super().clean()
        address = self.cleaned_data.get("email")
        if address and not consume_email_verification_rate_limit(context.request, address, dry_run=True):
            self.add_error(None, RESEND_TOO_SOON)
        return cleaned

    def try_save(self, request):
        person = unverified_account(self.cleaned_data["email"]) if self.account_already_exists else None
        if person is None:
            return super().try_save(request)
        password = make_password(self.cleaned_data["password1"])
        request.session[PENDING_SIGNUP] = {
            "person": person.pk,
            "password": password,
            "name": self.cleaned_data["display_name"],
        }
        return person, None


def unverified_account(address: str) -> User | None:
    """Whose account it is that nobody has signed in to yet, nor shown the address of to be theirs."""
    untouched = User.objects.filter(email__iexact=address, is_active=True, last_login=None)
    return untouched.exclude(emailaddress__verified=True).first()


def apply_pending_signup(request, *people: User) -> None:
    """Gives the account, in every object that stands for it here, the password and name typed in this session."""
    typed = request.session.pop(PENDING_SIGNUP, None)
    for person in people:
        if typed and person.pk == typed["person"]:
            person.password, person.display_name = typed["password"], typed["name"]
            person.save(update_fields=["password", "display_name"])


class SetPasswordForm(allauth_forms.ResetPasswordKeyForm):
    """A password by a key that came by mail: whoever has it reads that mailbox, so no code need go there as well."""

    password2 = None

    def save(self) -> None:
        super().save()
        addresses = self.user.emailaddress_set.all()
        if not any(a.verified or a.email != self.user.email for a in addresses):
            self.user.mark_email_verified()
