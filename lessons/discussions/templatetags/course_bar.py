"""`{% course_bar %}`: the pages of the course in the context and its search, on every page of it;
`{% authoring_course_bar %}` where it is edited.
"""

from typing import NamedTuple

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course
from lessons.discussions.selectors.course_counts import CourseCounts, course_counts
from lessons.discussions.selectors.thread_list import MAX_COUNTED
from lessons.permissions import can_discuss, can_moderate, can_view_insight, can_view_members

register = template.Library()

# The section of a page by the name of its address, and by the namespace for all others.
SECTIONS = {
    "participation": "people",
    "reading:course": "home",
    "reading:glossary": "glossary",
    "reading:timeline": "timeline",
    "reading": "lessons",
    "discussions:moderator_inbox": "inbox",
    "discussions:moderation_log": "inbox",
    "discussions": "discussions",
    "annotations": "discussions",
    "webannotations": "discussions",
    "insight:own_work": "home",
    "insight:member_work": "people",
    "insight": "insight",
    "enrolment:member_profile": "",
    "enrolment": "people",
    "privacy": "people",
}


class CourseLink(NamedTuple):
    """A link of the bar: `shown` is the count, `count_text` what it counts, `current` the value of aria-current."""

    name: str
    url: str
    current: str
    shown: str = ""
    count_text: str = ""


@register.inclusion_tag("_course_bar.html", takes_context=True)
def course_bar(context) -> dict:
    """Return the links for the reader. A view that knows the counts gives them as `course_counts`: no query then."""
    request, course = context["request"], context["course"]
    counts = context.get("course_counts") or course_counts(course, request.user)
    here = _section(request, sees_members=can_view_members(request.user, course))
    return {
        "links": [_link(*parts, here=here, path=request.path) for parts in _links(request.user, course, counts)],
        "search_url": reverse("search:search_course", args=[course.slug]),
        "suggestions_url": reverse("search:suggestions", args=[course.slug]),
        "has_shortcuts": request.user.is_authenticated,
    }


@register.inclusion_tag("authoring/_course_bar.html", takes_context=True)
def authoring_course_bar(context) -> dict:
    """Return the links for a page of authoring: none if it is of no course, or of several. It counts nothing."""
    course = next(filter(None, map(_course_of, map(context.get, ("course", "lesson", "module", "original")))), None)
    user = getattr(context.get("request"), "user", None)
    if course is None or user is None or not user.is_authenticated:
        return {"links": []}
    links = _links(user, course, CourseCounts(*[0] * len(CourseCounts._fields)))
    return {
        "links": [_link(*parts, here="lessons", path="") for parts in links],
        "search_url": reverse("search:search_course", args=[course.slug]),
    }


def _course_of(row: object) -> Course | None:
    """Return the course of a row, if that is known without a query."""
    if isinstance(row, Course):
        return row if row.slug else None
    if not isinstance(row, Model):
        return None
    loaded = row._state.fields_cache
    return loaded.get("course") or _course_of(loaded.get("module"))


def _section(request, *, sees_members: bool) -> str:
    match = request.resolver_match
    if match and match.namespace == "participation" and not sees_members:
        return "home"  # their own
    return SECTIONS.get(match.view_name, SECTIONS.get(match.namespace, "")) if match else ""


def _links(user, course: Course, counts: CourseCounts):
    """Yield section, name, address, count and what the count says."""
    slug = course.slug
    yield "home", _("Home"), course.get_absolute_url(), 0, ""
    yield "lessons", _("Lessons"), reverse("reading:lessons", args=[slug]), 0, ""
    if can_discuss(user, course):
        unread = ngettext("unread", "unread", counts.unread)
        yield "discussions", _("Discussions"), reverse("discussions:forum", args=[slug]), counts.unread, unread
    yield "glossary", _("Glossary"), reverse("reading:glossary", args=[slug]), 0, ""
    yield "timeline", _("Timeline"), reverse("reading:timeline", args=[slug]), 0, ""
    if can_view_insight(user, course):
        yield "insight", _("Insight"), reverse("insight:board", args=[slug]), 0, ""
    if can_view_members(user, course):
        yield "people", _("People"), reverse("enrolment:members", args=[slug]), 0, ""
    if can_moderate(user, course):
        waiting = ngettext("waiting", "waiting", counts.inbox)
        yield "inbox", _("Inbox"), reverse("discussions:moderator_inbox", args=[slug]), counts.inbox, waiting


def _link(section: str, name: str, url: str, count: int, count_text: str, *, here: str, path: str) -> CourseLink:
    current = "" if section != here else "page" if url == path else "true"
    shown = f"{MAX_COUNTED}+" if count >= MAX_COUNTED else str(count or "")
    return CourseLink(name, url, current, shown, count_text)
