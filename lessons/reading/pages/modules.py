"""A module: its outline and everything that belongs to it."""

from django.contrib.auth.decorators import login_not_required
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404, render

from lessons.models import Module
from lessons.permissions import can_edit, take_seat
from lessons.reading.addresses import tag_address
from lessons.reading.contents.outline import outline_of_module
from lessons.reading.pages import description
from lessons.reading.pages.reference import worded

EXCERPT = 6


@login_not_required
def module(request, course_slug, slug):
    module = _module_for(request.user, course_slug, slug)
    outline = outline_of_module(module.pk, request.user)
    events = [worded(e) for e in module.timelineevents.all()[: EXCERPT + 1]]
    tags = [(t.name, tag_address(t.slug, module.course)) for t in module.tags.order_by("key")]
    page = {
        "module": module,
        "course": module.course,
        "outline": outline,
        "terms": module.glossaryterms.only("pk", "term", "module_id").order_by(Lower("term")),
        "events": events[:EXCERPT],
        "more_events": len(events) > EXCERPT,
        "prompts": module.prompts.all(),
        "tags": tags,
        "licence_address": description.licence_address(module.licence),
        "can_edit": can_edit(request.user, module.course),
        "canonical": description.root_of(request) + module.get_absolute_url(),
        "json_ld": description.of_module(description.root_of(request), module, outline.minutes, tags),
    }
    return render(request, "reading/module.html", page)


def _module_for(user, course_slug: str, slug: str) -> Module:
    modules = Module.objects.visible_to(user).select_related("course")
    module = get_object_or_404(modules, course__slug=course_slug, slug=slug)
    take_seat(user, module.course, module.seat_role)
    return module
