"""Forms for signing up, also again before the address was verified, and for setting a password by e-mailed link."""

from allauth.account import forms as allauth_forms
from allauth.core import context, ratelimit
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from lessons.accounts.address_forms import PASSWORD_LABELS, NormalisedAddressMixin, SiteLabelsMixin
from lessons.accounts.models import User

PENDING_SIGNUP = "pending_signup"
RESEND_TOO_SOON = _(
    "Several codes were sent to this address just now. Wait a minute, then try again; the latest code is still valid."
)


class SignupForm(NormalisedAddressMixin, allauth_forms.SignupForm):
    """Sign-up. Somebody who signs up again before verifying their address gets another code, instead of an e-mail
    that says the account exists.

    What they typed stays in their session until they enter the code: if somebody else signed up with their address,
    that person's password must not remain valid.
    """

    def clean(self):
        data = super().clean()
        email = self.cleaned_data.get("email")
        if email and not ratelimit.consume(context.request, action="confirm_email", key=email, dry_run=True):
            self.add_error(None, RESEND_TOO_SOON)
        return data

    def try_save(self, request):
        user = unverified_account(self.cleaned_data["email"]) if self.account_already_exists else None
        if user is None:
            if self.account_already_exists:
                make_password(self.cleaned_data["password1"])  # the work that a new account takes
            return super().try_save(request)
        request.session[PENDING_SIGNUP] = {
            "user_id": user.pk,
            "password": make_password(self.cleaned_data["password1"]),
            "display_name": self.cleaned_data["display_name"],
        }
        return user, None


def unverified_account(email: str) -> User | None:
    """Return the account with this address if nobody has ever signed in to it or verified the address."""
    unused = User.objects.filter(email=email, is_active=True, last_login=None)
    return unused.exclude(emailaddress__verified=True).first()


def apply_pending_signup(request, *instances: User) -> None:
    """Save the password and name typed in this session, on every loaded instance of the account."""
    pending = request.session.pop(PENDING_SIGNUP, None)
    for user in instances:
        if pending and user.pk == pending["user_id"]:
            user.password, user.display_name = pending["password"], pending["display_name"]
            user.save(update_fields=["password", "display_name"])


class SetPasswordForm(SiteLabelsMixin, allauth_forms.ResetPasswordKeyForm):
    """A new password, set with an e-mailed link. Following the link proves the address, so no code is sent."""

    password2 = None
    labels = PASSWORD_LABELS

    def save(self) -> None:
        super().save()
        addresses = self.user.emailaddress_set.all()
        if not any(address.verified or address.email != self.user.email for address in addresses):
            self.user.mark_email_verified()
