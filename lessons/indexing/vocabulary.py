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
from lessons.indexing.tables import Statement, fetch

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
    if statement := addition(rows):
        fetch(*statement)


def addition(rows: Iterable[Row]) -> Statement | None:
    """Return the statement that adds the words of the rows, on PostgreSQL a SELECT; None if nobody may read them."""
    added: dict[str, set[str]] = {}
    for row in rows:
        if audience := audience_of(row):
            added.setdefault(audience, set(audience.split())).update(words_of(row))
    if not added:
        return None
    given = {number_of(audience): list(words) for audience, words in added.items()}
    if connection.vendor == "sqlite":
        return ADD, [json.dumps(given, ensure_ascii=False)]
    texts = [" ".join(words) for words in given.values()]
    return (ADD_ONE, [*given, *texts]) if len(given) == 1 else (ADD_EACH, [list(given), texts])


ADD = """
    INSERT OR IGNORE INTO vocabulary (audience, term)
    SELECT CAST(given.key AS integer), word.value FROM json_each(%s) AS given, json_each(given.value) AS word
    """
# A post has one audience, and arrays of one cost it a tenth of a millisecond.
ADD_ONE = "SELECT add_to_vocabulary(%s, %s)"
ADD_EACH = """
    SELECT add_to_vocabulary(number, words) FROM unnest(%s::bigint[], %s::text[]) AS given (number, words)
    """
# Two transactions that add the same new words must not wait for each other, and perhaps for ever: while another one
# has the lock, new words are left to the job that counts. Each word is looked up: asked whether it does not exist, the
# planner would read all words of the audience instead.
ADD_FUNCTION = """
    CREATE OR REPLACE FUNCTION add_to_vocabulary(number bigint, words text) RETURNS void LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
        added text[] := ARRAY(
            SELECT word FROM unnest(string_to_array(words, ' ')) AS word
            WHERE (SELECT rows FROM vocabulary WHERE audience = number AND term = word COLLATE "C") IS NULL
        );
    BEGIN
        IF cardinality(added) > 0 AND pg_try_advisory_xact_lock(7311584290146) THEN
            INSERT INTO vocabulary (audience, term) SELECT number, unnest(added) ON CONFLICT DO NOTHING;
        END IF;
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
    return [term for (term,) in fetch(statement, [*params, prefix, prefix + LAST, limit])]


def count_rows(terms: Iterable[str], readable: Iterable[str]) -> dict[str, int]:
    """Return about how many rows have each of the terms, 0 for none: enough to tell rare from common. One query."""
    wanted, held = list(dict.fromkeys(terms)), sorted(readable)
    if not wanted or not held:
        return dict.fromkeys(wanted, 0)
    is_wanted, terms = _is_any("term", wanted)
    select, params = _select(is_wanted, held)
    found = fetch(f"SELECT term, sum(rows) FROM ({select}) AS words GROUP BY term", [*params, *terms])
    return {**dict.fromkeys(wanted, 0), **{term: int(rows) for term, rows in found}}


def similar(terms: Iterable[str], readable: Iterable[str], limit: int = 3) -> dict[str, list[str]]:
    """Return for each of the terms, which were perhaps misspelt, words like it, the most similar and then the
    commonest first.

    One edit is allowed in a word of up to seven characters, two in a longer one: a wrong, missing or superfluous
    character, or two in the wrong order. Two queries at most: the second one, for words with another first character
    and the same last two, only if the first has found none. For each term, at most MAX_COMPARED words are compared, in
    about 5 ms.
    """
    held, asked = sorted(readable), [term for term in terms if _is_correctable(term)]
    selects = [_words_like(term, held, is_first_same=True) for term in asked]
    return _most_similar(asked, held, _fetch_each(selects), limit)


def count_rows_or_similar(
    terms: Iterable[str], readable: Iterable[str], limit: int = 3
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return what `count_rows` does, and what `similar` does for those of the terms that are in no row. Two queries at
    most, and one if all are in rows.
    """
    wanted, held = list(dict.fromkeys(terms)), sorted(readable)
    if not wanted or not held:
        return dict.fromkeys(wanted, 0), {}
    asked = [term for term in wanted if _is_correctable(term)]
    is_wanted, params = _is_any("term", wanted)
    counted, held_params = _select(is_wanted, held)
    selects = [(counted, [*held_params, *params])]
    for term in asked:
        known, known_params = _select("term = %s", held)
        like, like_params = _words_like(term, held, is_first_same=True, unless=f"EXISTS ({known})")
        selects.append((like, [*held_params, *known_params, term, *like_params[len(held_params) :]]))
    counts, *likes = _fetch_each(selects)
    rows = dict.fromkeys(wanted, 0)
    for term, number in counts:
        rows[term] += number
    missing = {term: known for term, known in zip(asked, likes, strict=True) if not rows[term]}
    return rows, _most_similar(list(missing), held, list(missing.values()), limit)


