from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class AuthoringAdminConfig(AdminConfig):
    """Django's admin, with our site in the place of the default one and our own register of pages."""

    default_site = "lessons.authoring.site.AuthoringSite"

    def ready(self):
        super().ready()
        import_module("lessons.authoring.admin")  # needs the models, which are loaded by now
