"""A module: its lessons and everything that belongs to it."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from lessons import dates
from lessons.courses.course_by_slug import COURSE_FIELDS, read_course, reader_placeholder, reader_variant
from lessons.courses.due_dates import DueDates
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.compiled_queries import fetch_rows, str_param
from lessons.markup.lesson_markdown import link_addresses
from lessons.markup.row_templates import url
from lessons.models import Module
from lessons.permissions import can_edit_course
from lessons.reading import structured_data
from lessons.reading.lesson_lists import left_to_do
from lessons.reading.links import tag_url
from lessons.reading.rendering import cached_fragment
from lessons.reading.selectors.module_parts import ModuleParts, module_parts
from lessons.reading.selectors.outline import Outline, outline_of_module


@login_not_required
def module(request, course_slug, slug):
    module, root = _get_module(request.user, course_slug, slug), structured_data.site_root(request)
    outline = outline_of_module(module.pk, request.user)
    parts = module_parts(module.pk)
    tags = [(name, tag_url(slug, module.course)) for name, slug in parts.tags]
    may_edit = can_edit_course(request.user, module.course)
    due_dates = DueDates(module.course, request.user, timezone.now())
    context = {
        "module": module,
        "course": module.course,
        "outline": outline,
        "lesson_list": _lesson_list(due_dates, module, outline, may_edit),
        "zone_note": due_dates.zone_note if any(entry.due_at for entry in outline.entries) else "",
        "aside": _aside(module, parts, tuple(tags)),
        "prompts": parts.prompts,
        "source": link_addresses(module.source),
        "licence_url": structured_data.licence_url(module.licence),
        "can_edit": may_edit,
        "canonical": root + module.get_absolute_url(),
        "json_ld": structured_data.module_json_ld(root, module, outline.minutes, tags),
    }
    return render(request, "reading/module.html", context)


def _lesson_list(due_dates: DueDates, module: Module, outline: Outline, may_edit: bool) -> SafeString:
    """Render the lessons: the same for all in a time zone who have started and completed the same ones."""
    entries = tuple(
        (
            e.number,
            e.title,
            e.url,
            e.summary,
            e.minutes,
            e.kind_label,
            e.is_case_study,
            bool(e.completed_at),
            bool(e.position),
            left_to_do(e, due_dates),
            due_dates.show(e.due_at, is_done=bool(e.completed_at)) if e.due_at else None,
        )
        for e in outline.entries
    )
    add_lesson_url = reverse("admin:lessons_module_change", args=[module.pk]) if may_edit and not entries else ""
    return cached_fragment("reading/_lesson_list.html", entries=entries, add_lesson_url=add_lesson_url)


def _aside(module: Module, parts: ModuleParts, tags: tuple) -> SafeString:
    """Render key terms, timeline and tags: the same for every reader."""
    return cached_fragment(
        "reading/_module_aside.html",
        glossary_url=url("reading:glossary", module.course.slug),
        timeline_url=url("reading:timeline", module.course.slug),
        terms=parts.terms,
        events=tuple((dates.format_edtf(date), dates.iso_date(date), event) for date, event in parts.events),
        has_more=parts.has_more_events,
        tags=tags,
    )


MODULE_FIELDS = [field.attname for field in Module._meta.concrete_fields]
SLUG = Module._meta.get_field("slug")


def _get_module(user, course_slug: str, slug: str) -> Module:
    """Return the module; raise Http404 if the user may not read it. One query, which loads their membership, too."""
    slugs = {"course_slug": SLUG.get_prep_value(course_slug), "slug": SLUG.get_prep_value(slug)}
    rows = fetch_rows(_module_query, *reader_variant(user), **slugs, user=user.pk)
    if not rows:
        raise Http404
    width = len(MODULE_FIELDS)
    module = Module.from_db("default", MODULE_FIELDS, rows[0][:width])
    module.course = read_course(rows[0][width:])
    remember_membership(user, module.course.pk, module.course)
    return module


def _module_query(*variant) -> QuerySet:
    modules = Module.objects.visible_to(reader_placeholder(*variant))
    modules = modules.filter(course__slug=str_param("course_slug"), slug=str_param("slug")).order_by()
    course = (f"course__{name}" for name in COURSE_FIELDS)
    return modules.values_list(*MODULE_FIELDS, *course, "membership_role", "membership_group_id")
