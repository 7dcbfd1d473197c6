"""Comments on a lesson are at the foot of its page, for those who may read them."""

from tests.annotations.make import note_by
from tests.discussions.make import thread_by


def test_a_member_sees_comments_below_the_lesson(course, lesson, learner, other_learner, sign_in):
    thread_by(other_learner, course, "The moon pulls twice.", title="", lesson=lesson)
    html = sign_in(learner).get(lesson.get_absolute_url()).content.decode()
    assert "The moon pulls twice." in html
    assert '<li class="thread unread">' in html
    assert "1 discussion</a>" in " ".join(html.split())


def test_notes_on_passages_are_not_among_the_comments(lesson, learner, other_learner, sign_in):
    note_by(other_learner, lesson, source="Only of these words.")
    html = sign_in(learner).get(lesson.get_absolute_url()).content.decode()
    assert "Only of these words." not in html
    assert "No discussions of this lesson yet" in html


def test_a_visitor_sees_only_the_text(course, lesson, learner, outsider, sign_in):
    thread_by(learner, course, "The moon pulls twice.", title="", lesson=lesson)
    for person in (None, outsider):
        html = sign_in(person).get(lesson.get_absolute_url()).content.decode()
        assert "moon pulls" not in html
        assert "/comments/" not in html


def test_a_lesson_page_with_comments_takes_five_queries(
    course, lesson, learner, other_learner, sign_in, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    client = sign_in(learner)
    client.get(lesson.get_absolute_url())
    for n in range(8):
        thread_by(other_learner, course, lesson=lesson, tags=[f"tag {n}"])
    with django_assert_max_num_queries(5):
        html = client.get(lesson.get_absolute_url()).content
    assert html.count(b'<li class="thread') == 5


def test_the_course_page_says_what_is_new(course, learner, other_learner, sign_in):
    thread_by(other_learner, course)
    assert b'1<span class="visually-hidden"> unread' in sign_in(learner).get(course.get_absolute_url()).content
    assert b"/discussions/" not in sign_in(None).get(course.get_absolute_url()).content
