"""The tag page: the lessons, case studies and threads that the reader may see, bounded, and related tags."""

import re
from html import unescape

import pytest

from lessons.models import Lesson
from tests.discussions.make import thread_by
from tests.factories import make_case_study, make_lesson, make_member, make_module, make_published


def page_of(client, query="", slug="flood"):
    reply = client.get(f"/tags/{slug}/{query}")
    return reply.content.decode() if reply.status_code == 200 else reply.status_code


def related(html):
    return re.findall(r'rel="tag" href="[^"]+"><bdi>([^<]+)', html)


def titles(html, kind):
    section = re.search(rf'<section aria-labelledby="{kind}".*?</section>', html, re.DOTALL)
    return re.findall(r"<h3[^>]*><a[^>]*>([^<]+)", section[0]) if section else []


def test_lessons_case_studies_and_threads_are_listed_by_tag(course, module, lesson, case_study, learner, sign_in):
    thread_by(learner, course, title="Who pays?", tags=["Flood"])
    for text in (lesson, case_study):
        text.tags.add("flood")
    html = page_of(sign_in(learner))
    assert titles(html, "lessons") == ["The flood of 1607", "Why tides come"]
    assert titles(html, "threads") == ["Who pays?"]
    assert titles(page_of(sign_in(None)), "threads") == []


def test_related_tags_come_from_lessons_case_studies_and_threads(course, lesson, case_study, learner, sign_in):
    lesson.tags.add("flood", "wall", "moon")
    case_study.tags.add("flood", "wall")
    thread_by(learner, course, tags=["flood", "wall", "insurance"])
    assert related(page_of(sign_in(learner))) == ["wall", "insurance", "moon"]
    assert related(page_of(sign_in(None))) == ["wall", "moon"]


def test_related_tags_reveal_nothing_unreadable(course, lesson, learner, other_learner, group_a, instructor, sign_in):
    lesson.tags.add("flood")
    thread_by(learner, course, tags=["flood", "of group a"], audience="group", group=group_a)
    thread_by(learner, course, tags=["flood", "mine"], audience="me")
    thread_by(learner, course, tags=["flood", "to staff"], audience="staff")
    assert related(page_of(sign_in(learner))) == ["mine", "of group a", "to staff"]
    assert related(page_of(sign_in(instructor))) == ["of group a", "to staff"]
    assert related(page_of(sign_in(other_learner))) == []


def test_a_tag_with_only_unreadable_threads_is_a_404(course, learner, other_learner, group_a, sign_in):
    thread_by(learner, course, tags=["flood"], audience="group", group=group_a)
    assert page_of(sign_in(other_learner)) == page_of(sign_in(None)) == 404
    assert titles(page_of(sign_in(learner)), "threads") != []


@pytest.mark.thorough
def test_a_long_list_is_paged_without_gaps_or_repetition(course, module, learner, case_study, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.reading.selectors.tag_contents.PAGE_SIZE", 3)
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    case_study.tags.add("flood")
    for n in range(7):
        make_published(make_lesson(module, title=f"L{n}")).tags.add("flood")
        thread_by(learner, course, title=f"T{n}", tags=["flood"])
    client = sign_in(learner)
    for kind, wanted in [("lessons", {f"L{n}" for n in range(7)} | {"The flood of 1607"}), ("threads", 7)]:
        html, seen = page_of(client), []
        while html:
            seen += titles(html, kind)
            way = re.search(rf'rel="next" href="([^"]*more={kind}[^"]*)"', html)
            html = way and page_of(client, unescape(way[1]))
            assert not html or "Everything with this tag" in html
        assert len(seen) == len(set(seen)) == (wanted if kind == "threads" else len(wanted))


@pytest.mark.parametrize("query", ["?more=people&before=1", "?more=lessons&before=x", "?more=lessons&before=²"])
def test_an_invalid_query_shows_the_first_page(client, lesson, query):
    lesson.tags.add("flood")
    assert titles(page_of(client, query), "lessons") == ["Why tides come"]
    assert page_of(client, "?more=lessons&before=1") == page_of(client, "?more=threads&before=9") == 404


def test_the_page_is_bounded_and_takes_as_many_queries_for_many_rows(
    course, sign_in, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    learner, module = make_member(course), make_module(course)
    module.tags.add("flood")
    for n in range(3):
        make_published(make_case_study(module)).tags.add("flood", f"case {n}")
        thread_by(learner, course, tags=["flood", f"talk {n}"])
    revision = Lesson.objects.first().current_revision
    more = [Lesson(module=module, title=f"L{n}", slug=f"l{n}", state="published") for n in range(60)]
    for lesson in Lesson.objects.bulk_create(more):
        Lesson.objects.filter(pk=lesson.pk).update(current_revision=revision)
        lesson.tags.add("flood")
    client = sign_in(learner)
    with django_assert_max_num_queries(8):
        html = page_of(client)
    assert len(titles(html, "lessons")) == 50
    assert "More lessons" in html
    assert "More discussions" not in html
