"""Operations of migrations that Django does not have."""

from django.db import migrations


class RemoveForeignKeyIndex(migrations.AlterField):
    """Alter a foreign key that has no index of its own any more, `db_index=False`: another one begins with its column.

    On SQLite, Django would copy the whole table for that, and lose its triggers.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for name in own_indexes(schema_editor.connection, model, self.name):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field(self.name)]))


def own_indexes(connection, model, field: str) -> list[str]:
    """Return the names of the indexes on the column of a field alone, but those that the model names."""
    options = model._meta
    named = {item.name for item in [*options.indexes, *options.constraints]}
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, options.db_table)
    return [
        name
        for name, found in constraints.items()
        if found["index"] and not found["unique"] and name not in named
        if found["columns"] == [options.get_field(field).column]
    ]