def _is_correctable(term: str) -> bool:
    return len(term) >= MIN_CORRECTED and term.isalpha() and term <= "\u2e7f"


def _most_similar(
    terms: Sequence[str], held: list[str], known: Sequence[Sequence[tuple[str, int]]], limit: int
) -> dict[str, list[str]]:
    """Return the words like each term of those that are `known` to begin as it does, or else of all others."""
    found = {term: _like(term, words, limit) for term, words in zip(terms, known, strict=True)}
    others = [term for term in terms if not found[term]]
    words_of_others = _fetch_each([_words_like(term, held, is_first_same=False) for term in others])
    return found | {term: _like(term, words, limit) for term, words in zip(others, words_of_others, strict=True)}


def _words_like(term: str, held: list[str], *, is_first_same: bool, unless: str = "FALSE") -> tuple[str, list]:
    """Return the SELECT of the words of about the length of the term that begin or else end as it does, and its
    parameters.
    """
    condition = f"NOT {unless} AND term >= %s AND term <= %s AND length(term) BETWEEN %s AND %s AND term LIKE %s"
    select, params = _select(f"{condition} LIMIT {MAX_COMPARED}", held)
    first, ending = (term[0], "%") if is_first_same else ("", f"%{term[-2:]}")
    edits = _edits(term)
    return select, [*params, first or FIRST_LETTER, first + LAST, len(term) - edits, len(term) + edits, ending]


def _fetch_each(selects: Sequence[tuple[str, list]]) -> list[list[tuple[str, int]]]:
    """Return the words of each SELECT with their rows. One query, or none."""
    found: list[list[tuple[str, int]]] = [[] for _ in selects]
    parts = [f"SELECT {n} AS number, term, rows FROM ({select}) AS words{n}" for n, (select, _) in enumerate(selects)]
    if parts:
        for n, word, rows in fetch(" UNION ALL ".join(parts), [param for _, params in selects for param in params]):
            found[n].append((word, rows))
    return found


def _edits(term: str) -> int:
    return 1 if len(term) <= 7 else 2


def _like(term: str, known: Sequence[tuple[str, int]], limit: int) -> list[str]:
    rows: Counter[str] = Counter()
    for word, count in known:
        rows[word] += count
    del rows[term]
    found = process.extract(term, rows.keys(), scorer=OSA.distance, score_cutoff=_edits(term), limit=None)
    return [word for word, _, _ in sorted(found, key=lambda match: (match[1], -rows[match[0]], match[0]))[:limit]]


def size() -> int:
    """Return how many words there are, with those that several audiences have, and tokens."""
    return fetch("SELECT count(*) FROM vocabulary", [])[0][0]


def all_audiences() -> dict[int, str]:
    """Return all audiences, by their numbers."""
    held: dict[int, list[str]] = {}
    tokens_of = f"SELECT audience, term FROM vocabulary WHERE term < '{FIRST_LETTER}' ORDER BY audience, term"
    for number, token in fetch(tokens_of, []):
        held.setdefault(number, []).append(token)
    return {number: " ".join(tokens) for number, tokens in held.items()}


def rows_by_term(number: int) -> dict[str, int]:
    """Return in how many rows each word of the audience is said to be, and each of its tokens."""
    return dict(fetch("SELECT term, rows FROM vocabulary WHERE audience = %s", [number]))


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
    is_held, params = _is_any("term", [TOKEN + token for token in held])
    audiences = f"SELECT audience FROM vocabulary WHERE {is_held} AND term < '{FIRST_LETTER}'"
    return f"SELECT term, rows FROM vocabulary WHERE audience IN ({audiences}) AND {condition}", params


def _is_any(column: str, values: list[str]) -> tuple[str, list]:
    """Return the condition that the column has one of the values, and its parameters."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::text[])", [values]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)
