"""Search by a part of a text, whatever its case, accents, script and width: the lookup `folded`.

    Asset.objects.filter(alt__folded="Übersicht")

It finds the same on SQLite and PostgreSQL: the texts that contain the other one if both are folded as the terms of the
index are. A field that is searched in thousands of rows has a `FoldedField` beside it, which the lookup uses; of
others each row is folded when it is compared, which is for the few hundred rows of a course or a person.
"""

from django.db import models
from django.db.backends.signals import connection_created
from django.db.models import Q
from django.db.models.expressions import Col
from django.db.models.lookups import Contains, Lookup
from django.dispatch import receiver

from lessons.indexing.folded_pattern import folded_pattern
from lessons.indexing.terms import fold

BATCH_SIZE = 500
# Of a text that is searched for; the rest is not compared.
MAX_LENGTH = 200


def folded_line(text: str) -> str:
    """Return the text folded, and on one line with single spaces."""
    return " ".join(fold(text).split())


class FoldedField(models.TextField):
    """Store the `folded_line` of the column `of`. A model that has one is a `FoldedModel`."""

    def __init__(self, *args, of: str, **kwargs):
        self.of = of
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance, add):
        folded = folded_line(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, folded)
        return folded


class FoldedModel(models.Model):
    """Saves a FoldedField whenever its column is saved."""

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is not None:
            update_fields = {*update_fields}
            update_fields |= {field.name for field in folded_fields(type(self)) if field.of in update_fields}
        super().save(*args, update_fields=update_fields, **kwargs)


def folded_fields(model: type[models.Model]) -> list[FoldedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, FoldedField)]


def starts_word(field: str, folded: str) -> Q:
    """Return the condition that a word in a FoldedField starts with a folded text: at its start, after a space or a
    hyphen."""
    begins = {f"{field}__startswith": folded}
    return Q(**begins) | Q(**{f"{field}__contains": f" {folded}"}) | Q(**{f"{field}__contains": f"-{folded}"})


def fill_folded(model: type[models.Model]) -> None:
    """Fill the FoldedFields of all rows: for migrations."""
    fields = folded_fields(model)
    rows = list(model._base_manager.only("pk", *(field.of for field in fields)))
    for row in rows:
        for field in fields:
            field.pre_save(row, add=False)
    model._base_manager.bulk_update(rows, [field.name for field in fields], batch_size=BATCH_SIZE)


@models.CharField.register_lookup
@models.TextField.register_lookup
class Folded(Lookup):
    """The column contains a text if both are folded. An expression to compare with must be folded already."""

    lookup_name = "folded"

    def get_prep_lookup(self):
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return folded_line(self.rhs.replace("\x00", ""))[:MAX_LENGTH]

    def as_sql(self, compiler, connection):
        """Search in the stored folded text, if there is one."""
        if field := self._stored_field():
            column = Col(self.lhs.alias, field)
            return compiler.compile(Contains(column, self.rhs))
        if not isinstance(self.rhs, str):
            raise TypeError("Only a FoldedField can be compared with an expression")
        return self._compare_each(compiler, connection)

    def _stored_field(self) -> FoldedField | None:
        if not isinstance(self.lhs, Col):
            return None
        source = self.lhs.target
        return next((field for field in folded_fields(source.model) if field.of == source.name), None)

    def _compare_each(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"folded_contains({sql}, %s)", (*params, self.rhs)
        return f"{sql} ~ %s", (*params, folded_pattern(self.rhs))


@receiver(connection_created)
def add_function(connection, **kwargs) -> None:
    """Give SQLite the function `folded_contains`. It folds a text faster than a regular expression matches it."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("folded_contains", 2, _folded_contains, deterministic=True)


def _folded_contains(text: str | None, folded: str) -> bool | None:
    return None if text is None else folded in folded_line(text)
