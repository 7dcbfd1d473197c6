"""The new posts of followed threads that a digest tells of. Visibility is checked on each read."""

from typing import NamedTuple

from django.db.models import Count, FilteredRelation, Max, Q, Window
from django.db.models.functions import Greatest, RowNumber

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.models import Post, ThreadUserState
from lessons.discussions.selectors.activity_items import (
    EMAIL_FIELDS,
    POST_FIELDS,
    ActivityItem,
    activity_item,
    email_facts,
)
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.permissions import is_site_administrator

MAX_ITEMS = 100
POSTS_PER_THREAD = 5
NUMBERS_OF_IDS = (1, 5, 10, 20, 30, 50, MAX_ITEMS)


def unmailed_posts(reader: User) -> list[ActivityItem]:
    """Return new posts of others in followed threads, which the user has neither read nor received by e-mail.

    The first POSTS_PER_THREAD of each thread, whose `facts` say how many more it has, and MAX_ITEMS at most; a later
    digest has other threads. One query, one more per course with such posts, and one for what they say.
    """
    courses = [pk for (pk,) in fetch_rows(_courses_with_unmailed_posts, user=reader.pk)]
    courses = [pk for pk in courses if pk in active_memberships(reader) or is_site_administrator(reader)]
    found = [
        UnmailedPost._make(row)
        for pk in courses
        for row in fetch_rows(_unmailed_query, QueryViewer.for_user(reader, pk), **viewer_params(reader, pk))
    ]
    found.sort(key=lambda post: (post.thread, post.seq))
    posts = _posts_by_id([post.pk for post in found[:MAX_ITEMS]])
    return [
        activity_item(posts[post.pk], reader, facts=email_facts(posts[post.pk], reader, post.in_thread, post.last_seq))
        for post in found[:MAX_ITEMS]
        if post.pk in posts
    ]


def _courses_with_unmailed_posts():
    states = ThreadUserState.with_unmailed_posts().filter(user=int_param("user"))
    return states.order_by().values_list("thread__course").distinct()


class UnmailedPost(NamedTuple):
    """A post; how many unmailed ones are `in_thread`, and the number of the last of them."""

    pk: int
    thread: int
    seq: int
    in_thread: int
    last_seq: int


def _unmailed_query(viewer: QueryViewer):
    """Select posts without what they say: the database sorts the rows for each thread, and wide ones take long."""
    user = viewer.placeholder()
    own_state = FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))
    posts = Post.objects.visible_to(user).filter(thread__course=course_placeholder())
    posts = posts.annotate(user_state=own_state).exclude(author=user)
    posts = posts.filter(
        user_state__subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED,
        seq__gt=Greatest("user_state__last_read_seq", "user_state__mailed_seq"),
    )
    posts = posts.annotate(
        number=Window(RowNumber(), partition_by="thread_id", order_by="seq"),
        unmailed_count=Window(Count("pk"), partition_by="thread_id"),
        unmailed_last_seq=Window(Max("seq"), partition_by="thread_id"),
    ).filter(number__lte=POSTS_PER_THREAD)
    columns = ("pk", "thread_id", "seq", "unmailed_count", "unmailed_last_seq")
    return posts.order_by("thread_id", "seq").values_list(*columns)[:MAX_ITEMS]


def _posts_by_id(pks: list[int]) -> dict[int, dict]:
    """Return the fields of posts that somebody may read, by their ids. No query without posts."""
    if not pks:
        return {}
    # The query is compiled for a few numbers of ids; 0 is the id of none.
    number = next(number for number in NUMBERS_OF_IDS if number >= len(pks))
    ids = {f"post{n}": pks[n] if n < len(pks) else 0 for n in range(number)}
    return {row["pk"]: row for row in fetch_dicts(_posts_query, number, **ids)}


def _posts_query(number: int):
    posts = Post.objects.filter(pk__in=[int_param(f"post{n}") for n in range(number)])
    return posts.order_by().values(*POST_FIELDS, *EMAIL_FIELDS)
