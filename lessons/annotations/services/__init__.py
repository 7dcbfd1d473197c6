"""Writes to annotations, and `publish` and `republish`, the only ways in which a text reaches its readers."""

from lessons.annotations.services.publishing import publish, republish

__all__ = ["publish", "republish"]
