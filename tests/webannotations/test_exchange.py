"""Annotations with their replies as a file: out of one lesson, into another."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lessons.annotations.models import Annotation, Placement
from lessons.annotations.services import publish
from lessons.courses.models import AuditEntry
from lessons.courses.services import enrol
from lessons.discussions.models import CommentPolicy, Notification, Post, Thread, ThreadUserState
from lessons.discussions.services import counters, threads
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by
from tests.indexed import assert_posts_are_indexed
from tests.webannotations.test_container import annotation

pytestmark = pytest.mark.django_db


def export(client, lesson):
    return client.get(f"/lessons/{lesson.pk}/annotations/export/").json()


def preview_import(client, lesson, data, audience="course"):
    """Return the page that shows what would be imported."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    file = SimpleUploadedFile("notes.jsonld", data)
    return client.post(f"/lessons/{lesson.pk}/annotations/import/", {"file": file, "audience": audience})


def import_file(client, lesson, data, audience="course"):
    """Import as a person does: review, then press the button with what the page has stored."""
    page = preview_import(client, lesson, data, audience)
    assert page.status_code == 200, page.content
    sent = {
        "uploaded_json": page.context["uploaded_json"],
        "audience": page.context["form"]["audience"].value(),
        "confirm": "1",
    }
    return client.post(f"/lessons/{lesson.pk}/annotations/import/", sent)


def items(document):
    return document["first"]["items"]


def test_export_has_the_readable_notes_and_replies(lesson, learner, other_learner, group_a, group_b, sign_in):
    note_by(learner, lesson, audience="me")
    mine = note_by(learner, lesson, audience="group", group=group_a)
    post_by(learner, mine.thread)
    note_by(other_learner, lesson, audience="group", group=group_b)
    highlight_by(learner, lesson)
    answer = sign_in(learner).get(f"/lessons/{lesson.pk}/annotations/export/")
    assert answer["Content-Disposition"].startswith("attachment;")
    said = answer.json()
    assert (said["type"], said["total"], len(items(said))) == ("AnnotationCollection", 4, 4)
    assert len(items(export(sign_in(other_learner), lesson))) == 1


def test_private_annotations_are_exported_by_nobody_else(lesson, learner, instructor, administrator, sign_in):
    note_by(learner, lesson, audience="me", source="My secret")
    highlight_by(learner, lesson)
    for person in (instructor, administrator):
        assert export(sign_in(person), lesson)["total"] == 0


def test_notes_and_replies_are_imported_into_another_course(
    lesson, next_term, learner, other_learner, instructor, sign_in
):
    note = note_by(learner, lesson, tags=["moon"], label="question")
    first = post_by(other_learner, note.thread)
    post_by(instructor, note.thread, "Both pull.", reply_to=first)
    client = sign_in(instructor)
    said = export(client, lesson)
    page = preview_import(client, next_term, said)
    assert "1 note and 2 replies" in page.content.decode()
    assert not Annotation.objects.filter(lesson=next_term).exists()
    assert import_file(client, next_term, said).status_code == 302
    made = Annotation.objects.get(lesson=next_term)
    text = next_term.current_revision.text
    assert text[made.start : made.end] == "sun and moon" == made.exact
    assert (made.author, made.label, made.is_question) == (instructor, "question", True)
    assert made.placements.get().state == Placement.State.EXACT
    assert made.origin.via == items(said)[0]["id"]
    thread = made.thread
    opening, reply, last = thread.posts.order_by("seq")
    day = f"{note.created_at:%Y}:"
    assert re.fullmatch(r"\*From Lea Learner, \d+ \w+ \d+:\*\n\nWhich pulls harder\?", opening.source)
    assert day in opening.source
    assert reply.source.startswith("*From Otto Other, ")
    assert (last.source, last.by_staff, last.reply_to) == ("Both pull.", True, reply)
    assert (opening.by_staff, thread.by_staff) == (False, False)
    assert (thread.quote, thread.lesson_anchor) == ("sun and moon", f"note-{made.uid}")
    assert thread.course == next_term.module.course
    assert [tag.name for tag in thread.tags.all()] == ["moon"]
    assert counters.expected_counters(thread)._asdict() == {"last_seq": 3, "visible_post_count": 3, "me_too_count": 0}
    assert (thread.last_seq, thread.visible_post_count, thread.kind) == (3, 3, Thread.Kind.QUESTION)
    assert thread.status == Thread.Status.ANSWERED
    assert ThreadUserState.objects.get(thread=thread).last_read_seq == 3
    assert_posts_are_indexed()
    assert AuditEntry.objects.filter(verb="import annotations", detail__notes=1, detail__replies=2).count() == 1


