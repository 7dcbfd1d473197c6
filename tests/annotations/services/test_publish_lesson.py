import pytest
from django.db import connection
from django.db.models import RestrictedError
from django.db.utils import DatabaseError

from lessons.annotations.services import publish
from lessons.courses.models import AuditEntry
from lessons.markup import plain_text
from lessons.models import Lesson, Revision
from lessons.services import NothingToPublish, restore_draft, withdraw
from tests.factories import make_case_study, make_lesson

pytestmark = pytest.mark.django_db


def test_publishing_freezes_title_facts_html_and_text(instructor, module):
    case = make_case_study(module, title="The flood", body="<h1>Walls</h1><p>They broke &amp; fell.</p>")
    revision = publish(lesson=case, by=instructor, change_summary="First")
    assert (revision.number, revision.title, revision.author, revision.change_summary) == (
        1,
        "The flood",
        instructor,
        "First",
    )
    assert revision.html == '<h2 id="sec-walls">Walls</h2><p>They broke &amp; fell.</p>'
    assert revision.text == "WallsThey broke & fell."
    assert revision.sha256 == plain_text.text_digest(revision.html)
    assert revision.word_count == 5
    assert revision.facts["parties"] == ["Villages", "The sea"]


def test_a_published_case_study_keeps_its_facts_when_it_is_published_as_a_lesson(instructor, module):
    case = make_case_study(module)
    revision = publish(lesson=Lesson.objects.get(pk=case.pk), by=instructor)
    assert revision.facts["kind"] == "case_study"
    assert revision.facts["location"] == "Bristol Channel"


def test_publishing_an_unchanged_draft_creates_no_new_revision(instructor, lesson):
    assert publish(lesson=lesson, by=instructor).number == 1
    assert lesson.revisions.count() == 1


def test_a_changed_draft_is_the_next_revision_and_the_old_one_stays(instructor, lesson):
    old = lesson.current_revision
    lesson.body = "<p>Something else.</p>"
    lesson.save()
    new = publish(lesson=lesson, by=instructor)
    assert new.number == 2
    assert Revision.objects.get(pk=old.pk).text == old.text
    assert Lesson.objects.get(pk=lesson.pk).current_revision == new


def test_an_empty_draft_is_not_published(instructor, module):
    empty = make_lesson(module, body="<p> </p>")
    with pytest.raises(NothingToPublish):
        publish(lesson=empty, by=instructor)
    assert not empty.revisions.exists()


def test_withdrawing_hides_the_lesson_and_keeps_its_revisions(instructor, learner, lesson):
    withdraw(lesson=lesson, by=instructor, reason="Wrong year")
    assert not Lesson.objects.visible_to(learner).exists()
    assert lesson.revisions.count() == 1
    assert AuditEntry.objects.filter(verb="withdraw", actor=instructor).exists()


def test_restoring_an_old_revision_changes_the_draft_only(instructor, lesson):
    old = lesson.current_revision
    lesson.body = "<p>Something else.</p>"
    lesson.save()
    publish(lesson=lesson, by=instructor)
    restore_draft(revision=old, by=instructor)
    lesson.refresh_from_db()
    assert lesson.body == old.html
    assert lesson.current_revision.number == 2


FROZEN = [
    "number",
    "title",
    "facts",
    "html",
    "text",
    "sha256",
    "word_count",
    "change_summary",
    "published_at",
    "lesson_id",
]


@pytest.mark.parametrize("column", FROZEN)
def test_the_database_refuses_to_change_a_revisions_content(lesson, column, transactional_db):
    new = {"number": "99", "word_count": "99", "lesson_id": "0", "published_at": "'2001-01-01'", "facts": "'{}'"}
    with pytest.raises(DatabaseError, match="frozen"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE lessons_revision SET {column} = {new.get(column, chr(39) + 'x' + chr(39))}")


def test_orm_saves_of_a_changed_revision_are_refused_too(lesson, transactional_db):
    revision = lesson.current_revision
    revision.text = "Other words"
    with pytest.raises(DatabaseError, match="frozen"):
        revision.save()


def test_a_revisions_author_may_be_removed(instructor, lesson):
    lesson.current_revision.author = None
    lesson.current_revision.save()
    assert Revision.objects.get().author is None


def test_the_database_refuses_to_change_the_log(instructor, lesson, transactional_db):
    with pytest.raises(DatabaseError, match="frozen"):
        AuditEntry.objects.update(verb="nothing happened")


def test_the_current_revision_is_deleted_only_with_its_course(lesson):
    with pytest.raises(RestrictedError):
        lesson.current_revision.delete()
    lesson.module.course.delete()
    assert not Revision.objects.exists()
