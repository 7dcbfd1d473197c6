"""Decisions about participation in the export of one's data, and when somebody's account is erased."""

from uuid import uuid4

from lessons.participation import personal_data
from lessons.participation.models import ParticipationDecision
from lessons.privacy.erasure import erase_user
from tests.participation.make import make_rule


def decide(rule, user, by, reason):
    return ParticipationDecision.objects.create(
        rule=rule, user=user, outcome="complete", reason=reason, batch=uuid4(), decided_by=by
    )


def test_people_get_what_was_decided_about_them(course, learner, instructor):
    decide(make_rule(course, notes=1), learner, instructor, "Gave a talk.")
    [section] = personal_data.export_sections(learner)
    [row] = section.rows
    assert (row["course"], row["rule"], row["participation"]) == (course.title, "First half", "complete")
    assert row["reason"] == "Gave a talk."
    assert personal_data.participant_ids(course) == {learner.pk}


def test_whoever_is_erased_is_in_no_decision(course, learner, other_learner, instructor):
    rule = make_rule(course, notes=1)
    decide(rule, learner, instructor, "Gave a talk.")
    kept = decide(rule, other_learner, instructor, f"Gave a talk with {learner.display_name}.")
    erase_user(user=learner, by=None)
    assert [row.pk for row in ParticipationDecision.objects.all()] == [kept.pk]
    kept.refresh_from_db()
    assert learner.display_name not in kept.reason
    assert kept.reason.startswith("Gave a talk with ")
