"""Creating notes on the pages: the plain form without script, and what the script sends."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.models import Annotation, CourseLabel
from lessons.annotations.services import publish
from lessons.courses.models import Membership
from lessons.db.models import UnsentText
from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.models import Lesson
from lessons.services import withdraw
from tests import factories
from tests.discussions.make import known

JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def client_of(sign_in):
    return lambda user: sign_in(known(user))


def create_url(lesson):
    return f"/lessons/{lesson.pk}/notes/new/"


def form_data(lesson, words="sun and moon", **fields):
    """Return what the page's script sends for a note on `words`."""
    start = lesson.current_revision.text.index(words)
    where = {"revision": 1, "start": start, "end": start + len(words), "exact": words}
    return {
        **where,
        "key": str(uuid4()),
        "kind": "note",
        "audience": "course",
        "source": "Which pulls harder?",
        **fields,
    }


def test_plain_form_creates_a_note_on_a_block(client_of, learner, lesson):
    client = client_of(learner)
    page = client.get(f"{create_url(lesson)}?revision=1&block=0")
    assert "When sun and moon pull in line, the range is greatest.</textarea>" in page.content.decode()
    assert "Post to Group A" in page.content.decode()
    data = {"revision": "1", "start": "12", "end": "66", "exact": "the range", "kind": "idea", "source": "Why?"}
    answer = client.post(create_url(lesson), {**data, "audience": "group", "key": uuid4(), "tags": "range, sea"})
    note = Annotation.objects.get()
    assert answer.headers["Location"] == note.get_absolute_url()
    assert (note.exact, note.label, note.thread.audience) == ("the range", "idea", "group")
    assert {tag.name for tag in note.thread.tags.all()} == {"range", "sea"}


def test_quote_out_of_a_block_is_looked_for_there_first(client_of, learner, module, instructor):
    body = "<p>The sea rises.</p><p>The sea falls.</p>"
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    second = lesson.current_revision.text.rindex("The sea")
    data = {
        "revision": 1,
        "start": second,
        "end": second + 14,
        "exact": "sea",
        "kind": "highlight",
        "highlight_only": 1,
    }
    client_of(learner).post(create_url(lesson), data)
    assert Annotation.objects.get().start == second + 4


def test_ambiguous_passage_is_refused_with_advice(client_of, learner, module, instructor):
    body = "<p>The sea rises.</p><p>The sea falls.</p>"
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    data = form_data(lesson, words="The sea") | {"start": "", "end": ""}
    answer = client_of(learner).post(create_url(lesson), data)
    assert answer.status_code == 409
    assert "more than once. Copy a few more words" in answer.content.decode()
    assert "not in the text" not in answer.content.decode()
    assert client_of(learner).post(create_url(lesson), data | {"exact": "The sea falls"}).status_code == 302


def test_script_gets_the_new_note_as_json(client_of, learner, lesson):
    answer = client_of(learner).post(create_url(lesson), form_data(lesson), **JSON)
    note = Annotation.objects.get()
    assert answer.status_code == 201
    assert (answer.json()["id"], answer.json()["uid"]) == (note.pk, str(note.uid))


def test_highlights_are_private_unless_they_are_questions_and_shared(client_of, learner, lesson):
    client, bare = client_of(learner), {"highlight_only": "1", "source": "", "audience": "me"}
    for kind in ("highlight", "confused", "question"):
        assert client.post(create_url(lesson), form_data(lesson, kind=kind, **bare), **JSON).status_code == 201
    assert set(Annotation.objects.values_list("audience", "thread")) == {("me", None)}
    mark = Annotation.objects.get(label="confused")
    edit = f"/notes/{mark.pk}/edit/"
    assert client.post(edit, {"action": "share", "audience": "group"}, **JSON).status_code == 200
    mark.refresh_from_db()
    assert (mark.audience, mark.group.name) == ("group", "Group A")
    highlight = Annotation.objects.get(label="highlight")
    answer = client.post(f"/notes/{highlight.pk}/edit/", {"action": "share", "audience": "course"}, **JSON)
    assert (answer.status_code, len(answer.json()["errors"])) == (409, 1)


REFUSED = [
    ({"audience": "admins"}, 400, "You can’t share this with that audience."),
    ({"audience": ""}, 400, "You can’t share this with that audience."),
    ({"audience": "group", "group": 999_999}, 400, "Your group has changed"),
    ({"kind": "nonsense"}, 400, "no such label"),
    ({"kind": "highlight"}, 400, "no such label"),
    ({"source": "   "}, 400, ""),
    ({"source": "x" * 100_000}, 400, "98 kB"),
    ({"tags": "a,b,c,d,e,f"}, 400, "at most five tags"),
    ({"exact": "words that are nowhere"}, 409, "not in the text"),
    ({"start": "9", "end": "4", "exact": ""}, 409, "not in the text"),
    ({"start": "0", "end": "99999999", "exact": ""}, 409, "not in the text"),
    ({"start": "x"}, 409, "not in the text"),
    ({"start": "", "end": "", "exact": ""}, 409, "not in the text"),
    ({"revision": "77"}, 409, "not in the text"),
    ({"block": "77"}, 409, "not in the text"),
]


