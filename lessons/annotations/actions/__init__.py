"""Writes to notes, and `publish`, the one door by which a text reaches its readers."""

from lessons.annotations.actions.publishing import publish

__all__ = ["publish"]
