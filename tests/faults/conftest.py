"""Servers, databases and reports for the tests of faults: `python -m pytest -m faults -n 0 tests/faults`.

They run only when asked for, because they take minutes, and measure seconds: other work on the machine can make one
fail. Each reports a line of what was done and measured, at the end of the run.
"""

import os
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.faults.server import Server, environment, manage, prepare
from tests.faults.services import Nginx, Postgres, Redis, public_folder

numbers = count(1)


@pytest.fixture
def report(record_property, request):
    """Return the function that adds a line to the report at the end of the run."""
    name = request.node.name.removeprefix("test_").replace("_", " ")
    return lambda line: record_property("figures", f"{name}: {line}")


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Return a DATA_DIR with a migrated SQLite database and collected static files.

    The folder that FAULTS_DATA_DIR names is kept for the next run, which then begins a minute earlier.
    """
    kept = os.environ.get("FAULTS_DATA_DIR")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("installed")
    if not (folder / "static").exists():
        prepare(folder)
        manage(environment(folder), "collectstatic", "--noinput", "-v", "0", "--ignore", "*.map")
    return folder


@pytest.fixture
def make_server(installed):
    """Return the function that makes a Server, which is stopped after the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Server(installed, **options))


@pytest.fixture(scope="session")
def postgres():
    """Start a private PostgreSQL with a migrated database, `migrated`, to be copied."""
    with public_folder() as folder:
        cluster = Postgres(folder)
        cluster.start()
        prepare(folder, cluster.create("migrated"))
        yield cluster
        cluster.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """Return the address of a migrated database on PostgreSQL, or nothing for SQLite."""
    if request.param == "sqlite":
        return ""
    return request.getfixturevalue("postgres").create(f"site{next(numbers)}", template="migrated")


@pytest.fixture
def redis(tmp_path):
    service = Redis(tmp_path)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def nginx():
    """Return the function that starts an nginx in front of one port or several, as the documentation says."""
    with ExitStack() as stack:
        yield lambda *ports: stack.enter_context(Nginx(stack.enter_context(public_folder()), *ports))
