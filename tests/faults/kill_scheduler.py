"""Kill the scheduler with SIGKILL before each of its SQL statements; check that later runs finish its work. By hand:

    python tests/faults/kill_scheduler.py [--every 3]

On a scratch SQLite database, or on the empty one that DATABASE_URL names. There is work for every kind of job: codes
and e-mails about enrolments wait, digests and a data export are due, a course is to be purged, sessions and records
have expired, a lesson is to be published and another withdrawn. Then the child process that runs the jobs kills itself
before its first statement; all is prepared anew, and it does so before its second; and so on to the last. After each
kill the leases and claims are made to expire, as they do within minutes, and the jobs run again. Every e-mail must
have been accepted by the SMTP server at least once, and twice only if it was being recorded with others, the export
built once, the course purged, the lesson published once, and nothing be left claimed or running.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="kill-scheduler-"))
os.environ.setdefault("DEVELOPMENT", "true")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from lessons.authoring.publishing.scheduling import schedule
from lessons.courses import emails
from lessons.courses.models import Course
from lessons.courses.services import enrol
from lessons.discussions.models import NotificationPreference, ThreadUserState
from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import JobContext
from lessons.jobs.runner import run_due
from lessons.mail.delivery import BATCH_SIZE
from lessons.mail.models import OutgoingEmail, Priority
from lessons.mail.services import queue_message
from lessons.models import Lesson, PublicationSchedule
from lessons.privacy.data_export import request_export
from lessons.privacy.models import DataExport
from tests import factories
from tests.discussions.make import post_by, thread_by
from tests.mail.smtp_server import smtp_server

LONG_AGO = timezone.now() - timedelta(days=400)
LEARNERS = 3


class World:
    """A course whose learners follow a thread with a new post, and work that is due for every job."""

    def __init__(self):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        self.course = factories.make_course(title="Tides", slug="tides")
        self.instructor = factories.make_member(self.course, "instructor", email="ines@example.org")
        self.learners = [factories.make_member(self.course, email=f"lea{n}@example.org") for n in range(LEARNERS)]
        threads = [thread_by(learner, self.course, title="Why?") for learner in self.learners]
        for thread in threads:
            post_by(self.instructor, thread, "Because of the moon.")
        self.closed = None
        self.module = factories.make_module(self.course)
        self.withdrawn = factories.make_published(factories.make_lesson(self.module), by=self.instructor)

    def prepare(self):
        """Make everything due, as if nothing had ever been done. What is queued waits for the scheduler."""
        settings.EMAIL_BACKEND = "tests.mail.servers.DownBackend"
        for model in (OutgoingEmail, JobState, JobRun, DataExport):
            model.objects.all().delete()
        NotificationPreference.objects.all().delete()
        ThreadUserState.objects.update(mailed_seq=0)
        if self.closed:
            self.closed.memberships.all().delete()
        emails.queue(emails.enrolled_email, self.course.memberships.select_related("user").order_by("pk"))
        for n in range(2):
            message = EmailMessage("Your code", "1234", to=[f"code{n}@example.org"])
            queue_message(message, kind="account/email/login_code", recipient_id=None, priority=Priority.NOW)
        request_export(user=self.learners[0])
        self.closed = factories.make_course(title="Closed")
        enrol(user=self.learners[1], course=self.closed, by=self.instructor)
        Course.objects.filter(pk=self.closed.pk).update(
            closed_at=LONG_AGO, purge_after_months=1, purge_announced_at=LONG_AGO
        )
        self._schedule()
        session = SessionStore()
        session.set_expiry(-5)
        session.save()
        OutgoingEmail.objects.update(due_at=timezone.now(), attempts=0)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def _schedule(self):
        """Schedule a new lesson to be published, and another to be withdrawn, both a minute ago."""
        self.published = factories.make_lesson(self.module)
        Lesson.objects.filter(pk=self.withdrawn.pk).update(state="published")
        now = timezone.now()
        before = {"by": self.instructor, "due_at": now - timedelta(minutes=1), "now": now - timedelta(hours=1)}
        schedule(lesson=self.published, action="publish", **before)
        schedule(lesson=self.withdrawn, action="withdraw", **before)

    def expected(self) -> Counter:
        """Return how often each address must get e-mail: of its enrolment, code, digest and export."""
        learners = Counter({learner.email: 2 for learner in self.learners})
        return learners + Counter(
            {self.instructor.email: 1, "code0@example.org": 1, "code1@example.org": 1, self.learners[0].email: 1}
        )

    def check_finished(self):
        assert not OutgoingEmail.objects.waiting().exists(), list(OutgoingEmail.objects.waiting().values())
        assert not JobRun.objects.filter(outcome="running").exists()
        assert not JobState.objects.exclude(holder=None).exists()
        assert not PublicationSchedule.objects.exists()
        assert self.published.revisions.count() == 1
        assert Lesson.objects.get(pk=self.published.pk).state == "published"
        assert Lesson.objects.get(pk=self.withdrawn.pk).state == "withdrawn"
        export = DataExport.objects.get()
        assert export.completed_at
        assert export.notified_at
        assert export.file.storage.exists(export.file.name)
        self.closed.refresh_from_db()
        assert self.closed.purged_at
        assert not self.closed.memberships.exists()


def run_in_child(kill_before: int) -> int:
    """Run the jobs in a forked process that kills itself before its n-th statement; return its exit status."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # its connections would be shared with the child
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    count = 0

    def count_and_kill(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count_and_kill):
        list(run_due(JobContext(settings.SITE_URL)))
    connections.close_all()
    os._exit(0)


def expire() -> None:
    """Make everything that is claimed or has failed due again, as if minutes had passed."""
    now = timezone.now()
    JobState.objects.update(due_at=now)
    JobState.objects.exclude(lease_expires_at=None).update(lease_expires_at=now)
    OutgoingEmail.objects.update(due_at=now)
    DataExport.objects.exclude(started_at=None).update(started_at=LONG_AGO)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="Try only every n-th statement.")
    step = parser.parse_args().every
    world, kills, doubled, number = World(), 0, 0, 1
    with smtp_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.MAIL_IN_BACKGROUND = False
        while True:
            world.prepare()
            server.messages.clear()
            status = run_in_child(number)
            for _ in range(2):
                expire()
                list(run_due(JobContext(settings.SITE_URL)))
            world.check_finished()
            got = Counter(server.addresses)
            missing = world.expected() - got
            assert not missing, f"killed before statement {number}: {missing} never arrived"
            extra = (got - world.expected()).total()
            assert extra <= BATCH_SIZE, f"killed before statement {number}: {got - world.expected()} too many"
            if status == 0:
                assert not extra
                break
            assert status == -signal.SIGKILL
            kills, doubled, number = kills + 1, doubled + extra, number + step
    print(f"{connection.vendor}: {kills} kills, 0 e-mails lost, {doubled} sent twice, every job finished")


if __name__ == "__main__":
    main()
