"""What a page of conversations begins with: fetched with access, or a 404."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons.discussions.models import Draft, Notification, Participation, Post, Question, TalkRule, Thread
from lessons.models import Lesson
from lessons.people.models import Course, ReadingGroup, User
from lessons.permissions import can_moderate, can_read_thread, can_talk
from lessons.queries.prepared import dicts, number


def gives_words_back(view):
    """Words for what is gone, or closed to their writer, come back on a page, to be taken along."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (Http404, PermissionDenied) as refusal:
            if not request.POST.get("source"):
                raise
            status = 404 if isinstance(refusal, Http404) else 403
            return render(
                request, "discussions/submitted_text.html", {"source": request.POST["source"]}, status=status
            )

    return inner


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


OWN = [field.attname for field in Thread._meta.concrete_fields]
BESIDE = (
    "course__slug course__title course__language course__closed_at group__name endorsed_by__display_name "
    "lesson__slug lesson__state lesson__module__state lesson__current_revision__title lesson__talk__rule"
).split()
MINE = ["mark_seq", "attention", "draft", "has_held", "asked", "takes_part", "has_notes"]


def thread_for(user, pk: int) -> Thread:
    """The thread with course and lesson, and the reader's mark, draft and question. Two queries with the seats."""
    found = dicts(_thread_query, thread=pk, user=user.pk) if user.is_authenticated else ()
    if not found:
        raise Http404
    thread = _assembled(found[0])
    asks_first = found[0]["lesson__talk__rule"] == TalkRule.Rule.WRITE_FIRST and not thread.takes_part
    thread.sealed = asks_first and not can_moderate(user, thread.course)
    if not can_read_thread(user, thread):
        raise Http404
    return thread


def _thread_query():
    user, place = number("user"), Concat(Value("thread-"), Cast(OuterRef("pk"), CharField()))
    mine = FilteredRelation("marks", condition=Q(marks__user=user))
    threads = Thread.objects.filter(pk=number("thread")).annotate(mark=mine)
    threads = threads.annotate(
        mark_seq=F("mark__seq"),
        attention=Coalesce(F("mark__attention"), 0),
        draft=Subquery(Draft.objects.filter(user=user, place=place).values("source")),
        has_held=Exists(Post.objects.filter(thread=OuterRef("pk"), seq=None)),
        asked=Exists(Question.objects.filter(thread=OuterRef("pk"), user=user)),
        has_notes=Exists(Notification.objects.filter(post__thread=OuterRef("pk"), user=user, seen_at=None)),
        takes_part=Exists(Participation.objects.filter(lesson=OuterRef("lesson"), user=user)),
    )
    return threads.values(*OWN, *BESIDE, *MINE)


def _assembled(row: dict) -> Thread:
    """The thread of a row, with as much of what stands beside it as its page shows."""
    thread = Thread.from_db("default", OWN, [row[name] for name in OWN])
    for name in MINE:
        setattr(thread, name, row[name])
    names = ("id", "title", "slug", "language", "closed_at")
    values = [row["course_id"], *(row[f"course__{name}"] for name in names[1:])]
    thread.course = Course.from_db("default", names, values)
    if thread.group_id:
        thread.group = ReadingGroup.from_db("default", ("id", "name"), (thread.group_id, row["group__name"]))
    if thread.endorsed_by_id:
        person = (thread.endorsed_by_id, row["endorsed_by__display_name"])
        thread.endorsed_by = User.from_db("default", ("id", "display_name"), person)
    if thread.lesson_id:
        shown = row["lesson__state"] == Lesson.State.PUBLISHED and row["lesson__module__state"] != "draft"
        place = (thread.lesson_id, row["lesson__slug"])
        thread.lesson = Lesson.from_db("default", ("id", "slug"), place)
        thread.lesson_title = row["lesson__current_revision__title"] if shown else ""
    return thread


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
