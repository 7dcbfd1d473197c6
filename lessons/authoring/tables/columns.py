"""The two tables: the glossary and the timeline of a module."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lessons.markup.characters import comparison_key
from lessons.models import GlossaryTerm, TimelineEvent

LESSON = "lesson"


class Column(NamedTuple):
    """A column: the name of the model's field, its heading, and how it is edited.

    That is as a `line`, a `long_line`, which is shown on several lines, a `text` or a `choice`.
    `aliases` are further headings by which CSV may call it, as `letters_of` returns them.
    """

    name: str
    label: str | Promise
    widget: str
    is_required: bool = False
    hint: str | Promise = ""
    aliases: str = ""


class ItemTable(NamedTuple):
    """One of the tables. `sort_keys` are the orders in which its rows can be shown, the usual one first."""

    name: str
    model: type[Any]
    title: str | Promise
    columns: tuple[Column, ...]
    sort_keys: dict[str, Callable[[Any], Any]]

    @property
    def required(self) -> list[Column]:
        return [column for column in self.columns if column.is_required]


def _lesson_title(row) -> tuple[bool, str]:
    return row.lesson is None, comparison_key(row.lesson.title) if row.lesson else ""


LESSON_COLUMN = Column(
    LESSON,
    _("Lesson"),
    "choice",
    aliases="lessontitle lektion leçon lección lezione",
)
GLOSSARY = ItemTable(
    "glossary",
    GlossaryTerm,
    _("Glossary"),
    (
        Column("term", _("Term"), "line", is_required=True, aliases="word begriff wort terme término termine"),
        Column(
            "definition",
            _("Definition"),
            "text",
            is_required=True,
            aliases="meaning explanation erklärung bedeutung définition definición definizione",
        ),
        LESSON_COLUMN,
    ),
    {
        "term": lambda row: (row.key, row.pk),
        "definition": lambda row: comparison_key(row.definition),
        LESSON: _lesson_title,
    },
)
TIMELINE = ItemTable(
    "timeline",
    TimelineEvent,
    _("Timeline"),
    (
        Column(
            "date",
            _("Date"),
            "line",
            is_required=True,
            hint=_("1949-04-04"),
            aliases="when year datum jahr année fecha data",
        ),
        Column("event", _("Event"), "long_line", is_required=True, aliases="what title ereignis événement evento"),
        Column("detail", _("Detail"), "text", aliases="details description beschreibung détail detalle dettaglio"),
        LESSON_COLUMN,
    ),
    {
        "date": lambda row: (row.sort_key, row.pk),
        "event": lambda row: comparison_key(row.event),
        "detail": lambda row: comparison_key(row.detail),
        LESSON: _lesson_title,
    },
)
TABLES = {table.name: table for table in (GLOSSARY, TIMELINE)}
