"""What one looks up: the glossary and the timeline of a course, and what a tag joins."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons import dates
from lessons.discussions.models import Thread
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent
from lessons.people.models import Course
from lessons.queries.prepared import number, rows
from lessons.reading.addresses import lesson_address, tag_address
from lessons.reading.contents.fragments import fragment
from lessons.reading.pages.courses import course_for
from lessons.tagging.models import Tag

RELATED = 12
PLACE = (
    "module_id",
    "module__title",
    "lesson_id",
    "lesson__slug",
    "lesson__state",
    "lesson__current_revision__title",
)


class Explained(NamedTuple):
    pk: int
    term: str
    definition: str
    address: str | None
    lesson: str | None
    module: str | None


class Dated(NamedTuple):
    """`when` is for people, `datetime` for machines."""

    pk: int
    when: str
    datetime: str
    event: str
    detail: str
    address: str | None
    lesson: str | None
    module: str | None


@login_not_required
def glossary(request, slug):
    course = course_for(request.user, slug)
    found = _placed(rows(_terms, course=course.pk))
    terms = sorted((Explained(*row) for row in found), key=lambda t: t.term.casefold())
    shown = fragment("reading/_terms.html", terms=tuple(terms)) if terms else ""
    return render(request, "reading/glossary.html", _page(request, course, shown))


@login_not_required
def timeline(request, slug):
    course = course_for(request.user, slug)
    found = _placed(rows(_events, course=course.pk))
    events = tuple(Dated(pk, dates.words(date), dates.iso(date), *rest) for pk, date, *rest in found)
    shown = fragment("reading/_events.html", events=events) if events else ""
    return render(request, "reading/timeline.html", _page(request, course, shown))


@login_not_required
def tag(request, slug):
    """What the reader may see under the tag, of listed courses and of the one that `course` names."""
    tag = get_object_or_404(Tag, slug=slug)
    named = request.GET.get("course", "")
    lessons = list(_listed(_texts(request.user), "module__course", named, tag))
    modules = list(_listed(Module.objects.visible_to(request.user).select_related("course"), "course", named, tag))
    threads = list(Thread.objects.visible_to(request.user).listed().filter(tags=tag).select_related("course")[:50])
    if not lessons and not modules and not threads:
        raise Http404
    for lesson in lessons:
        lesson.address = lesson_address(lesson.pk, lesson.slug)
    page = {"tag": tag, "lessons": lessons, "modules": modules, "threads": threads}
    page["related"] = _related(tag, lessons, modules, named)
    return render(request, "reading/tag.html", page | {"canonical": _canonical(request)})


def _texts(user):
    """Lessons with what the page says of them, which is not their words."""
    texts = Lesson.objects.visible_to(user).with_place()
    return texts.defer("body", "current_revision__html", "current_revision__text", "module__course__description")


def _page(request, course: Course, shown: str) -> dict:
    return {"course": course, "shown": shown, "canonical": _canonical(request)}


def _terms():
    return _belonging(GlossaryTerm, "term", "definition").order_by("pk")


def _events():
    return _belonging(TimelineEvent, "date", "event", "detail").order_by("sort_key", "pk")


def _belonging(model, *columns: str):
    """Of a course's modules that are not drafts: id, `columns` and PLACE."""
    belonging = model.objects.filter(module__course=number("course")).exclude(module__state=Module.State.DRAFT)
    return belonging.values_list("pk", *columns, *PLACE)


def _placed(found: list[tuple]):
    """The rows, in the place of PLACE the address and title of the lesson, None where readers do not see it, and the
    module's title where there are several."""
    are_several = len({module for *_columns, module, _title, _lesson, _slug, _state, _name in found}) > 1
    for *own, _module, module_title, lesson, slug, state, title in found:
        is_shown = title and state == Lesson.State.PUBLISHED
        place = (lesson_address(lesson, slug), title) if is_shown else (None, None)
        yield (*own, *place, module_title if are_several else None)


def _listed(texts, course: str, named: str, tag: Tag):
    """Of the texts with the tag those whose course is public or one's own, or is `named`: unlisted ones stay so."""
    public = Q(**{f"{course}__visibility": Course.Visibility.PUBLIC})
    return texts.filter(public | Q(seat_role__isnull=False) | Q(**{f"{course}__slug": named}), tagged__tag=tag)


def _related(tag: Tag, lessons, modules, named: str) -> list[tuple[str, str]]:
    """Name and address of the tags that stand beside this one most often. One query."""
    beside = Q(lessontags__content_object__in=[t.pk for t in lessons]) | Q(
        moduletags__content_object__in=[m.pk for m in modules]
    )
    tags = Tag.objects.filter(beside).exclude(pk=tag.pk).annotate(n=Count("pk")).order_by("-n", "key")[:RELATED]
    course = next((m.course for m in modules if m.course.slug == named), None) or next(
        (t.module.course for t in lessons if t.module.course.slug == named), Course()
    )
    return [(t.name, tag_address(t.slug, course)) for t in tags]


def _canonical(request) -> str:
    return request.build_absolute_uri(request.path)
