"""Participation rules for tests."""

from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import SPREAD


def make_rule(course, **fields):
    fields = {"name": "First half", "notes": 0, **fields}
    fields["notes"] = max(fields["notes"], *(fields.get(name, 0) for name in SPREAD))
    return ParticipationRule.objects.create(course=course, **fields)
