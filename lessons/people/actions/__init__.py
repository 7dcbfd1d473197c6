"""Writes about people that go beyond one row. Callers have checked who may."""

from lessons.people.actions.log import record
from lessons.people.actions.seating import SeatRefused, join, leave, seat

__all__ = ["SeatRefused", "join", "leave", "record", "seat"]
