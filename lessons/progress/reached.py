"""How far somebody has come in a text."""

from lessons.accounts.models import User
from lessons.models import Revision
from lessons.progress.models import Reached


def record_reached(*, user: User, revision: Revision, offset: int) -> None:
    """Keep the furthest place, in code points of the revision's text. Two queries at most."""
    rows = Reached.objects.filter(user=user, revision=revision)
    if not rows.filter(offset__lt=offset).update(offset=offset):
        Reached.objects.bulk_create([Reached(user=user, revision=revision, offset=offset)], ignore_conflicts=True)
