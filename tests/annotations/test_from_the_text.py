"""A course's notes are listed lesson by lesson in the order of the text, with what people said under the passages."""

import re
from html import unescape

import pytest

from lessons.annotations import course_notes
from lessons.annotations.models import Annotation, Placement
from lessons.discussions.models import CommentPolicy, Thread
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by

ROW = re.compile(r"<h3><a href=\"/threads/\d+/[^\"]*\"><bdi>([^<]+)")


@pytest.fixture(autouse=True)
def no_rate_limit(monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())


def list_url(course, query=""):
    return f"/courses/{course.slug}/discussions/text/{query}"


@pytest.fixture
def second_lesson(module):
    return factories.make_published(factories.make_lesson(module, title="Tables", body="<p>A table of the moon.</p>"))


def test_notes_stand_under_their_passages_in_the_order_of_the_text(
    course, lesson, second_lesson, learner, other_learner, sign_in
):
    note_by(learner, second_lesson, exact="the moon", source="In the second lesson")
    later = note_by(other_learner, lesson, exact="sun and moon", source="On the sun and moon", label="question")
    note_by(learner, lesson, exact="sun and moon", source="On the same words")
    earlier = note_by(learner, lesson, exact=lesson.current_revision.text[:4], source="At the very beginning")
    highlight_by(learner, lesson)
    thread_by(learner, course, lesson=lesson, title="A topic")
    post_by(learner, later.thread, "An answer")
    html = sign_in(other_learner).get(list_url(course)).content.decode()
    assert ROW.findall(html) == [
        "At the very beginning",
        "On the sun and moon",
        "On the same words",
        "In the second lesson",
    ]
    assert re.findall(r"<h2><a href=\"[^\"]+\"><bdi>([^<]+)", html) == ["Why tides come", "Tables"]
    assert html.count("sun and moon</a></blockquote>") == 1
    for note in (earlier, later):
        assert f'<a href="/notes/{note.pk}/"' in html
    assert f'<h3><a href="/threads/{later.thread_id}/unread/">' in html
    assert "<b>1</b>" in html
    assert "A topic" not in html


def test_the_pages_follow_each_other_to_the_notes_without_a_passage(
    course, module, lesson, second_lesson, learner, sign_in, monkeypatch
):
    monkeypatch.setattr(course_notes, "PAGE_SIZE", 2)
    monkeypatch.setattr(course_notes, "LESSONS_PER_QUERY", (1, 2))
    withdrawn = factories.make_published(
        factories.make_lesson(module, title="Withdrawn", body="<p>Gone with the tide.</p>")
    )
    for n in range(3):
        note_by(learner, lesson, source=f"A{n}")
    note_by(learner, second_lesson, exact="moon", source="B")
    note_by(learner, withdrawn, exact="tide", source="D")
    lost = note_by(learner, second_lesson, exact="table", source="C")
    Placement.objects.filter(annotation=lost).update(state=Placement.State.REMOVED, start=None, end=None)
    Lesson.objects.filter(pk=withdrawn.pk).update(state=Lesson.State.DRAFT)
    client, query, seen, groups = sign_in(learner), "", [], []
    while query is not None and len(groups) < 9:
        html = client.get(list_url(course, query)).content.decode()
        seen += ROW.findall(html)
        groups.append(re.findall(r'plain-head"><h2>(?:<a[^>]*><bdi>)?([^<]+)', html))
        following = re.search(r'rel="next" href="([^"]+)"', html)
        query = unescape(following[1]) if following else None
    assert seen == ["A0", "A1", "A2", "B", "D", "C"]
    gone = "Passage no longer in the text"
    assert groups == [["Why tides come"], ["Why tides come"], ["Tables", gone], [gone]]


@pytest.mark.thorough
def test_filters_apply_to_notes(course, lesson, second_lesson, group_a, learner, other_learner, sign_in):
    asked = note_by(other_learner, lesson, source="Asked", label="question", tags=["moon"])
    note_by(learner, second_lesson, exact="moon", source="Mine", audience="group", group=group_a)
    client = sign_in(learner)

    def found(query):
        return ROW.findall(client.get(list_url(course, query)).content.decode())

    assert found("") == ["Asked", "Mine"]
    assert found("?show=unread") == found("?show=questions") == found("?show=unanswered") == ["Asked"]
    assert found("?tag=moon") == found("?author=Otto") == found(f"?lesson={lesson.pk}") == ["Asked"]
    html = client.get(list_url(course, f"?lesson={lesson.pk}")).content.decode()
    offered = re.findall(r'<a href="\?lesson=\d+"[^>]*><span[^>]*>✓?</span><bdi>([^<]+)', html)
    assert offered == ["Why tides come", "Tables"]
    assert found("?show=mine") == found("?show=following") == found(f"?group={group_a.pk}") == ["Mine"]
    client.get(f"/threads/{asked.thread_id}/")
    assert "You’ve read everything here" in client.get(list_url(course, "?show=unread")).content.decode()
    assert client.get(f"/courses/{course.slug}/discussions/?tab=text").url == list_url(course)
    assert client.get(list_url(course, "?after=1.2.3")).status_code == 200


def test_nobody_reads_in_it_what_they_may_not(course, lesson, group_b, learner, other_learner, sign_in):
    note_by(other_learner, lesson, source="Of group B", audience="group", group=group_b)
    note_by(other_learner, lesson, source="For all")
    note_by(other_learner, lesson, source="Private", audience="me")
    assert ROW.findall(sign_in(learner).get(list_url(course)).content.decode()) == ["For all"]
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    html = sign_in(learner).get(list_url(course)).content.decode()
    assert "For all" not in html
    assert "Why tides come" not in html


def test_a_full_page_takes_eight_queries(
    course, lesson, second_lesson, learner, sign_in, django_assert_max_num_queries
):
    for n in range(3):
        note_by(learner, second_lesson, exact="moon", source=f"Words {n}", tags=[f"tag {n}"])
    note = note_by(learner, lesson, source="Words")
    client = sign_in(learner)
    with django_assert_max_num_queries(8):
        assert client.get(list_url(course)).content.count(b'<li class="thread') == 4
    anchors = [f"note-{n}" for n in range(55)]
    same = {name: getattr(note.thread, name) for name in ("course", "lesson", "author", "excerpt", "last_seq", "rank")}
    threads = Thread.objects.bulk_create([Thread(**same, lesson_anchor=anchor) for anchor in anchors])
    same = {name: getattr(note, name) for name in ("lesson", "revision", "author", "start", "end", "exact", "label")}
    notes = Annotation.objects.bulk_create([Annotation(**same, thread=thread) for thread in threads])
    placed = {name: getattr(note.placements.get(), name) for name in ("revision", "start", "end", "state")}
    Placement.objects.bulk_create([Placement(**placed, annotation=copy) for copy in notes])
    with django_assert_max_num_queries(8):
        assert client.get(list_url(course)).content.count(b'<li class="thread') == 50
