"""Checks in a lesson's page, and on a page of their own."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.markup.plain_text import plain_text
from lessons.practice import writing
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.models import Answer
from lessons.services import withdraw
from tests.factories import make_lesson, make_published
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db
SEVERAL = Check(
    Kind.SEVERAL,
    "Which are tides?",
    (Option("Ebb", "It runs out.", True), Option("Surf", "Wind makes it."), Option("Flood", "It comes in.", True)),
    explanation="Surf comes from the wind.",
)
ORDER = Check(Kind.ORDER, "Put in order.", (Option("Ebb"), Option("Low water"), Option("Flood"), Option("High water")))


@pytest.fixture
def checks(lesson, instructor):
    return publish_with_checks(lesson, SINGLE, SHORT, EXPLAIN, SEVERAL, ORDER, by=instructor)


def send(client, row, *answer, **more):
    url = reverse("reading:answer_check", args=[row.lesson_id, row.uid])
    return client.post(url, {"answer": list(answer), "version": row.version, **more}, follow=True)


def visible_text(page):
    return strip_tags(page.content.decode().partition("<main")[2])


def section(page, row):
    """Return the HTML of a check in a page."""
    start = f'<section class="knowledge-check" id="check-{row.uid}"'
    found = re.search(rf"{start}.*?</section>", page.content.decode(), re.DOTALL)
    return found[0]


def test_a_check_stands_in_the_text_and_does_not_tell_what_is_right(checks, lesson, sign_in, learner):
    page = sign_in(learner).get(lesson.get_absolute_url())
    html = page.content.decode()
    assert [html.index(f"check-{row.uid}") for row in checks] == sorted(html.index(f"check-{r.uid}") for r in checks)
    for secret in ("Its pull", "spring tide", "two bulges", "It runs out", "comes from the wind", 'class="right'):
        assert secret not in html
    assert section(page, checks[0]).count('type="radio"') == 2
    assert section(page, checks[3]).count('type="checkbox"') == 3


def test_the_text_of_a_page_with_checks_is_that_of_its_revision(checks, lesson, sign_in, learner):
    html = sign_in(learner).get(lesson.get_absolute_url()).content.decode()
    text = html.partition('id="text">')[2].partition("</div></lesson-checks>")[0]
    assert text.count('<section class="knowledge-check"') == 5
    without_checks = re.sub(r'<section class="knowledge-check".*?</section>', "", text, flags=re.DOTALL)
    assert plain_text(without_checks) == lesson.current_revision.text


def test_feedback_follows_the_answer(checks, lesson, sign_in, learner):
    client = sign_in(learner)
    wrong = section(send(client, checks[0], "1"), checks[0])
    assert "Not right." in wrong
    assert "Its pull is the strongest." in wrong
    again = client.get(lesson.get_absolute_url(), {"again": str(checks[0].uid)})
    assert 'type="radio"' in section(again, checks[0])
    assert "Right." in section(send(client, checks[0], "0"), checks[0])
    part = section(send(client, checks[3], "0", "1"), checks[3])
    assert "1 of 2 found, 1 wrong." in part
    assert "comes from the wind" in part
    assert "Answer" not in section(client.get(lesson.get_absolute_url()), checks[1])


def test_own_words_are_compared_with_a_model_answer(checks, lesson, sign_in, learner):
    client, row = sign_in(learner), checks[2]
    page = section(send(client, row, "<b>Two</b> waves"), row)
    assert "two bulges of water" in page
    assert "&lt;b&gt;Two&lt;/b&gt; waves" in page
    url = reverse("reading:compare_answer", args=[lesson.pk, row.uid])
    page = client.post(url, {"closeness": "partly", "version": 1}, follow=True)
    assert re.search(r'value="partly"\s+aria-pressed="true"', section(page, row))
    assert client.post(url, {"closeness": "exactly", "version": 1}).status_code == 400


def test_an_order_is_sent_as_places(checks, sign_in, learner):
    client, row = sign_in(learner), checks[4]
    right = [str(option + 1) for option in ORDER.shown_order(str(row.uid))]
    refused = send(client, row, *right[:3], right[0])
    assert refused.status_code == 400
    assert "a place of its own" in section(refused, row)
    assert section(refused, row).count(" selected") == 4
    assert "Right." in section(send(client, row, *right), row)


def test_an_answer_to_a_check_that_is_gone_is_given_back(checks, lesson, sign_in, learner, instructor):
    client = sign_in(learner)
    writing.delete_check(row=checks[2])
    publish(lesson=lesson, by=instructor)
    page = send(client, checks[2], "Two bulges, I think.")
    assert page.status_code == 409
    assert "was not saved" in page.content.decode()
    assert "Two bulges, I think." in page.content.decode()
    writing.save_check(row=checks[1], check=SHORT._replace(question="And at half moon?"), version=1)
    publish(lesson=lesson, by=instructor)
    page = send(client, checks[1], "spring tide")
    assert page.status_code == 400
    assert "And at half moon?" in section(page, checks[1])
    assert 'value="spring tide"' in section(page, checks[1])
    assert not Answer.objects.exists()


def test_an_answer_to_the_last_check_is_given_back_when_it_is_gone(lesson, sign_in, learner, instructor):
    client, (row,) = sign_in(learner), publish_with_checks(lesson, EXPLAIN, by=instructor)
    writing.delete_check(row=row)
    publish(lesson=lesson, by=instructor)
    page = send(client, row, "Two bulges.")
    assert page.status_code == 409
    assert "Two bulges." in page.content.decode()


def test_an_answer_to_a_withdrawn_lesson_is_given_back(checks, lesson, sign_in, learner, outsider, instructor):
    withdraw(lesson=lesson, by=instructor)
    client = sign_in(learner)
    page = send(client, checks[2], "Two <b>bulges</b>.")
    assert page.status_code == 409
    assert "withdrawn meanwhile" in page.content.decode()
    assert "Two &lt;b&gt;bulges&lt;/b&gt;." in page.content.decode()
    assert "You had written" not in send(client, checks[0], "0").content.decode()
    Course.objects.update(visibility="members")
    client = sign_in(outsider)
    page = send(client, checks[2], "Two bulges.")
    assert page.status_code == 404
    assert "Two bulges." in page.content.decode()
    assert "You had written" not in send(client, checks[0], "0").content.decode()
    no_lesson = client.post(reverse("reading:answer_check", args=[10**6, checks[2].uid]), {"answer": "Two bulges."})
    assert visible_text(no_lesson) == visible_text(page)
    assert not Answer.objects.exists()


def test_a_form_sent_twice_is_one_attempt(checks, sign_in, learner):
    client, key = sign_in(learner), str(uuid4())
    for answer in ("1", "1", "0", "0"):
        send(client, checks[0], answer, form_key=key)
    row = Answer.objects.get()
    assert (row.attempts, row.first_is_right, row.last_is_right) == (2, False, True)


def test_checks_are_answered_in_their_own_lesson(checks, module, sign_in, learner, instructor):
    """An id of another lesson's check, or a forged version, changes nothing."""
    own = publish_with_checks(make_published(make_lesson(module)), SHORT, by=instructor)[0]
    client = sign_in(learner)
    foreign = reverse("reading:answer_check", args=[own.lesson_id, checks[1].uid])
    assert client.post(foreign, {"answer": "spring tide", "version": 1}).status_code == 409
    for version in ("", "0", "-1", "x", "2", str(10**30)):
        assert send(client, own, "spring tide", version=version).status_code == 400
    assert not Answer.objects.exists()
    compare = reverse("reading:compare_answer", args=[own.lesson_id, checks[2].uid])
    answer_by(learner, checks[2], "Two bulges.")
    assert client.post(compare, {"closeness": "same", "version": 1}).status_code == 404


