import re
from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.progress.completion import set_rule
from lessons.progress.models import CompletionRule, Progress, Reached
from tests.factories import make_lesson, make_module, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(sign_in, learner):
    return sign_in(learner)


def saved_progress(learner, lesson):
    return Progress.objects.get(user=learner, lesson=lesson)


def address(lesson):
    return f"/lessons/{lesson.pk}/progress/"


def test_opening_a_lesson_is_recorded_once(reader, learner, lesson):
    reader.get(lesson.get_absolute_url())
    reader.get(lesson.get_absolute_url())
    assert saved_progress(learner, lesson).completed_at is None


def test_a_later_visit_updates_the_time_last_seen(reader, learner, lesson):
    reader.get(lesson.get_absolute_url())
    Progress.objects.update(seen_at=timezone.now() - timedelta(days=2))
    reader.get(lesson.get_absolute_url())
    assert timezone.now() - saved_progress(learner, lesson).seen_at < timedelta(minutes=1)


def test_nothing_is_recorded_about_visitors(client, lesson):
    client.get(lesson.get_absolute_url())
    assert client.post(address(lesson), {"position": "10"}).status_code == 403
    assert not Progress.objects.exists()


def test_the_button_marks_a_lesson_as_read_and_returns_to_it(reader, learner, lesson):
    answer = reader.post(address(lesson), {"completed": "true"})
    assert answer.headers["Location"] == f"{lesson.get_absolute_url()}#next"
    assert saved_progress(learner, lesson).completed_at
    assert "You have read this." in reader.get(lesson.get_absolute_url()).content.decode()
    reader.post(address(lesson), {"completed": "false"})
    assert saved_progress(learner, lesson).completed_at is None


def test_a_position_is_saved_with_an_empty_response(reader, learner, lesson):
    assert reader.post(address(lesson), {"position": "421"}).status_code == 204
    assert saved_progress(learner, lesson).position == 421
    assert reader.post(address(lesson), {"position": "0"}).status_code == 204
    assert saved_progress(learner, lesson).position == 0


def test_a_position_is_resumed_at_the_heading_before_it(reader, lesson):
    reader.post(address(lesson), {"position": "600"})
    page = reader.get(lesson.get_absolute_url()).content.decode()
    assert '<a class="button" href="#sec-spring-tides">Continue where you left off</a>' in page


def test_a_completed_lesson_does_not_offer_to_continue(reader, lesson):
    reader.post(address(lesson), {"position": "600", "completed": "true"})
    assert "Continue where" not in reader.get(lesson.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"position": "1001"}, {"position": "-1"}, {"position": "x"}, {"completed": "perhaps"}]
)
def test_invalid_progress_is_refused_with_a_message(reader, lesson, sent):
    answer = reader.post(address(lesson), sent)
    assert answer.status_code == 400
    assert b"Send a position" in answer.content
    assert not Progress.objects.exists()


def test_progress_in_a_hidden_lesson_is_a_404(sign_in, outsider, reader, module, members_course):
    closed = make_published(make_lesson(make_module(members_course)))
    assert sign_in(outsider).post(address(closed), {"completed": "true"}).status_code == 404
    assert reader.post(address(make_lesson(module)), {"completed": "true"}).status_code == 404


def test_progress_is_saved_for_non_members_in_a_public_course(sign_in, outsider, lesson):
    assert sign_in(outsider).post(address(lesson), {"position": "10"}).status_code == 204


def test_progress_is_saved_by_post_only(reader, lesson):
    assert reader.get(address(lesson)).status_code == 405


def test_nobody_sees_the_progress_of_others(reader, sign_in, other_learner, lesson):
    reader.post(address(lesson), {"completed": "true"})
    assert "You have read this." not in sign_in(other_learner).get(lesson.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("position", "words", "has_bar"), [(400, "About 1 min left", True), (1000, "Mark the lesson as read", False)]
)
def test_the_next_lesson_bar_does_not_say_read_before_it_is(reader, learner, lesson, position, words, has_bar):
    Progress.objects.create(user=learner, lesson=lesson, position=position)
    page = reader.get(lesson.module.course.get_absolute_url()).content.decode()
    assert words in page
    assert ("40% of this lesson read" in page) == has_bar


def reached(learner, lesson):
    return list(Reached.objects.filter(user=learner, revision__lesson=lesson).values_list("offset", flat=True))


def test_the_furthest_place_is_kept(reader, learner, lesson):
    for offset in ("20", "50", "30"):
        data = {"position": "10", "reached": offset, "revision": "1"}
        assert reader.post(address(lesson), data).status_code == 204
    assert reached(learner, lesson) == [50]


def test_a_place_beyond_the_text_is_its_end_and_one_in_no_revision_is_nowhere(reader, learner, lesson):
    reader.post(address(lesson), {"reached": "99999999", "revision": "1"})
    reader.post(address(lesson), {"reached": "5", "revision": "7"})
    assert reached(learner, lesson) == [len(lesson.current_revision.text)]


def test_without_script_a_button_at_the_end_of_each_section_keeps_the_place(reader, learner, lesson):
    page = reader.get(lesson.get_absolute_url()).content.decode()
    offsets = re.findall(r'form="read-to-here" name="reached" value="(\d+)"', page)
    assert int(offsets[-1]) == len(lesson.current_revision.text)
    data = {"reached": offsets[0], "revision": "1", "button": "1"}
    assert reader.post(address(lesson), data).headers["Location"] == f"{lesson.get_absolute_url()}#next"
    assert reached(learner, lesson) == [int(offsets[0])]


def test_visitors_have_no_button_to_keep_their_place(client, lesson):
    assert "read-button" not in client.get(lesson.get_absolute_url()).content.decode()


def test_a_lesson_may_be_completed_by_reading_to_its_end(reader, learner, lesson):
    set_rule(lesson=lesson, rule=CompletionRule.Rule.END)
    assert "by reading to its end" in reader.get(lesson.get_absolute_url()).content.decode()
    reader.post(address(lesson), {"reached": "5", "revision": "1", "position": "400"})
    assert saved_progress(learner, lesson).completed_at is None
    reader.post(address(lesson), {"reached": "99999999", "revision": "1"})
    assert saved_progress(learner, lesson).completed_at
    assert "You have completed this." in reader.get(lesson.get_absolute_url()).content.decode()


def test_a_lesson_with_another_rule_is_not_marked_as_read(reader, learner, lesson):
    set_rule(lesson=lesson, rule=CompletionRule.Rule.NOTE)
    page = reader.get(lesson.get_absolute_url()).content.decode()
    assert "by writing a note on it" in page
    assert "Mark as read" not in page
    page = reader.post(address(lesson), {"completed": "true"}, follow=True).content.decode()
    assert "completed in another way by now" in page
    assert saved_progress(learner, lesson).completed_at is None
