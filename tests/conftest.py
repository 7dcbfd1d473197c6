"""The cast: a public course on tides with two groups, and a user of each role."""

import copy
import fcntl
import hashlib
import os
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import timedelta
from functools import cache
from itertools import chain, count
from pathlib import Path
from threading import Barrier

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.test import client as client_module
from django.test.utils import setup_databases
from django.utils import timezone
from django.utils.crypto import get_random_string

from lessons.courses.models import Membership
from tests import factories, transactions

# As in CI's second run: uploaded files are in S3-compatible storage.
IN_BUCKET = bool(os.environ.get("MEDIA_STORAGE_URL"))
FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
KEPT = Path(settings.BASE_DIR, ".pytest_cache", "migrated")
LOCKED_FOR = 30
"""Seconds after which a copy of a database fails."""
transactions.refuse_in_transactions()


def store_page_context(store, signal, sender, template, context, **others):
    """Store only the page's context in `response.context`, not a copy for each widget and included template."""
    if "context" not in store:
        store_rendered_templates(store, signal, sender, template, context, **others)


store_rendered_templates = client_module.store_rendered_templates
client_module.store_rendered_templates = store_page_context


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory, worker_id):
    """Return the folder where one worker leaves files for the other workers of this run to copy."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@contextmanager
def locked(file):
    """Hold the lock of `file`, which one worker writes while the others wait for it."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_modify_db_settings, django_db_blocker, shared_folder, worker_id
):
    """Migrate in the first worker and copy its empty database in the others; on SQLite, it is kept for later runs."""
    if connection.vendor == "sqlite":
        with database_in_memory(shared_folder / "migrated.sqlite3", django_db_blocker):
            yield
    else:
        with database_on_server(shared_folder / "migrated", django_db_blocker, worker_id):
            yield


def copy_database(source, target):
    """Copy an SQLite database; fail where one of them stays locked, for which SQLite would wait without end."""
    end = time.monotonic() + LOCKED_FOR

    def check(status, remaining, total):
        if time.monotonic() > end:
            raise TimeoutError("A database stays locked: a connection was left in a transaction.")

    source.backup(target, progress=check)


def what_migrations_depend_on():
    """Return a digest of all of our own code, which migrations may import, and of the migrations of others."""
    own = (path for name in ("lessons", "portal") for path in Path(settings.BASE_DIR, name).rglob("*.py"))
    others = (path for app in apps.get_app_configs() for path in Path(app.path).glob("migrations/*.py"))
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted({*chain(own, others)}):
        digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def database_in_memory(file, blocker):
    """Have a database in memory, migrated or copied from `file`, or from what an earlier run has kept."""
    with locked(file), blocker.unblock():
        if not file.exists():
            kept = KEPT / f"{what_migrations_depend_on()}.sqlite3"
            with suppress(FileNotFoundError):
                shutil.copy(kept, file)
        migrated = file.exists()
        if migrated:
            connection.close()
            connection.settings_dict["NAME"] = "file:memorydb_default?mode=memory&cache=shared"
        else:
            setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copied:
            source, target = (copied, connection.connection) if migrated else (connection.connection, copied)
            copy_database(source, target)
        if not migrated:
            keep(file, kept)
        # Django asks once in each process: not within a test that counts queries.
        assert connection.features.supports_json_field
    # Django has another connection while Playwright's event loop runs: the database must outlive each of them.
    with closing(sqlite3.connect(connection.settings_dict["NAME"], uri=True)), restored_from(file):
        yield


