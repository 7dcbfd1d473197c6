"""Measure how long weekly digests for 5,000 people take; check that each has exactly what its reader may see. By hand:

    export DATA_DIR=/tmp/scratch DEVELOPMENT=true DEBUG=false EMAIL_URL=filemail:////tmp/scratch/mail MAIL_PROCESSES=2
    python manage.py migrate
    python manage.py shell < tests/benchmarks/digest.py

25 courses of 200 people with 30 threads of 20 posts each: 15,000 posts in the week. Everybody follows five threads,
has read the half of one and all of another, and one of the five is for a group, in half of the cases not their own.
Everybody is reminded of a lesson that is due.
"""

import random
import re
import resource
import shutil
import time
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.discussions.models import NotificationPreference, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.selectors.unmailed_posts import POSTS_PER_THREAD
from lessons.markup.post_markdown import render_post
from lessons.models import Lesson, Module, Revision

COURSES, PEOPLE, THREADS, POSTS, FOR_GROUPS, SAMPLE = 25, 200, 30, 20, 6, 200
RANDOM = random.Random(5)
SOURCE = (
    "The **range** is greatest when sun and moon pull in line, as [the table](https://example.org) says.\n\nIs it?"
)
HTML = render_post(SOURCE * 2)


def make_course(n):
    """Create a course with members in two groups, threads, and what each member follows and has read."""
    course = Course.objects.create(title=f"Digest {n}", slug=f"digest-{n}")
    groups = [ReadingGroup.objects.create(course=course, name=name) for name in ("A", "B")]
    names = [f"d{n}-{i}" for i in range(PEOPLE)]
    users = User.objects.bulk_create([User(email=f"{name}@example.org", display_name=name) for name in names])
    Membership.objects.bulk_create(
        Membership(course=course, user=user, group=groups[i % 2], handle=f"d{i}") for i, user in enumerate(users)
    )
    module = Module.objects.create(course=course, title="Tides", slug="tides", state="published")
    lesson = Lesson.objects.create(module=module, title="Due", due_at=timezone.now() + timedelta(hours=40))
    revision = Revision.objects.create(lesson=lesson, number=1, title="Due", html="", text="", sha256="", word_count=0)
    Lesson.objects.filter(pk=lesson.pk).update(state="published", current_revision=revision)
    threads = threads_of(course, users)
    distinct_html = Concat(Value("<p>Post "), Cast("pk", TextField()), Value(".</p>"), "html")
    Post.objects.filter(thread__course=course).update(html=distinct_html)
    for i, thread in enumerate(threads[:FOR_GROUPS]):
        Thread.objects.filter(pk=thread.pk).update(audience="group", group=groups[i % 2])
    ThreadUserState.objects.bulk_create(state for user in users for state in read_states_of(user, threads))
    due = timezone.now() - timedelta(minutes=1)
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user=user, email_frequency="weekly", next_email_at=due) for user in users
    )


def threads_of(course, users):
    """Create the course's threads with their posts, the latest first."""
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


def read_states_of(user, threads):
    followed = [*RANDOM.sample(threads[FOR_GROUPS:], 4), RANDOM.choice(threads[:FOR_GROUPS])]
    for thread, seq in zip(followed, (0, 0, POSTS // 2, POSTS, 0), strict=True):
        yield ThreadUserState(
            user=user, thread=thread, last_read_seq=seq, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED
        )


def expected(user):
    """Return the ids of the posts that the user's digest must contain and how many it must count, independently."""
    group = user.memberships.get().group_id
    found, counted = set(), 0
    for state in user.thread_states.select_related("thread"):
        if state.thread.audience == "course" or state.thread.group_id == group:
            posts = Post.objects.filter(thread=state.thread, seq__gt=state.last_read_seq).exclude(author=user)
            numbers = list(posts.order_by("seq").values_list("pk", flat=True))
            found |= set(numbers[:POSTS_PER_THREAD])
            counted += len(numbers[POSTS_PER_THREAD:])
    return found, counted


def delivered():
    """Return the e-mails in the files to which they were sent."""
    files = Path(settings.EMAIL_FILE_PATH).glob("*.log")
    parts = [part for file in files for part in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")]
    return [message_from_bytes(part, policy=default) for part in parts if part]


def cpu_seconds():
    """Return the CPU time of this process and of those that it has started."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(of.ru_utime + of.ru_stime for of in usage)


def check(emails):
    """Check that each address got one e-mail, and that those of a sample contain exactly what they must."""
    by_address = {email["To"]: email for email in emails}
    assert len(by_address) == len(emails)
    for user in RANDOM.sample(list(User.objects.filter(email__startswith="d")), SAMPLE):
        body = by_address[user.email].get_body(["plain"]).get_content()
        reported = {int(pk) for pk in re.findall(r"Post (\d+)\.", body)}
        counted = sum(map(int, re.findall(r"And (\d+) more", body)))
        assert (reported, counted) == expected(user), user.email
        assert "Due\n---\n" in body, user.email


for n in range(COURSES):
    with transaction.atomic():
        make_course(n)
# Bulk inserts bypass the search index, which a job would otherwise repair.
call_command("rebuild_index")
shutil.rmtree(settings.EMAIL_FILE_PATH, ignore_errors=True)
began, began_cpu = time.perf_counter(), cpu_seconds()
for job in ("remind_of_due_dates", "queue_digests", "send_mail"):
    call_command("run_scheduled", names=[job])
seconds, cpu = time.perf_counter() - began, cpu_seconds() - began_cpu
emails = delivered()
check(emails)
call_command("run_scheduled")
assert len(delivered()) == len(emails)
spent = f"{seconds:.1f} s ({cpu:.1f} s of CPU, {settings.MAIL_PROCESSES} processes)"
print(f"{connection.vendor}: {len(emails)} emails in {spent}; {SAMPLE} of them checked; nothing sent twice")
