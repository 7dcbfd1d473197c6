"""The scripts of this folder that need settings of their own, each in a process: they end with 0 and a line."""

import subprocess
import sys

import pytest

from tests.faults.server import ROOT, environment

pytestmark = pytest.mark.faults


def run(folder, database_url: str, *command: str) -> str:
    """Run a script on an empty database; return the last lines that it prints."""
    environ = environment(folder, database_url)
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.strip()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request):
    """Return the address of an empty database on PostgreSQL, or nothing for SQLite."""
    if request.param == "sqlite":
        return ""
    return request.getfixturevalue("postgres").create(f"empty_{request.node.originalname}")


def test_a_scheduler_killed_before_its_statements(empty_database_url, tmp_path, report):
    """Each e-mail is sent, each job finished: see kill_scheduler.py. All statements would take half an hour."""
    said = run(tmp_path, empty_database_url, "tests/faults/kill_scheduler.py", "--every", "12")
    report(said)
    assert "0 e-mails lost" in said


def test_every_form_sent_eight_times_at_once(empty_database_url, tmp_path, report):
    said = run(tmp_path, empty_database_url, "-m", "tests.faults.forms")
    report(said.replace("\n", ": "))
    assert said.endswith("one row each, no failure, no silent loss")
