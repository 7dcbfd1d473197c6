"""Completing a lesson by a note on it, where that is its rule.

Only notes that its staff may read and that are not anonymous count: a completed lesson tells nobody that somebody has
written a private one, or which of the anonymous ones.
"""

from django.db.models import Exists, OuterRef

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.discussions.models import Post
from lessons.models import Lesson
from lessons.practice.completing import complete_by
from lessons.progress.models import CompletionRule


def complete_if_noted(*, user: User, lesson: Lesson) -> bool:
    """Complete the lesson where its rule is to write a note on it, and the user has. What is completed stays so when
    the note is deleted. Return whether it is completed by that. One query where the rule is another.
    """
    rule = CompletionRule.Rule.NOTE
    return complete_by(user=user, lesson=lesson, rule=rule, is_met=lambda: has_note(user, lesson))


def has_note(user: User, lesson: Lesson) -> bool:
    """Return whether the user has a note on the lesson that its staff may read, with their name. One query."""
    texts = Post.objects.filter(thread=OuterRef("thread"), author=user.pk)
    kept = Exists(texts.filter(state__in=[Post.State.SHOWN, Post.State.HELD]))
    notes = Annotation.objects.displayed().filter(kept, author=user.pk, lesson=lesson.pk)
    return notes.filter(thread__alias=None).exclude(thread__audience=Annotation.Audience.ME).exists()
