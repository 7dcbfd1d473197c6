"""What staff do about a confusing passage: the lecture note, dismissing, a discussion; and how that is undone."""

import re

import pytest
from django.urls import reverse

from lessons.annotations.services import publish
from lessons.discussions.models import MeToo
from lessons.insight.models import DismissedPassage, LectureItem
from lessons.insight.passages import all_passages, sections
from lessons.models import Lesson
from lessons.practice.writing import save_check
from lessons.services import withdraw
from tests import factories
from tests.annotations.make import note_by
from tests.practice.make import SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db
BOARD = "/courses/tides/insight/"
LECTURE = "/courses/tides/insight/lecture/"


@pytest.fixture
def staff(sign_in, assistant):
    return sign_in(assistant)


@pytest.fixture
def question(lesson, learner):
    return note_by(learner, lesson, source="Which of the two?", label="question")


def first_line(client, address=BOARD):
    return client.get(address).context["lines"][0]


def act(client, name, line, **data):
    address = reverse(f"insight:{name}", args=[line.lesson_pk, line.passage])
    return client.post(address, {"next": BOARD, **data}, follow=True)


def test_a_passage_is_added_to_the_lecture_note_once(staff, lesson, question):
    line = first_line(staff)
    for _twice in range(2):
        page = act(staff, "lecture_item", line, quote=line.quote)
    assert page.redirect_chain == [(BOARD, 302)]
    assert [item.quote for item in LectureItem.objects.all()] == ["sun and moon"]
    assert first_line(staff).is_in_lecture
    text = staff.get(LECTURE).content.decode()
    assert "sun and moon" in text
    assert "Which of the two?" in text


def test_a_quote_that_is_not_in_the_passage_is_replaced_by_the_passage(staff, question):
    act(staff, "lecture_item", first_line(staff), quote="Something <b>else</b>")
    assert LectureItem.objects.get().quote == "When sun and moon pull in line, the range is greatest."


def test_removing_a_passage_from_the_lecture_note_can_be_undone(staff, question):
    line = first_line(staff)
    act(staff, "lecture_item", line, quote=line.quote)
    page = act(staff, "lecture_item", line, quote=line.quote, remove="1")
    assert not LectureItem.objects.exists()
    (message,) = page.context["messages"]
    staff.post(message.extra_tags)
    assert LectureItem.objects.get().quote == "sun and moon"


def dismiss(client, line, query=""):
    """Dismiss the row as its form does, on the board with a filter."""
    address = reverse("insight:dismissal", args=[line.lesson_pk, line.passage])
    fields = {"next": BOARD + query, "latest": line.latest, "latest_vote": line.latest_vote}
    return client.post(address + query, fields, follow=True)


def test_a_dismissed_passage_comes_back_with_a_later_note_or_vote(staff, course, lesson, question, other_learner):
    line = first_line(staff)
    page = dismiss(staff, line)
    assert (page.context["lines"], page.context["board"].dismissed) == ([], 1)
    shown = f"{BOARD}?show=dismissed"
    assert "Whatever confuses learners here was dismissed." in page.content.decode()
    assert [one.passage for one in staff.get(shown).context["lines"]] == [line.passage]
    of_lesson = staff.get(line.insight_url).content.decode()
    assert "Whatever confuses learners in this lesson was dismissed." in of_lesson
    assert f'href="{shown}"' in of_lesson
    MeToo.objects.create(thread=question.thread, user=other_learner)
    line = first_line(staff)
    assert line.people == "1–4"
    assert dismiss(staff, line).context["lines"] == []
    note_by(other_learner, lesson, label="confused")
    assert first_line(staff).passage == line.passage


@pytest.mark.thorough
def test_what_is_dismissed_for_a_filter_stays_on_the_other_boards(staff, course, lesson, group_a, group_b):
    in_a, in_b = ([factories.make_member(course, group=group) for _n in range(10)] for group in (group_a, group_b))
    note_by(in_b[0], lesson, label="confused")
    note_by(in_a[0], lesson, label="question")
    boards = ["", f"?group={group_a.pk}", f"?group={group_b.pk}", "?label=question", "?label=confused"]

    def has_row():
        return [bool(staff.get(BOARD + query).context["lines"]) for query in boards]

    everything = [True] * 5
    assert has_row() == everything
    labels = re.search(r'aria-label="Which notes">(.*?)</nav>', staff.get(BOARD).content.decode(), re.DOTALL)[1]
    assert re.findall("<bdi>(.*?)</bdi>", labels) == ["All notes", "Question", "Confused"]
    page = dismiss(staff, first_line(staff, BOARD + boards[1]), boards[1])
    assert "off the board with this filter, and stays on the others" in page.content.decode()
    assert has_row() == [True, False, True, True, True]
    (message,) = page.context["messages"]
    staff.post(message.extra_tags)
    assert has_row() == everything
    dismiss(staff, first_line(staff, BOARD + boards[3]), boards[3])
    assert has_row() == [True, True, True, False, True]
    dismiss(staff, first_line(staff))
    assert has_row() == [False] * 5
    for query, said in zip(boards[:2], ("", "Dismissed for the whole class"), strict=True):
        page = staff.get(f"{BOARD}{query or '?'}&show=dismissed")
        assert page.context["lines"][0].dismissed_for == said
        assert f'href="?{query.removeprefix("?")}"' in page.content.decode()
    note_by(in_b[1], lesson, label="confused")
    assert has_row() == [True, False, True, False, True]
    line = staff.get(f"{BOARD}{boards[1]}&show=dismissed").context["lines"][0]
    staff.post(reverse("insight:restoration", args=[line.lesson_pk, line.passage]) + boards[1])
    assert has_row() == [True, True, True, False, True]
    assert "no longer be filtered" in dismiss(staff, line, "?group=987654321").content.decode()
    assert has_row() == [True, True, True, False, True]


