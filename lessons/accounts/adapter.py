"""What this site does differently from django-allauth's defaults."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.accounts.models import User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": gettext_lazy("Too many attempts. Wait a minute, then try again."),
    }

    def get_user_search_fields(self):
        return ["display_name", "email"]

    def send_mail(self, template_prefix, email, context):
        """Send an e-mail that names the site, not its host. If the mail server fails, say so on the page."""
        reset_url = self.request.build_absolute_uri(reverse("account_reset_password"))
        context = context | {"site": settings.SITE_NAME, "sign_in_url": self._sign_in_url(), "reset_url": reset_url}
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("An e-mail could not be sent.")
            messages.error(self.request, _("The e-mail couldn’t be sent. Try again in a few minutes."))

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
