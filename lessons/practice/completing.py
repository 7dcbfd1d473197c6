"""Completing a lesson: by the rule that its author chose. The terms of what was read come back for review."""

import re
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.indexing.terms import fold
from lessons.models import GlossaryTerm, Lesson
from lessons.practice.reviewing import schedule_first_review
from lessons.progress.completion import rule_of
from lessons.progress.models import Progress

MAX_TERMS = 30
"""How many terms of one lesson come back for review."""


@transaction.atomic
def complete_by(*, user: User, lesson: Lesson, rule: str, is_met: Callable[[], bool]) -> bool:
    """Complete the lesson for the user if its rule is this one, and met; return whether it is completed by it.

    is_met: called only where the rule is this one. What is completed stays so, with its first date.
    """
    if rule_of(lesson) != rule or not is_met():
        return False
    if not Progress.objects.filter(user=user, lesson=lesson.pk, completed_at__isnull=False).exists():
        complete_lesson(user=user, lesson=lesson)
    return True


@transaction.atomic
def complete_lesson(*, user: User, lesson: Lesson, **changes) -> None:
    """Record that the user has completed the lesson, and have the terms in its text come back for review.

    changes: of the progress, as `save_progress` takes them.
    """
    Progress.objects.save_progress(user=user, lesson=lesson, completed_at=timezone.now(), **changes)
    revision = lesson.current_revision
    if revision is None:
        return
    terms = GlossaryTerm.objects.filter(module=lesson.module_id).order_by("pk")
    schedule_first_review(user=user, terms=terms_in(revision.text, terms)[:MAX_TERMS])


def terms_in(text: str, terms: Iterable[GlossaryTerm]) -> list[GlossaryTerm]:
    """Return the terms that a text uses as whole words, in any case, without accents, and in their simple plural."""
    folded = " ".join(fold(text).split())
    return [term for term in terms if re.search(rf"(?<!\w){_pattern(term)}s?(?!\w)", folded)]


def _pattern(term: GlossaryTerm) -> str:
    return re.escape(" ".join(fold(term.term).split()))
