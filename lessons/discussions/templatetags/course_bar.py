"""`{% course_bar %}`: the pages of the course in the context and its search, on every page of it;
`{% authoring_course_bar %}` where it is edited.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.discussions.selectors.course_counts import CourseCounts, course_counts
from lessons.discussions.selectors.thread_list import MAX_COUNTED
from lessons.markup.row_templates import render_rows, url
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

# The page that the link of each section leads to.
PAGES = {
    "home": "reading:course",
    "lessons": "reading:lessons",
    "discussions": "discussions:forum",
    "glossary": "reading:glossary",
    "timeline": "reading:timeline",
    "insight": "insight:board",
    "people": "enrolment:members",
    "inbox": "discussions:moderator_inbox",
}


class CourseLink(NamedTuple):
    """A link of the bar: `shown` is the count, `count_text` what it counts, `current` the value of aria-current."""

    name: str
    url: str
    current: str
    shown: str = ""
    count_text: str = ""


class Bar(NamedTuple):
    """Everything that a course bar shows, or that decides about it. `is_here` says that the page is the one that the
    link of its section leads to.
    """

    language: str | None
    slug: str
    discusses: bool
    views_insight: bool
    views_members: bool
    moderates: bool
    has_shortcuts: bool
    counts: CourseCounts
    section: str = ""
    is_here: bool = False

    @classmethod
    def of(cls, course: Course, user, counts: CourseCounts) -> "Bar":
        """Return the bar of a course for a user, on none of its pages."""
        return cls(
            get_language(),
            course.slug,
            can_discuss(user, course),
            can_view_insight(user, course),
            can_view_members(user, course),
            can_moderate(user, course),
            user.is_authenticated,
            counts,
        )


@register.simple_tag(takes_context=True)
def course_bar(context) -> SafeString:
    """Render the bar for the reader. A view that knows the counts gives them as `course_counts`: no query then."""
    request, course = context["request"], context["course"]
    counts = context.get("course_counts") or course_counts(course, request.user)
    bar = Bar.of(course, request.user, counts)
    section = _section(request, sees_members=bar.views_members)
    is_here = section in PAGES and url(PAGES[section], course.slug) == request.path
    return _rendered(bar._replace(section=section, is_here=is_here))


@lru_cache(maxsize=1024)
def _rendered(bar: Bar) -> SafeString:
    return render_rows(
        "frame/course_bar.html",
        links=list(_links(bar)),
        search_url=url("search:search_course", bar.slug),
        suggestions_url=url("search:suggestions", bar.slug),
        has_shortcuts=bar.has_shortcuts,
    )


@register.simple_tag
def course_search_link(course: Course) -> SafeString:
    """Render the link that phones show in place of the search box."""
    return _search_link(get_language(), course.slug)


@lru_cache(maxsize=256)
def _search_link(_language: str | None, slug: str) -> SafeString:
    return render_rows("frame/search_link.html", search_url=url("search:search_course", slug))


@register.inclusion_tag("authoring/_course_bar.html", takes_context=True)
def authoring_course_bar(context) -> dict:
    """Return the links for a page of authoring: none if it is of no course, or of several. It counts nothing."""
    course = next(filter(None, map(_course_of, map(context.get, ("course", "lesson", "module", "original")))), None)
    user = getattr(context.get("request"), "user", None)
    if course is None or user is None or not user.is_authenticated:
        return {"links": []}
    bar = Bar.of(course, user, CourseCounts())._replace(section="lessons")
    return {"links": list(_links(bar)), "search_url": url("search:search_course", course.slug)}


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


def _links(bar: Bar) -> Iterator[CourseLink]:
    """Yield the links that the reader has."""
    yield _link(bar, "home", _("Home"))
    yield _link(bar, "lessons", _("Lessons"))
    if bar.discusses:
        unread = bar.counts.unread
        yield _link(bar, "discussions", _("Discussions"), unread, ngettext("unread", "unread", unread))
    yield _link(bar, "glossary", _("Glossary"))
    yield _link(bar, "timeline", _("Timeline"))
    if bar.views_insight:
        yield _link(bar, "insight", _("Insight"))
    if bar.views_members:
        yield _link(bar, "people", _("People"))
    if bar.moderates:
        inbox = bar.counts.inbox
        yield _link(bar, "inbox", _("Inbox"), inbox, ngettext("waiting", "waiting", inbox))


def _link(bar: Bar, section: str, name: str, count: int = 0, count_text: str = "") -> CourseLink:
    current = "" if section != bar.section else "page" if bar.is_here else "true"
    shown = f"{MAX_COUNTED}+" if count >= MAX_COUNTED else str(count or "")
    return CourseLink(name, url(PAGES[section], bar.slug), current, shown, count_text)
