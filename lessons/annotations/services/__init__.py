"""Writes to notes, and `publish` and `publish_again`, the one door by which a text reaches its readers."""

from lessons.annotations.services.publishing import publish, publish_again

__all__ = ["publish", "publish_again"]
