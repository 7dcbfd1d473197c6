"""No index is redundant: each costs every write, and the planner may choose the poorer of two."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from lessons.db.migration_operations import own_indexes

MIGRATION = ("practice", "0004_without_redundant_indexes")


def _foreign_keys() -> Iterator[tuple[type[models.Model], models.ForeignKey, bool]]:
    """Yield each of our models' foreign keys, and whether an index or constraint on all rows begins with it."""
    for model in apps.get_models():
        whole = [*model._meta.indexes, *model._meta.constraints]
        begun = {item.fields[0] for item in whole if getattr(item, "fields", ()) and not item.condition}
        for field in model._meta.local_fields:
            if model.__module__.startswith("lessons.") and isinstance(field, models.ForeignKey) and not field.unique:
                yield model, field, field.name in begun


def test_a_foreign_key_has_an_index_of_its_own_unless_another_begins_with_it():
    wrong = [str(field) for _model, field, is_begun in _foreign_keys() if field.db_index == is_begun]
    assert wrong == [], "db_index=False where another index begins with it; RemoveForeignKeyIndex in the migration"


def test_the_database_has_the_indexes_that_the_models_have(db):
    wrong = [
        str(field)
        for model, field, _is_begun in _foreign_keys()
        if len(own_indexes(connection, model, field.name)) != field.db_index
    ]
    assert wrong == []


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_the_index_of_a_foreign_key_comes_back_and_goes_again():
    loader = MigrationLoader(connection)
    operation = loader.get_migration(*MIGRATION).operations[0]
    before, after = loader.project_state(MIGRATION, at_end=False), loader.project_state(MIGRATION)
    model = apps.get_model("practice", operation.model_name)
    with connection.schema_editor() as editor:
        operation.database_backwards("practice", editor, after, before)
    assert len(own_indexes(connection, model, operation.name)) == 1
    with connection.schema_editor() as editor:
        operation.database_forwards("practice", editor, before, after)
    assert own_indexes(connection, model, operation.name) == []
