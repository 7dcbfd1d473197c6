"""Drafts of lessons with notes, for tests."""

from django.urls import reverse
from django.utils import timezone

from lessons.models import Lesson

GONE = "Neap tides follow."
WITHOUT = "<p>When sun and moon pull in line, the range is greatest.</p><p>Weak tides come between them.</p>"


def address(page, lesson, *more):
    return reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk, *more])


def drafted(lesson, body=WITHOUT):
    fresh = Lesson.objects.get(pk=lesson.pk)
    Lesson.objects.filter(pk=lesson.pk).update(body=body, version=fresh.version + 1, updated_at=timezone.now())


def look(client, lesson, query=""):
    reply = client.get(address("publication", lesson) + query)
    return reply, {"seen": reply.context["told"].seen, "note": "Clearer"}


def number_of(lesson):
    return Lesson.objects.get(pk=lesson.pk).current_revision.number


def place_of(note):
    return note.placements.order_by("-revision__number").first()
