"""Editing lessons that have notes, and opening their previews, in tests."""

from django.urls import reverse
from django.utils import timezone

from lessons.models import Lesson

REMOVED_PASSAGE = "Neap tides follow."
BODY_WITHOUT_IT = "<p>When sun and moon pull in line, the range is greatest.</p><p>Weak tides come between them.</p>"


def lesson_url(page, lesson, *args):
    return reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk, *args])


def edit_draft(lesson, body=BODY_WITHOUT_IT):
    fresh = Lesson.objects.get(pk=lesson.pk)
    Lesson.objects.filter(pk=lesson.pk).update(body=body, version=fresh.version + 1, updated_at=timezone.now())


def open_preview(client, lesson, query=""):
    response = client.get(lesson_url("publication", lesson) + query)
    return response, {"digest": response.context["preview"].digest, "change_summary": "Clearer"}


def revision_number(lesson):
    return Lesson.objects.get(pk=lesson.pk).current_revision.number


def placement_of(annotation):
    return annotation.placements.order_by("-revision__number").first()
