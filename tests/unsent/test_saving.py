"""Unsent texts are saved, at most fifty per user, and only for forms that the user may submit."""

import pytest
from django.utils import timezone

from lessons.courses.models import Course
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import MAX_BYTES, MAX_TEXTS, TooManyUnsentTexts, save_unsent_text, sign_writer
from lessons.discussions.models import Thread
from tests.annotations.make import highlight_by
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db


def save(client, draft_key, **fields):
    return client.post("/drafts/", {"draft_key": draft_key, "source": "Half a thought", **fields}).status_code


@pytest.mark.thorough
def test_a_text_is_stored_only_for_forms_that_its_author_may_submit(
    sign_in, course, module, lesson, learner, other_learner, instructor, outsider
):
    thread, private = thread_by(learner, course), thread_by(other_learner, course, audience="me")
    post, mark = thread.posts.get(), highlight_by(learner, lesson, "sun and moon")
    own = [
        f"course-{course.pk}",
        f"lesson-{lesson.pk}",
        f"thread-{thread.pk}",
        f"post-{post.pk}",
        f"title-{thread.pk}",
        f"note-{lesson.pk}",
        f"mark-{mark.pk}",
        "profile-0",
    ]
    authoring = [f"edit-course-{course.pk}", f"edit-module-{module.pk}", f"edit-lesson-{lesson.pk}"]
    authoring += [
        f"add-{name}-{module.pk}" for name in ("lesson", "casestudy", "glossaryterm", "timelineevent", "prompt")
    ]
    moderation = [f"reason-{post.pk}"]
    unknown = [
        f"report-{post.pk}",
        "",
        "thread",
        f"thread-{'9' * 18}",
        "thread-x",
        f"thread-{private.pk}",
        "session-1",
        "edit-user-1",
    ]
    client = sign_in(learner)
    assert {key: save(client, key) for key in own} == dict.fromkeys(own, 204)
    assert {save(client, key) for key in authoring + moderation + unknown} == {404}
    assert {row.draft_key for row in UnsentText.objects.all()} == set(own)
    assert {save(sign_in(outsider), key) for key in own[:-1] + authoring} == {404}
    assert {save(sign_in(other_learner), key) for key in own[3:5] + own[6:7]} == {404}
    assert save(sign_in(other_learner), f"report-{post.pk}") == 204
    assert {save(sign_in(instructor), key) for key in authoring + moderation} == {204}


def test_no_text_is_stored_for_a_closed_thread_or_course(sign_in, course, learner):
    thread = thread_by(learner, course)
    Thread.objects.update(closed=True)
    assert save(sign_in(learner), f"thread-{thread.pk}") == 403
    Course.objects.update(closed_at=timezone.now())
    assert save(sign_in(learner), f"course-{course.pk}") == 403
    assert not UnsentText.objects.exists()


def test_at_most_fifty_texts_are_stored_and_no_long_ones(sign_in, course, learner, other_learner):
    threads = Thread.objects.bulk_create(
        Thread(course=course, author=learner, last_seq=1, visible_post_count=1, title="T")
        for _ in range(MAX_TEXTS + 1)
    )
    client, keys = sign_in(learner), [f"thread-{thread.pk}" for thread in threads]
    UnsentText.objects.bulk_create(
        UnsentText(user=learner, draft_key=key, fields={"source": "…"}) for key in keys[:-2]
    )
    assert [save(client, key) for key in keys[-2:]] == [204, 409]
    assert save(client, keys[0], source="Changed") == 204
    assert "50" in client.post("/drafts/", {"draft_key": keys[-1], "source": "More"}).json()["errors"][0]
    assert save(sign_in(other_learner), keys[0], source="x" * MAX_BYTES) == 409
    assert UnsentText.objects.count() == MAX_TEXTS


def test_forms_saved_at_once_are_fifty_together(course, learner, at_once):
    UnsentText.objects.bulk_create(
        UnsentText(user=learner, draft_key=f"thread-{number}", fields={"source": "…"})
        for number in range(MAX_TEXTS - 1)
    )

    def save_alone(number):
        try:
            return (
                save_unsent_text(user_id=learner.pk, draft_key=f"post-{number}", fields={"source": "More"}) is not None
            )
        except TooManyUnsentTexts:
            return False

    saved = at_once(*(lambda number=number: save_alone(number) for number in range(4)))
    count, again = at_once(lambda: UnsentText.objects.count(), lambda: save_alone(saved.index(True)))
    assert (sorted(saved), count, again) == ([False] * 3 + [True], MAX_TEXTS, True)


def test_every_field_is_stored_except_secrets_and_unstorable_characters(sign_in, course, learner):
    fields = {"title": "Ebb\x00", "anonymous": "on", "password": "secret", "csrfmiddlewaretoken": "x", "key": "k"}
    assert save(sign_in(learner), f"course-{course.pk}", **fields) == 204
    assert UnsentText.objects.get().fields == {
        "source": "Half a thought",
        "title": "Ebb",
        "anonymous": "on",
        "key": "k",
    }


def test_no_text_is_stored_for_an_empty_or_discarded_form(sign_in, course, learner):
    client, key = sign_in(learner), f"course-{course.pk}"
    for emptied in ({"source": " ", "title": ""}, {"discard": "1"}):
        assert save(client, key) == 204
        assert save(client, key, **emptied) == 204
        assert not UnsentText.objects.exists()


def test_a_save_that_arrives_after_the_post_stores_nothing(sign_in, course, learner):
    thread, client = thread_by(learner, course), sign_in(learner)
    client.post(f"/threads/{thread.pk}/", {"source": "It is the moon."})
    assert save(client, f"thread-{thread.pk}", source="It is the moon.\r\n") == 204
    assert not UnsentText.objects.exists()
    assert save(client, f"thread-{thread.pk}", source="It is the sun.") == 204
    assert UnsentText.objects.get().fields["source"] == "It is the sun."


def test_a_form_of_one_account_saves_nothing_for_another(sign_in, course, learner, other_learner):
    token = sign_writer(learner.pk, f"course-{course.pk}")
    answer = sign_in(other_learner).post(
        "/drafts/", {"unsent_text": token, "source": "Of Lea"}, HTTP_ACCEPT="application/json"
    )
    assert answer.status_code == 403
    assert [row.user for row in UnsentText.objects.all()] == [learner]
