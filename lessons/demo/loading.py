"""Load the demo into a course: everything in batches, with the dates that three weeks would have left."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from lessons.courses.models import Course
from lessons.demo import people, practice, texts
from lessons.demo.conversations import ConversationLoader, render_posts
from lessons.demo.files import DemoClass, read_class


class Loaded(NamedTuple):
    people: int
    notes: int
    discussions: int


def load_demo(course: Course, demo: DemoClass | None = None, now: datetime | None = None) -> Loaded:
    """Load the class into a new course, in which the accounts for trying the site are enrolled. Raise InvalidDemo."""
    demo, now = demo or read_class(), now or timezone.now()
    handles = people.expected_handles(course, demo.people)
    rendered = [render_posts(conversation, handles) for conversation in demo.conversations]
    with transaction.atomic():
        cast = people.load_people(course, demo.people, now)
        texts.date_back(course, now)
        texts.set_term(course, demo.term, now)
        texts.set_due_dates(course, demo.due_dates, now)
        texts.load_changes(course, demo.changes, cast, now)
        ConversationLoader(course, cast, now).load(demo.conversations, rendered)
        people.load_progress(course, cast)
        practice.load_practice(course, cast, demo.answers)
        practice.load_participation(course, demo.participation, now)
    notes = sum(bool(conversation.quote) for conversation in demo.conversations)
    return Loaded(len(cast), notes, len(demo.conversations) - notes)
