"""Who will read what is posted for each of the audiences of a form."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.discussions.models import Thread

Audience = Thread.Audience
# A course with more teachers than this has their number in the menu, not their names.
MAX_NAMED_STAFF = 3


class AudienceChoice(NamedTuple):
    """An audience, the text of its button, and its readers in words."""

    value: str
    text: str
    readers: str


def with_readers(
    buttons: Iterable[tuple[str, str]], course: Course, group: ReadingGroup | None
) -> list[AudienceChoice]:
    """Return the audiences of `buttons` with their readers; `group` is the one that they offer. Two queries."""
    learner = Q(role=Membership.Role.LEARNER)
    members = Membership.objects.active().filter(course=course)
    counts = members.aggregate(
        everybody=Count("pk"), staff=Count("pk", filter=~learner), group=Count("pk", filter=learner & Q(group=group))
    )
    names = list(
        members.exclude(learner).values_list("user__display_name", flat=True).order_by("pk")[:MAX_NAMED_STAFF]
    )
    everybody, learners, staff = counts["everybody"], counts["group"], counts["staff"]
    readers = {
        Audience.COURSE: ngettext("%(n)d member", "%(n)d members", everybody) % {"n": everybody},
        Audience.GROUP: ngettext("%(n)d learner and staff", "%(n)d learners and staff", learners) % {"n": learners},
        Audience.STAFF: get_text_list(names, _("and"))
        if staff <= MAX_NAMED_STAFF
        else _("%(n)d members of staff") % {"n": staff},
        Audience.ME: _("Nobody else"),
    }
    return [AudienceChoice(value, text, readers[Audience(value)]) for value, text in buttons]
