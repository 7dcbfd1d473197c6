"""Context that every template gets."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from lessons.courses.models.active_memberships import active_memberships
from lessons.permissions import can_enter_authoring


def site(request):
    """Return the site's name and what the top bar needs. The user's memberships are read if a page prints them."""
    return {
        "site_name": settings.SITE_NAME,
        "active_memberships": SimpleLazyObject(lambda: active_memberships(request.user)),
        "may_author": lambda: can_enter_authoring(request.user),
        "learner_view": getattr(request, "learner_view", None),
    }
