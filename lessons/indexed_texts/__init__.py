"""The rows of the search index for a course's texts: what its readers see of lessons, glossary and timeline.

Every service that changes what readers see calls one of these functions in its transaction. They compute the rows
from what the database has then, write those that differ, and remove the others, so that calling one twice, or for
something that nobody sees, is harmless.
"""

from lessons.indexed_texts.rows import CHECK_ANCHOR, register_check_texts
from lessons.indexed_texts.writing import (
    index_course,
    index_items,
    index_lessons,
    index_modules,
    indexing_together,
    prepare_lesson,
    prepare_lessons,
    remove_course,
)

__all__ = [
    "CHECK_ANCHOR",
    "index_course",
    "index_items",
    "index_lessons",
    "index_modules",
    "indexing_together",
    "prepare_lesson",
    "prepare_lessons",
    "register_check_texts",
    "remove_course",
]
