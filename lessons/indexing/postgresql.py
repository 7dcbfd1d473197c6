"""The statements of PostgreSQL: a table an index, whose `words` are a tsvector of our own lexemes, with one GIN index.

No dictionary of PostgreSQL is asked. A phrase is compared with the stored terms, since a tsvector keeps only 256
positions of a word. The matching ids are found before they are ordered, by a function of its own, or else the planner
may walk through the whole table in the order asked for.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import Part, Query, Scope
from lessons.indexing.tables import Table, execute_many

WEIGHTS = "{0.25, 0.25, 0.25, 1}"
"""Of the words of the text (D), and of the title (A)."""
BUCKET, BUCKET_SIZE = "@", 1024
"""Each row has the number of its bucket as a lexeme: its number divided by the size."""
TEXT = "(' ' || title || '  ' || terms || '  ' || stems || ' ')"
"""All words of a row, of which two follow each other if there is one space between them."""
MAX_POSITION, MAX_POSITIONS = 16_383, 255


def create(table: str) -> list[str]:
    """Return the statements that create the table of an index."""
    texts = ", ".join(f'{column} text COLLATE "C" NOT NULL' for column in ("title", "terms", "stems", "scope"))
    return [
        f'CREATE TABLE "{table}" (id bigint PRIMARY KEY, {texts}, words tsvector NOT NULL)',
        # A row of less than 8 KB is not compressed: ranking would expand each.
        f'ALTER TABLE "{table}" SET (toast_tuple_target = 8160)',
        matching_function(table),
        f'CREATE INDEX "{table}_words" ON "{table}" USING gin (words) WITH (fastupdate = off)',
    ]


def matching_function(table: str) -> str:
    """Return the statement that creates the function which finds the newest matching rows: about `up_to`, and all that
    there are of fewer.

    It asks the index for some buckets of rows after the others, so that common words cost no more than others: for as
    many as should have what is still missing. It finds rows by the queries several times faster than by one query that
    joins them, since each is asked only about rows that the others may have. The planner takes comparing a row with a
    query for cheap, and would read the whole table.

    The texts of the rows have all phrases of `has`, any of `has_any`, and none of `has_not`. Without `asked`, only who
    reads and the phrases matter. Instead of more than half of the rows that are left, it looks at all of them, for
    which no bucket needs to be asked. The newest bucket may have few rows yet: it begins with two.
    """
    phrases = f"""(
        is_plain OR (
            NOT EXISTS (SELECT FROM unnest(has) AS phrase WHERE strpos({TEXT}, phrase) = 0)
            AND (is_any OR EXISTS (SELECT FROM unnest(has_any) AS phrase WHERE strpos({TEXT}, phrase) > 0))
            AND NOT EXISTS (SELECT FROM unnest(has_not) AS phrase WHERE strpos({TEXT}, phrase) > 0)
        )
    )"""
    return f"""
        CREATE OR REPLACE FUNCTION {table}_matching(
            readable tsquery, asked tsquery, up_to bigint, has text[], has_any text[], has_not text[]
        ) RETURNS SETOF bigint
        LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
        DECLARE
            is_plain boolean := cardinality(has) + cardinality(has_any) + cardinality(has_not) = 0;
            is_any boolean := cardinality(has_any) = 0;
            newest bigint := (SELECT max(id) FROM {table}) / {BUCKET_SIZE};
            oldest bigint;
            size bigint := 2;
            found bigint := 0;
            latest bigint;
            buckets tsquery;
        BEGIN
            WHILE newest >= 0 AND found < up_to LOOP
                oldest := newest - size + 1;
                IF oldest <= newest / 2 THEN
                    RETURN QUERY SELECT id FROM {table}
                        WHERE words @@ coalesce(asked, readable) AND words @@ readable
                        AND id < (newest + 1) * {BUCKET_SIZE} AND {phrases};
                    RETURN;
                END IF;
                buckets := (SELECT string_agg(quote_literal('{BUCKET}' || number), ' | ')
                            FROM generate_series(oldest, newest) AS number)::tsquery;
                RETURN QUERY SELECT id FROM {table}
                    WHERE words @@ buckets AND words @@ coalesce(asked, buckets) AND words @@ readable AND {phrases};
                GET DIAGNOSTICS latest = ROW_COUNT;
                found := found + latest;
                newest := oldest - 1;
                size := least((up_to - found) * size / greatest(latest, 1) + 1, 32 * size);
            END LOOP;
        END $$"""


class PostgreSQLTable(Table):
    """A table with a tsvector. `is_ranked` if it has the positions of words, which ranking needs."""

    columns = ("title", "terms", "stems", "scope")
    sign = 1

    def __init__(self, name: str, *, is_ranked: bool):
        super().__init__(name, name)
        self.is_ranked = is_ranked

    def write(self, rows: Sequence[Row]) -> None:
        """Insert the rows in one statement, the form of which is what takes least time for one row or for many."""
        columns = (*self.columns, "words")
        values = [(*row, self._words(row)) for row in rows]
        params: list
        if len(rows) == 1:
            source, params = "VALUES (%s, %s, %s, %s, %s, %s::tsvector)", list(values[0])
        else:
            source = f"SELECT * FROM unnest(%s::bigint[], {'%s::text[], ' * len(self.columns)}%s::tsvector[])"
            params = [list(column) for column in zip(*values, strict=True)]
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
        insert = f'INSERT INTO "{self.name}" (id, {", ".join(columns)}) {source}'
        with connection.cursor() as cursor:
            cursor.execute(f"{insert} ON CONFLICT (id) DO UPDATE SET {updates}", params)

    def remove(self, pks: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{self.name}" WHERE id = ANY(%s)', [list(pks)])

    def set_scopes(self, scopes: dict[int, str]) -> None:
        execute_many(
            f'UPDATE "{self.name}" SET scope = %s, '
            "words = ts_delete(words, string_to_array(scope, ' ')) || %s::tsvector WHERE id = %s",
            [(scope, _vector(scope.split()), pk) for pk, scope in scopes.items()],
        )

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{self.name}"')

    def set_bulk(self, is_bulk: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER INDEX "{self.name}_words" SET (fastupdate = {"on" if is_bulk else "off"})')
            if not is_bulk:
                cursor.execute("SELECT gin_clean_pending_list(%s)", [f"{self.name}_words"])

    def matching(self, query: Query, scope: Scope, up_to: int, *, is_ranked: bool) -> tuple[str, list]:
        readable, asked = _tsqueries(query, scope)
        newest = (
            f"SELECT id AS number, 0 AS score FROM {self.name}_matching(%s::tsquery, %s::tsquery, %s, "
            "%s::text[], %s::text[], %s::text[]) AS found (id) ORDER BY id DESC LIMIT %s"
        )
        params = [readable, asked, up_to, *_phrases(query)]
        if not is_ranked:
            return newest, [*params, up_to]
        score = f"-ts_rank('{WEIGHTS}', words, %s::tsquery, 1)"
        select = f'SELECT number, {score} AS score FROM ({newest}) AS newest JOIN "{self.name}" ON id = number'
        return select, [_tsquery_any(query.parts), *params, up_to]

    def _words(self, row: Row) -> str:
        """Return the tsvector of the row; with the positions of words, which `ts_rank` needs, only if it is ranked."""
        rest = [*row.stems.split(), *row.scope.split(), f"{BUCKET}{row.pk // BUCKET_SIZE}"]
        title, terms = row.title.split(), row.terms.split()
        if not self.is_ranked:
            return _vector((*title, *terms, *rest))
        return " ".join((_positioned(title, "A"), _positioned(terms, "D"), _vector(rest)))


def _vector(lexemes: Iterable[str]) -> str:
    return " ".join(map(_quoted, dict.fromkeys(lexemes)))


def _positioned(words: list[str], weight: str) -> str:
    positions: dict[str, list[str]] = {}
    for number, word in enumerate(words, 1):
        own = positions.setdefault(word, [])
        if len(own) < MAX_POSITIONS and number <= MAX_POSITION:
            own.append(f"{number}{weight}")
    return " ".join(f"{_quoted(word)}:{','.join(own)}" if own else _quoted(word) for word, own in positions.items())


def _tsqueries(query: Query, scope: Scope) -> tuple[str, str | None]:
    """Return the queries for the index, which does not know the order of words: of who reads, and of what is asked."""
    readable, *filters = (
        _any([TOKEN + token] for token in sorted(group)) for group in (scope.readable, *scope.filters)
    )
    if query.parts:
        filters.append(
            f"({(' & ' if query.match_all else ' | ').join(_any(part.alternatives) for part in query.parts)})"
        )
    excluded = [part for part in query.without if not part.is_phrase]
    if excluded:
        # The index cannot find rows by what they do not have.
        filters = [*(filters or [readable]), f"!{_tsquery_any(excluded)}"]
    return readable, " & ".join(filters) or None


def _phrases(query: Query) -> tuple[list[str], list[str], list[str]]:
    """Return the phrases of which texts must have all, any, and none."""
    excluded = [_in_order(part.terms) for part in query.without if part.is_phrase]
    phrases = [part for part in query.parts if part.is_phrase]
    if query.match_all or not phrases:
        return [_in_order(part.terms) for part in phrases], [], excluded
    return [], [_in_order(terms) for part in query.parts for terms in part.alternatives], excluded


def _in_order(terms: Iterable[str]) -> str:
    return f" {' '.join(terms)} "


def _tsquery_any(parts: Iterable[Part]) -> str:
    return _any(alternative for part in parts for alternative in part.alternatives)


def _any(sequences: Iterable[Iterable[str]]) -> str:
    """Return the tsquery for any of the sequences, of whose words the order is not asked."""
    return f"({' | '.join(_all(sequence) for sequence in sequences)})"


def _all(sequence: Iterable[str]) -> str:
    quoted = [_quoted(lexeme) for lexeme in sequence]
    return quoted[0] if len(quoted) == 1 else f"({' & '.join(quoted)})"


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))
