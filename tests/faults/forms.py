"""Send every form of every page eight times at once, and let eight people edit every row at once.

python -m tests.faults.forms                   on SQLite
DATABASE_URL=… python -m tests.faults.forms    on an empty PostgreSQL database, whose server may create another

The same form sent eight times must leave as many rows as sent once, and never fail. Of eight different edits, one may
be saved; the others must be answered with 409 and a page that has both texts. The database is put back before each.
"""

import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

FOLDER = Path(tempfile.mkdtemp(prefix="commonplace-faults-"))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "DEVELOPMENT": "true",
    "DEBUG": "false",
    "DATA_DIR": str(FOLDER),
    "SECRET_KEY": "only-for-faults",
    "EMAIL_URL": "memorymail://",
    "ALLOWED_HOSTS": "testserver",
    "LOG_LEVEL": "CRITICAL",
}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.db.test_every_form import NO_FREE_TEXT, Site, is_stored, row_counts  # noqa: E402

TIMES = 8
# Made by the thread that sends e-mails, sooner or later: those of people who get their first password.
MADE_LATER = "EmailAddress"


class Snapshot:
    """A copy of the database that can be restored."""

    def __init__(self):
        self.name = str(connection.settings_dict["NAME"])
        self.copy = f"{self.name}-copy" if connection.vendor == "sqlite" else f"{self.name}_copy"
        self._run(self.name, self.copy)

    def restore(self) -> None:
        self._run(self.copy, self.name)

    def _run(self, source: str, target: str) -> None:
        if connection.vendor == "sqlite":
            connection.close()
            # Not the file: another thread may have it mapped into its memory.
            with closing(sqlite3.connect(source)) as rows, closing(sqlite3.connect(target, timeout=30)) as copy:
                rows.backup(copy)
            return
        import psycopg

        connection.close()
        connection.close_pool()
        settings = connection.settings_dict
        address = {"host": settings["HOST"], "port": settings["PORT"] or 5432, "user": settings["USER"]}
        if settings["PASSWORD"]:
            address["password"] = settings["PASSWORD"]
        with psycopg.connect(dbname="postgres", autocommit=True, **address) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def at_once(jobs: list) -> list:
    barrier = Barrier(len(jobs))

    def alone(job):
        try:
            barrier.wait(timeout=60)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(alone, job) for job in jobs]]


def describe(submission) -> str:
    return f"{submission.view} {submission.button.name}".strip()


def send_repeatedly(site: Site, role: str, submission, clients: list, snapshot: Snapshot) -> list[str]:
    """Return what goes wrong when the same form is sent TIMES times at once."""
    url = submission.button.url
    before = row_counts()
    once = clients[0].post(url, site.filled(submission))
    after_one = row_counts()
    snapshot.restore()
    answers = at_once([lambda client=client: client.post(url, site.filled(submission)) for client in clients])
    after_all = row_counts()
    snapshot.restore()
    statuses = sorted({answer.status_code for answer in answers})
    wrong = []
    rows = {name: (before[name], after_one[name], n) for name, n in after_all.items() if n != after_one[name]}
    if set(rows) - {MADE_LATER}:
        wrong.append(f"{role} {describe(submission)}: rows before, after one, after all {rows}")
    if once.status_code == 302 and statuses != [302]:
        wrong.append(f"{role} {describe(submission)}: answers {statuses}")
    return wrong + [f"{role} {describe(submission)}: failed with {code}" for code in statuses if code >= 500]


def edit_at_once(site: Site, role: str, submission, clients: list, snapshot: Snapshot) -> list[str] | None:
    """Return what goes wrong when TIMES people save different texts in a form at once; None if it edits no row."""
    names = [name for name in submission.form.texts if name.rpartition("-")[2] not in NO_FREE_TEXT]
    if not names or not {"version", "version_token"} & set(submission.form.fields):
        return None
    texts = [f"Word{number}" for number in range(TIMES)]
    forms = [site.filled(submission) | {names[0]: [text]} for text in texts]
    pairs = list(zip(clients, forms, strict=True))
    url = submission.button.url
    answers = at_once([lambda client=client, form=form: client.post(url, form) for client, form in pairs])
    saved = [text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 302]
    wrong = [f"{text} was acknowledged and is gone" for text in saved if not is_stored(text)]
    snapshot.restore()
    if len(saved) != 1:
        wrong.append(f"answers {[answer.status_code for answer in answers]}")
    for text, answer in zip(texts, answers, strict=True):
        page = answer.content.decode()
        if answer.status_code != 302 and not (
            answer.status_code == 409 and text in page and saved and saved[0] in page
        ):
            wrong.append(f"{text} got {answer.status_code} without both texts")
    return [f"{role} {describe(submission)}: {line}" for line in wrong]


def main() -> int:
    setup_test_environment()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    site = Site()
    clients = {role: [site.client(role) for _ in range(TIMES)] for role in site.users}
    snapshot = Snapshot()
    wrong, sent, edited = [], 0, 0
    for role, submissions in site.submissions.items():
        for submission in submissions:
            wrong += send_repeatedly(site, role, submission, clients[role], snapshot)
            sent += 1
            found = edit_at_once(site, role, submission, clients[role], snapshot)
            edited += found is not None
            wrong += found or []
    print(f"{connection.vendor}: {sent} forms sent {TIMES} times at once, {edited} edited by {TIMES}")  # noqa: T201
    print("\n".join(wrong) or "one row each, no failure, no silent loss")  # noqa: T201
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
