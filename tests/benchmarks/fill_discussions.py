"""Fills a scratch database with a large course's conversations, and says how to measure its pages. Run by hand:

    DATA_DIR=/tmp/scratch DEVELOPMENT=true python manage.py migrate
    DATA_DIR=/tmp/scratch DEVELOPMENT=true python manage.py shell < tests/benchmarks/fill_discussions.py

100,000 posts in 2,000 threads, one of them with 1,000; 10,000 more threads of one post in a second course; 200 people.
"""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import enrol
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.markup.post_markdown import render_post

WORDS = "The **range** is greatest when sun and moon pull in line, as [the table](https://example.org) says.\n\nIs it?"
HTML = render_post(WORDS * 2)
NOW = timezone.now()


def people(n=200):
    User.objects.bulk_create([User(email=f"b{i}@example.org", display_name=f"Reader Number {i}") for i in range(n)])
    return list(User.objects.filter(email__startswith="b"))


def course(slug, users):
    course = Course.objects.create(title=slug.title(), slug=slug, visibility="members")
    for n, user in enumerate(users):
        enrol(user=user, course=course, role="instructor" if n == 1 else "learner", by=user)
    return course


def threads(course, sizes, users):
    """Threads of these sizes, the first the latest."""
    rows = []
    for n, size in enumerate(sizes):
        at = NOW - timedelta(minutes=n)
        fields = {
            "last_seq": size,
            "visible_post_count": size,
            "last_post_at": at,
            "rank": sort_rank(at, False),
            "created_at": at,
        }
        rows.append(Thread(course=course, title=f"About tides {n}", author=users[n % len(users)], **fields))
    Thread.objects.bulk_create(rows, batch_size=500)
    posts = (
        Post(thread=thread, seq=seq, author=users[(thread.pk + seq) % len(users)], source=WORDS, html=HTML)
        for thread in rows
        for seq in range(1, thread.last_seq + 1)
    )
    Post.objects.bulk_create(posts, batch_size=1000)
    return rows


def session_of(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def fill():
    everybody = people()
    tides = course("tides", everybody)
    many = threads(tides, [1000, *[50] * 1980, *[0] * 0], everybody)
    wide = course("wide", everybody[:3])
    listed = threads(wide, [1] * 10_000, everybody[:3])
    reader = everybody[0]
    marks = [
        ThreadUserState(user=reader, thread=t, last_read_seq=t.last_seq, subscription_level=int(t.pk % 100 == 0))
        for t in [*many, *listed]
    ]
    ThreadUserState.objects.bulk_create(marks, batch_size=1000)
    deep = listed[199 * 50 - 1]
    asked = [f"--cookie sessionid={session_of(reader)} http://127.0.0.1:PORT /health/live/"]
    asked += [f"/threads/{many[0].pk}/ '/threads/{many[0].pk}/?page=20' /courses/tides/discussions/"]
    asked += [f"/courses/wide/discussions/ '/courses/wide/discussions/?before={deep.rank}.{deep.pk}'"]
    print(" \\\n  ".join(asked))  # noqa: T201
    print("post_replies.py: PORT", session_of(everybody[1]), *(t.pk for t in many[1:5]))  # noqa: T201


if __name__ != "tests.benchmarks.fill_discussions":  # another benchmark takes its functions only
    fill()
