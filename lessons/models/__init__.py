"""The core: the texts of a course, and what belongs to them."""

from lessons.models.assets import Asset, asset_path
from lessons.models.bin import NOT_IN_BIN, BinEntry, NotInBinManager, SoftDeletable
from lessons.models.drafts import DraftVersion, EditingPresence, PublicationSchedule
from lessons.models.items import GlossaryTerm, ModuleItem, Prompt, TimelineEvent
from lessons.models.texts import (
    CaseStudy,
    Lesson,
    LessonQuerySet,
    LessonTag,
    Module,
    ModuleQuerySet,
    ModuleTag,
    Revision,
    lesson_url_slug,
    nonblank_lines,
)

__all__ = [
    "Asset",
    "BinEntry",
    "CaseStudy",
    "DraftVersion",
    "EditingPresence",
    "GlossaryTerm",
    "Lesson",
    "LessonQuerySet",
    "LessonTag",
    "Module",
    "ModuleItem",
    "ModuleQuerySet",
    "ModuleTag",
    "NOT_IN_BIN",
    "NotInBinManager",
    "Prompt",
    "PublicationSchedule",
    "Revision",
    "SoftDeletable",
    "TimelineEvent",
    "asset_path",
    "lesson_url_slug",
    "nonblank_lines",
]
