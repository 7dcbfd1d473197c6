from django.contrib.admin.apps import AdminConfig


class AuthoringAdminConfig(AdminConfig):
    """Django's admin, with AuthoringSite as its site."""

    default_site = "lessons.authoring.site.AuthoringSite"
