"""The command `quickstart`."""

import os
import sys
import time
from io import StringIO

import pytest
from django.core.management import call_command

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.management.commands.quickstart import scheduler
from lessons.models import Lesson

pytestmark = pytest.mark.django_db


def quickstart(**options):
    out = StringIO()
    call_command("quickstart", no_serve=True, stdout=out, **{"empty": True, **options})
    return out.getvalue()


@pytest.mark.thorough
def test_running_it_again_changes_nothing_and_prints_passwords_once():
    first = quickstart()
    lesson = Lesson.objects.first()
    Lesson.objects.filter(pk=lesson.pk).update(title="Mended by the instructor")
    second = quickstart()
    assert Course.objects.count() == 1
    assert User.objects.count() == 5
    assert Lesson.objects.get(pk=lesson.pk).title == "Mended by the instructor"
    password = first.split("learner-a@example.org")[1].split()[0]
    assert User.objects.get(email="learner-a@example.org").check_password(password)
    assert password not in second


@pytest.mark.thorough
def test_the_accounts_have_every_role_and_two_groups_in_a_course_that_is_published_completely():
    quickstart()
    memberships = Membership.objects.values_list("role", "group__name")
    assert sorted(map(str, memberships)) == [
        "('assistant', None)",
        "('instructor', None)",
        "('learner', 'Group A')",
        "('learner', 'Group B')",
    ]
    course = Course.objects.get()
    module = course.modules.get()
    assert module.lessons.filter(state="published").count() == 15
    assert Lesson.objects.filter(casestudy__isnull=False).count() == 2
    assert module.glossaryterms.count() >= 20
    assert module.timelineevents.count() >= 15
    assert module.prompts.exists()


def test_the_scheduler_runs_beside_the_server_and_ends_with_it(tmp_path, monkeypatch):
    """A script that records its arguments and its exit replaces `manage.py`."""
    script, notes = tmp_path / "manage.py", tmp_path / "notes"
    script.write_text(
        "import pathlib, signal, sys, time\n"
        f"notes = pathlib.Path({str(notes)!r})\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(notes.write_text('ended')))\n"
        "notes.with_suffix('.new').write_text(' '.join(sys.argv[1:]))\n"
        "notes.with_suffix('.new').rename(notes)\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(sys, "argv", [str(script), "quickstart"])
    with scheduler("http://127.0.0.1:8001"):
        for _ in range(500):
            if notes.exists():
                break
            time.sleep(0.02)
        arguments = f"run_scheduled --loop --site http://127.0.0.1:8001 --parent {os.getpid()}"
        assert notes.read_text() == arguments
    assert notes.read_text() == "ended"
