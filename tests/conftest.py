"""The cast: one public course on tides with two groups, and somebody of each kind."""

import copy
import shutil

import pytest
from django.db import transaction
from django.db.backends.sqlite3.base import DatabaseOperations
from django.test import Client, override_settings

from lessons.courses.models import Membership
from lessons.db.triggers import PreventDelete
from tests import factories

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
KEPT = "courses_auditentry"
flush = DatabaseOperations.sql_flush


def flush_what_is_kept(self, style, tables, **options):
    """Between tests that commit, the log goes as the other tables do, though SQLite refuses to delete from it."""
    statements = flush(self, style, tables, **options)
    if KEPT not in tables:
        return statements
    return [f'DROP TRIGGER "{KEPT}_kept"', *statements, *PreventDelete(KEPT).statements("sqlite")]


DatabaseOperations.sql_flush = flush_what_is_kept


@pytest.fixture(autouse=True)
def quick_and_tidy(settings, tmp_path):
    """Uploads go where pytest cleans up; passwords are hashed fast."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = QUICK


@pytest.fixture(scope="module")
def standing(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """What the function `request.param` makes, once for many tests of a module: see `world`.

    Its rows are in a transaction around those of the tests.
    """
    around, media = transaction.atomic(), tmp_path_factory.mktemp("standing")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=QUICK):
        around.__enter__()
        made = request.param()
    yield made, media
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def world(standing, db, settings, quick_and_tidy):
    """A copy of what stands there, rows and files as they were made; what the test does to them is undone."""
    made, media = standing
    shutil.copytree(media, settings.MEDIA_ROOT)
    return copy.deepcopy(made)


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
    """`sign_in(user)` gives a client of theirs; `sign_in(None)` a visitor's."""
    return client_of


def client_of(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
