"""What is scheduled is done once at its time, or fails with a reason that the person who scheduled it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from lessons.annotations.models import Annotation
from lessons.authoring.publishing import scheduling
from lessons.authoring.publishing.scheduling import CannotSchedule, cancel, run_due, schedule
from lessons.courses.models import AuditEntry, Membership
from lessons.discussions.selectors.rewritten_passages import rewritten_passages
from lessons.jobs.models import JobState
from lessons.models import Lesson, Module, PublicationSchedule, Revision
from lessons.privacy.archive import all_sections
from lessons.privacy.course_retention import close_course
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.make import REMOVED_PASSAGE, edit_draft, placement_of

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = NOW + timedelta(days=6)
FRIDAY = NOW + timedelta(days=10)


@pytest.fixture
def draft(module):
    return factories.make_lesson(module, title="Neap tides")


def plan(lesson, by, action="publish", due_at=MONDAY, now=NOW, **options):
    return schedule(lesson=lesson, action=action, due_at=due_at, by=by, now=now, **options)


def state_of(lesson):
    return Lesson.objects.get(pk=lesson.pk).state


def failure_of(lesson):
    return lesson.schedules.get().failure


def test_a_draft_is_published_at_its_time_as_it_is_then(draft, instructor):
    plan(draft, instructor, change_summary="First")
    assert run_due(MONDAY - timedelta(seconds=1)) == 0
    edit_draft(draft, "<p>Written later.</p>")
    assert run_due(MONDAY) == 1
    revision = Revision.objects.get(lesson=draft)
    assert (revision.text, revision.author, revision.change_summary) == ("Written later.", instructor, "First")
    assert not PublicationSchedule.objects.exists()
    edit_draft(draft, "<p>Later still.</p>")
    assert [run_due(moment) for moment in (MONDAY, NOW, FRIDAY)] == [0, 0, 0], "whatever the clock shows afterwards"
    assert draft.revisions.count() == 1


def test_those_who_asked_about_a_passage_are_told_when_it_is_rewritten_at_its_time(lesson, learner, instructor):
    note_by(learner, lesson, label="question")
    edit_draft(lesson, lesson.body.replace("the range is greatest", "their pulls add up"))
    plan(lesson, instructor)
    assert run_due(MONDAY) == 1
    assert [passage.quote for passage in rewritten_passages(learner)] == ["sun and moon"]


def test_a_lesson_is_published_and_withdrawn_in_the_order_of_its_times_after_a_long_pause(draft, instructor):
    plan(draft, instructor, "publish")
    plan(draft, instructor, "withdraw", FRIDAY, change_summary="Over")
    assert run_due(FRIDAY) == 2
    assert state_of(draft) == "withdrawn"
    assert AuditEntry.objects.get(verb="withdraw").reason == "Over"


def test_two_schedulers_publish_once(draft, instructor, at_once, learner):
    plan(draft, instructor)
    assert sorted(at_once(*[lambda: run_due(MONDAY)] * 3)) == [0, 0, 1]
    (count,) = at_once(lambda: draft.revisions.count())
    assert count == 1


def test_what_is_interrupted_is_rolled_back_and_done_by_the_next_run(draft, instructor, monkeypatch):
    plan(draft, instructor)

    def lose_connection(**_options):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "set_module_state", lose_connection)
        PublicationSchedule.objects.update(publishes_module=True)
        Module.objects.update(state="draft")
        with pytest.raises(OperationalError):
            run_due(MONDAY)
    assert state_of(draft) == "draft"
    assert run_due(MONDAY) == 1
    assert (state_of(draft), Module.objects.get().state) == ("published", "published")


def test_a_publication_that_keeps_killing_its_process_is_given_up(draft, instructor):
    plan(draft, instructor)
    PublicationSchedule.objects.update(attempts=scheduling.MAX_ATTEMPTS)
    assert run_due(MONDAY) == 0
    assert failure_of(draft) == "error"


def make_impossible(name, draft, instructor):
    if name == "no_text":
        edit_draft(draft, "<p> </p>")
    elif name == "course_closed":
        close_course(course=draft.module.course, by=instructor)
    elif name == "not_allowed":
        Membership.objects.filter(user=instructor).update(role="learner")
    else:
        Lesson.objects.filter(pk=draft.pk).update(body="<blockquote>" * 200)


@pytest.mark.thorough
@pytest.mark.parametrize("failure", ["no_text", "course_closed", "not_allowed", "error"])
def test_a_failed_publication_is_reported_once_and_not_tried_again(draft, instructor, failure):
    plan(draft, instructor)
    other = factories.make_lesson(draft.module)
    plan(other, factories.make_member(draft.module.course, "instructor"))
    make_impossible(failure, draft, instructor)
    assert run_due(FRIDAY) == (failure != "course_closed")
    assert failure_of(draft) == failure
    assert run_due(FRIDAY + timedelta(days=1)) == 0
    call_command("run_scheduled", verbosity=0)
    (message,) = [message for message in mail.outbox if message.to == [instructor.email]]
    assert "was not published" in message.subject
    assert "7 Dec 2026, 08:00 (UTC)" in " ".join(message.body.split()).replace("December", "Dec")
    assert ("Neap tides" in message.body) == (failure != "not_allowed")
    assert (f"/admin/lessons/lesson/{draft.pk}/schedule/" in message.body) == (failure != "not_allowed")
    assert AuditEntry.objects.filter(verb="fail scheduled publish", actor=None).count() >= 1


def test_another_time_is_a_new_try(draft, instructor):
    plan(draft, instructor)
    edit_draft(draft, "")
    run_due(MONDAY)
    edit_draft(draft)
    plan(draft, instructor, due_at=FRIDAY)
    assert run_due(FRIDAY) == 1
    call_command("run_scheduled", verbosity=0)
    assert mail.outbox == [], "an e-mail about what is no longer true"


def test_notes_are_placed_as_chosen_by_hand_when_it_was_scheduled(lesson, instructor, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    placements = {str(note.pk): {"start": 0, "end": 0, "exact": "Weak tides", "prefix": "", "suffix": ""}, "7": None}
    plan(lesson, instructor, placements=placements)
    run_due(MONDAY)
    placement = placement_of(note)
    assert placement.revision.text[placement.start : placement.end] == "Weak tides"
    assert Annotation.objects.get().placements.count() == 2


@pytest.mark.parametrize(
    ("action", "due_at", "message"),
    [
        ("publish", NOW, "has passed"),
        ("withdraw", FRIDAY, "is not published by then"),
        ("withdraw", MONDAY, "at the same time"),
    ],
)
def test_an_impossible_schedule_is_refused(draft, instructor, action, due_at, message):
    if action == "withdraw":
        plan(draft, instructor, due_at=due_at + (due_at - MONDAY))
    with pytest.raises(CannotSchedule, match=message):
        plan(draft, instructor, action, due_at)


def test_nothing_is_scheduled_in_a_closed_course(draft, instructor):
    close_course(course=draft.module.course, by=instructor)
    draft.module.course.refresh_from_db()
    with pytest.raises(CannotSchedule, match="closed"):
        plan(draft, instructor)


def test_the_log_says_who_scheduled_changed_and_cancelled_it(draft, instructor, sign_in):
    for due_at in (MONDAY, FRIDAY, FRIDAY):
        plan(draft, instructor, due_at=due_at)
    assert [cancel(lesson=draft, action="publish", by=instructor) for _ in range(2)] == [True, False]
    entries = AuditEntry.objects.filter(target__isnull=False, verb__contains="schedule").order_by("pk")
    assert [entry.verb for entry in entries] == ["schedule publish"] * 2 + ["cancel scheduled publish"]
    page = sign_in(instructor).get(f"/courses/{draft.module.course.slug}/audit-log/").content.decode()
    assert "scheduled the publication of" in page
    assert "11 Dec 2026, 08:00 (UTC)" in page.replace("December", "Dec")


def test_a_clock_that_was_ahead_does_not_delay_what_is_due(draft, instructor):
    """The scheduler ran while the clock was a day ahead; then the clock was set right."""
    call_command("run_scheduled", verbosity=0)
    JobState.objects.update(due_at=timezone.now() + timedelta(days=1))
    plan(draft, instructor, due_at=timezone.now() - timedelta(minutes=1), now=timezone.now() - timedelta(days=1))
    call_command("run_scheduled", verbosity=0)
    assert state_of(draft) == "published"


def test_the_data_export_has_what_the_user_has_scheduled(draft, instructor):
    plan(draft, instructor)
    (row,) = next(section for section in all_sections(instructor) if section.key == "scheduled").rows
    assert (row["title"], row["at"]) == ("Neap tides", MONDAY)
