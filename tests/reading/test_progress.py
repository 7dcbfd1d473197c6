from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.progress.models import Progress
from tests.factories import make_lesson, make_module, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(sign_in, learner):
    return sign_in(learner)


def kept(learner, lesson):
    return Progress.objects.get(user=learner, lesson=lesson)


def address(lesson):
    return f"/lessons/{lesson.pk}/progress/"


def test_opening_a_lesson_is_recorded_once(reader, learner, lesson):
    reader.get(lesson.get_absolute_url())
    reader.get(lesson.get_absolute_url())
    assert kept(learner, lesson).completed_at is None


def test_coming_back_later_moves_the_time_it_was_seen(reader, learner, lesson):
    reader.get(lesson.get_absolute_url())
    Progress.objects.update(seen_at=timezone.now() - timedelta(days=2))
    reader.get(lesson.get_absolute_url())
    assert timezone.now() - kept(learner, lesson).seen_at < timedelta(minutes=1)


def test_nothing_is_recorded_of_a_visitor(client, lesson):
    client.get(lesson.get_absolute_url())
    assert client.post(address(lesson), {"position": "10"}).status_code == 403
    assert not Progress.objects.exists()


def test_the_button_marks_a_lesson_as_read_and_leads_back(reader, learner, lesson):
    answer = reader.post(address(lesson), {"completed": "true"})
    assert answer.headers["Location"] == f"{lesson.get_absolute_url()}#next"
    assert kept(learner, lesson).completed_at
    assert "You have read this." in reader.get(lesson.get_absolute_url()).content.decode()
    reader.post(address(lesson), {"completed": "false"})
    assert kept(learner, lesson).completed_at is None


def test_a_position_is_saved_with_an_empty_response(reader, learner, lesson):
    assert reader.post(address(lesson), {"position": "421"}).status_code == 204
    assert kept(learner, lesson).position == 421
    assert reader.post(address(lesson), {"position": "0"}).status_code == 204
    assert kept(learner, lesson).position == 0


def test_a_place_leads_back_to_the_heading_before_it(reader, lesson):
    reader.post(address(lesson), {"position": "600"})
    page = reader.get(lesson.get_absolute_url()).content.decode()
    assert '<a class="button" href="#sec-spring-tides">Continue where you left off</a>' in page


def test_a_finished_lesson_does_not_ask_to_go_on(reader, lesson):
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


def test_progress_is_sent_by_post_alone(reader, lesson):
    assert reader.get(address(lesson)).status_code == 405


def test_one_does_not_see_the_progress_of_others(reader, sign_in, other_learner, lesson):
    reader.post(address(lesson), {"completed": "true"})
    assert "You have read this." not in sign_in(other_learner).get(lesson.get_absolute_url()).content.decode()
