"""One annotation at its IRI: read, changed, deleted; and what it never reveals."""

import json

import pytest

from lessons.annotations.models import Annotation
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.discussions.models import Post
from lessons.discussions.services import moderation, posting, threads
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.webannotations.test_container import LD, ROOT

pytestmark = pytest.mark.django_db


def annotation_url(note):
    return f"/lessons/{note.lesson_id}/annotations/{note.uid}/"


def reply_url(note, post):
    return f"/lessons/{note.lesson_id}/annotations/{post.pk}/"


def put(client, where, data, match=None):
    tag = match or client.get(where)["ETag"]
    return client.put(where, json.dumps(data), content_type=LD, headers={"If-Match": tag})


def test_note_follows_the_model(lesson, learner, other_learner, group_a, sign_in):
    note = note_by(learner, lesson, label="confused", tags=["moon"])
    answer = sign_in(other_learner).get(annotation_url(note))
    said = answer.json()
    text = lesson.current_revision.text
    assert answer["Content-Type"] == LD
    assert '<http://www.w3.org/ns/ldp#Resource>; rel="type"' in answer["Link"]
    assert answer["Allow"] == "GET, HEAD, OPTIONS, PUT, DELETE"
    assert {"Accept", "Cookie"} <= set(answer["Vary"].replace(" ", "").split(","))
    assert said["id"] == f"{ROOT}{annotation_url(note)}"
    assert said["motivation"] == "questioning"
    assert said["creator"] == {"type": "Person", "name": "Lea Learner"}
    assert said["target"]["source"] == f"{ROOT}/lessons/{lesson.pk}/revisions/1/#text"
    position, quote = said["target"]["selector"]
    assert text[position["start"] : position["end"]] == quote["exact"] == "sun and moon"
    assert [one["purpose"] for one in said["body"]] == ["questioning", "classifying", "tagging"]
    assert "modified" not in said


def test_short_iri_answers_the_same(lesson, learner, sign_in):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    short = client.get(f"/annotations/{note.uid}/")
    assert short.content == client.get(annotation_url(note)).content
    assert short["Content-Location"] == f"{ROOT}{annotation_url(note)}"
    other = factories.make_published(module=lesson.module)
    assert client.get(f"/lessons/{other.pk}/annotations/{note.uid}/").status_code == 404


def test_people_are_redirected_to_the_page(lesson, learner, sign_in):
    note = note_by(learner, lesson)
    post = post_by(learner, note.thread)
    html = {"Accept": "text/html"}
    led = sign_in(learner).get(annotation_url(note), headers=html)
    assert led.status_code == 302
    assert led["Vary"].startswith("Accept")
    assert sign_in(learner).get(reply_url(note, post), headers=html).url == f"/posts/{post.pk}/"
    assert sign_in(learner).get(annotation_url(note), headers={"Accept": "audio/ogg"}).status_code == 406
    assert sign_in(learner).options(annotation_url(note)).status_code == 200


def test_selectors_never_change(lesson, learner, instructor, sign_in):
    note = note_by(learner, lesson)
    before = sign_in(learner).get(annotation_url(note)).json()
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>All new.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert sign_in(learner).get(annotation_url(note)).json() == before


@pytest.mark.thorough
def test_anonymous_note_names_nobody(lesson, learner, other_learner, instructor, sign_in):
    note = note_by(learner, lesson, anonymous=True)
    post = post_by(learner, note.thread, anonymous=True)
    for reader in (learner, other_learner, instructor):
        client = sign_in(reader)
        pages = [annotation_url(note), reply_url(note, post), f"/lessons/{lesson.pk}/annotations/export/"]
        said = [client.get(page).content.decode() for page in pages]
        assert all("Anonymous" in one for one in said)
        for secret in ("Lea", learner.email, str(learner.uid)):
            assert not any(secret in one for one in said)


@pytest.mark.thorough
def test_deleted_note_names_nobody_and_keeps_its_replies(lesson, learner, other_learner, sign_in):
    note = note_by(learner, lesson, tags=["moon"])
    post = post_by(other_learner, note.thread)
    delete_annotation(annotation=note, by=learner)
    said = sign_in(other_learner).get(annotation_url(note)).json()
    assert not {"body", "creator"} & set(said)
    assert sign_in(other_learner).get(reply_url(note, post)).json()["target"] == said["id"]


@pytest.mark.thorough
def test_reply_to_a_deleted_post_targets_the_note(lesson, learner, other_learner, sign_in):
    note = note_by(learner, lesson)
    first = post_by(other_learner, note.thread)
    second = post_by(learner, note.thread, reply_to=first)
    client = sign_in(learner)
    assert client.get(reply_url(note, second)).json()["target"] == f"{ROOT}{reply_url(note, first)}"
    moderation.delete_post(post=first, by=other_learner)
    assert client.get(reply_url(note, second)).json()["target"] == f"{ROOT}{annotation_url(note)}"
    assert client.get(reply_url(note, first)).status_code == 404


