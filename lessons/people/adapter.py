"""What this portal does differently from django-allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def get_user_search_fields(self):
        return ["display_name", "email"]
