"""What this portal does differently from django-allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    def get_user_search_fields(self):
        return ["display_name", "email"]

    def send_mail(self, template_prefix, email, context):
        """Mails come from the site by its name, not from its host."""
        site = {"name": settings.SITE_NAME, "domain": self.request.get_host()}
        super().send_mail(template_prefix, email, context | {"current_site": site})
