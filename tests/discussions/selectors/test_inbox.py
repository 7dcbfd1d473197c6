"""What waits for staff: which questions and posts, and how many queries it takes to count them."""

from django.utils import timezone

from lessons.courses.models import Course
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.course_counts import course_counts
from lessons.discussions.selectors.inbox import inbox_counts
from lessons.discussions.services import moderation, questions
from tests.discussions.make import post_by, thread_by


def test_a_question_waits_until_staff_reply_and_again_when_its_author_asks_on(
    course, learner, other_learner, instructor, assistant
):
    thread_by(learner, course)
    thread_by(instructor, course, kind="question")
    thread_by(learner, course, kind="question", audience="me")
    asked = thread_by(learner, course, kind="question")

    def waiting():
        return {inbox_counts(course, person).questions for person in (instructor, assistant)}

    assert waiting() == {1}
    post_by(other_learner, asked, "I wonder, too.")
    assert waiting() == {1}
    answer = post_by(instructor, asked, "The moon.")
    post_by(other_learner, asked, "Thank you.")
    assert waiting() == {0}
    post_by(learner, asked, "And the sun?")
    assert waiting() == {1}
    questions.mark_answer(post=answer, by=instructor)
    assert waiting() == {0}
    withdrawn = thread_by(learner, course, kind="question")
    post_by(other_learner, withdrawn, "I wonder, too.")
    assert waiting() == {1}
    moderation.delete_post(post=withdrawn.posts.get(seq=1), by=learner)
    assert waiting() == {0}


def test_reported_and_held_posts_wait(course, learner, other_learner, instructor, django_assert_num_queries):
    thread = thread_by(learner, course)
    rude = post_by(learner, thread, "Rude")
    moderation.report_post(post=rude, by=other_learner, reason="Rude")
    Post.objects.filter(pk=post_by(learner, thread).pk).update(state="held", seq=None)
    thread_by(learner, course, kind="question")
    course_counts(course, instructor)
    with django_assert_num_queries(1):
        assert course_counts(course, instructor).inbox == 3
    assert course_counts(course, other_learner).inbox == 0
    Course.objects.update(closed_at=timezone.now())
    assert inbox_counts(course, instructor) == (0, 2)
    Thread.objects.filter(pk=thread.pk).update(audience="me")
    assert inbox_counts(course, instructor) == (0, 0)
