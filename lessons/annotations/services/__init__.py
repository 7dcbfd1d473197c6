"""Writes to annotations, and `publish` and `republish`, the only ways to give readers a new text."""

from lessons.annotations.services.publishing import publish, republish

__all__ = ["publish", "republish"]
