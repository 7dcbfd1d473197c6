from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class AuthoringAdminConfig(AdminConfig):
    """Django's admin, with AuthoringSite as its site."""

    default_site = "lessons.authoring.site.AuthoringSite"

    def ready(self):
        """Import our jobs and kinds of e-mail, which nobody else finds: the app has the name of Django's admin."""
        super().ready()
        for module in ("jobs", "emails"):
            import_module(f"lessons.authoring.{module}")
