"""Review: what is due, grading it, leaving it out, and taking it along."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.annotations.services import publish
from lessons.practice import queue, reviewing, writing
from lessons.practice.checks import Option
from lessons.practice.completing import terms_in
from lessons.practice.models import ReviewCard
from lessons.services import withdraw
from tests.factories import make_term
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db
REVIEW = reverse("reading:review")


@pytest.fixture
def checks(lesson, learner, instructor):
    rows = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    answer_by(learner, rows[0], "0")
    answer_by(learner, rows[1], "neap tide")
    return rows


def make_due(days=1):
    for n, card in enumerate(ReviewCard.objects.order_by("pk")):
        card.due_at = timezone.now() - timedelta(days=days, minutes=-n)
        card.save()


def text(response):
    return response.content.decode()


def grade(client, card, value=3, **more):
    data = {"grade": value, "reviews": card.reviews, **more}
    return client.post(reverse("reading:grade_recall", args=[card.pk]), data, follow=True)


def test_what_was_answered_today_comes_back_tomorrow(checks, sign_in, learner):
    page = text(sign_in(learner).get(REVIEW))
    assert "Nothing is due" in page
    assert re.search(r"<span>Tomorrow</span>\s*<span[^>]*>\s*2 questions", page)


def test_the_card_that_has_waited_longest_is_asked_first(checks, sign_in, learner):
    make_due()
    client = sign_in(learner)
    page = text(client.get(REVIEW))
    assert "Question 1 of 2" in page
    assert SINGLE.question in page
    assert "The wind" in page
    assert "in 2 days" in page
    first, second = ReviewCard.objects.order_by("pk")
    page = text(grade(client, first))
    assert "Question 2 of 2" in page
    assert SHORT.question in page
    assert "Nothing is due" in text(grade(client, second))


def test_home_and_library_say_what_is_due(checks, lesson, sign_in, learner):
    client, pages = sign_in(learner), (lesson.module.course.get_absolute_url(), reverse("reading:library"))
    assert not any("Review today" in text(client.get(page)) for page in pages)
    make_due()
    assert all("2 questions" in text(client.get(page)) for page in pages)
    reviewing.set_paused(user=learner, is_paused=True)
    assert not any("Review today" in text(client.get(page)) for page in pages)


def test_a_card_graded_in_two_tabs_counts_once(checks, sign_in, learner):
    make_due()
    client, card = sign_in(learner), ReviewCard.objects.order_by("pk")[0]
    grade(client, card, 3)
    assert "already graded" in text(grade(client, card, 1))
    due_at = ReviewCard.objects.get(pk=card.pk).due_at
    assert due_at > timezone.now() + timedelta(days=1)


@pytest.mark.parametrize("data", [{}, {"grade": "5", "reviews": "0"}, {"grade": "3", "reviews": "x"}])
def test_a_grade_that_is_none_is_refused(checks, sign_in, learner, data):
    card = ReviewCard.objects.first()
    url = reverse("reading:grade_recall", args=[card.pk])
    assert sign_in(learner).post(url, data).status_code == 400


def test_nobody_reviews_the_cards_of_others(checks, sign_in, other_learner):
    make_due()
    client, card = sign_in(other_learner), ReviewCard.objects.first()
    assert "Nothing to review yet" in text(client.get(REVIEW))
    assert grade(client, card).status_code == 404
    assert client.post(reverse("reading:change_card", args=[card.pk]), {"action": "suspend"}).status_code == 404


def test_only_what_is_still_published_and_readable_is_asked(checks, lesson, sign_in, learner, instructor, course):
    make_due()
    client = sign_in(learner)
    writing.save_check(row=checks[0], check=SINGLE._replace(question="Who pulls the sea?"), version=1)
    assert SINGLE.question in text(client.get(REVIEW))
    publish(lesson=lesson, by=instructor)
    assert "Who pulls the sea?" in text(client.get(REVIEW))
    writing.delete_check(row=checks[0])
    publish(lesson=lesson, by=instructor)
    assert "Question 1 of 1" in text(client.get(REVIEW))
    course.visibility = "members"
    course.save()
    learner.memberships.update(state="left")
    assert "Nothing to review yet" in text(client.get(REVIEW))


def test_a_card_of_a_changed_check_tells_what_is_right_once_it_is_answered_again(
    checks, lesson, sign_in, learner, instructor
):
    make_due()
    client, solution = sign_in(learner), "The earth"
    changed = SINGLE._replace(
        question="What do the tides pull at?",
        options=(Option(solution, is_right=True), Option("The wind")),
        explanation="It turns.",
    )
    row = writing.save_check(row=checks[0], check=changed, version=1)
    assert SINGLE.options[0].text in text(client.get(REVIEW))
    publish(lesson=lesson, by=instructor)
    page = text(client.get(REVIEW))
    assert "changed after you answered it" in page
    assert f"{reverse('reading:checks', args=[lesson.pk])}#check-{row.uid}" in page
    assert not any(part in page for part in ("Show answer", "It turns.", "Did you know it?"))
    assert "Changed since you answered it" in text(client.get(reverse("reading:review_cards")))
    (question, answer, _tags), _other = csv_rows(client)
    assert question == "What do the tides pull at?\n– The earth\n– The wind"
    assert answer.startswith("This question was changed after you answered it.")
    assert f"/lessons/{lesson.pk}/checks/#check-{row.uid}" in answer
    answer_by(learner, row, "1")
    assert SHORT.question in text(client.get(REVIEW))
    assert csv_rows(client)[0][1] == f"{solution}\nIt turns."
    make_due()
    page = text(client.get(REVIEW))
    assert "Did you know it?" in page
    assert "It turns." in page


def csv_rows(client):
    response = client.get(reverse("reading:review_export"))
    lines = StringIO("".join(part.decode() for part in response.streaming_content), newline="")
    assert [next(lines).strip() for _three in range(3)] == ["#separator:Comma", "#html:false", "#tags column:3"]
    return list(csv.reader(line for line in lines if not line.startswith("#")))


def test_more_than_a_day_s_worth_waits_and_every_page_says_the_same(lesson, sign_in, learner):
    rows = publish_with_checks(lesson, *(SHORT._replace(question=f"Question number {n}?") for n in range(22)))
    for row in rows:
        answer_by(learner, row, "spring tide")
    make_due()
    client, now = sign_in(learner), timezone.now()
    assert "Question 1 of 20" in text(client.get(REVIEW))

    def review(first):
        ReviewCard.objects.filter(question__in=first).update(
            reviewed_at=now, due_at=now + timedelta(days=2), reviews=1
        )

    review(rows[:15])
    pages = [
        lesson.module.course.get_absolute_url(),
        reverse("reading:library"),
        reverse("reading:checks", args=[lesson.pk]),
    ]
    for page in pages:
        assert re.search(r"Review today</h2></div>\s*<p[^>]*><span>\s*5 questions", text(client.get(page)))
    page = text(client.get(REVIEW))
    assert "Question 16 of 20" in page
    assert re.search(r"<span>Today</span><b>\s*5 questions", page)
    assert re.search(r"<span>Tomorrow</span>\s*<span[^>]*>\s*2 questions", page)
    assert queue.due_count(learner, now) == 5
    review(rows[:20])
    assert not any("Review today" in text(client.get(page)) for page in pages)
    assert "2 more questions wait" in text(client.get(REVIEW))
    page = text(client.get(REVIEW, {"more": ""}))
    assert "Question number 20?" in page
    card = ReviewCard.objects.get(question=rows[20])
    assert "Question number 21?" in text(grade(client, card, more="1"))


def test_a_card_can_wait_be_left_out_taken_in_and_start_over(checks, sign_in, learner):
    make_due()
    client, card = sign_in(learner), ReviewCard.objects.order_by("pk")[0]
    change = reverse("reading:change_card", args=[card.pk])
    assert SHORT.question in text(client.post(change, {"action": "postpone"}, follow=True))
    client.post(change, {"action": "suspend", "page": "cards"})
    assert "Left out" in text(client.get(reverse("reading:review_cards")))
    client.post(change, {"action": "resume"})
    reviewing.grade_recall(card=card, grade=reviewing.Grade.EASY, reviews=0)
    client.post(change, {"action": "reset"})
    card.refresh_from_db()
    assert (card.is_suspended, card.reviews) == (False, 0)
    assert card.due_at <= timezone.now()
    assert client.post(change, {"action": "burn"}).status_code == 400


def test_review_can_be_turned_off_and_on_and_start_over(checks, lesson, sign_in, learner):
    make_due()
    client, change = sign_in(learner), reverse("reading:change_review")
    assert "Review is off" in text(client.post(change, {"action": "pause"}, follow=True))
    assert SINGLE.question not in text(client.get(REVIEW))
    assert SINGLE.question in text(client.post(change, {"action": "resume"}, follow=True))
    assert "2 questions start over" in text(client.post(change, {"action": "reset"}, follow=True))
    withdraw(lesson=lesson, by=None)
    assert "0 questions start over" in text(client.post(change, {"action": "reset"}, follow=True))
    assert client.post(change, {}).status_code == 400


def test_terms_of_a_completed_lesson_come_back(lesson, module, sign_in, learner):
    used = make_term(module, "tide", "What comes and goes.")
    make_term(module, "glacier")
    client = sign_in(learner)
    client.post(reverse("reading:progress", args=[lesson.pk]), {"completed": "true"})
    card = ReviewCard.objects.get()
    assert card.term == used
    make_due()
    page = text(client.get(REVIEW))
    assert "What does “tide” mean?" in page
    assert "What comes and goes." in page


@pytest.mark.parametrize(
    ("term", "is_used"), [("Ebb", True), ("flood", True), ("Éb", False), ("flo", False), ("marée haute", True)]
)
def test_a_term_is_used_where_its_words_stand_whole(module, term, is_used):
    row = make_term(module, term)
    assert bool(terms_in("The ebb, and floods.\nUne maree\nhaute.", [row])) == is_used


def test_all_cards_are_taken_along_as_csv_without_formulas(lesson, sign_in, learner):
    checks = EXPLAIN._replace(question="=cmd()", explanation="See “Why tides come”."), SHORT._replace(question="#2?")
    for row in publish_with_checks(lesson, *checks):
        answer_by(learner, row, "x")
    (question, answer, tag), (other, *_columns) = csv_rows(sign_in(learner))
    assert other == "#2?"
    assert question == "'=cmd()"
    assert answer == f"{EXPLAIN.model_answer}\nSee “Why tides come”."
    assert tag == "Tides_and_shores"


def test_review_takes_few_queries_however_much_is_due(lesson, sign_in, learner, django_assert_max_num_queries):
    for row in publish_with_checks(lesson, *(SHORT._replace(question=f"{n}?") for n in range(8))):
        answer_by(learner, row, "x")
    make_due()
    client = sign_in(learner)
    with django_assert_max_num_queries(7):
        client.get(REVIEW)
    for page in ("reading:review_cards", "reading:review_export"):
        with django_assert_max_num_queries(5):
            assert b"7?" in b"".join(client.get(reverse(page)))