def test_dismissing_can_be_undone(staff, question):
    line = first_line(staff)
    page = dismiss(staff, line)
    (message,) = page.context["messages"]
    assert staff.post(message.extra_tags, follow=True).redirect_chain == [(BOARD, 302)]
    assert not DismissedPassage.objects.exists()
    assert first_line(staff).passage == line.passage


def test_a_dismissed_check_comes_back_with_another_version(staff, course, lesson, learner, instructor):
    (check,) = publish_with_checks(lesson, SINGLE, by=instructor)
    answer_by(learner, check, "1")
    line = first_line(staff)
    assert (line.quote, line.is_check) == (SINGLE.question, True)
    act(staff, "lecture_item", line)
    assert "1–4 of 1–4 missed it at first" in " ".join(staff.get(f"{LECTURE[:-1]}.md").content.decode().split())
    assert "people are confused" not in staff.get(LECTURE).content.decode()
    assert "The check is off the board. It comes back when a new version" in dismiss(staff, line).content.decode()
    assert staff.get(BOARD).context["lines"] == []
    save_check(row=check, check=SINGLE._replace(question="What causes them?"), version=check.version)
    publish(lesson=lesson, by=instructor)
    check.refresh_from_db()
    answer_by(learner, check, "1")
    assert first_line(staff).quote == "What causes them?"


@pytest.mark.parametrize("name", ["lecture_item", "dismissal"])
def test_what_is_no_longer_in_the_text_is_said_in_a_sentence(staff, lesson, question, instructor, name):
    line = first_line(staff)
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Another text altogether.</p>")
    publish(lesson=lesson, by=instructor)
    page = act(staff, name, line, latest=line.latest)
    assert "no longer in the published text" in page.content.decode()
    assert not LectureItem.objects.exists()
    assert not DismissedPassage.objects.exists()


def test_nothing_is_decided_or_counted_of_a_lesson_that_readers_do_not_see(staff, lesson, question, instructor):
    line = first_line(staff)
    act(staff, "lecture_item", line, quote=line.quote)
    withdraw(lesson=lesson, by=instructor)
    page = act(staff, "dismissal", line, latest=line.latest)
    assert "Readers do not see this lesson now" in page.content.decode()
    assert not DismissedPassage.objects.exists()
    assert page.context["lecture_count"] == 0
    assert staff.get(LECTURE).context["lines"] == []
    shown = staff.get(line.insight_url)
    assert shown.context["lines"]
    assert f'href="{lesson.get_absolute_url()}"' not in shown.content.decode()
    assert "dismissal" not in shown.content.decode()


@pytest.mark.thorough
def test_the_lecture_note_keeps_a_passage_that_was_rewritten(staff, lesson, question, instructor):
    line = first_line(staff)
    act(staff, "lecture_item", line, quote=line.quote)
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Another text altogether.</p>")
    publish(lesson=lesson, by=instructor)
    page = staff.get(LECTURE).content.decode()
    assert "sun and moon" in page
    assert "No longer in the text" in page


@pytest.mark.thorough
def test_the_lecture_note_is_in_the_order_of_the_course(staff, course, module, lesson, learner):
    second = factories.make_published(factories.make_lesson(module, title="Later", position=lesson.position + 1))
    for one, exact in ((second, "sun and moon"), (lesson, "Neap tides"), (lesson, "sun and moon")):
        note_by(learner, one, exact, label="question")
        key = next(p.key for p in all_passages(sections(one.current_revision.html)) if exact in p.excerpt)
        staff.post(reverse("insight:lecture_item", args=[one.pk, key]), {"quote": exact})
    lines = staff.get(LECTURE).context["lines"]
    assert [(line.lesson_title, line.quote) for line in lines] == [
        ("Why tides come", "sun and moon"),
        ("", "Neap tides"),
        ("Later", "sun and moon"),
    ]


def test_the_lecture_note_is_markdown_in_which_nothing_of_learners_is_markup(staff, lesson, learner):
    note_by(learner, lesson, source="Is a `<b>` # *bold* here?", label="question")
    act(staff, "lecture_item", first_line(staff), quote="sun and moon")
    answer = staff.get("/courses/tides/insight/lecture.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.content.decode() == (
        "# Lecture note: Tides and shores\n"
        f"\n## [Why tides come](http://testserver{lesson.get_absolute_url()})\n"
        "\n> sun and moon\n\nSpring tides · 1–4 people are confused\n"
        "\n- Is a \\<b\\> # bold here?\n"
    )


def test_a_discussion_begins_with_the_passage(staff, question):
    form = staff.get(first_line(staff).discussion_url.partition("#")[0]).context["form"]
    assert form["source"].value() == "> sun and moon\n\n"


def test_nothing_can_be_decided_in_a_closed_course(staff, course, question):
    line = first_line(staff)
    course.closed_at = question.created_at
    course.save()
    page = act(staff, "lecture_item", line, quote=line.quote)
    assert "closed" in page.content.decode()
    act(staff, "dismissal", line, latest=line.latest)
    assert not LectureItem.objects.exists()
    assert not DismissedPassage.objects.exists()
    assert not first_line(staff).discussion_url