def test_who_changes_groups_keeps_their_answers(checks, lesson, sign_in, learner, group_b):
    answer_by(learner, checks[0], "0")
    learner.memberships.update(group=group_b)
    assert "Right." in section(sign_in(learner).get(lesson.get_absolute_url()), checks[0])


@pytest.mark.parametrize("answer", [[], [""], ["9"], ["0", "1"], ["\u00b2"], ["x" * 100_000]])
def test_an_answer_that_cannot_be_marked_is_refused_with_a_sentence(checks, sign_in, learner, answer):
    page = send(sign_in(learner), checks[0], *answer)
    assert page.status_code == 400
    assert 'role="alert"' in section(page, checks[0])


def test_visitors_read_checks_and_sign_in_to_answer(checks, lesson, client):
    page = client.get(lesson.get_absolute_url())
    assert "Sign in to answer" in section(page, checks[0])
    assert "The moon" in section(page, checks[0])
    assert "<input" not in section(page, checks[0])
    assert send(client, checks[0], "0").redirect_chain[0][0].startswith(reverse("account_login"))


def test_nobody_answers_in_a_closed_course_or_one_they_may_not_read(
    checks, lesson, module, sign_in, learner, outsider
):
    course = module.course
    course.visibility = "members"
    course.save()
    assert send(sign_in(outsider), checks[0], "0").status_code == 404
    course.closed_at = course.created_at
    course.save()
    client = sign_in(learner)
    assert "course is closed" in section(client.get(lesson.get_absolute_url()), checks[0])
    page = send(client, checks[2], "Two bulges, I think.")
    assert page.status_code == 409
    assert "Two bulges, I think." in page.content.decode()
    assert not Answer.objects.exists()