@pytest.mark.thorough
def test_same_file_twice_adds_nothing(lesson, next_term, learner, instructor, assistant, sign_in):
    note = note_by(learner, lesson)
    post_by(learner, note.thread)
    highlight_by(learner, lesson, label="confused", audience="course")
    client = sign_in(instructor)
    said = export(client, lesson)
    import_file(client, next_term, said)
    before = Annotation.objects.count(), Post.objects.count()
    assert "3 already in this lesson" in preview_import(client, next_term, said).content.decode()
    import_file(client, next_term, said)
    enrol(user=assistant, course=next_term.module.course, role="assistant", by=instructor)
    import_file(sign_in(assistant), next_term, said)
    assert (Annotation.objects.count(), Post.objects.count()) == before


@pytest.mark.thorough
def test_importing_back_adds_nothing(lesson, next_term, learner, instructor, sign_in):
    note = note_by(learner, lesson)
    post_by(learner, note.thread)
    client = sign_in(instructor)
    import_file(client, lesson, export(client, lesson))
    import_file(client, next_term, export(client, lesson))
    import_file(client, lesson, export(client, next_term))
    third = factories.make_published(module=next_term.module)
    import_file(client, third, export(client, next_term))
    import_file(client, third, export(client, lesson))
    assert [Annotation.objects.filter(lesson=one).count() for one in (lesson, next_term, third)] == [1, 1, 1]
    assert Post.objects.count() == 6


@pytest.mark.thorough
def test_later_file_adds_what_is_new(lesson, next_term, learner, instructor, sign_in):
    note = note_by(learner, lesson)
    client = sign_in(instructor)
    import_file(client, next_term, export(client, lesson))
    made = Annotation.objects.get(lesson=next_term)
    post_by(instructor, made.thread, "Said there.")
    post_by(learner, note.thread, "Said here later.")
    import_file(client, next_term, export(client, lesson))
    sources = list(made.thread.posts.order_by("seq").values_list("seq", "source"))
    assert [seq for seq, _source in sources] == [1, 2, 3]
    assert sources[2][1].endswith("Said here later.")
    thread = Thread.objects.get(pk=made.thread_id)
    assert counters.expected_counters(thread)._asdict() == {"last_seq": 3, "visible_post_count": 3, "me_too_count": 0}
    assert (thread.last_seq, thread.visible_post_count) == (3, 3)


@pytest.mark.thorough
def test_unmatched_quotes_are_listed(lesson, next_term, learner, instructor, sign_in):
    lost = note_by(learner, lesson, exact="Neap tides follow.")
    post_by(learner, lost.thread)
    note_by(learner, lesson)
    Lesson.objects.filter(pk=next_term.pk).update(body="<p>When sun and moon pull in line.</p>")
    client = sign_in(instructor)
    publish(lesson=Lesson.objects.get(pk=next_term.pk), by=instructor)
    page = preview_import(client, next_term, export(client, lesson)).content.decode()
    assert "1 note and 0 replies" in page
    assert "1 passage not found in this text" in page
    assert "Neap tides follow." in page
    assert "1 more will be skipped" in page
    import_file(client, next_term, export(client, lesson))
    assert Annotation.objects.get(lesson=next_term).exact == "sun and moon"


@pytest.mark.thorough
def test_import_never_widens_an_audience(lesson, next_term, learner, instructor, group_a, group_b, sign_in):
    factories.make_group(next_term.module.course, "Group A")
    note_by(learner, lesson, audience="group", group=group_a, source="For A")
    note_by(instructor, lesson, audience="group", group=group_b, source="For B")
    note_by(learner, lesson, audience="staff", source="For staff")
    note_by(learner, lesson, source="For all")
    note_by(instructor, lesson, audience="me", source="For me")
    client = sign_in(instructor)
    said = export(client, lesson)
    page = preview_import(client, next_term, said)
    names = ["Everybody in the course", "Group A", "The instructors", "Only me"]
    assert page.context["audiences"] == list(zip(names, (1, 1, 1, 2), strict=True))
    assert "<li><bdi>Only me</bdi>: 2 notes</li>" in page.content.decode()
    import_file(client, next_term, said)

    def readers():
        threads = Thread.objects.filter(lesson=next_term).order_by("pk")
        return {t.posts.get().source.splitlines()[-1]: (t.audience, t.group and t.group.name) for t in threads}

    assert readers() == {
        "For A": ("group", "Group A"),
        "For B": ("me", None),
        "For staff": ("staff", None),
        "For all": ("course", None),
        "For me": ("me", None),
    }
    Annotation.objects.filter(lesson=next_term).delete()
    Thread.objects.filter(lesson=next_term).delete()
    import_file(client, next_term, export(client, lesson), audience="staff")
    assert {audience for audience, _group in readers().values()} == {"staff", "me"}


