"""Ask once: a question that a suggestion answers is counted once, discarded, and not posted."""

from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import save_unsent_text
from lessons.discussions.models import Thread
from lessons.search.models import UnaskedQuestion
from tests.discussions.make import thread_by

COURSE = "/courses/tides/"
ANSWERED = f"{COURSE}search/unasked-questions/"


@pytest.fixture
def asker(sign_in, learner):
    """Return the client of a learner who has not asked anything in this hour."""
    cache.clear()
    return sign_in(learner)


def answered(client, **fields):
    """Say that a suggestion answers the question in the form."""
    form = {"key": str(uuid4()), "title": "Why twice a day?", "source": "", "next": f"{COURSE}lessons/", **fields}
    return client.post(ANSWERED, form)


def said(reply):
    return [str(message) for message in get_messages(reply.wsgi_request)]


def test_a_question_counts_once_and_its_writer_goes_to_the_answer(course, learner, asker):
    save_unsent_text(user_id=learner.pk, draft_key=f"course-{course.pk}", fields={"title": "Why?", "source": ""})
    key = str(uuid4())
    for _press in range(2):
        reply = answered(asker, key=key)
        assert (reply.status_code, reply.url) == (302, f"{COURSE}lessons/")
    assert said(reply)[-1] == "Good! Your question hasn’t been posted."
    answered(asker)
    assert UnaskedQuestion.objects.filter(course=course).count() == 2
    assert not Thread.objects.exists()
    assert not UnsentText.objects.exists()


def test_what_was_written_below_the_title_is_kept(course, asker):
    reply = answered(asker, source="I read *all* of it.")
    assert "among your unsent texts" in said(reply)[0]
    assert UnsentText.objects.get(draft_key=f"course-{course.pk}").fields["source"] == "I read *all* of it."
    reply = answered(asker, source="Sea " * 20_000)
    assert (reply.status_code, "Sea Sea" in reply.content.decode()) == (409, True)
    assert UnaskedQuestion.objects.count() == 1


def test_an_invalid_form_counts_nothing_and_only_addresses_of_this_site_are_answers(asker):
    for key in ("", "1"):
        assert answered(asker, key=key).url == f"{COURSE}lessons/"
    assert not UnaskedQuestion.objects.exists()
    for address in ("https://example.org/", "//example.org", ""):
        assert answered(asker, next=address).url == f"{COURSE}discussions/"


def test_nobody_counts_more_than_twenty_an_hour(asker):
    for _question in range(21):
        answered(asker)
    assert UnaskedQuestion.objects.count() == 20


def test_staff_see_how_many_questions_were_answered_before_they_were_asked(course, asker, sign_in, instructor):
    staff = sign_in(instructor)
    assert "before it was asked" not in staff.get(COURSE).content.decode()
    answered(asker)
    assert "1 question was answered before it was asked" in staff.get(COURSE).content.decode()
    answered(asker)
    assert "2 questions were answered before they were asked" in staff.get(COURSE).content.decode()


def test_without_a_script_the_preview_of_a_question_leads_to_the_search_for_its_title(asker):
    form = {"title": "Why twice & when?", "source": "*Why?*", "preview": "1"}
    shown = {
        kind: asker.post(f"{COURSE}discussions/new/", {**form, "kind": kind}) for kind in ("question", "discussion")
    }
    link = f'href="{COURSE}search/?q=Why%20twice%20%26%20when%3F"'
    assert [link in page.content.decode() for page in shown.values()] == [True, False]


def test_passages_and_discussions_that_may_answer_a_question_are_suggested(lesson, learner, course, asker):
    thread_by(learner, course, kind="question", title="When do spring tides come?")
    page = asker.get(f"{COURSE}search/answers/", {"q": "When are spring tides in this harbour?"}).content.decode()
    assert page.index("Lesson 1") < page.index("Unanswered · 0 replies")
    assert f'data-answer="/lessons/{lesson.pk}/' in page
    assert f'data-answered="{ANSWERED}"' in page
    assert asker.get(f"{COURSE}search/answers/", {"q": "zanzibar"}).content.strip() == b""
