"""Sessions in the database, as Django keeps them, read by a query that is compiled once: each page asks for one."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from lessons.db.compiled_queries import fetch_rows, moment_param, str_param


class SessionStore(DatabaseSessionStore):
    """Django's store. The name is part of what it signs, so it reads what that one stored."""

    def load(self) -> dict:
        """Return the data of the session; empty, without a key any more, if it is unknown or has expired."""
        rows = fetch_rows(_session_data, key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        return self.decode(rows[0][0])


def _session_data():
    rows = Session.objects.filter(session_key=str_param("key"), expire_date__gt=moment_param("now"))
    return rows.values_list("session_data")
