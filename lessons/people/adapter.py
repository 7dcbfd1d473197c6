"""What this portal does differently from django-allauth's defaults."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext as _

from lessons.people.models import User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def get_user_search_fields(self):
        return ["display_name", "email"]

    def send_mail(self, template_prefix, email, context):
        """Mails come from the site by its name, not from its host. When none goes out, the page says so."""
        site = {"name": settings.SITE_NAME, "domain": self.request.get_host()}
        try:
            super().send_mail(template_prefix, email, context | {"current_site": site})
        except (OSError, SMTPException):
            log.exception("No mail could be sent.")
            messages.error(self.request, _("The mail could not be sent just now. Try again in a few minutes."))

    def confirm_email(self, request, email_address):
        """An address that somebody else has, verified there or not, is refused."""
        others = User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id)
        if others.exists():
            text = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, text, {"email": email_address.email})
            return False
        return super().confirm_email(request, email_address)
