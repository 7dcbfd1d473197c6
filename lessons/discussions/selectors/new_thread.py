"""What the form of a new thread shows: its author's groups, what they have not sent, and who will read it."""

from typing import NamedTuple

from django.db.models import QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import Fields
from lessons.discussions.selectors.audience_readers import Readers, reader_columns
from lessons.discussions.selectors.filter_options import groups_to_filter_by
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params


class NewThreadContext(NamedTuple):
    """The groups that the author may post to: every group for staff, for learners their own, which is `own_group`.
    `unsent` has the fields of the form as they were kept, None if nothing was.
    """

    groups: list[ReadingGroup]
    own_group: ReadingGroup | None
    unsent: Fields | None
    readers: Readers


def new_thread_context(course: Course, user: User, draft_key: str) -> NewThreadContext:
    """Return what the user's form for a new thread in the course shows. One query besides that for memberships."""
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk)
    groups, unsent, *readers = fetch_rows(_query, viewer, draft_key=draft_key, **params)[0]
    offered = [ReadingGroup(pk=pk, course=course, name=name) for _place, pk, name in unpack_rows(groups)]
    membership = active_memberships(user).get(course.pk)
    own = next((group for group in offered if membership and group.pk == membership.group_id), None)
    return NewThreadContext(offered, own, unsent, Readers(*readers))


def _query(viewer: QueryViewer) -> QuerySet:
    # In the order of the database, which need not be Python's.
    groups = groups_to_filter_by(viewer).annotate(place=Window(RowNumber(), order_by="key"))
    unsent = UnsentText.objects.filter(user=int_param("user"), draft_key=str_param("draft_key"))
    columns = (JSONRows(groups, "place", "pk", "name"), Subquery(unsent.values("fields")), *reader_columns())
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*columns)
