"""What staff do with questions and comment policies is logged and can be undone; what authors do is not logged."""

import pytest

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import questions
from lessons.discussions.services.undo import UndoRefused, undo
from lessons.models import Prompt
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def thread(course, learner):
    return thread_by(learner, course, kind="question")


def question_state():
    thread = Thread.objects.get()
    return thread.status, thread.answer, thread.endorsed_by


def set_status(sign_in, staff, thread, status):
    sign_in(staff).post(f"/threads/{thread.pk}/status/", {"status": status})


def test_everything_staff_do_with_questions_is_logged_and_undone(sign_in, thread, learner, other_learner, instructor):
    answer = post_by(other_learner, thread)
    sign_in(instructor).post(f"/posts/{answer.pk}/answer/")
    set_status(sign_in, instructor, thread, "resolved")
    set_status(sign_in, instructor, thread, "open")
    sign_in(instructor).post(f"/posts/{answer.pk}/answer/", {"unmark": "1"})
    entries = list(AuditEntry.objects.filter(detail__thread=thread.pk).order_by("pk"))
    verbs = ["endorse answer", "mark question resolved", "mark question open", "unmark answer"]
    assert [entry.verb for entry in entries] == verbs
    earlier_states = [("open", None, None), ("answered", answer, instructor), ("resolved", answer, instructor)]
    for entry, before in reversed(list(zip(entries, [*earlier_states, ("open", answer, instructor)], strict=True))):
        undo(entry=entry, by=instructor)
        assert question_state() == before


def test_the_log_offers_to_undo_it(sign_in, thread, course, instructor):
    set_status(sign_in, instructor, thread, "resolved")
    address = f"/courses/{course.slug}/discussions/log/"
    page = sign_in(instructor).get(address).content.decode()
    entry = AuditEntry.objects.get(verb="mark question resolved")
    assert f"{entry.pk}/undo/" in page
    sign_in(instructor).post(f"{address}{entry.pk}/undo/")
    assert question_state() == ("open", None, None)


def test_a_deleted_answer_is_not_restored(sign_in, thread, other_learner, instructor):
    answer = post_by(other_learner, thread)
    questions.mark_answer(post=answer, by=instructor)
    questions.unmark_answer(thread=thread, by=instructor)
    Post.objects.filter(pk=answer.pk).update(state="deleted")
    with pytest.raises(UndoRefused):
        undo(entry=AuditEntry.objects.get(verb="unmark answer"), by=instructor)
    assert question_state() == ("open", None, None)


def test_what_authors_do_with_their_own_question_is_not_logged(sign_in, thread, learner, other_learner):
    answer = post_by(other_learner, thread)
    sign_in(learner).post(f"/posts/{answer.pk}/answer/")
    set_status(sign_in, learner, thread, "open")
    sign_in(learner).post(f"/posts/{answer.pk}/answer/", {"unmark": "1"})
    assert not AuditEntry.objects.filter(detail__has_key="thread").exists()


def test_comment_policies_and_opened_prompts_are_logged(sign_in, lesson, instructor):
    course = lesson.module.course
    Prompt.objects.create(module=lesson.module, text="What pulls?")
    sign_in(instructor).post(f"/lessons/{lesson.pk}/comments/policy/", {"policy": "off"})
    sign_in(instructor).post(f"/courses/{course.slug}/discussions/prompts/", {"module": lesson.module.pk})
    verbs = set(AuditEntry.objects.filter(actor=instructor).values_list("verb", flat=True))
    assert {"set comment policy off", "open prompts"} <= verbs
