"""Migration operations that let the database itself refuse changes, on SQLite and PostgreSQL.

A later AlterField of the same table rebuilds it on SQLite and silently drops its triggers: such a migration must
repeat the operation. Tests write to the migrated tables and fail if it was forgotten.
"""

from django.db.migrations.operations.base import Operation


class PreventUpdate(Operation):
    """Create a trigger that refuses to update `columns` of `table`; inserts and deletes are not affected."""

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
        """Return the SQL that creates the trigger."""
        return list({"sqlite": self._sqlite, "postgresql": self._postgresql}[vendor]())

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        of = "" if schema_editor.connection.vendor == "sqlite" else f' ON "{self.table}"'
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_frozen"{of}')

    def describe(self):
        return f"Prevent updates of {', '.join(self.columns)} in {self.table}"

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
    """Drop the trigger of `PreventUpdate`: a migration that moves what is in `columns` must create it again."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Allow updates of {', '.join(self.columns)} in {self.table}"


class PreventDelete(PreventUpdate):
    """Create a trigger that refuses to delete from `table`. On SQLite it refuses `flush`, too."""

    def __init__(self, table):
        super().__init__(table, [])

    def deconstruct(self):
        return self.__class__.__name__, [self.table], {}

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        of = "" if schema_editor.connection.vendor == "sqlite" else f' ON "{self.table}"'
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{self.table}_kept"{of}')

    def describe(self):
        return f"Prevent deletes from {self.table}"

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
