"""A site of the last release, filled by its own programs, is upgraded to this version, and nothing of it is lost.

Run with `-m upgrade`; with DATABASE_URL on PostgreSQL. UPGRADE_FROM names another commit to begin with.
"""

import json
import os
import subprocess
import sys
from io import BytesIO
from tarfile import TarFile
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from lessons.operations.scratch import postgresql_url

pytestmark = pytest.mark.upgrade
FIRST_RELEASE = "33feb9c4"
"""Version 0.1.0, which has no tag: the last commit before the first migration that was added to it."""
PEOPLE = "instructor@example.org", "learner-a@example.org"
PAGES = 40
CHANGED = {
    "courses_auditentry": {"target", "detail"},  # what people wrote is in courses_audittext
    "discussions_thread": {"quote"},  # has spaces between the blocks that it has parts of
}
"""The columns of the last release whose values the migrations since then are to change."""


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def last_release() -> str:
    """Return the newest tag of a version before this one, or the first release, or nothing in a shallow clone."""
    tags = git("tag", "--list", "v*", "--merged", "HEAD", "--no-contains", "HEAD", "--sort=-version:refname")
    release = os.environ.get("UPGRADE_FROM") or (tags.splitlines() or [FIRST_RELEASE])[0]
    return git("rev-parse", "--verify", "--quiet", f"{release}^{{commit}}")


class Version:
    """A version of the program in a folder, which works on the site of the test."""

    def __init__(self, folder, site, url):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {
            "PYTHONPATH": str(folder),
            "DATA_DIR": str(site),
            "DATABASE_URL": url,
            "CACHE_URL": "dbcache://cache",
            "SECRET_KEY": "only-for-upgrades",
            "DEVELOPMENT": "true",
            "DEBUG": "false",
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def manage(self, *commands: list[str]) -> str:
        """Run management commands one after the other, in one process: to start takes as long as most of them."""
        code = f"from django.core.management import call_command\nfor command in {commands}: call_command(*command)"
        return self.run("manage.py", "shell", "-v0", "-c", code)

    def contents(self) -> dict[str, dict]:
        return json.loads(self.run(str(settings.BASE_DIR / "tests" / "upgrade" / "contents.py")))


@pytest.fixture
def url(tmp_path):
    """Return the address of an empty database."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'db.sqlite3'}"
        return
    import psycopg

    name = f"upgrade_{uuid4().hex}"
    server = postgresql_url(connection.settings_dict, "postgres")
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
        yield postgresql_url(connection.settings_dict, name)
        maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def old(tmp_path, url):
    """Return the last release, with its demo course and a small load in its site."""
    release = last_release()
    if not release:
        pytest.skip(f"This clone has neither a tag v* nor the commit {FIRST_RELEASE}: fetch the whole history.")
    folder = tmp_path / "old"
    archive = subprocess.run(
        ["git", "archive", release], cwd=settings.BASE_DIR, capture_output=True, check=True
    ).stdout
    with TarFile(fileobj=BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    version = Version(folder, tmp_path, url)
    version.run("tests/load/seed_load.py", "--scale", "0.003")
    version.manage(["quickstart", "--no-serve"])
    return version


def test_a_site_of_the_last_release_keeps_everything(tmp_path, url, old):
    before = old.contents()
    new = Version(settings.BASE_DIR, tmp_path, url)
    new.manage(["migrate", "-v0"])
    after = new.contents()
    assert sum(table["rows"] for table in before.values()) > 1_000
    assert "\n".join(differences(before, after)) == ""

    backups = str(tmp_path / "backups")
    new.manage(["createcachetable"], ["rebuild_index"], ["run_scheduled"])
    new.manage(["backup", "--to-folder", backups], ["drill", backups], ["doctor"])
    followed = json.loads(new.run(str(settings.BASE_DIR / "tests" / "upgrade" / "pages.py"), *PEOPLE, str(PAGES)))
    for email, statuses in followed.items():
        assert len(statuses) == PAGES, email
        assert {path: status for path, status in statuses.items() if status not in (200, 302)} == {}


def differences(before: dict[str, dict], after: dict[str, dict]) -> list[str]:
    """Return what became of the tables and columns that both versions have, except what migrations are to change."""
    found = []
    for name in before.keys() & after.keys():
        old, new, changed = before[name], after[name], CHANGED.get(name, set())
        if old["rows"] != new["rows"] and "rows" not in changed:
            found.append(f"{name} had {old['rows']} rows and has {new['rows']}")
        same = old["columns"].keys() & new["columns"].keys() - changed
        found += [
            f"{name}.{column} has changed" for column in same if old["columns"][column] != new["columns"][column]
        ]
    return sorted(found)
