"""What the tests of this folder put into a server's database, and ask of it. `Server.call` runs it in a process of the
server's settings: everything returned can be written as JSON.
"""

from collections import Counter
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import ReadingGroup
from lessons.courses.services import enrol
from lessons.discussions.models import Post, Thread
from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import all_jobs
from lessons.mail.models import OutgoingEmail
from lessons.models import DraftVersion, Lesson
from tests import factories
from tests.discussions.make import thread_by
from tests.load.world import session_key

PASSWORD = "tides-and-shores-1607"
LONG_AGO = timezone.now() - timedelta(days=30)
"""When people joined: who is new may not post as fast."""


def make_class(people: int, role: str = "instructor", threads: int = 3) -> dict:
    """Create a course with a lesson, threads and so many people; return their sessions, and what they can write to."""
    course = factories.make_course(slug="tides")
    body = "".join(f"<p>Paragraph {n} is about the sea and was there before.</p>" for n in range(12))
    lesson = factories.make_published(factories.make_lesson(factories.make_module(course), body=body))
    users = [factories.make_member(course, role, name=f"Person {n}") for n in range(people)]
    User.objects.update(date_joined=LONG_AGO)
    written = [thread_by(users[0], course, title=f"Thread {n}").pk for n in range(threads)]
    return {
        "sessions": [session_key(user) for user in users],
        "emails": [user.email for user in users],
        "threads": written,
        "lesson": lesson.pk,
        "exact": lesson.current_revision.text[:12],
    }


def count_texts() -> dict:
    """Return how often each text is stored that people wrote, and what is wrong with the counters."""
    wrong = []
    for thread in Thread.objects.all():
        seqs = sorted(thread.posts.values_list("seq", flat=True))
        if seqs != list(range(1, len(seqs) + 1)):
            wrong.append(f"thread {thread.pk} has the numbers {seqs}")
        if (thread.last_seq, thread.visible_post_count) != (len(seqs), len(seqs)):
            wrong.append(f"thread {thread.pk} counts {thread.last_seq} and {thread.visible_post_count} of {len(seqs)}")
    wrong += [f"thread {t.pk} has no post" for t in Thread.objects.filter(posts=None)]
    wrong += [f"note {note.pk} is placed twice" for note in Annotation.objects.all() if note.placements.count() != 1]
    texts = Counter(Post.objects.values_list("source", flat=True))
    texts += Counter(ReadingGroup.objects.values_list("name", flat=True))
    return {"texts": texts, "wrong": wrong}


def texts_of(thread: int) -> list[str]:
    """Return what was written in the thread, in the order in which it is shown."""
    return list(Post.objects.filter(thread=thread).order_by("seq").values_list("source", flat=True))


def lagging() -> list[str]:
    """Return the names of the jobs whose next run is later than it can be by a clock that is right."""
    every, now = {job.name: job.every for job in all_jobs()}, timezone.now()
    states = JobState.objects.filter(failures=0)
    return [state.name for state in states if state.due_at > now + every[state.name] + timedelta(minutes=1)]


def forget_runs() -> None:
    """Delete what is known of the runs of jobs, and let each job be due."""
    JobRun.objects.all().delete()
    JobState.objects.update(due_at=timezone.now())


def job_runs() -> dict:
    """Return how often each job has run that is not due with every run, and what ran twice at once."""
    periodic = {job.name for job in all_jobs() if job.every}
    runs = list(JobRun.objects.order_by("started_at"))
    at_once = [
        f"{run.name} at {run.started_at}"
        for number, run in enumerate(runs)
        for later in runs[number + 1 :]
        if later.name == run.name and later.started_at < (run.finished_at or later.started_at + timedelta(1))
    ]
    return {
        "all": len(runs),
        "periodic": Counter(run.name for run in runs if run.name in periodic),
        "at_once": at_once,
    }


def drafts(lesson: int) -> dict:
    """Return the draft of a lesson, the texts of all its versions as one, and where these came from."""
    versions = DraftVersion.objects.filter(lesson=lesson)
    return {
        "body": Lesson.objects.get(pk=lesson).body,
        "versions": "".join(versions.values_list("body", flat=True)),
        "origins": Counter(versions.values_list("origin", flat=True)),
    }


def make_people(number: int) -> list[str]:
    """Create accounts with a verified address and one password; return their addresses."""
    people = []
    for n in range(number):
        user = User.objects.create_user(f"p{n}@example.org", PASSWORD, display_name=f"P {n}")
        user.mark_email_verified()
        people.append(user.email)
    return people


def make_site() -> None:
    """Create an administrator, ada@example.org, who teaches a public course with one lesson: all have the id 1."""
    [email] = make_people(1)
    ada = User.objects.get(email=email)
    User.objects.update(email="ada@example.org", is_staff=True, is_superuser=True, date_joined=LONG_AGO)
    EmailAddress.objects.update(email="ada@example.org")
    course = factories.make_course(title="Tides", slug="tides")
    enrol(user=ada, course=course, role="instructor", by=ada)
    module = factories.make_module(course, title="Sea", slug="sea")
    factories.make_published(factories.make_lesson(module, title="Why", slug="why"), by=ada)


def email_states() -> dict:
    return Counter(OutgoingEmail.objects.values_list("state", flat=True))


def make_emails_due() -> None:
    """Let the claims of e-mails expire, and those that have failed be due again, as if minutes had passed."""
    OutgoingEmail.objects.update(due_at=timezone.now())
