"""Who else is editing a lesson. Their page says so every 20 seconds; after a minute without that, they are gone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.authoring.access import get_lesson, get_user
from lessons.authoring.lessons.merge import Token
from lessons.db.edit_conflicts import VERSION_FIELD
from lessons.models import DraftVersion, EditingPresence, Lesson

GONE_AFTER = timedelta(seconds=60)


def presence_context(lesson: Lesson, request: HttpRequest) -> dict:
    """Record that the user has opened the lesson, and return who else is editing it. At most two queries."""
    user = get_user(request)
    if request.method == "GET":
        record_presence(lesson, user)
    return {"others": partial(others_editing, lesson, user)}


def record_presence(lesson: Lesson, user: User) -> None:
    """Record that the user has the lesson open now."""
    EditingPresence.objects.bulk_create(
        [EditingPresence(lesson_id=lesson.pk, user=user, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["lesson", "user"],
        update_fields=["seen_at"],
    )


def others_editing(lesson: Lesson, user: User) -> list[User]:
    """Return the other people who have the lesson open, in the order of their names."""
    return [row.user for row in editing_others([lesson], user)]


def editing_others(lessons: Iterable[Lesson], user: User) -> QuerySet[EditingPresence]:
    """Return who else has one of the lessons open, in the order of their names."""
    rows = EditingPresence.objects.filter(lesson__in=[lesson.pk for lesson in lessons])
    others = rows.filter(seen_at__gt=timezone.now() - GONE_AFTER).exclude(user=user)
    return others.select_related("user", "lesson").order_by("user__display_name", "user", "lesson")


def delete_old(now: datetime) -> int:
    """Delete the rows of people who are gone; return how many."""
    return EditingPresence.objects.filter(seen_at__lte=now - GONE_AFTER).delete()[0]


@require_POST
def editing_presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the user still has the lesson open or, with `leaving`, has closed it; show who else has it open.

    The page sends its version: if somebody has saved another since, that is shown, too.
    """
    lesson, user = get_lesson(request, pk), get_user(request)
    if "leaving" in request.POST:
        EditingPresence.objects.filter(lesson=lesson.pk, user=user).delete()
        return HttpResponse(status=204)
    record_presence(lesson, user)
    newer = _newer_version(lesson, user, Token.parse(request.POST.get(VERSION_FIELD, "")).number)
    context = {"others": others_editing(lesson, user), "newer": newer}
    return render(request, "authoring/_others_editing.html", context)


def _newer_version(lesson: Lesson, user: User, number: int) -> DraftVersion | None:
    """Return the last version that somebody else has saved since the lesson's version `number`."""
    if number < 0 or lesson.version <= number:
        return None
    versions = lesson.draft_versions.filter(first_version__gt=number).exclude(author=user)
    return versions.exclude(author=None).select_related("author").defer("body").first()