@pytest.mark.thorough
def test_etag_changes_with_whatever_is_serialized(lesson, learner, other_learner, group_a, sign_in):
    note = note_by(learner, lesson, audience="group", group=group_a)
    client, seen = sign_in(learner), set()

    def tag():
        seen.add(client.get(annotation_url(note))["ETag"])
        return len(seen)

    assert tag() == tag() == 1
    words = posting.prepare_post("Other words.", course=lesson.module.course)
    posting.edit_post(post=note.thread.posts.get(), by=learner, prepared=words)
    assert tag() == 2
    note.thread.tags.add("moon")
    assert tag() == 3
    type(group_a).objects.filter(pk=group_a.pk).update(name="Group Z")
    assert tag() == 4
    type(learner).objects.filter(pk=learner.pk).update(display_name="Lea Later")
    assert tag() == 5
    Annotation.objects.filter(pk=note.pk).update(label="idea")
    assert tag() == 6
    Lesson.objects.filter(pk=lesson.pk).update(slug="elsewhere")
    assert tag() == 7


@pytest.mark.thorough
def test_author_changes_comment_and_label(lesson, learner, sign_in):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    said = client.get(annotation_url(note)).json()
    said["body"][0]["value"] = "The moon does."
    said["motivation"] = "questioning"
    answer = put(client, annotation_url(note), said)
    assert answer.status_code == 200
    assert answer["ETag"] == client.get(annotation_url(note))["ETag"]
    assert answer.json()["motivation"] == "questioning"
    post = note.thread.posts.get()
    assert (post.source, post.versions.get().source) == ("The moon does.", "Which pulls harder?")
    assert Annotation.objects.get().label == "question"


@pytest.mark.thorough
def test_comment_is_added_to_a_highlight(lesson, learner, sign_in):
    mark = highlight_by(learner, lesson)
    client = sign_in(learner)
    said = client.get(annotation_url(mark)).json() | {"bodyValue": "Now a note."}
    said = put(client, annotation_url(mark), said).json()
    assert said["body"][0]["value"] == "Now a note."
    assert said["motivation"] == "commenting"
    assert said["audience"]["schema:audienceType"] == "me"


@pytest.mark.thorough
def test_unchanged_put_changes_nothing(lesson, learner, sign_in):
    client = sign_in(learner)
    for kind in ("note", "question", "confused", "idea"):
        note = note_by(learner, lesson, label=kind, tags=["moon"])
        said = client.get(annotation_url(note))
        assert put(client, annotation_url(note), said.json()).content == said.content
    mark = highlight_by(learner, lesson)
    said = client.get(annotation_url(mark))
    assert put(client, annotation_url(mark), said.json()).content == said.content
    assert not note.thread.posts.get().versions.exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("changed", "status"),
    sample(
        [
            (lambda said: said["target"]["selector"][0].update(start=0), 409),
            (lambda said: said["target"]["selector"][1].update(exact="Neap tides"), 409),
            (lambda said: said["target"].update(selector=[]), 409),
            (lambda said: said["target"].update(source="https://example.org/"), 409),
            (lambda said: said.update(audience={"schema:audienceType": "me"}), 409),
            (lambda said: said.update(via="https://example.org/1"), 409),
            (lambda said: said.update(canonical="urn:uuid:1"), 409),
            (lambda said: said.update(body=[]), 409),
            (lambda said: said["body"].append({"value": "sun", "purpose": "tagging"}), 409),
            (lambda said: said.update(body=5), 422),
            (lambda said: said.pop("target"), 422),
            (lambda said: said["body"][0].update(value="x" * 30_000), 422),
        ]
    ),
)
def test_immutable_properties_are_refused(lesson, learner, sign_in, changed, status):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    said = client.get(annotation_url(note)).json()
    changed(said)
    answer = put(client, annotation_url(note), said)
    assert answer.status_code == status
    assert answer.json()["errors"][0].endswith(".")
    assert note.thread.posts.get().source == "Which pulls harder?"


@pytest.mark.thorough
def test_newer_changes_are_not_overwritten(lesson, learner, sign_in):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    said = client.get(annotation_url(note))
    assert client.put(annotation_url(note), said.content, content_type=LD).status_code == 428
    assert client.delete(annotation_url(note)).status_code == 428
    for wrong in ('"other"', f"W/{said['ETag']}", "nonsense", ""):
        assert put(client, annotation_url(note), said.json(), wrong or '""').status_code == 412
    assert put(client, annotation_url(note), said.json(), f'"a", {said["ETag"]}').status_code == 200
    assert put(client, annotation_url(note), said.json(), "*").status_code == 200
    words = posting.prepare_post("Newer.", course=lesson.module.course)
    posting.edit_post(post=note.thread.posts.get(), by=learner, prepared=words)
    assert put(client, annotation_url(note), said.json(), said["ETag"]).status_code == 412
    assert (
        client.put(annotation_url(note), b"{}", content_type="text/plain", headers={"If-Match": "*"}).status_code
        == 415
    )
    assert client.post(annotation_url(note)).status_code == 405