@pytest.mark.thorough
def test_anonymous_notes_stay_anonymous(lesson, next_term, learner, instructor, sign_in):
    note_by(learner, lesson, anonymous=True)
    client = sign_in(instructor)
    import_file(client, next_term, export(client, lesson))
    assert "Anonymous" in Post.objects.get(thread__lesson=next_term).source
    assert "Lea" not in json.dumps(export(client, next_term))
    enrol(user=learner, course=lesson.module.course, role="instructor", by=instructor)
    enrol(user=learner, course=next_term.module.course, role="instructor", by=instructor)
    third = factories.make_published(module=next_term.module)
    import_file(sign_in(learner), third, export(sign_in(learner), lesson))
    assert "Anonymous" in Post.objects.get(thread__lesson=third).source


@pytest.mark.thorough
def test_forged_text_is_attributed(lesson, next_term, instructor, sign_in):
    note = note_by(instructor, lesson)
    post_by(instructor, note.thread, "All of them.")
    client = sign_in(instructor)
    forged = json.dumps(export(client, lesson)).replace("Which pulls", "Who pulls").replace("All of", "None of")
    import_file(client, next_term, json.loads(forged))
    posts = Post.objects.filter(thread__lesson=next_term)
    assert all(post.source.startswith("*From Ines Instructor") and not post.by_staff for post in posts)
    assert posts.count() == 2


@pytest.mark.thorough
def test_replies_moved_since_are_not_imported_again(lesson, next_term, learner, instructor, sign_in):
    post_by(learner, note_by(learner, lesson).thread)
    client = sign_in(instructor)
    import_file(client, next_term, export(client, lesson))
    thread = Annotation.objects.get(lesson=next_term).thread
    threads.split_thread(thread=thread, seqs=[2], title="Elsewhere", by=instructor)
    assert "2 already in this lesson" in preview_import(client, next_term, export(client, lesson)).content.decode()
    import_file(client, next_term, export(client, lesson))
    assert Post.objects.filter(thread__course=next_term.module.course).exclude(state="moved").count() == 2


@pytest.mark.thorough
def test_imported_notes_do_not_open_a_post_first_lesson(lesson, next_term, learner, instructor, sign_in):
    CommentPolicy.objects.create(lesson=next_term, policy=CommentPolicy.Rule.POST_FIRST)
    reader = factories.make_member(next_term.module.course)
    note_by(learner, lesson)
    client = sign_in(instructor)
    import_file(client, next_term, export(client, lesson))
    assert export(sign_in(reader), next_term)["total"] == 0
    assert not Notification.objects.exists()


@pytest.mark.thorough
def test_highlights_are_imported_too(lesson, next_term, learner, instructor, sign_in):
    highlight_by(instructor, lesson)
    highlight_by(learner, lesson, label="confused", audience="course")
    client = sign_in(instructor)
    import_file(client, next_term, export(client, lesson))
    highlight, confused = Annotation.objects.filter(lesson=next_term).order_by("pk")
    assert (highlight.label, highlight.thread, highlight.audience) == ("highlight", None, "me")
    assert confused.label == "confused"
    assert confused.thread.posts.get().source.startswith("*From Lea Learner")


@pytest.mark.thorough
def test_lesson_withdrawn_between_review_and_import(lesson, instructor, sign_in):
    client, where = sign_in(instructor), f"/lessons/{lesson.pk}/annotations/import/"
    kept = preview_import(client, lesson, [annotation(lesson)]).context["uploaded_json"]
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    assert client.post(where, {"uploaded_json": kept, "audience": "course", "confirm": "1"}).status_code == 302
    assert not Annotation.objects.exists()


@pytest.mark.thorough
def test_queries_do_not_grow_with_the_file(lesson, instructor, sign_in, django_assert_max_num_queries):
    data = [annotation(lesson, id=f"urn:x:{n}") for n in range(40)]
    reply = {"type": "Annotation", "motivation": "replying", "bodyValue": "Yes."}
    data += [reply | {"id": f"urn:y:{n}", "target": f"urn:x:{n}"} for n in range(40)]
    client = sign_in(instructor)
    with django_assert_max_num_queries(16):
        preview_import(client, lesson, data)
    with django_assert_max_num_queries(50):
        import_file(client, lesson, data)
    assert Annotation.objects.count() == 40
    assert Post.objects.count() == 80


@pytest.mark.thorough
def test_import_is_rolled_back_when_a_part_fails(lesson, instructor, sign_in, monkeypatch):
    def failing(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("lessons.webannotations.import_annotations._create_tags", failing)
    with pytest.raises(ZeroDivisionError):
        import_file(sign_in(instructor), lesson, [annotation(lesson)])
    assert not Annotation.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.thorough
def test_html_page_offers_export_and_import(lesson, learner, instructor, sign_in):
    html = {"Accept": "text/html"}
    page = sign_in(instructor).get(f"/lessons/{lesson.pk}/annotations/", headers=html).content.decode()
    assert "annotations/import/" in page
    page = sign_in(learner).get(f"/lessons/{lesson.pk}/annotations/", headers=html).content.decode()
    assert "annotations/export/" in page
    assert "annotations/import/" not in page