def keep(file, kept):
    """Put a copy of `file` in the place of all that was kept before. Another run may do the same now."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for other in KEPT.glob("*.sqlite3"):
        other.unlink(missing_ok=True)
    copied = kept.with_suffix(f".{os.getpid()}")
    shutil.copy(file, copied)
    copied.replace(kept)


@contextmanager
def database_on_server(file, blocker, worker):
    """Have a copy of the migrated database, whose name is in `file`. Who has migrated it also drops it."""
    creation, settings_dict = connection.creation, connection.settings_dict
    with locked(file), blocker.unblock():
        is_first = not file.exists()
        if is_first:
            setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
            file.write_text(settings_dict["NAME"])
        source = settings_dict["NAME"] = file.read_text()
        creation.clone_test_db(worker, verbosity=0)
        settings_dict["NAME"] = creation.get_test_db_clone_settings(worker)["NAME"]
        delete_rows = deleting_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_rows)
        yield
    with blocker.unblock():
        creation.destroy_test_db(verbosity=0)
        if is_first:
            with locked(file):
                file.unlink()
                settings_dict["NAME"] = source
                creation.destroy_test_db(verbosity=0)


def deleting_rows():
    """Return a function that deletes all rows but those of migrations, after each test that commits.

    Most tables have none: to truncate them all takes ten times as long. Triggers would refuse some deletions.
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE NOT EXISTS (TABLE \"{table}\")" for table in tables)
        )
        statements = [f'DELETE FROM "{table}"' for (table,) in cursor.fetchall()]

    def delete_rows(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *statements]))

    return delete_rows


@contextmanager
def restored_from(file):
    """Copy the migrated database again after each test that commits: emptying it takes ten times as long."""

    def restore(self):
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as source:
            copy_database(source, connection.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


@pytest.fixture(scope="session")
def uploads(tmp_path_factory):
    """Return the names of folders that do not exist: most tests never write one."""
    folder = tmp_path_factory.mktemp("uploads")
    return (folder / str(n) for n in count())


@pytest.fixture(autouse=True)
def fast_and_tidy(settings, uploads):
    """Store uploads where pytest cleans up, hash passwords fast, and send e-mail on commit, without a thread."""
    settings.MEDIA_ROOT = next(uploads)
    if IN_BUCKET:
        default_storage.location = folder_in_bucket(settings.MEDIA_ROOT)
    settings.PASSWORD_HASHERS = FAST_HASHERS
    settings.MAIL_IN_BACKGROUND = False
    settings.READ_ARTICLES_IN_BACKGROUND = False


@pytest.fixture(autouse=True)
def requests_commit(monkeypatch):
    """Run on-commit callbacks after each request of a test client, as if the test were not in a transaction.

    So `mail.outbox` has what the request has queued. E-mail of the scheduler is sent by `run_scheduled`.
    """
    request = Client.request

    def request_and_commit(self, **environ):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return request(self, **environ)

    monkeypatch.setattr(Client, "request", request_and_commit)


def _naming_queries(assert_queries):
    """Return the assertion, which names the queries in its failure: what fails once in many runs must say why."""

    @contextmanager
    def asserted(number, **options):
        with ExitStack() as stack:
            captured = stack.enter_context(assert_queries(number, **options))
            yield captured
            try:
                stack.close()
            except pytest.fail.Exception as failure:
                queries = "\n".join(str(query["sql"])[:500] for query in captured.captured_queries)
                pytest.fail(f"{failure.msg}\n{queries}")

    return asserted


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries):
    return _naming_queries(django_assert_num_queries)


@pytest.fixture
def django_assert_max_num_queries(django_assert_max_num_queries):
    return _naming_queries(django_assert_max_num_queries)


@pytest.fixture(scope="module")
def make_world(request):
    """Return the function that creates the module's shared world: a parameter, unless a folder names its own."""
    return request.param


def folder_in_bucket(folder):
    """Return where the files of a MEDIA_ROOT are, for tests that store them in a bucket."""
    return str(folder).strip("/")


@cache
def keys_in_bucket(folder):
    """Return the keys of the files in a folder that nothing more is stored in: most have none, so ask only once."""
    return [stored.key for stored in default_storage.bucket.objects.filter(Prefix=f"{folder}/")]


