"""Who will read what is posted for each of the audiences of a form."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import LatestJSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.models import Thread

Audience = Thread.Audience
# A course with more teachers than this has their number in the menu, not their names.
MAX_NAMED_STAFF = 3


class AudienceChoice(NamedTuple):
    """An audience, the text of its button, and its readers in words."""

    value: str
    text: str
    readers: str


class Readers(NamedTuple):
    """How many members and staff a course has, how many learners a group of it, and the names of the first staff, as
    the database returns them.
    """

    members: int
    staff: int
    group_learners: int
    staff_rows: str

    @property
    def staff_names(self) -> list[str]:
        return [name for _pk, name in unpack_rows(self.staff_rows)]


def readers_of(course: Course, group: ReadingGroup | None) -> Readers:
    """Return the readers of the course and of a group of it. One query."""
    return Readers(*fetch_rows(_query, course=course.pk, group=group and group.pk)[0])


def reader_columns() -> tuple[RowCount | LatestJSONRows, ...]:
    """Return the fields of Readers as columns of a compiled query, with placeholders for `course` and `group`."""
    members = Membership.objects.active().filter(course=int_param("course")).order_by()
    learners = members.filter(role=Membership.Role.LEARNER, group=int_param("group"))
    staff = members.exclude(role=Membership.Role.LEARNER)
    names = LatestJSONRows(staff.order_by("pk"), "pk", "user__display_name", limit=MAX_NAMED_STAFF)
    return *(RowCount(rows.values("pk")) for rows in (members, staff, learners)), names


def _query() -> QuerySet:
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*reader_columns())


def with_readers(buttons: Iterable[tuple[str, str]], readers: Readers) -> list[AudienceChoice]:
    """Return the audiences of `buttons` with their readers, which include those of the group that they offer."""
    everybody, staff, learners = readers.members, readers.staff, readers.group_learners
    texts = {
        Audience.COURSE: ngettext("%(n)d member", "%(n)d members", everybody) % {"n": everybody},
        Audience.GROUP: ngettext("%(n)d learner and staff", "%(n)d learners and staff", learners) % {"n": learners},
        Audience.STAFF: get_text_list(readers.staff_names, _("and"))
        if staff <= MAX_NAMED_STAFF
        else _("%(n)d members of staff") % {"n": staff},
        Audience.ME: _("Nobody else"),
    }
    return [AudienceChoice(value, text, texts[Audience(value)]) for value, text in buttons]
