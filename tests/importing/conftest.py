"""A module made from an article, and the article imported again."""

import pytest

from lessons.importing.readers import read_upload
from lessons.importing.reimport.apply import apply_reimport
from lessons.importing.services import create_module_from_review
from lessons.models import Lesson
from lessons.services import claim_version
from tests.factories import start_import
from tests.importing.articles import SALT


@pytest.fixture
def begin(course, instructor):
    """Return a function that starts an import of `text`, by default into the course of the cast."""

    def start(text=SALT, name="salt.md", into=course, **options):
        parsed = read_upload("salt.md", text.encode())
        return start_import(by=instructor, course=into, name=name, parsed=parsed, **options)

    return start


@pytest.fixture
def salt(begin, instructor):
    """Return the module made from SALT."""
    return create_module_from_review(by=instructor, article=begin())


@pytest.fixture
def update(instructor):
    return lambda article, **options: apply_reimport(by=instructor, article=article, **options)


@pytest.fixture
def edit():
    """Return a function that changes a draft as the editor does."""

    def change(module, name, **fields):
        row = module.lessons.get(title=name)
        claim_version(lesson=row, version=row.version)
        Lesson.objects.filter(pk=row.pk).update(**fields)
        return row

    return change
