"""What completes a lesson for a reader: the rule that its author chose. `practice.completing` applies it."""

from lessons.models import Lesson
from lessons.progress.models import CompletionRule


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
