"""What completes a lesson for a reader: the rule that its author chose, and whether it is met."""

from collections.abc import Callable

from django.utils import timezone

from lessons.accounts.models import User
from lessons.models import Lesson
from lessons.progress.models import CompletionRule, Progress


def rule_of(lesson: Lesson) -> str:
    """Return the rule of the lesson, a CompletionRule.Rule. One query."""
    rows = CompletionRule.objects.filter(lesson=lesson.pk).values_list("rule", flat=True)
    return rows.first() or CompletionRule.Rule.MARKED


def set_rule(*, lesson: Lesson, rule: str) -> None:
    """Set what completes the lesson. Those who have completed it keep it."""
    if rule == CompletionRule.Rule.MARKED:
        CompletionRule.objects.filter(lesson=lesson.pk).delete()
    else:
        CompletionRule.objects.update_or_create(lesson_id=lesson.pk, defaults={"rule": rule})


def complete_by(*, user: User, lesson: Lesson, rule: str, is_met: Callable[[], bool]) -> bool:
    """Complete the lesson for the user if its rule is this one, and met; return whether it is completed by it.

    is_met: called only where the rule is this one. What is completed stays so, with its first date.
    """
    if rule_of(lesson) != rule or not is_met():
        return False
    if not Progress.objects.filter(user=user, lesson=lesson.pk, completed_at__isnull=False).exists():
        Progress.objects.save_progress(user=user, lesson=lesson, completed_at=timezone.now())
    return True
