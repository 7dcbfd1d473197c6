"""Annotations whose passages changed, were placed by hand, or were deleted: exported, and imported again."""

import pytest

from lessons.annotations.models import Annotation
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.discussions.models import Post
from lessons.discussions.services import counters
from lessons.markup import plain_text
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import note_by
from tests.discussions.make import post_by
from tests.webannotations.test_annotation import annotation_url, put
from tests.webannotations.test_exchange import export, import_file, items, preview_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def rewritten(lesson, learner, instructor):
    """Return the lesson in its third revision, with a note whose passage changed, one placed by hand, one that only
    moved."""
    changed, placed = note_by(learner, lesson, "the range is greatest"), note_by(learner, lesson, "Neap tides follow.")
    moved = note_by(learner, lesson)
    body = lesson.body.replace("range is greatest", "span is greatest").replace(
        "Neap tides follow.", "Weak ones come."
    )
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    start = plain_text.plain_text(body).index("Weak ones")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor, manual_spans={placed.pk: (start, start + 9)})
    Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>An introduction.</p>{body}")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    return Lesson.objects.with_course().get(pk=lesson.pk), (changed, placed, moved)


@pytest.mark.thorough
def test_diverged_annotations_find_their_current_passage(rewritten, instructor, sign_in):
    lesson, notes = rewritten
    client, said = sign_in(instructor), export(sign_in(instructor), lesson)
    twin = factories.make_published(module=lesson.module, body=lesson.body)
    assert "not found" not in preview_import(client, twin, said).content.decode()
    for _again in range(2):
        import_file(client, twin, said)
        found = Annotation.objects.filter(lesson=twin).order_by("pk").values_list("exact", "thread__quote")
        assert [*found] == [(words, words) for words in ("the span is greatest", "Weak ones", "sun and moon")]
    import_file(client, lesson, export(client, twin))
    assert Annotation.objects.filter(lesson=lesson).count() == len(notes)


def test_diverged_annotations_find_their_original_passage(rewritten, next_term, instructor, sign_in):
    lesson, notes = rewritten
    body = f"{factories.BODY}<p>Weak ones come.</p>"
    old = factories.make_published(module=next_term.module, body=body)
    import_file(sign_in(instructor), old, export(sign_in(instructor), lesson))
    found = Annotation.objects.filter(lesson=old).order_by("pk").values_list("exact", flat=True)
    assert [*found] == [note.exact for note in notes]


@pytest.mark.thorough
def test_two_targets_are_one_passage_in_two_revisions(rewritten, instructor, sign_in):
    lesson, _notes = rewritten
    said = export(sign_in(instructor), lesson)
    for item in items(said):
        made, now = item["target"]
        assert made["source"].endswith("/revisions/1/#text")
        assert now["source"].endswith("/revisions/3/#text")
        item["target"] = [now, made]
    twin = factories.make_published(module=lesson.module, body=lesson.body)
    assert "3 notes" in preview_import(sign_in(instructor), twin, said).content.decode()
    items(said)[0]["target"][0]["source"] = "https://example.org/lessons/77/revisions/3/#text"
    assert preview_import(sign_in(instructor), twin, said).status_code == 422


@pytest.mark.thorough
def test_replies_are_imported_under_a_tombstone(lesson, next_term, learner, other_learner, instructor, sign_in):
    note, alone = note_by(learner, lesson, label="idea"), note_by(learner, lesson, "Neap tides follow.")
    for one in (note, alone):
        first = post_by(other_learner, one.thread)
    post_by(learner, note.thread, "And the sun.", reply_to=note.thread.posts.get(seq=2))
    for one in (note, alone):
        delete_annotation(annotation=one, by=learner)
    client, said = sign_in(instructor), export(sign_in(instructor), lesson)
    assert [item["type"] for item in items(said)].count(["Annotation", "as:Tombstone"]) == 2
    said["first"]["items"] = [item for item in items(said) if not item["id"].endswith(f"/{first.pk}/")]
    page = preview_import(client, next_term, said).content.decode()
    assert "1 note and 2 replies" in page
    assert "the file has no reply to it" in page
    for _again in range(2):
        import_file(client, next_term, said)
    made = Annotation.objects.get(lesson=next_term)
    assert (made.author, made.label, made.thread.audience) == (None, "idea", "course")
    opening, *replies = made.thread.posts.order_by("seq")
    assert (opening.state, opening.author, opening.source) == ("deleted", None, "")
    assert [reply.source.splitlines()[-1] for reply in replies] == ["Because of the moon.", "And the sun."]
    assert (made.thread.last_seq, made.thread.visible_post_count) == (3, 2)
    assert counters.expected_counters(made.thread)._asdict() == {
        "last_seq": 3,
        "visible_post_count": 2,
        "me_too_count": 0,
    }
    card = sign_in(instructor).get(f"/lessons/{next_term.pk}/notes/cards/?ids={made.pk}").content.decode()
    assert "This post was deleted by its author." in card
    assert ">2 replies<" in card
    assert client.get("/notebook/").content.decode().count("notebook-entry") == 0
    import_file(client, lesson, export(client, next_term))
    assert Annotation.objects.filter(lesson=lesson).count() == 2
    for item in items(said):
        item["type"] = "Annotation"
    third = factories.make_published(module=next_term.module)
    import_file(client, third, said)
    assert Post.objects.get(thread__lesson=third, seq=1).state == "deleted"


@pytest.mark.thorough
def test_current_target_is_served_and_accepted_back(lesson, learner, instructor, sign_in):
    note = note_by(learner, lesson, exact="the range is greatest")
    body = lesson.body.replace("range is", "span is")
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    client = sign_in(learner)
    said = client.get(annotation_url(note)).json()
    assert [one["selector"][1]["exact"] for one in said["target"]] == ["the range is greatest", "the span is greatest"]
    assert put(client, annotation_url(note), said).json() == said
    assert put(client, annotation_url(note), said | {"target": said["target"][0]}).status_code == 200
    said["target"][1]["selector"][1]["exact"] = "sun and moon"
    assert put(client, annotation_url(note), said).status_code == 409
