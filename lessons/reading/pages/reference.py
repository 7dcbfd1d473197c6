"""What one looks up: the glossary and the timeline of a course, and what a tag joins."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons import dates
from lessons.discussions.models import Thread
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent
from lessons.people.models import Course
from lessons.reading.addresses import lesson_address, tag_address
from lessons.reading.pages.courses import course_for
from lessons.tagging.models import Tag

RELATED = 12


@login_not_required
def glossary(request, slug):
    course = course_for(request.user, slug)
    terms = [_located(t) for t in _belonging(GlossaryTerm, course)]
    terms.sort(key=lambda t: t.term.casefold())
    return render(request, "reading/glossary.html", _page(request, course, terms))


@login_not_required
def timeline(request, slug):
    course = course_for(request.user, slug)
    events = [worded(_located(e)) for e in _belonging(TimelineEvent, course).order_by("sort_key", "pk")]
    return render(request, "reading/timeline.html", _page(request, course, events))


@login_not_required
def tag(request, slug):
    """What the reader may see under the tag, of listed courses and of the one that `course` names."""
    tag = get_object_or_404(Tag, slug=slug)
    named = request.GET.get("course", "")
    lessons = list(_listed(Lesson.objects.visible_to(request.user).with_place(), "module__course", named, tag))
    modules = list(_listed(Module.objects.visible_to(request.user).select_related("course"), "course", named, tag))
    threads = list(Thread.objects.visible_to(request.user).listed().filter(tags=tag).select_related("course")[:50])
    if not lessons and not modules and not threads:
        raise Http404
    for lesson in lessons:
        lesson.address = lesson_address(lesson.pk, lesson.slug)
    page = {"tag": tag, "lessons": lessons, "modules": modules, "threads": threads}
    page["related"] = _related(tag, lessons, modules, named)
    return render(request, "reading/tag.html", page | {"canonical": _canonical(request)})


def worded(event: TimelineEvent) -> TimelineEvent:
    """The event with its date for people (`when`) and for machines (`datetime`)."""
    event.when, event.datetime = dates.words(event.date), dates.iso(event.date)
    return event


def _page(request, course: Course, rows: list) -> dict:
    modules = {row.module_id for row in rows}
    return {"course": course, "rows": rows, "many_modules": len(modules) > 1, "canonical": _canonical(request)}


def _belonging(model, course: Course):
    """Rows of the course's modules that are not drafts, each with its lesson and what was published of it."""
    rows = model.objects.filter(module__course=course).exclude(module__state=Module.State.DRAFT)
    return rows.select_related("module", "lesson__current_revision").defer(
        "lesson__body", "lesson__current_revision__html", "lesson__current_revision__text"
    )


def _located(row):
    """The row with the address and title of its lesson, None where readers do not see that lesson."""
    lesson = row.lesson
    shown = lesson and lesson.state == Lesson.State.PUBLISHED and lesson.current_revision
    row.address = lesson_address(lesson.pk, lesson.slug) if shown else None
    row.lesson_title = lesson.current_revision.title if shown else None
    return row


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
