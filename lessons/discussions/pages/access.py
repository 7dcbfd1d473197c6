"""What a page of conversations begins with: fetched with access, or a 404."""

from django.db.models import CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404
from django.shortcuts import get_object_or_404

from lessons.discussions.lists import for_reader
from lessons.discussions.models import Draft, Notification, Post, Question, ReadMark, Thread
from lessons.models import Lesson
from lessons.people.models import Course
from lessons.permissions import can_moderate, can_read_thread, can_talk


def course_for(user, slug: str) -> Course:
    """The course, for those who may talk in it. Two queries."""
    course = get_object_or_404(Course, slug=slug)
    if not can_talk(user, course):
        raise Http404
    return course


def course_of_staff(user, slug: str) -> Course:
    """The course, for its staff; for others the page does not exist."""
    course = course_for(user, slug)
    if not can_moderate(user, course):
        raise Http404
    return course


def lesson_for(user, pk: int) -> Lesson:
    """A lesson one may talk about: a published one, for staff any."""
    lesson = get_object_or_404(Lesson.objects.select_related("module__course", "current_revision", "talk"), pk=pk)
    course = lesson.module.course
    is_shown = lesson.state == Lesson.State.PUBLISHED and lesson.module.state != "draft"
    if not can_talk(user, course) or not (is_shown or can_moderate(user, course)):
        raise Http404
    return lesson


def thread_for(user, pk: int) -> Thread:
    """The thread with course and lesson, and the reader's mark, draft and question. Two queries with the seats."""
    threads = Thread.objects.visible_to(user).select_related(
        "course", "group", "alias", "author", "endorsed_by", "lesson__module", "lesson__current_revision"
    )
    place = Concat(Value("thread-"), Cast(OuterRef("pk"), CharField()))
    threads = for_reader(threads, user).annotate(
        draft=Subquery(Draft.objects.filter(user=user, place=place).values("source")),
        has_held=Exists(Post.objects.filter(thread=OuterRef("pk"), seq=None)),
        asked=Exists(Question.objects.filter(thread=OuterRef("pk"), user=user)),
    )
    return get_object_or_404(threads, pk=pk)


def post_for(user, pk: int) -> Post:
    """A post of a thread one may read, tombstones and one's own held ones too, with its thread and course."""
    posts = Post.objects.select_related("thread__course", "thread__lesson", "author", "alias")
    post = get_object_or_404(posts, pk=pk)
    sealed = post.thread.lesson_id and not post.by_staff and post.author_id != user.pk
    if not can_read_thread(user, post.thread) or (sealed and post.thread.is_sealed_for(user)):
        raise Http404
    if post.state == Post.State.HELD and post.author_id != user.pk and not can_moderate(user, post.thread.course):
        raise Http404
    return post


def told(user) -> int:
    """How much is new for the bell: followed threads with something unread, and notifications not seen. One query."""
    threads = ReadMark.objects.filter(
        user=user, attention=ReadMark.Attention.FOLLOWED, thread__head_seq__gt=F("seq"), thread__state="shown"
    )
    notes = Notification.objects.filter(user=user, seen_at=None)
    rows = threads.order_by().values_list("pk").union(notes.order_by().values_list("pk"), all=True)
    return len(rows[:100])
