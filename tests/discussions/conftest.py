"""Several people at once, each in a thread with a connection of its own."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from django.db import connection


@pytest.fixture
def at_once(transactional_db, tmp_path, monkeypatch):
    """`at_once(job, job, …)` begins all of them together and returns what they return; an error in one is raised.

    SQLite's test database lives in memory, where writers fail instead of waiting: the threads get a copy in a file,
    so what they did is seen by looking in another `at_once`, not from the test itself.
    """
    file = tmp_path / "db.sqlite3"

    def run(*jobs):
        if connection.vendor != "sqlite":
            connection.close()  # PostgreSQL's pool has four
        elif not file.exists():
            with closing(sqlite3.connect(file)) as copy:
                connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=WAL")  # who turns it on first does not wait for others who do
            monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
        barrier = Barrier(len(jobs))

        def alone(job):
            try:
                connection.ensure_connection()
                barrier.wait(timeout=20)
                return job()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return [future.result() for future in [pool.submit(alone, job) for job in jobs]]

    return run
