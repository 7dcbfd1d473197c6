"""What this site does differently from django-allauth's defaults."""

from base64 import b32encode
from copy import copy
from secrets import token_bytes

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy

from lessons.accounts import hashers
from lessons.accounts.models import User
from lessons.db.encryption import Unreadable, decrypt, encrypt
from lessons.mail.builder import build_email
from lessons.mail.services import queue_message

SECOND_FACTORS = "lessons.accounts: second factors"


class MFAAdapter(DefaultMFAAdapter):
    # A passkey that is not known here is refused with the same words as a code.
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code or passkey is not valid here. Try again, or use another method."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose=SECOND_FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the key of an authenticator app or of recovery codes. If it was encrypted with a SECRET_KEY that is
        no longer known, return a random one, which no code fits.
        """
        try:
            return decrypt(encrypted_text, purpose=SECOND_FACTORS)
        except Unreadable:
            return b32encode(token_bytes(20)).decode()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": gettext_lazy("Too many attempts. Wait a minute, then try again."),
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is not correct."),
        "email_taken": gettext_lazy("There is already an account with this e-mail address."),
        "duplicate_email": gettext_lazy("This e-mail address already belongs to this account."),
        "max_email_addresses": gettext_lazy("You cannot add more than %d e-mail addresses."),
        "cannot_remove_primary_email": gettext_lazy("You cannot remove your primary e-mail address."),
        "unverified_primary_email": gettext_lazy("Your primary e-mail address must be verified."),
        "unknown_email": gettext_lazy("No account has this e-mail address."),
    }

    def get_user_search_fields(self):
        return ["display_name", "email"]

    def pre_authenticate(self, request, **credentials):
        """Refuse a sign-in if the server is busy, before it counts as an attempt.

        Attempts are counted by address. allauth counts them by host, too, which the client says: with any port.
        """
        hashers.wait_for_turn()
        counted = copy(request)
        counted.get_host = lambda: settings.SITE_URL
        super().pre_authenticate(counted, **credentials)

    def send_mail(self, template_prefix, email, context):
        """Queue an e-mail that names the site, not its host."""
        reset_url = self.request.build_absolute_uri(reverse("account_reset_password"))
        context = {
            "request": self.request,
            "email": email,
            "current_site": get_current_site(self.request),
            **context,
            "site": settings.SITE_NAME,
            "sign_in_url": self._sign_in_url(),
            "reset_url": reset_url,
        }
        message = self.render_mail(template_prefix, email, context)
        recipient = context.get("user") or User.objects.filter(email__iexact=email).first()
        queue_message(message, kind=template_prefix, recipient_id=recipient.pk if recipient else None)

    def render_mail(self, template_prefix, email, context, headers=None):
        """Build the e-mail as all others of the site, in the language of the page."""
        return build_email(
            f"{template_prefix}_message.html",
            to=email,
            language=get_language() or "",
            site_url=self.request.build_absolute_uri("/"),
            context=context,
            headers=headers,
        )

    def _sign_in_url(self) -> str:
        """Return the URL of the sign-in page, with the page to go to afterwards, such as an invitation."""
        next_url = get_next_redirect_url(self.request)
        query = "?" + urlencode({"next": next_url}) if next_url else ""
        return self.request.build_absolute_uri(reverse("account_login") + query)

    def respond_email_verification_sent(self, request, user):
        """Redirect to the code page with the `next` URL, whether the account exists or not."""
        return redirect(passthrough_next_redirect_url(request, reverse("account_email_verification_sent"), "next"))

    def get_email_verification_redirect_url(self, email_address):
        """Send a signed-in user to the e-mail address page, which shows the new address."""
        if self.request.user.is_authenticated:
            return reverse("account_email")
        return super().get_email_verification_redirect_url(email_address)

    def confirm_email(self, request, email_address):
        """Confirm the address, unless another account has it, verified or not."""
        others = User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id)
        if others.exists():
            text = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, text, {"email": email_address.email})
            return False
        return super().confirm_email(request, email_address)
