"""What every page knows."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from lessons.courses.models.active_memberships import active_memberships
from lessons.permissions import can_enter_authoring


def site(request):
    """`may_author` asks the database at most once, and not at all where a page has taken the person's seat."""
    return {
        "site_name": settings.SITE_NAME,
        "active_memberships": SimpleLazyObject(lambda: active_memberships(request.user)),
        "may_author": lambda: can_enter_authoring(request.user),
        "learner_view": getattr(request, "learner_view", None),
    }
