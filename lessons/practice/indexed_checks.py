"""Checks in the search index: what readers see of them before they answer, and never what is right."""

from collections.abc import Collection

from django.db.models import F

from lessons.indexed_texts import register_check_texts
from lessons.practice.models import PublishedChecks
from lessons.practice.shown import texts_before_answer

SEPARATOR = " · "


def texts_of_checks(lesson_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return the texts of the published checks of each lesson, by its id and by their uids. One query."""
    rows = PublishedChecks.objects.filter(
        revision__lesson__in=list(lesson_ids), revision=F("revision__lesson__current_revision")
    )
    return {
        lesson: {check["uid"]: SEPARATOR.join(_lines(check)) for check in checks}
        for lesson, checks in rows.values_list("revision__lesson", "checks")
    }


def _lines(check: dict) -> list[str]:
    return [" ".join(text.split()) for text in texts_before_answer(check)]


register_check_texts(texts_of_checks)
