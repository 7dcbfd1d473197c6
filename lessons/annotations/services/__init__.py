"""Writes to notes, and `publish` and `publish_again`, the one door by which a text reaches its readers."""

from lessons.annotations.services.publishing import publish, republish

__all__ = ["publish", "republish"]
