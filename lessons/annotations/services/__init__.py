"""Writes to annotations, and `publish` and `republish`, the only ways to give readers a new text."""

from lessons.annotations.services.publishing import prepare_publication, publish, republish

__all__ = ["prepare_publication", "publish", "republish"]
