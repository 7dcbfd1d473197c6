"""Migration operations: columns and rows that the database itself refuses to change, on SQLite and PostgreSQL.

A later AlterField of the same table rebuilds it on SQLite and drops its triggers without a word: such a migration
must repeat `FreezeColumns`. `tests/trunk/test_publishing.py` writes to the migrated tables and fails where one forgot.
"""

from django.db.migrations.operations.base import Operation


class PreventUpdate(Operation):
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
        for statement in self.statements(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def statements(self, vendor: str) -> list[str]:
        """The SQL that makes the trigger."""
        return list({"sqlite": self._sqlite, "postgresql": self._postgresql}[vendor]())

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


class AllowUpdate(PreventUpdate):
    """Takes the trigger of `FreezeColumns` away, so that a migration may change rows; a later one freezes again."""

    def database_forwards(self, *args):
        super().database_backwards(*args)

    def database_backwards(self, *args):
        super().database_forwards(*args)

    def describe(self):
        return f"Thaw {', '.join(self.columns)} of {self.table}"


class PreventDelete(PreventUpdate):
    """Refuses `DELETE` on `table` by a trigger. `flush` is refused too, on SQLite; on PostgreSQL it truncates."""

    def __init__(self, table):
        super().__init__(table, [])

    def deconstruct(self):
        return self.__class__.__name__, [self.table], {}

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        of = "" if schema_editor.connection.vendor == "sqlite" else f' ON "{self.table}"'
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_kept"{of}')

    def describe(self):
        return f"Keep the rows of {self.table}"

    def _sqlite(self):
        yield (
            f'CREATE TRIGGER "{self.table}_kept" BEFORE DELETE ON "{self.table}" '
            f"BEGIN SELECT RAISE(ABORT, '{self.table} is kept'); END"
        )

    def _postgresql(self):
        yield (
            f'CREATE OR REPLACE FUNCTION "{self.table}_keep"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{self.table} is kept' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END $$"
        )
        yield (
            f'CREATE TRIGGER "{self.table}_kept" BEFORE DELETE ON "{self.table}" FOR EACH ROW '
            f'EXECUTE FUNCTION "{self.table}_keep"()'
        )