@pytest.mark.parametrize(("wrong", "status", "words"), REFUSED, ids=[str(r[0])[:40] for r in REFUSED])
@pytest.mark.parametrize("script", [True, False])
def test_refusal_gives_a_reason_and_the_text_back(client_of, learner, lesson, wrong, status, words, script):
    data = form_data(lesson) | wrong
    answer = client_of(learner).post(create_url(lesson), data, **(JSON if script else {}))
    assert answer.status_code == status
    if script:
        assert words in " ".join(answer.json()["errors"])
        assert answer.json()["errors"]
    else:
        assert words in answer.content.decode()
        assert answer.content.decode().count("This passage is not in the text") < 2
        assert data["source"].strip() in answer.content.decode()
    assert not Annotation.objects.exists()
    assert not Post.objects.exists()
    if status == 409:
        assert UnsentText.objects.get(user=learner).fields["source"] == data["source"]


def test_removed_member_gets_the_text_back(client_of, learner, lesson):
    client, data = client_of(learner), form_data(lesson)
    Membership.objects.filter(user=learner).update(state="removed")
    answer = client.post(create_url(lesson), data)
    assert (answer.status_code, data["source"] in answer.content.decode()) == (404, True)
    assert "Your text is still on this page" in client.post(create_url(lesson), data, **JSON).json()["errors"][0]
    assert not UnsentText.objects.exists()
    assert not Annotation.objects.exists()


def test_withdrawn_lesson_says_so_and_keeps_the_text(client_of, learner, lesson, instructor):
    client, data = client_of(learner), form_data(lesson)
    withdraw(lesson=lesson, by=instructor)
    assert client.get(create_url(lesson)).status_code == 404
    answer = client.post(create_url(lesson), data, **JSON)
    assert (answer.status_code, "withdrawn" in answer.json()["errors"][0]) == (409, True)
    page = client.post(create_url(lesson), data)
    assert data["source"] in page.content.decode()
    assert UnsentText.objects.exists()


def test_note_on_an_earlier_revision_tells_where_its_passage_is(client_of, learner, lesson, instructor):
    data = form_data(lesson), form_data(lesson, "Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line, the range is greatest.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    told = [client_of(learner).post(create_url(lesson), one, **JSON).json()["notice"] for one in data]
    assert "is on its passage in the new text" in told[0]
    assert "no longer in it" in told[1]


def test_a_note_sent_twice_is_created_once(client_of, learner, lesson):
    client = client_of(learner)
    for data in (form_data(lesson), form_data(lesson, highlight_only="1", kind="confused", source="", audience="me")):
        ids = [client.post(create_url(lesson), data, **JSON).json()["id"] for _ in range(2)]
        assert ids[0] == ids[1]
    assert Annotation.objects.count() == 2


def test_preview_and_draft_without_script_keep_the_passage(client_of, learner, lesson):
    client, data = client_of(learner), form_data(lesson, source="*Why*?")
    page = client.post(create_url(lesson), {**data, "preview": "1"}).content.decode()
    assert "<em>Why</em>" in page
    assert f'name="start" value="{data["start"]}"' in page
    answer = client.post(create_url(lesson), {**data, "draft": "1"}, follow=True)
    assert "Draft saved." in answer.content.decode()
    assert "*Why*?</textarea>" in answer.content.decode()
    assert not Annotation.objects.exists()


def test_anonymous_note_names_nobody(client_of, learner, other_learner, instructor, lesson):
    client_of(learner).post(create_url(lesson), form_data(lesson, anonymous="on"), **JSON)
    refused = client_of(instructor).post(create_url(lesson), form_data(lesson, anonymous="on"), **JSON)
    assert "can’t post anonymously" in refused.json()["errors"][0]
    client_of(instructor).post(create_url(lesson), form_data(lesson), **JSON)
    anonymous = Annotation.objects.get(author=learner).thread
    assert anonymous.alias.name.startswith("Anonymous")
    assert Annotation.objects.get(author=instructor).thread.alias is None
    assert "Lea Learner" not in client_of(other_learner).get(f"/threads/{anonymous.pk}/").content.decode()


def test_toolbar_has_the_courses_labels_and_the_draft(client_of, learner, lesson):
    CourseLabel.objects.create(course=lesson.module.course, key="source-please", name="Source?", is_question=True)
    UnsentText.objects.create(user=learner, draft_key=f"note-{lesson.pk}", fields={"source": "Half a thought"})
    tools = client_of(learner).get(f"{create_url(lesson)}?toolbar").content.decode()
    assert 'data-label="source-please"' in tools
    assert 'data-label="idea"' not in tools
    assert "Half a thought</textarea>" in tools
    assert 'data-stored="' in tools
    assert "<html" not in tools


def test_lesson_without_comments_offers_private_notes_only(client_of, learner, lesson):
    CommentPolicy.objects.create(lesson=lesson, policy="off")
    client = client_of(learner)
    page = client.get(f"{create_url(lesson)}?block=0").content.decode()
    assert "only for me" in page
    assert "Post to" not in page
    assert client.post(create_url(lesson), form_data(lesson), **JSON).status_code == 400


def test_queries_of_the_toolbar_do_not_grow(client_of, learner, lesson):
    def query_count():
        client = client_of(learner)
        with CaptureQueriesContext(connection) as seen:
            client.get(f"{create_url(lesson)}?toolbar")
        return len(seen)

    before = query_count()
    for n in range(5):
        CourseLabel.objects.create(course=lesson.module.course, key=f"l{n}", name=f"Label {n}")
        client_of(learner).post(create_url(lesson), form_data(lesson), **JSON)
    assert query_count() == before


def test_label_decides_the_kind_of_thread(client_of, learner, lesson):
    client_of(learner).post(create_url(lesson), form_data(lesson, kind="question"), **JSON)
    assert Thread.objects.get().kind == "question"
