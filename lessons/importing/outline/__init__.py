"""The outline of an article: its headings nested, each section with a proposed kind. Pure."""

from lessons.importing.outline.build import build_outline

__all__ = ["build_outline"]
