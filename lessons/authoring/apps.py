from django.contrib.admin.apps import AdminConfig


class AuthoringAdminConfig(AdminConfig):
    """Django's admin, with our site in the place of the default one and our own register of pages."""

    default_site = "lessons.authoring.site.AuthoringSite"
