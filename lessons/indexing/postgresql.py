"""The statements of PostgreSQL: a table an index, whose `words` are a tsvector of our own lexemes, with one GIN index.

No dictionary of PostgreSQL is asked. A phrase is compared with the stored terms, since a tsvector keeps only 256
positions of a word. The matching ids are found before they are ordered, by a function of its own, or else the planner
may walk through the whole table in the order asked for.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from lessons.db.compiled_queries import MAX_BIGINT
from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import Part, Query, Scope
from lessons.indexing.tables import Table, execute_many

WEIGHTS = "{0.25, 0.25, 0.25, 1}"
"""Of the words of the text (D), and of the title (A)."""
BUCKET, BUCKET_SIZE = "@", 8192
"""Each row has the number of its bucket as a lexeme: its number divided by the size."""
MAX_POSITION, MAX_POSITIONS = 16_383, 255


def create(table: str) -> list[str]:
    """Return the statements that create the table of an index."""
    texts = ", ".join(f'{column} text COLLATE "C" NOT NULL' for column in ("title", "terms", "stems", "scope"))
    return [
        f'CREATE TABLE "{table}" (id bigint PRIMARY KEY, {texts}, words tsvector NOT NULL)',
        uncompressed(table),
        matching_function(table),
        f'CREATE INDEX "{table}_words" ON "{table}" USING gin (words) WITH (fastupdate = off)',
    ]


def uncompressed(table: str) -> str:
    """Return the statement that has PostgreSQL compress no row of less than 8 KB: ranking would expand each."""
    return f'ALTER TABLE "{table}" SET (toast_tuple_target = 8160)'


def matching_function(table: str) -> str:
    """Return the statement that creates the function which finds the newest matching rows: about `up_to`, and all that
    there are of fewer.

    It asks the index for some buckets of rows after the others, so that common words cost no more than others. The
    planner takes comparing a row with the query for cheap, and would read the whole table.
    """
    return f"""
        CREATE OR REPLACE FUNCTION {table}_matching(query tsquery, up_to bigint) RETURNS SETOF bigint
        LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
        DECLARE
            newest bigint := (SELECT max(id) FROM {table}) / {BUCKET_SIZE};
            oldest bigint;
            asked integer := 1;
            found bigint := 0;
            latest bigint;
            buckets tsquery;
        BEGIN
            WHILE newest >= 0 AND found < up_to LOOP
                oldest := greatest(newest - asked + 1, 0);
                buckets := (SELECT string_agg(quote_literal('{BUCKET}' || number), ' | ')
                            FROM generate_series(oldest, newest) AS number)::tsquery;
                RETURN QUERY SELECT id FROM {table} WHERE words @@ query AND words @@ buckets;
                GET DIAGNOSTICS latest = ROW_COUNT;
                found := found + latest;
                newest := oldest - 1;
                asked := asked * 4;
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
        conditions = [*_phrases(query), *_excluded_phrases(query)]
        found = f"{self.name}_matching(%s::tsquery, %s) AS found (id)"
        # How many of the rows have the words of a phrase in order is not known before.
        params = [_tsquery(query, scope), MAX_BIGINT if conditions else up_to]
        if conditions:
            found += f' JOIN "{self.name}" USING (id) WHERE {" AND ".join(sql for sql, _ in conditions)}'
            params += [param for _, own in conditions for param in own]
        newest = f"SELECT id AS number, 0 AS score FROM {found} ORDER BY id DESC LIMIT %s"
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


def _tsquery(query: Query, scope: Scope) -> str:
    """Return the query for the index, which does not know the order of words."""
    groups = [_any([TOKEN + token] for token in sorted(group)) for group in (*scope.filters, scope.readable)]
    if query.parts:
        groups.append(
            f"({(' & ' if query.match_all else ' | ').join(_any(part.alternatives) for part in query.parts)})"
        )
    excluded = [part for part in query.without if not part.is_phrase]
    if excluded:
        groups.append(f"!{_tsquery_any(excluded)}")
    return " & ".join(groups)


def _phrases(query: Query) -> Iterable[tuple[str, list]]:
    """Return the conditions that words in the index are in order, too."""
    phrases = [_contains(part) for part in query.parts if part.is_phrase]
    if query.match_all or not phrases:
        return phrases
    words = [part for part in query.parts if not part.is_phrase]
    if words:
        phrases.append(("words @@ %s::tsquery", [_tsquery_any(words)]))
    return [(f"({' OR '.join(sql for sql, _ in phrases)})", [param for _, own in phrases for param in own])]


def _excluded_phrases(query: Query) -> Iterable[tuple[str, list]]:
    for part in query.without:
        if part.is_phrase:
            sql, params = _contains(part)
            yield f"NOT {sql}", params


def _contains(phrase: Part) -> tuple[str, list]:
    text = f" {' '.join(phrase.terms)} "
    return "(strpos(' ' || terms || ' ', %s) > 0 OR strpos(' ' || title || ' ', %s) > 0)", [text, text]


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
