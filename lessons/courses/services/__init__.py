"""Writes about people that go beyond one row. Callers have checked who may."""

from lessons.courses.services.audit import record
from lessons.courses.services.memberships import SeatRefused, join, leave, seat

__all__ = ["SeatRefused", "join", "leave", "record", "seat"]