def test_all_checks_stand_on_a_page_of_their_own(checks, lesson, sign_in, learner):
    client = sign_in(learner)
    url = reverse("reading:checks", args=[lesson.pk])
    page = send(client, checks[0], "0", page="checks")
    assert page.redirect_chain[-1][0] == f"{url}#check-{checks[0].uid}"
    assert "1 of 5 answered" in page.content.decode()
    assert "1 of 5 answered" in client.get(url, {"again": str(checks[0].uid)}).content.decode()


def test_a_lesson_without_checks_has_no_such_page(lesson, sign_in, learner):
    assert sign_in(learner).get(reverse("reading:checks", args=[lesson.pk])).status_code == 404


def test_checks_cost_the_page_no_query(checks, lesson, sign_in, learner, django_assert_num_queries):
    client = sign_in(learner)
    send(client, checks[0], "0")
    with django_assert_num_queries(4):
        client.get(lesson.get_absolute_url())


def test_a_new_answer_makes_a_new_page(checks, lesson, sign_in, learner):
    client = sign_in(learner)
    etag = client.get(lesson.get_absolute_url()).headers["ETag"]
    assert client.get(lesson.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 304
    send(client, checks[0], "0")
    assert client.get(lesson.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 200


def test_the_preview_shows_the_draft_and_an_earlier_revision_its_own(checks, lesson, sign_in, instructor):
    client = sign_in(instructor)
    writing.save_check(row=checks[0], check=SINGLE._replace(question="Who pulls the sea?"), version=1)
    preview = client.get(reverse("reading:preview", args=[lesson.pk]))
    assert "Who pulls the sea?" in section(preview, checks[0])
    assert " disabled" in section(preview, checks[0])
    publish(lesson=lesson, by=instructor)
    old = client.get(reverse("reading:revision", args=[lesson.pk, 2]))
    assert SINGLE.question in section(old, checks[0])
    assert "Readers can answer" not in section(old, checks[0])
    first = client.get(reverse("reading:revision", args=[lesson.pk, 1]))
    assert "data-check" not in first.content.decode()


def test_an_earlier_revision_shows_ones_own_answers_to_it_and_leads_to_the_checks_of_the_current_one(
    checks, lesson, sign_in, learner, other_learner, instructor
):
    single, short, explain, *_others = checks
    answer_by(learner, single, "0")
    answer_by(learner, short, "neap tide")
    writing.save_check(row=single, check=SINGLE._replace(question="Who pulls the sea?"), version=1)
    writing.delete_check(row=explain)
    publish(lesson=lesson, by=instructor)
    client, url = sign_in(learner), reverse("reading:revision", args=[lesson.pk, 2])
    page = client.get(url)
    changed, same, gone = (section(page, row) for row in (single, short, explain))
    assert "Right." in changed
    assert "this check was changed" in changed
    assert f'href="{lesson.get_absolute_url()}#check-{single.uid}"' in changed
    assert "neap tide" in same
    assert "still the same" in same
    assert "no longer in it" in gone
    assert "#check-" not in gone
    assert not any(part in page.content.decode() for part in ("Try again", "Check answer", "You had written"))
    others = section(sign_in(other_learner).get(url), single)
    assert SINGLE.options[0].text in others
    assert SINGLE.options[0].feedback not in others
    current = client.get(reverse("reading:revision", args=[lesson.pk, 3]))
    assert "Check answer" in section(current, single)
    assert "Try again" in section(current, short)
