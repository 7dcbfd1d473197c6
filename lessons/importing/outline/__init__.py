"""The outline of an article: its headings nested, each section with a proposed kind. Pure."""

from lessons.importing.outline.build import outline

__all__ = ["outline"]
