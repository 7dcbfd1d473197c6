"""Publishing checks with their lesson, answering them, and reviewing them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lessons.annotations.services import publish
from lessons.annotations.services.publishing import republish
from lessons.markup.sanitise import sanitise
from lessons.models import Lesson
from lessons.practice import answering, personal_data, publishing, queue, reviewing, writing
from lessons.practice.checks import Closeness
from lessons.practice.intervals import Grade
from lessons.practice.models import Answer, PublishedChecks, ReviewCard
from lessons.progress.completion import set_rule
from lessons.progress.models import CompletionRule, Progress
from tests.factories import make_lesson
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


def checks_of(lesson):
    return publishing.frozen_checks(Lesson.objects.get(pk=lesson.pk).current_revision_id)


def is_completed(user, lesson):
    return Progress.objects.filter(user=user, lesson=lesson, completed_at__isnull=False).exists()


def test_a_check_stands_in_the_text_without_being_part_of_it(lesson, instructor):
    before = lesson.current_revision.text
    (row,) = publish_with_checks(lesson, SINGLE, by=instructor)
    assert lesson.current_revision.text == before
    assert publishing.check_uids(lesson.current_revision.html) == [str(row.uid)]


@pytest.mark.parametrize(
    "html",
    [
        '<hr data-check="x">',
        '<hr data-check="0D9F1A52-7f43-4f0e-9d60-0f1b8f6f3c11">',
        '<hr data-check="0d9f1a52-7f43-4f0e-9d60-0f1b8f6f3c11 x">',
        '<p data-check="0d9f1a52-7f43-4f0e-9d60-0f1b8f6f3c11">Text</p>',
    ],
)
def test_only_an_id_makes_a_place_for_a_check(html):
    assert "data-check" not in sanitise(html)


def test_published_checks_stay_as_they_were_until_the_lesson_is_published_again(lesson, instructor):
    first, second = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    assert [check["uid"] for check in checks_of(lesson)] == [str(first.uid), str(second.uid)]
    writing.save_check(row=first, check=SINGLE._replace(question="And the wind?"), version=1)
    assert checks_of(lesson)[0]["question"] == SINGLE.question
    revision = publish(lesson=lesson, by=instructor)
    assert revision.number == 3
    assert [(c["question"], c["version"]) for c in checks_of(lesson)] == [("And the wind?", 2), (SHORT.question, 1)]
    assert publish(lesson=lesson, by=instructor) == revision


def test_published_checks_are_frozen(lesson, instructor):
    publish_with_checks(lesson, SINGLE, by=instructor)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublishedChecks.objects.update(checks=[])


def test_a_text_published_with_other_html_keeps_its_checks(lesson, instructor):
    publish_with_checks(lesson, SINGLE, by=instructor)
    checks = checks_of(lesson)
    republish(lesson=lesson, html=lesson.current_revision.html.replace("<p>", '<p lang="en">'), by=instructor)
    assert checks_of(lesson) == checks


def test_a_check_of_another_lesson_or_a_deleted_one_is_not_published(lesson, module, instructor):
    (row,) = publish_with_checks(lesson, SINGLE, by=instructor)
    other = make_lesson(module, body=f'<p>Text.</p><hr data-check="{row.uid}">')
    publish(lesson=other, by=instructor)
    assert checks_of(other) == []
    writing.delete_check(row=row)
    publish(lesson=lesson, by=instructor)
    assert checks_of(lesson) == []
    writing.restore_check(row=row)
    publish(lesson=lesson, by=instructor)
    assert len(checks_of(lesson)) == 1


def test_an_edit_of_an_older_version_is_refused(lesson):
    row = writing.add_check(lesson=lesson, check=SINGLE)
    writing.save_check(row=row, check=SHORT, version=1)
    with pytest.raises(writing.CheckConflict) as refusal:
        writing.save_check(row=row, check=EXPLAIN, version=1)
    assert refusal.value.theirs.parsed == SHORT
    assert writing.save_check(row=row, check=SHORT, version=2).version == 2


def test_the_first_answer_is_kept_and_the_last_one(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    assert answer_by(learner, row, "1").is_right is False
    assert answer_by(learner, row, "0").is_right
    kept = Answer.objects.get()
    assert (kept.first_response, kept.first_is_right) == (["The wind"], False)
    assert (kept.last_response, kept.last_is_right, kept.attempts) == (["The moon"], True, 2)


def test_an_answer_sent_twice_is_one_attempt(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    answer_by(learner, row, "1")
    key = uuid4()
    for _ in range(2):
        answer_by(learner, row, "0", key=key)
    assert Answer.objects.get().attempts == 2


def test_an_answer_to_a_check_that_was_changed_or_removed_is_refused(lesson, learner, instructor):
    (row,) = publish_with_checks(lesson, SINGLE)
    changed = writing.save_check(row=row, check=SINGLE._replace(question="And now?"), version=1)
    assert answer_by(learner, row, "0").is_right  # the new version is not published yet
    publish(lesson=lesson, by=instructor)
    with pytest.raises(answering.CheckChanged, match="Reload"):
        answer_by(learner, row, "0")
    assert answer_by(learner, changed, "1").is_right is False
    assert Answer.objects.count() == 2
    writing.delete_check(row=row)
    publish(lesson=lesson, by=instructor)
    with pytest.raises(answering.CheckChanged):
        answer_by(learner, changed, "0")


def test_a_lesson_may_be_completed_by_answering_its_checks(lesson, learner, instructor):
    set_rule(lesson=lesson, rule=CompletionRule.Rule.CHECKS)
    single, explain = publish_with_checks(lesson, SINGLE, EXPLAIN)
    answer_by(learner, single, "1")
    assert not is_completed(learner, lesson)
    answer_by(learner, explain, "Because the earth turns.")
    assert is_completed(learner, lesson)
    writing.save_check(row=single, check=SHORT, version=1)
    publish(lesson=lesson, by=instructor)
    assert answering.unanswered(learner, lesson) == 1
    assert is_completed(learner, lesson)


def test_answering_completes_nothing_where_the_rule_is_another(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    answer_by(learner, row, "0")
    assert not is_completed(learner, lesson)


def test_learners_say_how_close_their_own_words_come(lesson, learner, other_learner):
    (row,) = publish_with_checks(lesson, EXPLAIN)
    answer_by(learner, row, "Two bulges.")
    close = {"lesson": lesson, "uid": str(row.uid), "version": 1, "closeness": Closeness.PARTLY}
    assert answering.compare_with_model(user=learner, **close)
    assert not answering.compare_with_model(user=other_learner, **close)
    assert Answer.objects.get().closeness == "partly"
    answer_by(learner, row, "Two bulges of water.")
    assert Answer.objects.get().closeness == ""


def test_what_was_answered_comes_back_after_growing_intervals(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    answer_by(learner, row, "0")
    card = ReviewCard.objects.get()
    assert timedelta(hours=23) < card.due_at - timezone.now() <= timedelta(days=1)
    now, days = card.due_at, []
    for reviews in range(3):
        result = reviewing.grade_recall(card=card, grade=Grade.GOOD, reviews=reviews, now=now)
        days.append(result.days)
        now = result.due_at
    assert days == [2, 11, 46]
    assert reviewing.grade_recall(card=card, grade=Grade.AGAIN, reviews=2, now=now) is None
    answer_by(learner, row, "1")
    card.refresh_from_db()
    assert card.due_at == now


def test_a_clock_that_is_put_back_a_day_changes_nothing(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    answer_by(learner, row, "0")
    card, now = ReviewCard.objects.get(), timezone.now()
    due_at = reviewing.grade_recall(card=card, grade=Grade.GOOD, reviews=0, now=now).due_at
    yesterday = now - timedelta(days=1)
    assert queue.due_count(learner, yesterday) == 0
    assert queue.review_state(learner, yesterday).day == (0, 0)
    reviewing.grade_recall(card=card, grade=Grade.AGAIN, reviews=1, now=yesterday)
    card.refresh_from_db()
    assert card.reviewed_at == now
    assert now + timedelta(days=1) <= card.due_at <= due_at


def test_a_card_can_wait_be_left_out_and_begin_again(lesson, learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    answer_by(learner, row, "0")
    cards, now = ReviewCard.objects.all(), timezone.now()
    cards.update(due_at=now)
    assert reviewing.postpone(cards=cards) == 1
    assert now + timedelta(hours=23) < cards.get().due_at <= timezone.now() + timedelta(days=1)
    due_at = reviewing.grade_recall(card=cards.get(), grade=Grade.EASY, reviews=0).due_at
    assert reviewing.postpone(cards=cards) == 0
    assert cards.get().due_at == due_at
    reviewing.set_suspended(card=cards.get(), is_suspended=True)
    assert reviewing.reset(cards=cards) == 1
    card = cards.get()
    assert (card.reviews, card.stability, card.is_suspended) == (0, None, True)


def test_answers_and_reviews_are_exported_and_erased(lesson, learner, other_learner):
    (row,) = publish_with_checks(lesson, SINGLE)
    for user in (learner, other_learner):
        answer_by(user, row, "1")
    sections = {section.key: list(section.rows) for section in personal_data.export_sections(learner)}
    assert [r["first_answer"] for r in sections["answers"]] == ["The wind"]
    assert [r["question"] for r in sections["review"]] == [SINGLE.question]
    assert personal_data.participant_ids(lesson.module.course) == {learner.pk, other_learner.pk}
    personal_data.erase([learner.pk])
    assert set(Answer.objects.values_list("user", flat=True)) == {other_learner.pk}
    personal_data.erase([other_learner.pk], lesson.module.course)
    assert not ReviewCard.objects.exists()
