"""The pages above a page of the admin, for its breadcrumbs (`templates/authoring/_breadcrumbs.html`)."""

from typing import NamedTuple

from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator, capfirst

from lessons.courses.models import Course
from lessons.models import Asset, Lesson, Module, ModuleItem


class Parent(NamedTuple):
    name: str
    url: str


def parents(model: type[Model], row: Model | None = None, *, module: Module | None = None) -> list[Parent]:
    """Return the pages above the form of a row; for a new one, of a model (and a module that it is added to).

    What belongs to a module or a course stands below it; everything else below its list.
    """
    if isinstance(row, Module):
        return [parent(row.course)]
    if isinstance(row, Lesson | ModuleItem):
        module = row.module
    if module:
        return [parent(module.course), parent(module)]
    if isinstance(row, Course):
        return []
    above = [parent(row.course)] if isinstance(row, Asset) else []
    return [*above, Parent(capfirst(str(model._meta.verbose_name_plural)), reverse(_url_name(model, "changelist")))]


def trail(row: Model) -> list[Parent]:
    """Return the pages above a page that stands below the form of a row."""
    return [*parents(type(row), row), parent(row)]


def parent(row: Model) -> Parent:
    """Return the form of a row as a page above another."""
    return Parent(Truncator(str(row)).words(12), reverse(_url_name(type(row), "change"), args=[row.pk]))


def _url_name(model: type[Model], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
