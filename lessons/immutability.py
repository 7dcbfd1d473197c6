"""Migration operations: columns that the database itself refuses to change, on SQLite and PostgreSQL.

A later AlterField of the same table rebuilds it on SQLite and drops its triggers without a word: such a migration
must repeat `FreezeColumns`. `tests/trunk/test_publishing.py` writes to the migrated tables and fails where one forgot.
"""

from django.db.migrations.operations.base import Operation


class FreezeColumns(Operation):
    """Refuses `UPDATE OF columns` on `table` by a trigger; inserts, deletes and other columns stay free."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table, columns):
        self.table, self.columns = table, columns

    def deconstruct(self):
        return self.__class__.__name__, [self.table, self.columns], {}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        make = {"sqlite": self._sqlite, "postgresql": self._postgresql}[schema_editor.connection.vendor]
        for statement in make():
            schema_editor.execute(statement)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        of = "" if schema_editor.connection.vendor == "sqlite" else f' ON "{self.table}"'
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_frozen"{of}')

    def describe(self):
        return f"Freeze {', '.join(self.columns)} of {self.table}"

    def _sqlite(self):
        yield (
            f'CREATE TRIGGER "{self.table}_frozen" BEFORE UPDATE OF {self._names()} ON "{self.table}" '
            f"WHEN {self._changed('IS NOT')} BEGIN SELECT RAISE(ABORT, '{self.table} is frozen'); END"
        )

    def _postgresql(self):
        yield (
            f'CREATE OR REPLACE FUNCTION "{self.table}_refuse"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{self.table} is frozen' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END $$"
        )
        yield (
            f'CREATE TRIGGER "{self.table}_frozen" BEFORE UPDATE OF {self._names()} ON "{self.table}" FOR EACH ROW '
            f'WHEN ({self._changed("IS DISTINCT FROM")}) EXECUTE FUNCTION "{self.table}_refuse"()'
        )

    def _names(self):
        return ", ".join(f'"{c}"' for c in self.columns)

    def _changed(self, differs):
        return " OR ".join(f'OLD."{c}" {differs} NEW."{c}"' for c in self.columns)