def copy_stored_files(source, target):
    """Copy the files of the MEDIA_ROOT of a shared world to another, for which the storage is set."""
    if not IN_BUCKET:
        shutil.copytree(source, target)
        return
    folder = folder_in_bucket(source)
    for key in keys_in_bucket(folder):
        copied_from = {"Bucket": default_storage.bucket.name, "Key": key}
        default_storage.bucket.copy(copied_from, key.replace(folder, folder_in_bucket(target), 1))


@pytest.fixture(scope="module")
def shared_world(make_world, django_db_setup, django_db_blocker, tmp_path_factory):
    """Return what `make_world` creates, once for many tests of a module, and its media folder.

    Its rows are in a transaction around those of the tests. Tests use the fixture `world`.
    """
    outer, media = transaction.atomic(), tmp_path_factory.mktemp("shared_world")
    if IN_BUCKET:
        default_storage.location = folder_in_bucket(media)
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=FAST_HASHERS):
        outer.__enter__()
        with transactions.allowed():
            world = make_world()
    yield world, media
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def world(shared_world, db, settings, fast_and_tidy):
    """Return a copy of the shared world with its rows and files; what a test does to them is undone."""
    original, media = shared_world
    copy_stored_files(media, settings.MEDIA_ROOT)
    return copy.deepcopy(original)


@pytest.fixture
def course(db):
    return factories.make_course(title="Tides and shores", slug="tides", join_policy="open")


@pytest.fixture
def members_course(db):
    return factories.make_course(title="The closed sea", slug="closed-sea", visibility="members")


@pytest.fixture
def group_a(course):
    return factories.make_group(course, "Group A")


@pytest.fixture
def group_b(course):
    return factories.make_group(course, "Group B")


@pytest.fixture
def administrator(db):
    return factories.make_user("Ada Admin", is_superuser=True, is_staff=True)


@pytest.fixture
def instructor(course):
    return factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ines Instructor")


@pytest.fixture
def assistant(course):
    return factories.make_member(course, Membership.Role.ASSISTANT, name="Asif Assistant")


@pytest.fixture
def learner(course, group_a):
    return factories.make_member(course, group=group_a, name="Lea Learner")


@pytest.fixture
def other_learner(course, group_b):
    return factories.make_member(course, group=group_b, name="Otto Other")


@pytest.fixture
def outsider(db):
    return factories.make_user("Olga Outsider")


@pytest.fixture
def module(course):
    return factories.make_module(course, title="The moving sea", slug="moving-sea")


@pytest.fixture
def lesson(module, instructor):
    return factories.make_published(factories.make_lesson(module, title="Why tides come"), by=instructor)


@pytest.fixture
def case_study(module, instructor):
    return factories.make_published(factories.make_case_study(module, title="The flood of 1607"), by=instructor)


@pytest.fixture
def sign_in():
    """`sign_in(user)` returns a client signed in as the user; `sign_in(None)` a visitor's."""
    return client_of


def client_of(user):
    """Return a client with a session of the user, without the database writes of signing in."""
    client = Client()
    if user is not None:
        session = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]}
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        row = Session(session_key=get_random_string(32), expire_date=timezone.now() + timedelta(days=14))
        row.session_data = SessionStore().encode(session)
        row.save(force_insert=True)
        client.cookies[settings.SESSION_COOKIE_NAME] = row.pk
    return client


@pytest.fixture
def at_once(transactional_db, tmp_path, monkeypatch):
    """`at_once(job, job, …)` starts all of them together and returns their results; an error in one is raised.

    SQLite's test database is in memory, where writers fail instead of waiting: the threads get a copy in a file, so
    look at what they did in another `at_once`, not from the test itself.
    """
    file = tmp_path / "db.sqlite3"

    def run(*jobs):
        if connection.vendor != "sqlite":
            connection.close()  # PostgreSQL's pool has four
        elif not file.exists():
            connection.ensure_connection()
            with closing(sqlite3.connect(file)) as copy:
                copy_database(connection.connection, copy)
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
