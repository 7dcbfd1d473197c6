"""A course's home for its staff: what needs them, and how many queries that takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.annotations.services import publish
from lessons.discussions import kept
from lessons.discussions.models import MeToo, Post, Thread
from lessons.discussions.services import moderation
from lessons.insight import passages
from lessons.insight.counted import FigureFilter
from lessons.insight.decisions import dismiss, undo_dismissal
from lessons.models import Lesson, Revision
from lessons.progress.models import Progress
from lessons.reading.selectors import staff_home
from lessons.services import record_draft_version
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by
from tests.factories import make_lesson, make_module

HOME = "/courses/tides/"


@pytest.fixture
def staff(sign_in, instructor):
    return sign_in(instructor)


def figures(client):
    """Return the four counts that are links."""
    page = client.get(HOME)
    home = page.context["home"]
    assert page.templates[0].name == "reading/home_staff.html"
    return home.waiting.questions, home.waiting.posts, len(home.drafts), page.context["inactive"].count


def test_four_counts_say_what_needs_the_staff(course, lesson, learner, other_learner, staff):
    assert figures(staff) == (0, 0, 0, 0)
    asked = thread_by(learner, course, kind="question", title="Why twice a day?")
    Thread.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(days=12))
    rude = post_by(other_learner, asked, "Read *page three*.")
    moderation.report_post(post=rude, by=learner, reason="Unkind")
    make_lesson(lesson.module, title="Not yet")
    month_ago = timezone.now() - timedelta(days=30)
    course.memberships.update(created_at=month_ago)
    Post.objects.filter(author=other_learner).update(created_at=month_ago)
    other_learner.thread_states.update(read_at=month_ago)
    assert figures(staff) == (1, 1, 1, 1)
    html = staff.get(HOME).content.decode()
    for words in ("Why twice a day?", "12 days", "Read page three.", "Unkind", "Not yet", "Otto Other"):
        assert words in html


def test_assistants_see_no_drafts_and_learners_another_page(course, lesson, learner, assistant, sign_in):
    make_lesson(lesson.module, title="Not yet")
    page = sign_in(assistant).get(HOME)
    assert page.context["home"].drafts == []
    assert "Not yet" not in page.content.decode()
    assert sign_in(learner).get(HOME).templates[0].name == "reading/home.html"


def test_an_empty_course_begins_with_its_first_module(course, staff):
    html = staff.get(HOME).content.decode()
    assert "Write the first module" in html
    assert "All published" not in html


def test_a_draft_waits_if_it_is_new_or_not_what_was_published(course, module, instructor, staff):
    lesson, untouched = (make_lesson(module, title=title, body="<p>Sea.</p>") for title in ("Tides", "Moon"))
    make_lesson(make_module(course, title="Next term", state="draft"))
    for each in (lesson, untouched):
        record_draft_version(lesson=each, by=instructor, origin="form")
        publish(lesson=each, by=instructor)

    def save(**changes):
        changed = Lesson.objects.get(pk=lesson.pk)
        for name, value in changes.items():
            setattr(changed, name, value)
        changed.save()
        record_draft_version(lesson=changed, by=instructor, origin="form")
        return [draft.title for draft in staff.get(HOME).context["home"].drafts]

    assert save(due_at=timezone.now()) == ["Next term"]
    assert save(body="<p>Sea and land.</p>") == ["Tides", "Next term"]
    assert save(body="<p>Sea.</p>") == ["Next term"]


def test_this_weeks_reading_counts_learners_who_have_read(course, lesson, learner, other_learner, instructor, staff):
    Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now() + timedelta(days=2))
    for person in (learner, instructor):
        Progress.objects.create(user=person, lesson=lesson, completed_at=timezone.now())
    page = staff.get(HOME)
    assert [(line.lesson.pk, line.lesson.completed_count) for line in page.context["reading"]] == [(lesson.pk, 1)]
    assert page.context["home"].learner_count == 2
    Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now() + timedelta(days=9))
    assert staff.get(HOME).context["reading"] == []


def test_the_home_takes_six_queries_and_two_at_most_if_somebody_is_confused(
    course, lesson, learner, other_learner, staff, monkeypatch, django_assert_max_num_queries
):
    assert Revision.objects.exists()
    month_ago = timezone.now() - timedelta(days=30)
    for _ in range(3):
        asked = thread_by(learner, course, kind="question")
        moderation.report_post(post=post_by(other_learner, asked), by=learner, reason="Rude")
        make_lesson(lesson.module)
    course.memberships.update(created_at=month_ago)
    Post.objects.update(created_at=month_ago)
    learner.thread_states.update(read_at=month_ago)
    Thread.objects.update(created_at=month_ago)
    with django_assert_max_num_queries(6):
        assert staff.get(HOME).context["inactive"].count == 1
    note_by(other_learner, lesson, label="question")
    monkeypatch.setattr(passages, "_known", {})
    with django_assert_max_num_queries(8):
        assert len(staff.get(HOME).context["confused"]) == 1
    with django_assert_max_num_queries(7):
        assert len(staff.get(HOME).context["confused"]) == 1


def test_the_home_shows_where_the_class_is_confused(course, lesson, learner, other_learner, staff):
    assert "Where the class is confused" not in staff.get(HOME).content.decode()
    question = note_by(learner, lesson, source="Both of them?", label="question")
    MeToo.objects.create(thread=question.thread, user=other_learner)
    page = staff.get(HOME)
    (line,) = page.context["confused"]
    assert (line.quote, line.people, line.unanswered) == ("sun and moon", "1–4", 1)
    assert line.url == f"/lessons/{lesson.pk}/insight/"


def test_the_home_of_a_large_class_shows_the_same_confusion(
    course, lesson, learner, other_learner, staff, monkeypatch, django_assert_max_num_queries
):
    second = make_lesson(lesson.module, title="Moon", body="<p>The moon alone.</p>")
    publish(lesson=second, by=learner)
    for asked, words in ((second, "moon alone"), (lesson, "sun and moon")):
        MeToo.objects.create(thread=note_by(learner, asked, exact=words, label="question").thread, user=other_learner)
    lines = staff.get(HOME).context["confused"]
    assert [line.quote for line in lines] == ["sun and moon", "moon alone"]
    monkeypatch.setattr(kept, "LARGE_CLASS", 1)
    assert staff.get(HOME).context["confused"] == lines
    Thread.objects.update(state=Thread.State.HIDDEN)
    with django_assert_max_num_queries(8):
        assert staff.get(HOME).context["confused"][1].quote == "The moon alone."  # of the text, no longer the note's


def test_the_home_leaves_out_old_confusion_and_what_was_dismissed(
    course, lesson, learner, staff, instructor, monkeypatch
):
    question = note_by(learner, lesson, label="question")
    key = staff.get(f"/lessons/{lesson.pk}/insight/").context["lines"][0].passage
    known = {"lesson": lesson, "key": key, "filters": FigureFilter()}
    dismiss(**known, latest=question.pk, latest_vote=0, by=instructor)
    assert staff.get(HOME).context["confused"] == []
    undo_dismissal(**known)
    assert len(staff.get(HOME).context["confused"]) == 1
    monkeypatch.setattr(staff_home, "CONFUSED_WINDOW", timedelta(0))
    assert staff.get(HOME).context["confused"] == []
