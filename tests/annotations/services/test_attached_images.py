"""The files of attached images are written before the transaction, for which others wait, whoever sends the post."""

from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from lessons.annotations.passages import locate_passage
from lessons.annotations.services.annotate import add_comment, annotate
from lessons.discussions.models import PostImage
from lessons.discussions.services.attached_images import AttachedImage
from lessons.discussions.services.posting import prepare_post, reply, start_thread
from lessons.discussions.services.questions import answer_question
from tests.annotations.make import LABELS, highlight_by
from tests.discussions.make import known, thread_by


def start(prepared, course, **people):
    return start_thread(by=people["learner"], course=course, prepared=prepared)


def answer(prepared, course, **people):
    question = thread_by(people["learner"], course, kind="question")
    return answer_question(thread=question, by=people["instructor"], prepared=prepared)


def note(prepared, course, lesson, **people):
    passage = locate_passage(lesson.current_revision, exact="sun and moon")
    return annotate(
        by=people["learner"], lesson=lesson, passage=passage, label=LABELS["note"], prepared=prepared, key=uuid4()
    )


def comment(prepared, course, lesson, **people):
    mark = highlight_by(people["learner"], lesson)
    return add_comment(annotation=mark, by=people["learner"], prepared=prepared, audience="course", group=None)


@pytest.mark.parametrize("send", [start, answer, note, comment])
def test_a_file_is_written_once_and_before_the_transaction(send, course, lesson, learner, instructor, monkeypatch):
    depth, written = len(connection.savepoint_ids), []

    def save(storage, name, content, max_length=None):
        written.append((name, len(connection.savepoint_ids)))
        return original(storage, name, content, max_length)

    original = type(default_storage._wrapped).save
    monkeypatch.setattr(type(default_storage._wrapped), "save", save)
    image = AttachedImage(uuid4(), "A shore", b"RIFF")
    prepared = prepare_post("See.", course=course, images=[image])
    send(prepared, course, lesson=lesson, learner=known(learner), instructor=instructor)
    assert written == [(image.file_name, depth)]
    assert PostImage.objects.get().file.name == image.file_name


def test_the_file_of_a_refused_post_is_deleted(course, learner):
    thread = thread_by(learner, course)
    thread.closed = True
    thread.save()
    image = AttachedImage(uuid4(), "A shore", b"RIFF")
    with pytest.raises(Exception, match="closed"):
        reply(thread=thread, by=learner, prepared=prepare_post("See.", course=course, images=[image]))
    assert not default_storage.exists(image.file_name)
