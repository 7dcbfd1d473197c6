"""The words that readers may find, by the permission tokens of their rows: nothing else is suggested to anybody.

Words are added when a row is written, and never updated then, so that writers do not wait for each other. In how many
rows a word is, is counted by `counting`, which deletes the words that no row has any more.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lessons.indexing import tokens
from lessons.indexing.entries import Row

TABLE = "vocabulary"
MAX_LENGTH = 32
"""Longer words, in characters, are addresses and the like."""
LAST = "\U0010ffff"
MIN_CORRECTED = 4
"""Shorter words, in characters, are like too many others."""
MAX_COMPARED = 20_000


def create(vendor: str) -> str:
    """Return the statement that creates the table. In the primary key, words are in the order of their code points."""
    text = 'text COLLATE "C"' if vendor == "postgresql" else "text"
    return (
        f"CREATE TABLE vocabulary (token {text} NOT NULL, term {text} NOT NULL, "
        f"rows integer NOT NULL DEFAULT 1, PRIMARY KEY (token, term))"
        + ("" if vendor == "postgresql" else " WITHOUT ROWID")
    )


def words_of(row: Row) -> set[str]:
    """Return the words of a row that the vocabulary keeps."""
    return {word for word in (*row.title.split(), *row.terms.split()) if len(word) <= MAX_LENGTH}


def add(rows: Iterable[Row]) -> None:
    """Add the words of the rows. One query."""
    added: dict[str, set[str]] = {}
    for row in rows:
        words = words_of(row)
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
    words = _select("term >= %s AND term <= %s", "ORDER BY sum(rows) DESC, term LIMIT %s", held)
    return [term for term, _ in _fetch(*words, prefix, prefix + LAST, limit)]


def count_rows(terms: Iterable[str], readable: Iterable[str]) -> dict[str, int]:
    """Return about how many rows have each of the terms, 0 for none: enough to tell rare from common. One query.

    A row that several of the tokens may read is counted once for each.
    """
    wanted, held = list(dict.fromkeys(terms)), sorted(readable)
    if not wanted or not held:
        return dict.fromkeys(wanted, 0)
    found = _fetch(*_select(f"term IN ({', '.join(['%s'] * len(wanted))})", "", held), *wanted)
    return {**dict.fromkeys(wanted, 0), **{term: int(rows) for term, rows in found}}


def similar(term: str, readable: Iterable[str], limit: int = 3) -> list[str]:
    """Return words like a term that was perhaps misspelt, the most similar and then the commonest first.

    One edit is allowed in a word of up to five characters, two in a longer one: a wrong, missing or superfluous
    character, or two in the wrong order. Two queries at most: the second one, for words with another first character,
    only if the first has found none. At most MAX_COMPARED words are compared, in about 5 ms.
    """
    held = sorted(readable)
    if not held or len(term) < MIN_CORRECTED or not term.isalpha() or term > "\u2e7f":
        return []
    edits = 1 if len(term) <= 5 else 2
    lengths = [len(term) - edits, len(term) + edits]
    of_length, end = "length(term) BETWEEN %s AND %s", f"LIMIT {MAX_COMPARED}"
    first = _fetch(
        *_select(f"term >= %s AND term <= %s AND {of_length}", end, held), term[0], term[0] + LAST, *lengths
    )
    return _like(term, first, edits, limit) or _like(
        term, _fetch(*_select(of_length, end, held), *lengths), edits, limit
    )


def _like(term: str, known: Sequence[tuple[str, int]], edits: int, limit: int) -> list[str]:
    rows = {word: int(count) for word, count in known if word != term}
    found = process.extract(term, rows.keys(), scorer=OSA.distance, score_cutoff=edits, limit=None)
    return [word for word, _, _ in sorted(found, key=lambda match: (match[1], -rows[match[0]], match[0]))[:limit]]


def size() -> int:
    """Return about how many words there are, those of each token."""
    return _fetch("SELECT count(*) FROM vocabulary", [])[0][0]


def all_tokens() -> list[str]:
    """Return the tokens that have words."""
    return [token for (token,) in _fetch("SELECT DISTINCT token FROM vocabulary", [])]


def rows_by_term(token: str) -> dict[str, int]:
    """Return in how many rows each word of the token is said to be."""
    return dict(_fetch("SELECT term, rows FROM vocabulary WHERE token = %s", [token]))


def set_rows(counts: Sequence[tuple[str, str, int]]) -> None:
    """Set in how many rows words are: token, word, number."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO vocabulary (token, term, rows) VALUES (%s, %s, %s) "
            "ON CONFLICT (token, term) DO UPDATE SET rows = excluded.rows",
            counts,
        )


def delete(words: Sequence[tuple[str, str]]) -> None:
    """Delete words: token, word."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM vocabulary WHERE token = %s AND term = %s", words)


def clear() -> None:
    """Delete all words."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vocabulary")


def _select(condition: str, end: str, held: list[str]) -> tuple[str, list]:
    """Return the SELECT of the words of the tokens, with the sum of their rows, and the parameters of the tokens."""
    if connection.vendor == "postgresql":
        token, params = "token = ANY(%s)", [held]
    else:
        token, params = f"token IN ({', '.join(['%s'] * len(held))})", list(held)
    return f"SELECT term, sum(rows) FROM vocabulary WHERE {token} AND {condition} GROUP BY term {end}", params


def _fetch(statement: str, params: list, *more: str | int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *more])
        return cursor.fetchall()
