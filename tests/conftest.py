"""The cast: one public course on tides with two groups, and somebody of each kind."""

import pytest
from django.db.backends.sqlite3.base import DatabaseOperations
from django.test import Client

from lessons.immutability import KeepRows
from lessons.people.models import Membership
from tests import factories

KEPT = "people_auditentry"
flush = DatabaseOperations.sql_flush


def flush_what_is_kept(self, style, tables, **options):
    """Between tests that commit, the log goes as the other tables do, though SQLite refuses to delete from it."""
    statements = flush(self, style, tables, **options)
    if KEPT not in tables:
        return statements
    return [f'DROP TRIGGER "{KEPT}_kept"', *statements, *KeepRows(KEPT).statements("sqlite")]


DatabaseOperations.sql_flush = flush_what_is_kept


@pytest.fixture(autouse=True)
def quick_and_tidy(settings, tmp_path):
    """Uploads go where pytest cleans up; passwords are hashed fast."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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

    def client_of(user):
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return client_of
