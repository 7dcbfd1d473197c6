"""The admin site that instructors enter by their role in a course."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from lessons.permissions import can_author


class AuthoringSite(admin.AdminSite):
    site_title = _("Commonplace authoring")
    site_header = _("Commonplace authoring")
    index_title = _("Your courses")

    def has_permission(self, request):
        return can_author(request.user)
