"""Start the whole site with one command: database, sample course, demo accounts and class, server, scheduler."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command

from lessons import importing
from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.services import enrol
from lessons.demo.loading import load_demo
from lessons.indexing.counting import count_vocabulary

SAMPLE = Path(importing.__file__).parent / "samples" / "alliances-and-diplomacy"
ADMINISTRATOR = ("Ada Lind", "admin@example.org")
DEMO_ACCOUNTS = [
    ("Ines Marek", "instructor@example.org", Membership.Role.INSTRUCTOR, None),
    ("Asif Rahman", "assistant@example.org", Membership.Role.ASSISTANT, None),
    ("Leïla Benali", "learner-a@example.org", Membership.Role.LEARNER, "Group A"),
    ("Jonas Koch", "learner-b@example.org", Membership.Role.LEARNER, "Group B"),
]


class Command(BaseCommand):
    help = "Creates the database, a sample course with a demo class, and serves the site. You can run it again."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="Prepare everything without starting the server.")
        parser.add_argument("--empty", action="store_true", help="Leave out the class: its notes and discussions.")

    def handle(self, *, port, no_serve, empty, **options):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        passwords = dict(
            filter(
                None,
                [
                    self.create_administrator(),
                    *(self.create_demo_account(name, mail) for name, mail, *_ in DEMO_ACCOUNTS),
                ],
            )
        )
        is_new = not Course.objects.filter(slug=SAMPLE.name).exists()
        if is_new:
            call_command("import_course", str(SAMPLE), author=DEMO_ACCOUNTS[0][1], verbosity=0)
        course = Course.objects.get(slug=SAMPLE.name)
        self.enrol_demo_accounts(course)
        if is_new and not empty:
            self.load_demo(course)
        if is_new:
            count_vocabulary()  # or all words would be equally rare to a search until the scheduler has run
        self.print_passwords(passwords, port)
        self.stdout.flush()  # into a file, too, before it serves
        if not no_serve:
            self.serve(port)

    def serve(self, port):
        """Run the server, and beside it the scheduler, until the server stops for whatever reason."""
        if "SITE_URL" not in os.environ:
            settings.SITE_URL = f"http://127.0.0.1:{port}"  # e-mails sent by this process lead here, too
        with scheduler(settings.SITE_URL):
            call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)

    def create_administrator(self):
        name, mail = ADMINISTRATOR
        return self.create_demo_account(name, mail, is_staff=True, is_superuser=True)

    def create_demo_account(self, name, mail, **fields):
        """Create a demo account; return its e-mail address and password, or None if it existed already."""
        if User.objects.filter(email=mail).exists():
            return None
        password = secrets.token_urlsafe(12)
        User.objects.create_user(mail, password, display_name=name, **fields).mark_email_verified()
        return mail, password

    def enrol_demo_accounts(self, course):
        for _name, mail, role, group_name in DEMO_ACCOUNTS:
            user = User.objects.get(email=mail)
            if not course.memberships.filter(user=user).exists():
                group = ReadingGroup.objects.get_or_create(course=course, name=group_name)[0] if group_name else None
                enrol(user=user, course=course, role=role, group=group, by=user)

    def load_demo(self, course):
        loaded = load_demo(course)
        self.stdout.write(
            f"The course has a demo class: {loaded.people} people, {loaded.notes} notes and {loaded.discussions} "
            "discussions. `manage.py remove_demo` removes it."
        )

    def print_passwords(self, passwords, port):
        if passwords:
            self.stdout.write("Demo accounts. These passwords are shown only once:")
            for mail, password in passwords.items():
                self.stdout.write(f"  {mail:24} {password}")
        else:
            self.stdout.write("The demo accounts exist already; `manage.py changepassword EMAIL` sets a new password.")
        self.stdout.write(f"The course: http://127.0.0.1:{port}/    Authoring: http://127.0.0.1:{port}/admin/")


@contextmanager
def scheduler(site_url: str) -> Iterator[None]:
    """Run `run_scheduled --loop` as a process of its own, which ends after the block or with this process."""
    command = [
        sys.executable,
        sys.argv[0],
        "run_scheduled",
        "--loop",
        "--site",
        site_url,
        "--parent",
        str(os.getpid()),
    ]
    process = subprocess.Popen(command)  # noqa: S603
    # SIGTERM would end this process at once; as SystemExit it passes the `finally`.
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
        process.terminate()
        process.wait()
