"""Restoring a revision to the draft: somebody who has the draft open cannot overwrite it unawares."""

import pytest

from lessons.annotations.services import publish
from lessons.models import Lesson
from lessons.services import EditConflict, claim_version, restore_draft


def test_restoring_a_revision_makes_an_open_form_outdated(lesson, instructor):
    opened = Lesson.objects.get(pk=lesson.pk)
    lesson.title, lesson.body = "Another title", "<p>Another text.</p>"
    lesson.save()
    publish(lesson=lesson, by=instructor)
    restore_draft(revision=lesson.revisions.get(number=1), by=instructor)
    restored = Lesson.objects.get(pk=lesson.pk)
    assert (restored.title, restored.version) == ("Why tides come", opened.version + 1)
    with pytest.raises(EditConflict):
        claim_version(lesson=restored, version=opened.version)