@pytest.mark.thorough
def test_others_change_nothing(lesson, learner, other_learner, instructor, sign_in):
    note = note_by(learner, lesson)
    post = post_by(learner, note.thread)
    for other in (other_learner, instructor):
        client = sign_in(other)
        for where in (annotation_url(note), reply_url(note, post)):
            refused = put(client, where, client.get(where).json())
            assert (refused.status_code, refused.json()["errors"]) == (403, ["You can read this, but not change it."])
            tag = client.get(where)["ETag"]
            assert client.delete(where, headers={"If-Match": tag}).status_code == 403
    assert Post.objects.filter(state="shown").count() == 2


@pytest.mark.thorough
def test_delete_works_as_on_the_page(lesson, learner, other_learner, sign_in):
    answered, alone, mark = note_by(learner, lesson), note_by(learner, lesson), highlight_by(learner, lesson)
    post = post_by(other_learner, answered.thread)
    client = sign_in(learner)
    for note in (answered, alone, mark):
        gone = client.delete(annotation_url(note), headers={"If-Match": client.get(annotation_url(note))["ETag"]})
        assert (gone.status_code, gone.content) == (204, b"")
    assert [client.get(annotation_url(note)).status_code for note in (answered, alone, mark)] == [200, 404, 404]
    other = sign_in(other_learner)
    where = reply_url(answered, post)
    assert other.delete(where, headers={"If-Match": other.get(where)["ETag"]}).status_code == 204
    assert other.get(where).status_code == 404


@pytest.mark.thorough
def test_reply_is_changed_by_its_author(lesson, learner, other_learner, sign_in):
    note = note_by(learner, lesson)
    where = reply_url(note, post_by(other_learner, note.thread))
    client = sign_in(other_learner)
    said = client.get(where).json()
    said["body"]["value"] = "Because of the sun."
    assert put(client, where, said).json()["body"]["value"] == "Because of the sun."
    moved = said | {"target": "https://example.org/"}
    assert put(client, where, moved).status_code == 409
    assert put(client, where, said | {"body": []}).status_code == 409


@pytest.mark.thorough
def test_posts_of_an_older_merged_thread_are_not_deleted_with_the_note(
    lesson, learner, other_learner, instructor, sign_in
):
    """Posts that were merged into the note's thread may be older than the note's own."""
    older = thread_by(other_learner, lesson.module.course, lesson=lesson)
    note = note_by(learner, lesson)
    threads.merge_threads(thread=older, into=note.thread, by=instructor)
    client = sign_in(learner)
    assert client.get(annotation_url(note)).json()["body"][0]["value"] == "Which pulls harder?"
    client.delete(annotation_url(note), headers={"If-Match": "*"})
    assert [post.author for post in note.thread.posts.filter(state="shown")] == [other_learner]


@pytest.mark.thorough
def test_hidden_held_and_merged_notes(lesson, learner, other_learner, instructor, sign_in):
    hidden, merged = note_by(learner, lesson), note_by(learner, lesson)
    moderation.hide_post(post=hidden.thread.posts.get(), by=instructor)
    assert sign_in(other_learner).get(annotation_url(hidden)).status_code == 404
    threads.merge_threads(thread=merged.thread, into=note_by(learner, lesson).thread, by=instructor)
    assert "body" not in sign_in(other_learner).get(annotation_url(merged)).json()
    newcomer = factories.make_member(lesson.module.course, name="Nia New")
    words = {"bodyValue": "See https://example.org/"}
    held = sign_in(newcomer).post(
        f"/lessons/{lesson.pk}/annotations/",
        json.dumps(sign_in(learner).get(annotation_url(merged)).json() | words),
        content_type=LD,
    )
    assert held.status_code == 201
    assert held.json()["body"]
    assert sign_in(newcomer).get(held["Location"]).json()["body"]
    assert sign_in(instructor).get(held["Location"]).json()["body"]
    assert sign_in(other_learner).get(held["Location"]).status_code == 404


@pytest.mark.thorough
def test_lesson_named_like_a_page_is_still_found(module, instructor, sign_in):
    lesson = factories.make_published(factories.make_lesson(module, slug="annotations"), by=instructor)
    assert sign_in(instructor).get(lesson.get_absolute_url()).status_code == 200
