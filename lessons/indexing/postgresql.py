"""The statements of PostgreSQL: a table an index, with one GIN index of all its keys: words, stems, pairs and tokens.

No dictionary of PostgreSQL is asked, and no tsvector is stored, which would double the size. The index finds rows that
somebody may read and a few others, because each more key that is asked for takes time for each row: who may read a row
exactly, and the order of its words, is compared with the row itself. The matching ids are found before they are
ordered, by a function of its own, or else the planner may walk through the whole table in the order asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

from django.db import connection

from lessons.db.prepared_statements import fetch_prepared
from lessons.indexing import tokens
from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import Query, Scope
from lessons.indexing.tables import Statement, Table

BUCKET, FANOUT, LEVELS = "@", 16, 3
SMALLEST = 512
"""Each row has as keys the numbers of its buckets, of each level: 512 rows, 16 times as many, and so on."""
PAIR, PAIRS = "=", 16_384
"""Two words that follow each other have a number below PAIRS as a key, so that common words in a row are found."""
KEYS = (
    "array_to_tsvector(array_remove("
    "string_to_array(title || ' ' || terms || ' ' || stems || ' ' || pairs || ' ' || keys, ' '), ''))"
)
"""Not the text, but all its keys."""
TEXT = "(' ' || title || '  ' || terms || '  ' || stems || ' ')"
"""All words of a row, of which two follow each other if there is one space between them."""
COMPARED = f"""
    readers && held AND readers @> others AND (
        is_plain OR (
            {TEXT} LIKE ALL (has) AND (is_any OR {TEXT} LIKE ANY (has_any)) AND {TEXT} NOT LIKE ALL (has_not)
        )
    )"""
FEW, FASTEST_GROWTH = 4, 64
"""Less than a fourth of the rows are few. Each step looks at 64 times as many rows as the one before, at most."""
PENDING = 64
"""So many kilobytes of new rows are collected before they are sorted into the index: about 50 posts."""


def create(table: str) -> list[str]:
    """Return the statements that create the table of an index."""
    texts = ", ".join(f'{column} text COLLATE "C" NOT NULL' for column in ("keys", "pairs", *PostgreSQLTable.columns))
    options = f"fastupdate = on, gin_pending_list_limit = {PENDING}"
    return [
        f'CREATE TABLE "{table}" (id bigint PRIMARY KEY, readers bigint[] NOT NULL, {texts})',
        # A row of less than 8 KB is not compressed: comparing would expand each.
        f'ALTER TABLE "{table}" SET (toast_tuple_target = 8160)',
        f'CREATE INDEX "{table}_keys" ON "{table}" USING gin (({KEYS})) WITH ({options})',
        buckets_function(table),
        matching_function(table),
    ]


def buckets_function(table: str) -> str:
    """Return the statement that creates the function which returns the query for the buckets from `oldest` to before
    `top`, numbers of smallest buckets: for the largest ones that are within, so that there are few.
    """
    return f"""
        CREATE OR REPLACE FUNCTION {table}_buckets(oldest bigint, top bigint) RETURNS tsquery
        LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
            names text[] := ARRAY[]::text[];
            level integer;
            size bigint;
        BEGIN
            WHILE oldest < top LOOP
                level := {LEVELS - 1};
                size := {FANOUT ** (LEVELS - 1)};
                WHILE mod(oldest, size) > 0 OR oldest + size > top LOOP
                    level := level - 1;
                    size := size / {FANOUT};
                END LOOP;
                names := names || quote_literal('{BUCKET}' || level || '.' || oldest / size);
                oldest := oldest + size;
            END LOOP;
            RETURN array_to_string(names, ' | ')::tsquery;
        END $$"""


def matching_function(table: str) -> str:
    """Return the statement that creates the function which finds the newest matching rows: about `up_to`, and
    all that there are of fewer.

    It asks the index for some buckets of rows after the others, so that common words cost no more than others: for as
    many as should have what is still missing, and for all that is left rather than for more than half of it, which
    needs no buckets. If the reader may read few of the first rows, it asks for the others by what these are
    `found_by`, too; otherwise that would take longer than looking at them. The planner takes comparing a row for
    cheap, and would read the whole table, or all ids (`id + 0`); and it needs no plan of its own for each query, since
    there is but one way.

    The rows have one of the readers `held` and all of the `others`, and the texts of the rows are LIKE all patterns of
    `has`, any of `has_any`, and none of `has_not`. Without `asked`, only these matter.
    """
    # Because of the offset, a row is compared once.
    compared = f"""
        SELECT id, ctid AS place, readers && held AS is_readable, {COMPARED} AS is_found
        FROM {table} WHERE %s OFFSET 0"""
    found = f"""
        SELECT count(*) AS seen, count(*) FILTER (WHERE is_readable) AS readable,
            array_agg(id) FILTER (WHERE is_found) AS ids, array_agg(place) FILTER (WHERE is_found) AS places
        FROM ({compared}) AS compared INTO part;"""
    return f"""
        CREATE OR REPLACE FUNCTION {table}_matching(
            held bigint[], others bigint[], found_by tsquery, asked tsquery, up_to bigint,
            has text[], has_any text[], has_not text[]
        ) RETURNS TABLE (number bigint, place tid)
        LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
        SET effective_io_concurrency = 0 AS $$
        #variable_conflict use_column
        DECLARE
            is_plain boolean := cardinality(has) + cardinality(has_any) + cardinality(has_not) = 0;
            is_any boolean := cardinality(has_any) = 0;
            top bigint := (SELECT max(id) FROM {table}) / {SMALLEST} + 1;
            oldest bigint;
            size bigint := 2;
            missing bigint := up_to;
            found bigint;
            buckets tsquery;
            part record;
        BEGIN
            WHILE top > 0 AND missing > 0 LOOP
                oldest := greatest(top - size, 0);
                IF size >= {FANOUT} THEN
                    oldest := oldest - mod(oldest, {FANOUT});
                END IF;
                IF oldest <= top / 2 AND asked IS NOT NULL THEN
                    {found % f"{KEYS} @@ asked AND id + 0 < top * {SMALLEST}"}
                    oldest := 0;
                ELSE
                    buckets := {table}_buckets(oldest, top);
                    {found % f"{KEYS} @@ buckets AND {KEYS} @@ coalesce(asked, buckets)"}
                END IF;
                RETURN QUERY SELECT * FROM unnest(part.ids, part.places);
                IF found_by IS NOT NULL AND part.readable * {FEW} < part.seen THEN
                    asked := coalesce(asked && found_by, found_by);
                    found_by := NULL;
                END IF;
                found := coalesce(cardinality(part.ids), 0);
                size := least(missing::numeric * size / greatest(found, 1) + 1, {FASTEST_GROWTH} * size);
                missing := missing - found;
                top := oldest;
            END LOOP;
        END $$"""


class PostgreSQLTable(Table):
    """A table with an index of the keys of its rows."""

    columns = ("title", "terms", "stems", "scope")
    sign = 1
    # Their places have been found already: this takes half the time of finding the ids again.
    is_same_row = "stored.ctid = place"

    def __init__(self, name: str):
        super().__init__(name, name)

    def write(self, rows: Sequence[Row], addition: Statement | None) -> None:
        """Insert the rows in one statement, the form of which is what takes least time for one row or for many.

        `addition` is a SELECT, and part of that statement.
        """
        columns = ("id", "readers", "keys", "pairs", *self.columns)
        values = [
            (row.pk, _readers(row.tokens), _keys(row.pk, row.tokens), _pairs(row.title, row.terms), *row[1:])
            for row in rows
        ]
        params: list
        if len(rows) == 1:
            pk, readers, *others = values[0]
            source = f"VALUES (%s, %s::bigint[]{', %s' * (len(columns) - 2)})"
            params = [pk, _array(readers), *others]
        else:
            source = f"SELECT id, readers::bigint[], {', '.join(columns[2:])}"
            source += f" FROM unnest(%s::bigint[]{', %s::text[]' * (len(columns) - 1)}) AS row ({', '.join(columns)})"
            texts = ((pk, _array(readers), *others) for pk, readers, *others in values)
            params = [list(column) for column in zip(*texts, strict=True)]
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        insert = f'INSERT INTO "{self.name}" ({", ".join(columns)}) {source} ON CONFLICT (id) DO UPDATE SET {updates}'
        if addition:
            select, others = addition
            fetch_prepared(f"WITH written AS ({insert}) {select}", [*params, *others])
        else:
            fetch_prepared(insert, params)

    def remove(self, pks: Sequence[int]) -> None:
        fetch_prepared(f'DELETE FROM "{self.name}" WHERE id = ANY(%s::bigint[])', [list(pks)])

    def set_scopes(self, scopes: dict[int, str]) -> None:
        rows = [Row(pk, "", "", "", scope) for pk, scope in scopes.items()]
        values = [(row.pk, row.scope, _array(_readers(row.tokens)), _keys(row.pk, row.tokens)) for row in rows]
        update = f'UPDATE "{self.name}" SET scope = new.scope, readers = new.readers::bigint[], keys = new.keys'
        source = "unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS new (id, scope, readers, keys)"
        columns = [list(column) for column in zip(*values, strict=True)]
        fetch_prepared(f'{update} FROM {source} WHERE "{self.name}".id = new.id', columns)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{self.name}"')

    def set_bulk(self, is_bulk: bool) -> None:
        index = f"{self.name}_keys"
        with connection.cursor() as cursor:
            if is_bulk:
                cursor.execute(f'ALTER INDEX "{index}" RESET (gin_pending_list_limit)')
            else:
                cursor.execute(f'ALTER INDEX "{index}" SET (gin_pending_list_limit = {PENDING})')
                cursor.execute("SELECT gin_clean_pending_list(%s)", [index])

    def matching(self, query: Query, scope: Scope, up_to: int) -> Statement:
        select = (
            f"SELECT number, place FROM {self.name}_matching(%s::bigint[], %s::bigint[], %s::tsquery, %s::tsquery, "
            "%s, %s::text[], %s::text[], %s::text[]) ORDER BY number DESC LIMIT %s"
        )
        phrases = _phrases(query)
        found_by, asked = _tsqueries(query, scope)
        if asked is None:
            # The index cannot find rows by what they do not have.
            phrases[-1].extend(_in_order(terms) for part in query.without for terms in part.alternatives)
        others = _readers(token for group in scope.filters for token in group)
        return select, [_readers(scope.readable), others, found_by, asked, up_to, *phrases, up_to]


def _readers(scope: Iterable[str]) -> list[int]:
    """Return a number for each permission token, those first that many readers hold."""
    readers = sorted((token for token in scope if tokens.is_permission(token)), reverse=True)
    return [int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), signed=True) for token in readers]


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _keys(pk: int, scope: frozenset[str]) -> str:
    """Return the keys of a row besides its words: the tokens by which it is found, and its buckets."""
    buckets = (f"{BUCKET}{level}.{pk // SMALLEST // FANOUT**level}" for level in range(LEVELS))
    return " ".join([*sorted(_found_by(scope) - {TOKEN}), *buckets])


def _found_by(scope: frozenset[str]) -> set[str]:
    """Return the keys by which rows are found that have one of the tokens; TOKEN alone stands for all rows."""
    return {TOKEN + (tokens.found_by(token) if tokens.is_permission(token) else token) for token in scope}


def _pairs(*texts: str) -> str:
    return " ".join({pair for text in texts for pair in _pair_keys(text.split())})


def _pair_keys(words: Iterable[str]) -> Iterator[str]:
    """Yield the keys of the words that follow each other; not of pairs of characters, which say that by themselves."""
    for pair in pairwise(words):
        if pair[0] < "\u2e80":
            yield f"{PAIR}{crc32(' '.join(pair).encode()) % PAIRS}"


def _tsqueries(query: Query, scope: Scope) -> tuple[str | None, str | None]:
    """Return what the index is asked, each None for anything: by what the rows are found that somebody may read, and
    what else rows have, but not in which order.
    """
    found_by, *filters = (
        None if TOKEN in keys else _any([key] for key in sorted(keys))
        for keys in map(_found_by, (scope.readable, *scope.filters))
    )
    asked = [*filter(None, filters)]
    if query.parts:
        parts = (_any(map(_with_pairs, part.alternatives)) for part in query.parts)
        asked.append(f"({(' & ' if query.match_all else ' | ').join(parts)})")
    if asked:
        asked += [f"!{_any(part.alternatives)}" for part in query.without if not part.is_phrase]
    return found_by, " & ".join(asked) or None


def _with_pairs(terms: tuple[str, ...]) -> tuple[str, ...]:
    return (*terms, *_pair_keys(terms))


def _phrases(query: Query) -> tuple[list[str], list[str], list[str]]:
    """Return the phrases of which texts must have all, any, and none."""
    excluded = [_in_order(part.terms) for part in query.without if part.is_phrase]
    phrases = [part for part in query.parts if part.is_phrase]
    if query.match_all or not phrases:
        return [_in_order(part.terms) for part in phrases], [], excluded
    return [], [_in_order(terms) for part in query.parts for terms in part.alternatives], excluded


def _in_order(terms: Iterable[str]) -> str:
    """Return the pattern of LIKE for texts in which the terms follow each other."""
    words = " ".join(terms).replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
    return f"% {words} %"


def _any(sequences: Iterable[Iterable[str]]) -> str:
    """Return the tsquery for any of the sequences, of whose words the order is not asked."""
    return f"({' | '.join(_all(sequence) for sequence in sequences)})"


def _all(sequence: Iterable[str]) -> str:
    quoted = [_quoted(lexeme) for lexeme in sequence]
    return quoted[0] if len(quoted) == 1 else f"({' & '.join(quoted)})"


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))
