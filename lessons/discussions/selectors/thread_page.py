"""TODO lessons/discussions/selectors/thread_page.py"""

from django.db.models import CharField, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.models import (
    Draft,
    MeToo,
    Notification,
    Participation,
    Post,
    Thanks,
    Thread,
    ThreadTag,
)
from lessons.discussions.models.threads import POSTS_PER_PAGE
from lessons.models import Lesson

THREAD_FIELDS = [field.attname for field in Thread._meta.concrete_fields]


JOINED_FIELDS = (
    "course__slug course__title course__language course__closed_at group__name endorsed_by__display_name "
    "lesson__slug lesson__state lesson__module__state lesson__current_revision__title lesson__comment_policy__policy"
).split()


VIEWER_FIELDS = ["last_read_seq", "subscription_level", "draft", "has_held", "asked", "takes_part", "has_notes"]


def _thread_query():
    user, place = int_param("user"), Concat(Value("thread-"), Cast(OuterRef("pk"), CharField()))
    mine = FilteredRelation("user_states", condition=Q(user_states__user=user))
    threads = Thread.objects.filter(pk=int_param("thread")).annotate(user_state=mine)
    threads = threads.annotate(
        last_read_seq=F("user_state__last_read_seq"),
        subscription_level=Coalesce(F("user_state__subscription_level"), 0),
        draft=Subquery(Draft.objects.filter(user=user, draft_key=place).values("source")),
        has_held=Exists(Post.objects.filter(thread=OuterRef("pk"), seq=None)),
        asked=Exists(MeToo.objects.filter(thread=OuterRef("pk"), user=user)),
        has_notes=Exists(Notification.objects.filter(post__thread=OuterRef("pk"), user=user, seen_at=None)),
        takes_part=Exists(Participation.objects.filter(lesson=OuterRef("lesson"), user=user)),
    )
    return threads.values(*THREAD_FIELDS, *JOINED_FIELDS, *VIEWER_FIELDS)


def _assembled(row: dict) -> Thread:
    """The thread of a row, with as much of what stands beside it as its page shows."""
    thread = Thread.from_db("default", THREAD_FIELDS, [row[name] for name in THREAD_FIELDS])
    for name in VIEWER_FIELDS:
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


POST_FIELDS = (
    "pk",
    "seq",
    "state",
    "html",
    "author_id",
    "author__display_name",
    "alias__name",
    "by_staff",
    "created_at",
    "edited_at",
    "thanks_count",
    "reply_to_id",
    "reply_to__seq",
    "moved_to_id",
    "open_report_count",
)
PAGE_FIELDS = [*POST_FIELDS, "thanked"]


def posts_on_page(thread: Thread, user, page: int, staff: bool) -> list[dict]:
    """The rows of a page. One query, another on the last page where posts are held."""
    first = (page - 1) * POSTS_PER_PAGE
    window = {"first": first, "last": first + POSTS_PER_PAGE}
    shown = fetch_dicts(_window, bool(thread.sealed), user=user.pk, thread=thread.pk, **window)
    if thread.has_held and page == thread.last_page:
        held = _with_thanks(user.pk).filter(thread=thread, seq=None)
        shown += (held if staff else held.filter(author=user)).order_by("pk").values(*PAGE_FIELDS)
    return shown


def _window(sealed: bool):
    first, last = int_param("first"), int_param("last")
    posts = _with_thanks(int_param("user")).filter(thread=int_param("thread"), seq__gt=first, seq__lte=last)
    if sealed:
        posts = posts.filter(Q(by_staff=True) | Q(author=int_param("user")))
    return posts.order_by("seq").values(*PAGE_FIELDS)


def _with_thanks(user: int):
    return Post.objects.annotate(thanked=Exists(Thanks.objects.filter(post=OuterRef("pk"), user=user)))


def _tags(thread: Thread) -> list[tuple[str, str]]:
    return fetch_rows(_tags_query, thread=thread.pk)


def _tags_query():
    tags = ThreadTag.objects.filter(content_object=int_param("thread")).order_by("tag__key")
    return tags.values_list("tag__name", "tag__slug")
