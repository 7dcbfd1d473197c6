"""The one door by which a text reaches its readers."""

from django.db import transaction

from lessons.actions import freeze
from lessons.models import Lesson, Revision
from lessons.people.models import User


@transaction.atomic
def publish(*, lesson: Lesson, by: User, note: str = "") -> Revision:
    """Freezes the draft as a revision and shows it. Raises lessons.actions.NothingToPublish.

    The notes of earlier revisions will be placed in the new one here, in the same transaction.
    """
    return freeze(lesson=lesson, by=by, note=note)
