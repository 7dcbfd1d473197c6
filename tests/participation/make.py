"""Participation rules for tests."""

from lessons.participation.models import ParticipationRule


def make_rule(course, **fields):
    fields = {"name": "First half", "notes": 0, **fields}
    fields["notes"] = max(fields["notes"], fields.get("note_days", 0), fields.get("note_lessons", 0))
    return ParticipationRule.objects.create(course=course, **fields)
