"""The passage map and the confusion board, as the course's staff see them."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from lessons.annotations.services import publish
from lessons.annotations.services.clearing import mark_clear
from lessons.courses.models import Membership
from lessons.discussions.models import MeToo, Thread
from lessons.discussions.services import moderation
from lessons.models import Lesson
from lessons.progress.reached import record_reached
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db
MOON, NEAP = "sun and moon", "Neap tides"


@pytest.fixture
def people(course, group_a, group_b):
    """Return six learners of group A and six of group B."""
    groups = [group_a] * 6 + [group_b] * 6
    return [factories.make_member(course, group=group, name=f"Learner {n}") for n, group in enumerate(groups)]


@pytest.fixture
def staff(sign_in, assistant):
    return sign_in(assistant)


def passages(page):
    """Return the readers, writers and confused people of each passage of a map, by its first word."""
    table = re.search(r'<table class="heat".*?</table>', page.content.decode(), re.DOTALL)[0]
    rows = re.findall(r'class="passage"[^>]*>(.*?)</a>.*?<b>(.*?)</b>.*?<b>(.*?)</b>.*?<b>(.*?)</b>', table, re.DOTALL)
    return {words.split()[0]: tuple(figures) for words, *figures in rows}


def lesson_page(client, lesson, **query):
    return client.get(reverse("insight:lesson", args=[lesson.pk]), query)


def board_page(client, course, **query):
    return client.get(reverse("insight:board", args=[course.slug]), query)


def rows_of(page):
    """Return the rows of a board: quote, number of people and unanswered questions."""
    return [(line.quote, line.people, line.unanswered) for line in page.context["lines"]]


def ask(people, lesson, exact=MOON, **fields):
    return [note_by(person, lesson, exact, **{"label": "question", **fields}) for person in people]


def test_a_map_counts_people_each_once_a_passage(staff, lesson, people):
    ask(people[:6], lesson)
    note_by(people[0], lesson, "greatest", label="idea")
    note_by(people[7], lesson, "greatest", label="idea")
    ask(people[:2], lesson, NEAP)
    assert passages(lesson_page(staff, lesson)) == {"When": ("0", "7", "6"), "Neap": ("0", "1–4", "1–4")}


def test_readers_are_those_whose_furthest_place_is_after_a_passage(staff, lesson, people, assistant):
    revision = lesson.current_revision
    first_end = revision.text.index("Neap")
    for person, offset in zip(people, [0, first_end - 1, first_end, first_end, len(revision.text)], strict=False):
        record_reached(user=person, revision=revision, offset=offset)
    record_reached(user=assistant, revision=revision, offset=len(revision.text))
    page = lesson_page(staff, lesson)
    assert {word: figures[0] for word, figures in passages(page).items()} == {"When": "3", "Neap": "1"}


def test_places_in_an_earlier_revision_are_carried_over(staff, lesson, people, instructor):
    old = lesson.current_revision
    record_reached(user=people[0], revision=old, offset=old.text.index("Neap"))
    record_reached(user=people[1], revision=old, offset=len(old.text))
    body = "<p>Before all, look at the sea for an hour.</p>" + lesson.body
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    new = publish(lesson=lesson, by=instructor)
    record_reached(user=people[0], revision=new, offset=len(new.text))
    found = passages(lesson_page(staff, lesson))
    assert {word: figures[0] for word, figures in found.items()} == {"Before": "2", "When": "2", "Neap": "2"}
    before = passages(lesson_page(staff, lesson, revision=1))
    assert {word: figures[0] for word, figures in before.items()} == {"When": "2", "Neap": "1"}


def test_what_staff_may_not_read_changes_no_figure(staff, lesson, course, people):
    ask(people[:6], lesson)
    before = lesson_page(staff, lesson).content, board_page(staff, course).content
    note_by(people[6], lesson, label="question", audience="me")
    highlight_by(people[7], lesson)
    highlight_by(people[8], lesson, label="confused")
    note_by(factories.make_member(course, Membership.Role.ASSISTANT), lesson, label="question")
    after = lesson_page(staff, lesson).content, board_page(staff, course).content
    assert list(map(without_tokens, before)) == list(map(without_tokens, after))


def without_tokens(content):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())
    return re.sub(
        r'<nav class="course-links".*?</nav>|<svg class="icon".*?</svg>|<span class="count">.*?</span>', "", page
    )


def test_only_current_learners_count(staff, lesson, people):
    ask(people[:6], lesson)
    Membership.objects.filter(user=people[0]).update(state=Membership.State.LEFT)
    assert passages(lesson_page(staff, lesson))["When"] == ("0", "5", "5")


def test_hidden_notes_do_not_count_and_votes_do(staff, lesson, course, people, assistant):
    first, second, *_more = ask(people[:3], lesson)
    MeToo.objects.bulk_create([MeToo(thread=first.thread, user=person) for person in people[1:8]])
    assert rows_of(board_page(staff, course)) == [(MOON, "8", 3)]
    moderation.hide_post(post=second.thread.posts.get(), by=assistant)
    assert rows_of(board_page(staff, course)) == [(MOON, "8", 2)]


def test_a_board_ranks_by_people_and_quotes_the_questions(staff, lesson, course, people):
    ask(people[:5], lesson, NEAP, source="Do they follow each day?")
    ask(people[:7], lesson, source="Both of them?")
    page = board_page(staff, course)
    assert rows_of(page) == [(MOON, "7", 7), (NEAP, "5", 5)]
    content = page.content.decode()
    assert content.count("Both of them?") == content.count("Do they follow each day?") == 3
    thread = page.context["lines"][0].answer_url
    assert thread.startswith(reverse("discussions:moderator_inbox", args=[course.slug]) + "?question=")


@pytest.mark.thorough
def test_an_answered_question_stays_and_a_clear_one_goes(staff, lesson, course, people):
    notes = ask(people[:6], lesson)
    Thread.objects.update(status=Thread.Status.ANSWERED)
    page = board_page(staff, course)
    assert rows_of(page) == [(MOON, "6", 0)]
    assert "All answered" in page.content.decode()
    for note in notes[1:]:
        type(note).objects.filter(pk=note.pk).update(cleared_at=note.created_at, cleared_in=note.revision)
    line = board_page(staff, course).context["lines"][0]
    assert (line.people, line.cleared) == ("1–4", "5")


def test_checks_that_half_missed_are_on_the_board(staff, sign_in, lesson, course, people, instructor):
    checks = publish_with_checks(lesson, SINGLE, SHORT, EXPLAIN, by=instructor)
    for person in people[:6]:
        answer_by(person, checks[0], "1")
        answer_by(person, checks[0], "0")
        answer_by(person, checks[1], "spring tide")
        answer_by(person, checks[2], "Two bulges.")
    lines = board_page(staff, course).context["lines"]
    assert [(line.quote, line.missed) for line in lines] == [(SINGLE.question, ("6", "6"))]
    page = lesson_page(staff, lesson)
    assert [(line.bar.text, line.answered) for line in page.context["checks"]] == [("0", "6"), ("6", "6"), ("–", "6")]
    assert page.context["first_try"] == "Checks: 50% right at first"
    author = sign_in(instructor)
    form = author.get(board_page(author, course).context["lines"][0].edit_url)
    assert (form.status_code, form.context["form"].initial["question"]) == (200, SINGLE.question)


def test_answers_of_few_people_are_not_told(staff, lesson, course, people, instructor):
    (check,) = publish_with_checks(lesson, SINGLE, by=instructor)
    answer_by(people[0], check, "0")
    page = lesson_page(staff, lesson)
    assert [(line.bar.text, line.answered) for line in page.context["checks"]] == [("–", "1–4")]
    assert "%" not in page.context["first_try"]


def test_a_filter_by_group_leaves_out_who_is_anonymous(staff, lesson, course, people, group_a):
    ask(people[:6], lesson)
    ask(people[6:], lesson)
    everybody = passages(lesson_page(staff, lesson))["When"]
    assert (everybody, passages(lesson_page(staff, lesson, group=group_a.pk))["When"]) == (
        ("0", "12", "12"),
        ("0", "6", "6"),
    )
    ask(people[:1], lesson, NEAP, anonymous=True)
    assert passages(lesson_page(staff, lesson))["Neap"] == ("0", "1–4", "1–4")
    assert passages(lesson_page(staff, lesson, group=group_a.pk))["Neap"] == ("0", "0", "0")


def test_a_filter_by_label_does_not_combine_with_a_small_group(staff, lesson, people, group_a, course):
    ask(people[:6], lesson)
    ask(people[:5], lesson, label="confused")
    assert passages(lesson_page(staff, lesson, label="confused"))["When"] == ("0", "5", "5")
    query = {"group": group_a.pk, "label": "confused"}
    assert passages(lesson_page(staff, lesson, **query))["When"] == ("0", "6", "6")
    for _n in range(4):
        factories.make_member(course, group=group_a)
    assert passages(lesson_page(staff, lesson, **query))["When"] == ("0", "6", "6")  # 6 others would be left
    for _n in range(4):
        factories.make_member(course)
    assert passages(lesson_page(staff, lesson, **query))["When"] == ("0", "5", "5")


@pytest.mark.parametrize("query", [{"revision": "9"}, {"revision": "x"}, {"revision": "-1"}])
def test_a_revision_that_the_lesson_does_not_have_is_not_found(staff, lesson, query):
    assert lesson_page(staff, lesson, **query).status_code == 404


@pytest.mark.thorough
def test_a_filter_that_the_class_does_not_have_is_ignored(staff, lesson, people):
    ask(people[:6], lesson)
    page = lesson_page(staff, lesson, group="999999999999999999", label="x" * 500)
    assert passages(page)["When"] == ("0", "6", "6")


def test_a_lesson_that_was_never_published_has_no_map(staff, module):
    assert lesson_page(staff, factories.make_lesson(module)).status_code == 404


@pytest.mark.thorough
def test_a_withdrawn_lesson_is_not_on_the_board_and_keeps_its_map(staff, lesson, course, people):
    ask(people[:6], lesson)
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    assert rows_of(board_page(staff, course)) == []
    assert passages(lesson_page(staff, lesson))["When"] == ("0", "6", "6")


def test_pages_take_as_many_queries_for_more_rows(staff, lesson, course, people, django_assert_max_num_queries):
    ask(people[:6], lesson)
    for page in (lesson_page, board_page):
        page(staff, lesson if page is lesson_page else course)
    ask(people[6:], lesson, NEAP)
    with django_assert_max_num_queries(8):
        lesson_page(staff, lesson)
    with django_assert_max_num_queries(10):
        board_page(staff, course)


@pytest.mark.thorough
def test_words_of_learners_are_escaped(staff, lesson, course, people):
    ask(people[:5], lesson, source="Is `<b>5 > 4</b>` & so on?")
    for page in (lesson_page(staff, lesson), board_page(staff, course)):
        assert "&lt;b&gt;" in page.content.decode()
        assert "<b>5 >" not in page.content.decode()


def test_a_board_says_how_confusing_a_passage_was_by_revision(staff, lesson, people, instructor):
    old = lesson.current_revision
    for person in people[:10]:
        record_reached(user=person, revision=old, offset=len(old.text))
    notes = ask(people[:8], lesson)
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body.replace("Neap", "Then neap"))
    new = publish(lesson=lesson, by=instructor)
    for note in notes[:6]:
        mark_clear(annotation=note, by=note.author)
    for person in people[:10]:
        record_reached(user=person, revision=new, offset=len(new.text))
    page = lesson_page(staff, lesson)
    assert "By revision, anonymous questions are left out" in page.content.decode()
    (line,) = page.context["lines"]
    assert (line.by_revision, line.people, line.cleared) == ([(1, "80"), (2, "a few")], "1–4", "6")


def test_an_unchanged_map_is_not_sent_again(staff, lesson, people):
    ask(people[:6], lesson)
    page = lesson_page(staff, lesson)

    def again(**query):
        return staff.get(page.request["PATH_INFO"], query, headers={"if-none-match": page.headers["ETag"]})

    assert (again().status_code, again().content) == (304, b"")
    assert again(label="question").status_code == 200
    Thread.objects.filter(author=people[0]).update(status=Thread.Status.ANSWERED)
    changed = again()
    assert changed.status_code == 200
    assert changed.headers["ETag"] != page.headers["ETag"]


@pytest.mark.thorough
def test_the_figures_of_a_large_class_are_up_to_a_minute_old(staff, lesson, course, people, monkeypatch):
    monkeypatch.setattr("lessons.discussions.kept.LARGE_CLASS", 11)
    monkeypatch.setattr("lessons.insight.views.maps.LARGE_CLASS", 11)
    cache.clear()  # of what another test has kept of a lesson with this id
    ask(people[:6], lesson)
    for page in (lesson_page(staff, lesson), board_page(staff, course)):
        assert "up to a minute old" in page.content.decode()
    ask(people[6:], lesson)
    assert passages(lesson_page(staff, lesson))["When"] == ("0", "6", "6")
    assert rows_of(board_page(staff, course)) == [(MOON, "6", 6)]
    cache.clear()
    assert passages(lesson_page(staff, lesson))["When"] == ("0", "12", "12")
    assert rows_of(board_page(staff, course)) == [(MOON, "12", 12)]


def test_a_number_does_not_tell_that_somebody_named_has_also_asked_anonymously(staff, lesson, course, people):
    ask(people[:5], lesson)
    ask(people[:1], lesson, anonymous=True)
    assert passages(lesson_page(staff, lesson))["When"] == ("0", "6", "6")
    ask(people[5:6], lesson, NEAP)
    assert rows_of(board_page(staff, course))[0] == (MOON, "6", 6)
