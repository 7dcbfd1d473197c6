"""Writes about people that go beyond one row. Callers have checked who may."""

from lessons.courses.services.audit import record
from lessons.courses.services.memberships import EnrolmentRefused, enrol, join, leave

__all__ = ["EnrolmentRefused", "join", "leave", "record", "enrol"]
