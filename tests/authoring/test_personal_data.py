"""What is known about who edits lessons is exported, and erased with the person."""

import pytest
from django.utils import timezone

from lessons.authoring import personal_data
from lessons.authoring.bin.services import move_to_bin
from lessons.models import BinEntry, DraftVersion, EditingPresence
from lessons.privacy.archive import all_sections
from lessons.services import record_draft_version
from tests import factories

pytestmark = pytest.mark.django_db


def test_drafts_and_presence_are_exported_and_erased_by_course(course, lesson, instructor):
    elsewhere = factories.make_lesson(factories.make_module(factories.make_course(slug="elsewhere")))
    for row in (lesson, elsewhere):
        record_draft_version(lesson=row, by=instructor, origin="form")
        EditingPresence.objects.create(lesson=row, user=instructor, seen_at=timezone.now())
        move_to_bin(row=factories.make_event(row.module), by=instructor)
    sections = {section.key: list(section.rows) for section in all_sections(instructor)}
    assert [(row["lesson"], row["how"]) for row in sections["lesson_drafts"]] == [
        (lesson.title, "Saved"),
        (elsewhere.title, "Saved"),
    ]
    assert len(sections["open_lessons"]) == 2
    assert [row["kind"] for row in sections["deleted"]] == ["Event", "Event"]
    personal_data.erase([instructor.pk], course)
    assert list(DraftVersion.objects.filter(author=instructor).values_list("lesson", flat=True)) == [elsewhere.pk]
    assert EditingPresence.objects.get().lesson == elsewhere
    assert BinEntry.objects.get(deleted_by=instructor).course.slug == "elsewhere"
    personal_data.erase([instructor.pk])
    assert (DraftVersion.objects.filter(author=None).count(), EditingPresence.objects.count()) == (2, 0)
    assert BinEntry.objects.filter(deleted_by=None).count() == 2
