"""The words that readers may find, by the permission tokens of their rows: nothing else is suggested to anybody.

Words are added when a row is written, and never updated then, so that writers do not wait for each other. How many
rows have a word is counted by the job `count_vocabulary`, which deletes the words that no row has any more.
"""

from collections.abc import Iterable

from django.db import connection

from lessons.indexing import tokens
from lessons.indexing.entries import Row

TABLE = "vocabulary"
MAX_LENGTH = 32
"""Longer words, in characters, are addresses and the like."""
LAST = "\U0010ffff"


def create(vendor: str) -> str:
    """Return the statement that creates the table. In the primary key, words are in the order of their code points."""
    text = 'text COLLATE "C"' if vendor == "postgresql" else "text"
    return (
        f"CREATE TABLE vocabulary (token {text} NOT NULL, term {text} NOT NULL, "
        f"rows integer NOT NULL DEFAULT 1, PRIMARY KEY (token, term))"
        + ("" if vendor == "postgresql" else " WITHOUT ROWID")
    )


def add(rows: Iterable[Row]) -> None:
    """Add the words of the rows. One query."""
    added: dict[str, set[str]] = {}
    for row in rows:
        words = {word for word in (*row.title.split(), *row.terms.split()) if len(word) <= MAX_LENGTH}
        for token in tokens.of_readers(row.tokens):
            added.setdefault(token, set()).update(words)
    pairs = sorted((token, word) for token, words in added.items() for word in words)
    if not pairs:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("INSERT OR IGNORE INTO vocabulary (token, term) VALUES (%s, %s)", pairs)
        else:
            cursor.execute(ADD, [[token for token, _ in pairs], [word for _, word in pairs]])


# Two transactions that add the same new words must not wait for each other, and perhaps for ever: while another one
# has the lock, new words are left to the job that counts.
ADD = """
    WITH new AS MATERIALIZED (
        SELECT token, term FROM unnest(%s::text[], %s::text[]) AS given (token, term)
        WHERE NOT EXISTS (SELECT 1 FROM vocabulary AS known WHERE known.token = given.token COLLATE "C"
                          AND known.term = given.term COLLATE "C")
    ), free AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7311584290146) AS got WHERE EXISTS (SELECT 1 FROM new))
    INSERT INTO vocabulary (token, term) SELECT token, term FROM new, free WHERE got ON CONFLICT DO NOTHING
"""


def complete(prefix: str, readable: Iterable[str], limit: int = 12) -> list[str]:
    """Return the words that begin with the term `prefix`, the commonest first. One query."""
    held = sorted(readable)
    if not held or not prefix:
        return []
    statement = (
        f"SELECT term FROM vocabulary WHERE {_held(held)} AND term >= %s AND term <= %s "
        f"GROUP BY term ORDER BY sum(rows) DESC, term LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_held_params(held), prefix, prefix + LAST, limit])
        return [term for (term,) in cursor.fetchall()]


def count_rows(terms: Iterable[str], readable: Iterable[str]) -> dict[str, int]:
    """Return about how many rows have each of the terms, 0 for none: enough to tell rare from common. One query.

    A row that several of the tokens may read is counted once for each.
    """
    wanted, held = list(dict.fromkeys(terms)), sorted(readable)
    if not wanted or not held:
        return dict.fromkeys(wanted, 0)
    places = ", ".join(["%s"] * len(wanted))
    statement = f"SELECT term, sum(rows) FROM vocabulary WHERE {_held(held)} AND term IN ({places}) GROUP BY term"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_held_params(held), *wanted])
        return {**dict.fromkeys(wanted, 0), **{term: int(rows) for term, rows in cursor.fetchall()}}


def clear() -> None:
    """Delete all words."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vocabulary")


def _held(held: list[str]) -> str:
    return "token = ANY(%s)" if connection.vendor == "postgresql" else f"token IN ({', '.join(['%s'] * len(held))})"


def _held_params(held: list[str]) -> list:
    return [held] if connection.vendor == "postgresql" else list(held)
