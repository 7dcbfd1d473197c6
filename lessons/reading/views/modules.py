"""A module: its outline and everything that belongs to it."""

from django.contrib.auth.decorators import login_not_required
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString

from lessons import dates
from lessons.courses.models.active_memberships import remember_membership
from lessons.models import Module
from lessons.permissions import can_edit_course
from lessons.reading import structured_data
from lessons.reading.links import cached_reverse, tag_url
from lessons.reading.rendering import cached_fragment
from lessons.reading.selectors.outline import Outline, outline_of_module

TIMELINE_PREVIEW = 6


@login_not_required
def module(request, course_slug, slug):
    module = _module_for(request.user, course_slug, slug)
    outline = outline_of_module(module.pk, request.user)
    tags = [(t.name, tag_url(t.slug, module.course)) for t in module.tags.order_by("key")]
    may_edit = can_edit_course(request.user, module.course)
    page = {
        "module": module,
        "course": module.course,
        "outline": outline,
        "contents": _lesson_list(module, outline, may_edit),
        "aside": _aside(module, tuple(tags)),
        "prompts": module.prompts.values_list("text", flat=True),
        "licence_address": structured_data.licence_url(module.licence),
        "can_edit": may_edit,
        "canonical": structured_data.site_root(request) + module.get_absolute_url(),
        "json_ld": structured_data.module_json_ld(structured_data.site_root(request), module, outline.minutes, tags),
    }
    return render(request, "reading/module.html", page)


def _lesson_list(module: Module, outline: Outline, may_edit: bool) -> SafeString:
    """The lessons: the same for all who have read and begun the same."""
    entries = tuple(
        (
            e.number,
            e.title,
            e.address,
            e.summary,
            e.minutes,
            e.kind_label,
            e.is_case_study,
            bool(e.completed_at),
            bool(e.position),
        )
        for e in outline.entries
    )
    write_address = reverse("admin:lessons_module_change", args=[module.pk]) if may_edit and not entries else ""
    return cached_fragment("reading/_lesson_list.html", entries=entries, write_address=write_address)


def _aside(module: Module, tags: tuple) -> SafeString:
    """What belongs to the module, the same for every reader. Two queries."""
    events = list(module.timelineevents.values_list("date", "event")[: TIMELINE_PREVIEW + 1])
    return cached_fragment(
        "reading/_module_aside.html",
        glossary=cached_reverse("glossary", module.course.slug),
        timeline=cached_reverse("timeline", module.course.slug),
        terms=tuple(module.glossaryterms.order_by(Lower("term")).values_list("pk", "term")),
        events=tuple(
            (dates.format_edtf(date), dates.iso_date(date), event) for date, event in events[:TIMELINE_PREVIEW]
        ),
        are_more=len(events) > TIMELINE_PREVIEW,
        tags=tags,
    )


def _module_for(user, course_slug: str, slug: str) -> Module:
    modules = Module.objects.visible_to(user).select_related("course")
    module = get_object_or_404(modules, course__slug=course_slug, slug=slug)
    remember_membership(user, module.course.pk, module)
    return module
