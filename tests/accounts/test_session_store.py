from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from lessons.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_session_is_read_as_django_stored_it_and_by_one_query(django_assert_num_queries):
    stored = DatabaseSessionStore()
    stored["name"] = "Ægir"
    stored.save()
    with django_assert_num_queries(1):
        session = SessionStore(stored.session_key)
        assert session["name"] == "Ægir"
        assert session.session_key == stored.session_key
    session["name"] = "Rán"
    session.save()
    assert DatabaseSessionStore(stored.session_key)["name"] == "Rán"


@pytest.mark.parametrize("state", ["expired", "unknown"])
def test_an_expired_or_unknown_session_is_empty_and_gets_a_new_key(state):
    stored = DatabaseSessionStore()
    stored["name"] = "Ægir"
    stored.save()
    row = Session.objects.filter(pk=stored.session_key)
    row.update(expire_date=timezone.now() - timedelta(seconds=1)) if state == "expired" else row.delete()
    session = SessionStore(stored.session_key)
    assert dict(session.items()) == {}
    session["name"] = "Rán"
    session.save()
    assert session.session_key != stored.session_key
