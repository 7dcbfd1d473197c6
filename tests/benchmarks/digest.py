"""How long the week's digest of 5,000 people takes, and whether each gets exactly what they may read. Run by hand:

    export DATA_DIR=/tmp/scratch DEVELOPMENT=true EMAIL_URL=memorymail://
    python manage.py migrate
    python manage.py shell < tests/benchmarks/digest.py

25 courses of 200 people with 30 threads of 20 posts each: 15,000 posts in the week. Everybody follows five threads,
has read the half of one and all of another, and one of the five is for a group, in half of the cases not their own.
"""

import random
import re
import time
from datetime import timedelta

from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.discussions.models import NotificationPreference, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.markup.post_markdown import render_post

COURSES, PEOPLE, THREADS, POSTS, FOR_GROUPS, SAMPLE = 25, 200, 30, 20, 6, 200
DRAW = random.Random(5)
SOURCE = (
    "The **range** is greatest when sun and moon pull in line, as [the table](https://example.org) says.\n\nIs it?"
)
HTML = render_post(SOURCE * 2)


def course_of_many(n):
    """A course with its members in two groups, its threads, and what each follows and has read."""
    course = Course.objects.create(title=f"Digest {n}", slug=f"digest-{n}")
    groups = [ReadingGroup.objects.create(course=course, name=name) for name in ("A", "B")]
    names = [f"d{n}-{i}" for i in range(PEOPLE)]
    users = User.objects.bulk_create([User(email=f"{name}@example.org", display_name=name) for name in names])
    Membership.objects.bulk_create(
        Membership(course=course, user=user, group=groups[i % 2], handle=f"d{i}") for i, user in enumerate(users)
    )
    made = threads_of(course, users)
    no_two_alike = Concat(Value("<p>Post "), Cast("pk", TextField()), Value(".</p>"), "html")
    Post.objects.filter(thread__course=course).update(html=no_two_alike)
    for i, thread in enumerate(made[:FOR_GROUPS]):
        Thread.objects.filter(pk=thread.pk).update(audience="group", group=groups[i % 2])
    ThreadUserState.objects.bulk_create(mark for user in users for mark in marks_of(user, made))
    due = timezone.now() - timedelta(minutes=1)
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user=user, email_frequency="weekly", next_email_at=due) for user in users
    )


def threads_of(course, users):
    """Make the course's threads with their posts, the first the latest."""
    rows = []
    for n in range(THREADS):
        at = timezone.now() - timedelta(minutes=n)
        counts = {"last_seq": POSTS, "visible_post_count": POSTS, "last_post_at": at, "rank": sort_rank(at, False)}
        rows.append(Thread(course=course, title=f"About tides {n}", author=users[n], created_at=at, **counts))
    Thread.objects.bulk_create(rows)
    Post.objects.bulk_create(
        Post(thread=thread, seq=seq, author=users[(thread.pk + seq) % PEOPLE], source=SOURCE, html=HTML)
        for thread in rows
        for seq in range(1, POSTS + 1)
    )
    return rows


def marks_of(user, made):
    followed = [*DRAW.sample(made[FOR_GROUPS:], 4), DRAW.choice(made[:FOR_GROUPS])]
    for thread, seq in zip(followed, (0, 0, POSTS // 2, POSTS, 0), strict=True):
        yield ThreadUserState(
            user=user, thread=thread, last_read_seq=seq, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED
        )


def expected(user):
    """Ids of the posts that the person must be told of, by other means than the digest's."""
    group = user.memberships.get().group_id
    found = set()
    for mark in user.thread_states.select_related("thread"):
        if mark.thread.audience == "course" or mark.thread.group_id == group:
            posts = Post.objects.filter(thread=mark.thread, seq__gt=mark.last_read_seq).exclude(author=user)
            found |= set(posts.values_list("pk", flat=True))
    return found


def check(letters):
    """Every letter went to one person; those of a sample say exactly what they must."""
    by_address = {letter.to[0]: letter for letter in letters}
    assert len(by_address) == len(letters)
    for user in DRAW.sample(list(User.objects.filter(email__startswith="d")), SAMPLE):
        told = {int(pk) for pk in re.findall(r"/posts/(\d+)/", by_address[user.email].body)}
        assert told == expected(user), user.email


for n in range(COURSES):
    course_of_many(n)
mail.outbox = []
began = time.perf_counter()
call_command("run_scheduled")
seconds = time.perf_counter() - began
check(mail.outbox)
letters, mail.outbox = len(mail.outbox), []
call_command("run_scheduled")
assert mail.outbox == []
print(f"{connection.vendor}: {letters} letters in {seconds:.1f} s; {SAMPLE} of them checked; nothing told twice")  # noqa: T201
