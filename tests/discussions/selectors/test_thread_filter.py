"""The forum's filters: one by one, combined, across pages, shown as phrases and removed one by one."""

import re
from html import unescape

import pytest

from lessons.discussions.models import Thread
from lessons.discussions.services import questions
from tests import factories
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def forum_of(course, sign_in):
    def get(person, query=""):
        return sign_in(person).get(f"/courses/{course.slug}/discussions/{query}").content.decode()

    return get


def titles(html):
    return re.findall(r'<h2><a href="/threads/[^"]+"><bdi>([^<]+)', html)


def choices(html, name):
    """Return the lines of a menu, by the name of its field."""
    return re.findall(rf'<a href="\?{name}=\d+"[^>]*><span aria-hidden="true"></span><bdi>([^<]+)', html)


def test_staff_filter_by_every_group_a_learner_by_their_own(
    course, group_a, group_b, learner, instructor, administrator, forum_of
):
    loner = factories.make_member(course)
    assert choices(forum_of(learner), "group") == ["Group A"]
    for person in (instructor, administrator):
        assert choices(forum_of(person), "group") == ["Group A", "Group B"]
    assert choices(forum_of(loner), "group") == []


def test_the_lesson_filter_offers_published_lessons_with_topics_that_one_may_read(
    course, module, lesson, case_study, group_b, learner, other_learner, instructor, forum_of
):
    draft = factories.make_lesson(module, title="A draft")
    hidden = factories.make_published(
        factories.make_lesson(factories.make_module(course, state="draft"), title="Hidden")
    )
    thread_by(learner, course, lesson=lesson)
    for where in (draft, hidden):
        thread_by(instructor, course, lesson=where)
    thread_by(other_learner, course, lesson=case_study, audience="group", group=group_b)
    assert choices(forum_of(learner), "lesson") == ["Why tides come"]
    assert choices(forum_of(other_learner), "lesson") == ["Why tides come", "The flood of 1607"]
    assert "1 discussion" in forum_of(learner)


def test_all_filters_together_find_what_matches_all(
    course, lesson, group_a, learner, other_learner, instructor, forum_of
):
    wanted = {"kind": "question", "audience": "group", "group": group_a, "lesson": lesson, "tags": ["Spring tide"]}
    thread_by(learner, course, title="All", **wanted)
    for name, other in [("kind", "discussion"), ("lesson", None), ("tags", ["neap"])]:
        thread_by(learner, course, title=f"Not by {name}", **wanted | {name: other})
    thread_by(learner, course, title="Not by group", **wanted | {"audience": "course", "group": None})
    thread_by(instructor, course, title="Not by person", **wanted)
    answered = thread_by(learner, course, title="Answered", **wanted)
    questions.mark_answer(post=post_by(instructor, answered), by=learner)
    query = f"?show=unanswered&group={group_a.pk}&lesson={lesson.pk}&tag=spring+TIDE&author=@Lea-Learner"
    for person in (learner, instructor):
        html = forum_of(person, query)
        assert titles(html) == ["All"]
    active = re.findall(r"<summary data-current><bdi>([^<]+)", html)
    assert active == ["Why tides come", "spring TIDE", "Group A, Lea-Learner"]
    assert 'aria-current="true">Unanswered' in html
    assert titles(forum_of(other_learner, query)) == []


def test_filters_are_removed_one_by_one_or_all_at_once(course, learner, forum_of):
    thread_by(learner, course, kind="question", title="Asked", tags=["moon"])
    thread_by(learner, course, title="Said", tags=["moon"])
    html = forum_of(learner, "?show=questions&tag=moon&author=Lea")

    def found(label):
        way = re.search(rf'<a[^>]* href="([^"]*)"[^>]*>(?:<span[^>]*></span><bdi>)?{label}<', html)[1]
        return titles(forum_of(learner, unescape(way))), way

    assert found("All")[0] == ["Said", "Asked"]
    assert found("All tags") == (["Asked"], "?show=questions&amp;author=Lea")
    assert found("Clear filters") == (["Said", "Asked"], "?")
    assert "Clear filters" not in forum_of(learner)


def test_filters_are_kept_across_pages_and_in_the_form(course, group_a, learner, forum_of, monkeypatch):
    monkeypatch.setattr("lessons.discussions.selectors.thread_list.PAGE_SIZE", 2)
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    for n in range(6):
        where = {"audience": "group", "group": group_a} if n % 2 else {}
        thread_by(learner, course, title=f"T{n}", kind="question", tags=["moon"], **where)
    query, seen = f"?show=questions&group={group_a.pk}&tag=moon&order=newest", []
    while query:
        html = forum_of(learner, query)
        assert '<input id="filter-tag" name="tag" value="moon"' in html
        assert '<input type="hidden" name="show" value="questions">' in html
        assert f'<input type="hidden" name="group" value="{group_a.pk}">' in html
        seen += titles(html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        query = following and unescape(following[1])
    assert seen == ["T5", "T3", "T1"]


def test_an_author_is_found_by_part_of_their_name_but_not_by_anonymous_posts(
    course, learner, other_learner, instructor, forum_of
):
    thread_by(learner, course, title="Hers")
    thread_by(other_learner, course, title="Another's")
    thread_by(learner, course, title="Nobody's", anonymous=True)
    post_by(learner, thread_by(instructor, course, title="Where she answered"))
    for words in ("lea+learn", "Learner", "@lea-learner"):
        assert "Hers" in titles(forum_of(other_learner, f"?author={words}"))
    assert titles(forum_of(other_learner, "?author=Lea+L")) == ["Where she answered", "Hers"]
    assert titles(forum_of(other_learner, "?author=%25")) == []


def test_other_groups_are_not_named(course, group_b, learner, other_learner, forum_of):
    thread_by(other_learner, course, audience="group", group=group_b, title="Of B")
    html = forum_of(learner, f"?group={group_b.pk}")
    assert "Group B" not in html
    assert titles(html) == []


def test_a_full_page_of_a_large_course_stays_small_and_takes_eight_queries(
    course, module, learner, sign_in, django_assert_max_num_queries
):
    lesson = factories.make_published(factories.make_lesson(module, title="A title of a lesson as they often are"))
    for n in range(40):
        factories.make_lesson(module, title=f"Lesson {n}", state="published", current_revision=lesson.current_revision)
    thread = thread_by(learner, course, tags=["moon"], kind="question", lesson=lesson)
    same = {name: getattr(thread, name) for name in ("course", "author", "excerpt", "kind", "lesson", "rank")}
    Thread.objects.bulk_create([Thread(**same, title=f"A title of some length {n}") for n in range(60)])
    client = sign_in(learner)
    with django_assert_max_num_queries(8):
        reply = client.get(f"/courses/{course.slug}/discussions/?lesson={lesson.pk}")
    assert reply.content.count(b'<li class="thread') == 50
    assert len(reply.content) <= 60_000
