"""The words that readers may find: nothing else is suggested to anybody.

Rows that the same people read, by their permission tokens, have an audience in common. The words of a row are kept
once, under its audience, together with the tokens of those who may read it: whoever holds one of them finds the words.

Words are added when a row is written, and never updated then, so that writers do not wait for each other. In how many
rows a word is, is counted by `counting`, which deletes the words that no row has any more.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lessons.indexing import tokens
from lessons.indexing.entries import TOKEN, Row

TABLE = "vocabulary"
MAX_LENGTH = 32
"""Longer words, in characters, are addresses and the like."""
LAST = "\U0010ffff"
FIRST_LETTER = "0"
"""Before all words, and after all tokens."""
MIN_CORRECTED = 4
"""Shorter words, in characters, are like too many others."""
MAX_COMPARED = 20_000
MAX_COMPLETED = 3000


def create(vendor: str) -> list[str]:
    """Return the statements that create the table. Words are in the order of their code points.

    A token of an audience is stored as a word, with its TOKEN before it.
    """
    is_postgresql = vendor == "postgresql"
    text, options = ('text COLLATE "C"', "") if is_postgresql else ("text", " WITHOUT ROWID")
    return [
        f"CREATE TABLE vocabulary (audience bigint NOT NULL, term {text} NOT NULL, "
        f"rows integer NOT NULL DEFAULT 1, PRIMARY KEY (audience, term)){options}",
        f"CREATE INDEX vocabulary_tokens ON vocabulary (term, audience) WHERE term < '{FIRST_LETTER}'",
        *([ADD_FUNCTION] if is_postgresql else []),
    ]


def audience_of(row: Row) -> str:
    """Return the tokens of those who may read a row, in order; an empty string for nobody."""
    return " ".join(TOKEN + token for token in sorted(tokens.of_readers(row.tokens)))


def number_of(audience: str) -> int:
    """Return the number under which the words of an audience are kept."""
    return int.from_bytes(blake2b(audience.encode(), digest_size=8).digest()) >> 1


def words_of(row: Row) -> set[str]:
    """Return the words of a row that the vocabulary keeps."""
    return {word for word in (*row.title.split(), *row.terms.split()) if len(word) <= MAX_LENGTH}


def add(rows: Iterable[Row]) -> None:
    """Add the words of the rows. One query."""
    added: dict[str, set[str]] = {}
    for row in rows:
        if audience := audience_of(row):
            added.setdefault(audience, set(audience.split())).update(words_of(row))
    if not added:
        return
    given = {number_of(audience): list(words) for audience, words in added.items()}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(ADD, [json.dumps(given, ensure_ascii=False)])
        else:
            calls = ", ".join(["add_to_vocabulary(%s, %s)"] * len(given))
            cursor.execute(
                f"SELECT {calls}", [param for number in given for param in (number, " ".join(given[number]))]
            )


ADD = """
    INSERT OR IGNORE INTO vocabulary (audience, term)
    SELECT CAST(given.key AS integer), word.value FROM json_each(%s) AS given, json_each(given.value) AS word
    """
# Two transactions that add the same new words must not wait for each other, and perhaps for ever: while another one
# has the lock, new words are left to the job that counts.
ADD_FUNCTION = """
    CREATE FUNCTION add_to_vocabulary(number bigint, words text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        word text;
        is_locked boolean := false;
    BEGIN
        FOREACH word IN ARRAY string_to_array(words, ' ') LOOP
            IF NOT EXISTS (SELECT FROM vocabulary WHERE audience = number AND term = word COLLATE "C") THEN
                is_locked := is_locked OR pg_try_advisory_xact_lock(7311584290146);
                IF NOT is_locked THEN
                    RETURN;
                END IF;
                INSERT INTO vocabulary (audience, term) VALUES (number, word) ON CONFLICT DO NOTHING;
            END IF;
        END LOOP;
    END $$"""


def complete(prefix: str, readable: Iterable[str], limit: int = 12) -> list[str]:
    """Return the words that begin with the term `prefix`, the commonest first. One query.

    Of a prefix that is too short, not all words are compared.
    """
    held = sorted(readable)
    if not held or not prefix:
        return []
    select, params = _select(f"term >= %s AND term <= %s LIMIT {MAX_COMPLETED}", held)
    statement = f"SELECT term FROM ({select}) AS words GROUP BY term ORDER BY sum(rows) DESC, term LIMIT %s"
    return [term for (term,) in _fetch(statement, [*params, prefix, prefix + LAST, limit])]


def count_rows(terms: Iterable[str], readable: Iterable[str]) -> dict[str, int]:
    """Return about how many rows have each of the terms, 0 for none: enough to tell rare from common. One query."""
    wanted, held = list(dict.fromkeys(terms)), sorted(readable)
    if not wanted or not held:
        return dict.fromkeys(wanted, 0)
    select, params = _select(f"term IN ({', '.join(['%s'] * len(wanted))})", held)
    found = _fetch(f"SELECT term, sum(rows) FROM ({select}) AS words GROUP BY term", [*params, *wanted])
    return {**dict.fromkeys(wanted, 0), **{term: int(rows) for term, rows in found}}


def similar(term: str, readable: Iterable[str], limit: int = 3) -> list[str]:
    """Return words like a term that was perhaps misspelt, the most similar and then the commonest first.

    One edit is allowed in a word of up to seven characters, two in a longer one: a wrong, missing or superfluous
    character, or two in the wrong order. Two queries at most: the second one, for words with another first character,
    only if the first has found none. At most MAX_COMPARED words are compared, in about 5 ms.
    """
    held = sorted(readable)
    if not held or len(term) < MIN_CORRECTED or not term.isalpha() or term > "\u2e7f":
        return []
    edits = 1 if len(term) <= 7 else 2
    condition = f"term >= %s AND term <= %s AND length(term) BETWEEN %s AND %s LIMIT {MAX_COMPARED}"
    select, params = _select(condition, held)
    lengths = (len(term) - edits, len(term) + edits)
    first = _like(term, _fetch(select, [*params, term[0], term[0] + LAST, *lengths]), edits, limit)
    return first or _like(term, _fetch(select, [*params, FIRST_LETTER, LAST, *lengths]), edits, limit)


def _like(term: str, known: Sequence[tuple[str, int]], edits: int, limit: int) -> list[str]:
    rows: Counter[str] = Counter()
    for word, count in known:
        rows[word] += count
    del rows[term]
    found = process.extract(term, rows.keys(), scorer=OSA.distance, score_cutoff=edits, limit=None)
    return [word for word, _, _ in sorted(found, key=lambda match: (match[1], -rows[match[0]], match[0]))[:limit]]


def size() -> int:
    """Return how many words there are, with those that several audiences have, and tokens."""
    return _fetch("SELECT count(*) FROM vocabulary", [])[0][0]


def all_audiences() -> dict[int, str]:
    """Return all audiences, by their numbers."""
    held: dict[int, list[str]] = {}
    tokens_of = f"SELECT audience, term FROM vocabulary WHERE term < '{FIRST_LETTER}' ORDER BY audience, term"
    for number, token in _fetch(tokens_of, []):
        held.setdefault(number, []).append(token)
    return {number: " ".join(tokens) for number, tokens in held.items()}


def rows_by_term(number: int) -> dict[str, int]:
    """Return in how many rows each word of the audience is said to be, and each of its tokens."""
    return dict(_fetch("SELECT term, rows FROM vocabulary WHERE audience = %s", [number]))


def set_rows(counts: Sequence[tuple[int, str, int]]) -> None:
    """Set in how many rows words are: number of the audience, word, number of rows."""
    insert = "INSERT INTO vocabulary (audience, term, rows)"
    update = "ON CONFLICT (audience, term) DO UPDATE SET rows = excluded.rows"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"{insert} VALUES (%s, %s, %s) {update}", counts)
        elif counts:
            columns = [list(column) for column in zip(*counts, strict=True)]
            cursor.execute(f"{insert} SELECT * FROM unnest(%s::bigint[], %s::text[], %s::integer[]) {update}", columns)


def delete(words: Sequence[tuple[int, str]]) -> None:
    """Delete words: number of the audience, word."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM vocabulary WHERE audience = %s AND term = %s", words)


def clear() -> None:
    """Delete all words."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vocabulary")


def _select(condition: str, held: list[str]) -> tuple[str, list]:
    """Return the SELECT of the words, by audience, of those who hold a token, with their rows, and its parameters."""
    audiences = (
        f"SELECT audience FROM vocabulary WHERE term IN ({', '.join(['%s'] * len(held))}) AND term < '{FIRST_LETTER}'"
    )
    select = f"SELECT term, rows FROM vocabulary WHERE audience IN ({audiences}) AND {condition}"
    return select, [TOKEN + token for token in held]


def _fetch(statement: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
