"""Whether and how learners may comment on a lesson."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import CommentPolicy
from lessons.models import Lesson


def comment_policy_of(lesson: Lesson) -> str:
    """Return the policy of a lesson. One query."""
    policies = CommentPolicy.objects.filter(lesson=lesson.pk).values_list("policy", flat=True)
    return policies.first() or CommentPolicy.Rule.OPEN


@transaction.atomic
def set_comment_policy(*, lesson: Lesson, policy: str, by: User) -> None:
    """Set the policy of a lesson, which the caller has locked, unless it is that already."""
    if policy == comment_policy_of(lesson):
        return
    CommentPolicy.objects.update_or_create(lesson_id=lesson.pk, defaults={"policy": policy})
    indexed_posts.rescope_lessons([lesson.pk])
    record(by=by, verb=f"set comment policy {policy}", course=lesson.module.course, target=lesson)
