"""The positions of a lesson's annotations: what the browser paints."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.annotations.models import Annotation, CourseLabel
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.courses.models import Membership
from lessons.courses.models.active_memberships import forget_memberships
from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.services import moderation
from lessons.discussions.services.posting import edit_post, prepare_post
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by

OWN, QUESTION, CHANGED, UNREAD, HIGHLIGHT_ONLY = 1, 2, 4, 8, 16


def positions_url(lesson):
    return f"/lessons/{lesson.pk}/notes/positions/"


def fetch_positions(sign_in, user, lesson, **query):
    reply = sign_in(user).get(positions_url(lesson), query)
    assert reply.status_code == 200
    return reply.json()


def painted_passages(lesson, found):
    """Return the passages to paint."""
    text, start, out = Lesson.objects.get(pk=lesson.pk).current_revision.text, 0, []
    for distance, length in zip(found["starts"], found["lengths"], strict=True):
        start += distance
        out.append(text[start : start + length])
    return out


def flags(found, note):
    return found["flags"][found["ids"].index(note.pk)]


def test_positions_are_spans_in_the_order_of_the_text(sign_in, lesson, learner, other_learner):
    note_by(other_learner, lesson, exact="Neap tides follow.")
    note_by(other_learner, lesson)
    highlight_by(other_learner, lesson, exact="Spring tides")
    found = fetch_positions(sign_in, learner, lesson)
    assert painted_passages(lesson, found) == ["sun and moon", "Neap tides follow."]
    assert found["group"] == "Group A"
    assert found["revision"] == lesson.current_revision_id


def test_flags_depend_on_the_reader(sign_in, lesson, learner, other_learner):
    mine, question = note_by(learner, lesson), note_by(other_learner, lesson, label="question")
    mark, confused = (
        highlight_by(learner, lesson),
        highlight_by(other_learner, lesson, label="confused", audience="course"),
    )
    found = fetch_positions(sign_in, learner, lesson)
    assert flags(found, mine) & ~UNREAD == OWN
    assert flags(found, question) == QUESTION | UNREAD
    assert flags(found, mark) == OWN | HIGHLIGHT_ONLY
    assert flags(found, confused) == QUESTION | HIGHLIGHT_ONLY
    assert [found["labels"][n]["key"] for n in found["label_indexes"]] == ["note", "question", "highlight", "confused"]


def test_readers_are_told_apart_only_where_their_names_are_shown(sign_in, lesson, learner, other_learner, instructor):
    note_by(learner, lesson)
    highlight_by(learner, lesson)
    for _ in range(2):
        note_by(instructor, lesson)
    note_by(other_learner, lesson)
    note_by(other_learner, lesson, anonymous=True)
    highlight_by(other_learner, lesson, label="confused", audience="course")
    assert fetch_positions(sign_in, learner, lesson)["readers"] == [0, 0, 1, 1, 2, -1, -1]


def test_answered_and_read_questions_have_no_flags(sign_in, lesson, learner, other_learner):
    question = note_by(other_learner, lesson, label="question")
    answer = post_by(learner, question.thread)
    sign_in(other_learner).post(f"/posts/{answer.pk}/answer/")
    sign_in(learner).get(f"/threads/{question.thread_id}/")
    found = fetch_positions(sign_in, learner, lesson)
    assert flags(found, question) == 0
    assert found["replies"] == [1]


def test_changed_passage_is_flagged_and_orphaned_one_is_counted(sign_in, lesson, learner, instructor):
    kept, lost = note_by(learner, lesson), note_by(learner, lesson, exact="Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line, the range is greatest.</p>")
    new = publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    kept.placements.filter(revision=new).update(state="changed")
    found = fetch_positions(sign_in, learner, lesson)
    assert (found["ids"], found["orphaned"], flags(found, kept) & CHANGED) == ([kept.pk], 1, CHANGED)
    assert lost.pk not in found["ids"]


@pytest.mark.thorough
@pytest.mark.parametrize("rule", ["open", "post_first"])
def test_everybody_gets_exactly_what_they_may_read(
    sign_in, lesson, learner, other_learner, assistant, instructor, administrator, group_a, group_b, rule
):
    CommentPolicy.objects.create(lesson=lesson, policy=rule)
    for by, group in ((learner, group_a), (other_learner, group_b), (instructor, None)):
        for audience in ["me", "staff", "course"] + (["group"] if group else []):
            note_by(by, lesson, audience=audience, group=group)
            highlight_by(by, lesson, label="question", audience=audience, group=group)
    Post.objects.update(created_at=timezone.now() - timedelta(days=1))
    delete_annotation(annotation=note_by(other_learner, lesson), by=other_learner)
    note_by(instructor, factories.make_published(module=lesson.module))
    newcomer = factories.make_member(lesson.module.course, Membership.Role.LEARNER, group=group_a)
    for reader in (learner, other_learner, assistant, instructor, administrator, newcomer):
        forget_memberships(reader)
        allowed = Annotation.objects.visible_to(reader).displayed().filter(lesson=lesson)
        found = fetch_positions(sign_in, reader, lesson)
        assert sorted(found["ids"]) == sorted(allowed.values_list("pk", flat=True)), reader


def test_counts_reveal_nothing_before_the_first_post(sign_in, lesson, learner, instructor, other_learner):
    CommentPolicy.objects.create(lesson=lesson, policy="post_first")
    question = note_by(instructor, lesson)
    post_by(other_learner, question.thread)
    found = fetch_positions(sign_in, learner, lesson)
    assert (found["replies"], found["flags"]) == ([0], [0])


@pytest.mark.parametrize("status", ["open", "answered"])
def test_nothing_tells_before_the_first_post_whether_a_question_is_answered(
    sign_in, course, lesson, learner, instructor, status
):
    CommentPolicy.objects.create(lesson=lesson, policy="post_first")
    note = note_by(instructor, lesson, label="question", audience="course")
    topic = thread_by(instructor, course, kind="question", title="What do waves do?", lesson=lesson)
    Thread.objects.update(status=status)
    found = fetch_positions(sign_in, learner, lesson)
    assert found["flags"] == [QUESTION]
    client, forum = sign_in(learner), f"/courses/{course.slug}/discussions/"
    cards = client.get(f"/lessons/{lesson.pk}/notes/?unanswered=1").content.decode()
    assert f'data-id="{note.pk}"' in cards
    assert "What do waves do?" not in client.get(f"{forum}?show=unanswered").content.decode()
    pages = [forum, f"{forum}text/", f"/threads/{topic.pk}/", f"/threads/{note.thread_id}/", lesson.get_absolute_url()]
    for html in (cards, *(client.get(page).content.decode() for page in pages)):
        assert not re.search(r'class="chip (open|answered|resolved)"', html)
    assert re.search(r'class="chip (open|answered)"', sign_in(instructor).get(forum).content.decode())


def test_filters(sign_in, lesson, learner, other_learner, group_a, course):
    mine = note_by(learner, lesson, audience="group", group=group_a)
    tagged = note_by(other_learner, lesson, label="question", tags=["Cold  Coast"])
    hidden = note_by(other_learner, lesson, anonymous=True)
    mark = highlight_by(learner, lesson)
    confused = highlight_by(other_learner, lesson, label="confused", audience="course")
    highlight_by(other_learner, lesson, label="confused")
    doubt = highlight_by(learner, lesson, label="confused")
    handle = Membership.objects.get(user=other_learner, course=course).handle
    wanted = {
        "": {mine, tagged, hidden, mark, confused, doubt},
        "scope=mine": {mine, mark, doubt},
        "scope=group": {mine},
        "unanswered=1": {tagged, confused},
        "label=note": {mine, hidden},
        "tag=cold-coast": {tagged},
        "tag=+COLD+coast": {tagged},
        "tag=cold": set(),
        f"author=@{handle}": {tagged},
        f"author={handle.upper()}": {tagged},
        "author=otto": {tagged},
        "author=Other": {tagged},
        "author=lea": {mine},
        "author=%25": set(),
        "author=anonymous": set(),
        "label=none-such": set(),
        "scope=nonsense&author=": {mine, tagged, hidden, mark, confused, doubt},
    }
    for query, notes in wanted.items():
        found = sign_in(learner).get(f"{positions_url(lesson)}?{query}").json()
        assert set(found["ids"]) == {note.pk for note in notes}, query


def test_edited_and_hidden_posts_change_the_edit_number(sign_in, lesson, learner, other_learner, instructor):
    note = note_by(other_learner, lesson)
    opening = note.thread.posts.get()
    answer = post_by(learner, note.thread)
    seen = [fetch_positions(sign_in, learner, lesson)]
    edit_post(
        post=opening,
        by=other_learner,
        prepared=prepare_post("Otherwise.", course=note.thread.course, key=opening.idempotency_key),
    )
    seen.append(fetch_positions(sign_in, learner, lesson))
    moderation.hide_post(post=opening, by=instructor)
    seen.append(fetch_positions(sign_in, learner, lesson))
    assert seen[0]["edits"] == [0]
    assert len({found["edits"][0] for found in seen}) == 3
    assert [found["replies"] for found in seen] == [[1]] * 3
    moderation.delete_post(post=answer, by=learner)
    assert fetch_positions(sign_in, learner, lesson)["ids"] == []


def test_labels_of_the_course_and_one_that_was_removed(sign_in, lesson, learner, course):
    note_by(learner, lesson, label="idea")
    CourseLabel.objects.create(course=course, key="source-please", name="Source?", is_question=True)
    found = fetch_positions(sign_in, learner, lesson)
    assert [kind["key"] for kind in found["labels"]] == ["highlight", "source-please", "idea"]
    assert found["label_indexes"] == [2]


def test_not_modified_while_nothing_changed(sign_in, lesson, learner, other_learner):
    client, note = sign_in(learner), note_by(other_learner, lesson)
    first = client.get(positions_url(lesson))
    tag = first.headers["ETag"]
    assert client.get(positions_url(lesson), headers={"If-None-Match": tag}).status_code == 304
    assert first.headers["Cache-Control"] == "private, no-cache"
    post_by(other_learner, note.thread)
    again = client.get(positions_url(lesson), headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["ETag"] != tag) == (200, True)


def test_queries_do_not_grow_with_notes(sign_in, learner, module, instructor):
    def query_count(n):
        lesson, client = factories.make_published(factories.make_lesson(module), by=instructor), sign_in(learner)
        for _ in range(n):
            note_by(instructor, lesson)
            highlight_by(learner, lesson)
        with CaptureQueriesContext(connection) as seen:
            assert len(client.get(positions_url(lesson)).json()["ids"]) == 2 * n
        return len(seen)

    assert query_count(1) == query_count(12) == 6


def test_positions_take_few_bytes(sign_in, lesson, learner, instructor):
    """Send numbers only, and one of each kind for a note: what a note says is on its card."""
    for _ in range(20):
        note_by(instructor, lesson)
    body = fetch_positions(sign_in, learner, lesson)
    columns = [value for value in body.values() if isinstance(value, list) and len(value) == 20]
    assert len(columns) == 8
    assert len(json.dumps(columns)) < 20 * 42
