"""Checks are published with their lesson, and frozen with its revision: `annotations.services.publish` calls this."""

from typing import Any

from django.db.models import F, Q

from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import Lesson, Revision
from lessons.practice.models import KnowledgeCheck, PublishedChecks


def check_uids(html: str) -> list[str]:
    """Return the ids of the checks that stand in a text, each once, in order."""
    return list(dict.fromkeys(CHECK_PLACE.findall(html)))


def draft_checks(lesson_id: int, html: str) -> list[dict[str, Any]]:
    """Return what the next revision would keep of the lesson's checks, in the order of the text. At most one query."""
    uids = check_uids(html)
    if not uids:
        return []
    rows = KnowledgeCheck.objects.filter(lesson=lesson_id, uid__in=uids, deleted_at=None)
    found = {str(row.uid): row.frozen() for row in rows}
    return [found[uid] for uid in uids if uid in found]


def frozen_checks(revision: Revision | int | None) -> list[dict[str, Any]]:
    """Return the checks of a revision, or of the one with this id, in the order of the text. One query."""
    rows = PublishedChecks.objects.filter(revision=revision).values_list("checks", flat=True)
    return rows.first() or []


def freeze_checks(revision: Revision, checks: list[dict[str, Any]]) -> None:
    """Keep the checks with their revision, which is the current one now. At most four queries."""
    if checks:
        PublishedChecks.objects.get_or_create(revision=revision, defaults={"checks": checks})
    versions = {check["uid"]: check["version"] for check in checks}
    rows = KnowledgeCheck.objects.filter(lesson=revision.lesson_id)
    changed = []
    for row in rows.filter(Q(uid__in=versions) | Q(published_version__isnull=False)):
        if row.published_version != versions.get(str(row.uid)):
            row.published_version = versions.get(str(row.uid))
            changed.append(row)
    KnowledgeCheck.objects.bulk_update(changed, ["published_version"])


def published_check(lesson: Lesson, uid: str) -> dict[str, Any] | None:
    """Return the check as readers of the lesson see it; None if they do not. One query."""
    rows = PublishedChecks.objects.filter(revision__lesson=lesson.pk, revision=F("revision__lesson__current_revision"))
    checks = rows.values_list("checks", flat=True).first() or []
    return next((check for check in checks if check["uid"] == uid), None)
