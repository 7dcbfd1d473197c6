"""What completes a lesson for one reader, and completing it for those who have done so already."""

from typing import Any

from lessons.accounts.models import User
from lessons.annotations.completing import has_note
from lessons.permissions import can_annotate, can_moderate, can_track_progress
from lessons.practice.completing import complete_lesson
from lessons.progress.models import CompletionRule
from lessons.reading.selectors.published_lesson import PublishedLesson

Rule = CompletionRule.Rule


def rule_for(user, published: PublishedLesson) -> str:
    """Return the rule of the lesson; marking it as read where the reader cannot do what it asks for: the lesson has no
    checks, or they may not write notes.
    """
    rule = published.completion_rule
    if rule == Rule.CHECKS and not published.checks:
        return Rule.MARKED
    if rule == Rule.NOTE and not can_annotate(user, published.lesson.module.course):
        return Rule.MARKED
    return rule


def completion_context(user, published: PublishedLesson) -> dict[str, Any]:
    """Return what `reading/_completion.html` shows."""
    return {
        "completion_rule": rule_for(user, published),
        "progress": published.outline.entry(published.lesson.pk),
        "unanswered": published.unanswered_count,
        "is_staff": can_moderate(user, published.lesson.module.course),
    }


def complete_if_met(user, published: PublishedLesson) -> bool:
    """Complete the lesson for a reader who had met its rule before it was the rule, or whose last check that was left
    was removed. Return whether that changed anything. For most lessons no query.
    """
    rule = published.completion_rule
    if rule not in (Rule.CHECKS, Rule.NOTE) or not can_track_progress(user, published.lesson.module.course):
        return False
    entry = published.outline.entry(published.lesson.pk)
    if entry is None or entry.completed_at or not _is_met(user, published):
        return False
    complete_lesson(user=user, lesson=published.lesson)
    return True


def _is_met(user: User, published: PublishedLesson) -> bool:
    if published.completion_rule == Rule.NOTE:
        return has_note(user, published.lesson)
    return bool(published.checks) and not published.unanswered_count
