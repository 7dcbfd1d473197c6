"""The history of a lesson: the versions of its draft, and its revisions, in one list."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.db.ids import parse_id
from lessons.models import DraftVersion, Lesson, Revision

PAGE_SIZE = 100
LATEST = 5
# Of versions older than this one an hour is kept, and of much older ones one a day.
ALL_KEPT_FOR = timedelta(days=1)
HOURLY_KEPT_FOR = timedelta(days=31)
BATCH_SIZE = 500
# Drafts that were saved by script, one after the other, are one row of the list unless it is opened.
SESSION_GAP = timedelta(minutes=10)


class Version(NamedTuple):
    """A version of a lesson; `row` is a DraftVersion or a Revision."""

    key: str
    row: DraftVersion | Revision
    saved_at: datetime

    @property
    def author(self) -> User | None:
        return self.row.author

    @property
    def name(self) -> str:
        if isinstance(self.row, Revision):
            return _("Revision %d") % self.row.number
        return _("Draft")

    @property
    def is_revision(self) -> bool:
        return isinstance(self.row, Revision)

    @property
    def html(self) -> str:
        return self.row.html if isinstance(self.row, Revision) else self.row.body

    @property
    def summary(self) -> str:
        """Return how the version came about, in a few words."""
        row = self.row
        return row.change_summary if isinstance(row, Revision) else str(row.get_origin_display())


class VersionGroup(NamedTuple):
    """A version, and earlier ones that the same author saved automatically just before it."""

    latest: Version
    earlier: list[Version]


def version_of_draft(row: DraftVersion) -> Version:
    return Version(f"draft-{row.pk}", row, row.created_at)


def version_of_revision(row: Revision) -> Version:
    return Version(f"revision-{row.number}", row, row.published_at)


def find_version(lesson: Lesson, key: str) -> Version:
    """Return the version with its text and its author, by its key; raise Http404. One query."""
    kind, _dash, number = key.partition("-")
    found: Version | None = None
    if pk := parse_id(number):
        if kind == "draft":
            draft = lesson.draft_versions.select_related("author").filter(pk=pk).first()
            found = version_of_draft(draft) if draft else None
        elif kind == "revision":
            revision = lesson.revisions.select_related("author").filter(number=pk).first()
            found = version_of_revision(revision) if revision else None
    if found is None:
        raise Http404
    return found


def latest_versions(
    lesson: Lesson, limit: int, *, after: Version | None = None, without_sent: bool = False
) -> list[Version]:
    """Return the latest versions before `after`, without their texts, the latest first. Two queries.

    without_sent: leave out what was sent and is contained in the version that it was merged into.
    """
    drafts = lesson.draft_versions.select_related("author").defer("body")
    if without_sent:
        drafts = drafts.exclude(origin=DraftVersion.Origin.BEFORE_MERGE)
    revisions = lesson.revisions.select_related("author").defer("html", "text")
    if after:
        drafts = drafts.filter(created_at__lte=after.saved_at)
        revisions = revisions.filter(published_at__lte=after.saved_at)
    rows: list[Version] = [version_of_draft(row) for row in drafts[: limit + 1]]
    rows += [version_of_revision(row) for row in revisions[: limit + 1]]
    rows.sort(key=_order, reverse=True)
    return [row for row in rows if after is None or _order(row) < _order(after)][:limit]


def _order(version: Version) -> tuple:
    return version.saved_at, version.is_revision, version.row.pk


def previous_version(lesson: Lesson, version: Version) -> Version | None:
    """Return the version before this one: of a revision the revision before it."""
    if isinstance(version.row, Revision):
        revision = lesson.revisions.select_related("author").filter(number__lt=version.row.number).first()
        return version_of_revision(revision) if revision else None
    draft = lesson.draft_versions.select_related("author").filter(pk__lt=version.row.pk).first()
    return version_of_draft(draft) if draft else None


def grouped(versions: Iterable[Version]) -> list[VersionGroup]:
    """Group the versions that were saved automatically in one go."""
    groups: list[VersionGroup] = []
    for version in versions:
        last = groups[-1] if groups else None
        if last and _is_same_session([last.latest, *last.earlier][-1], version):
            last.earlier.append(version)
        else:
            groups.append(VersionGroup(version, []))
    return groups


def _is_same_session(later: Version, earlier: Version) -> bool:
    rows = (later.row, earlier.row)
    is_autosave = all(isinstance(row, DraftVersion) and row.origin == DraftVersion.Origin.AUTOSAVE for row in rows)
    is_close = later.saved_at - earlier.saved_at <= SESSION_GAP
    return is_autosave and is_close and rows[0].author_id == rows[1].author_id


def history_context(lesson: Lesson) -> dict:
    """Return the latest versions for the lesson's page. Two queries, when it is rendered."""
    return {"latest_versions": partial(latest_versions, lesson, LATEST, without_sent=True)}


def thin_out(now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete versions of drafts but for the last of each hour after a day, and of each day after a month.

    Whatever was the draft of a lesson at any time in the last day stays: a page may have been opened on it. Return how
    many were deleted.
    """
    rows = DraftVersion.objects.filter(created_at__lt=now - ALL_KEPT_FOR).order_by("lesson_id", "pk")
    values = rows.values_list("pk", "lesson", "created_at").iterator(chunk_size=5000)
    surplus: list[int] = []
    for _period, versions in groupby(values, key=lambda row: (row[1], _period_of(row[2], now))):
        surplus += [pk for pk, _lesson, _created_at in versions][:-1]
    deleted = 0
    for start in range(0, len(surplus), BATCH_SIZE):
        if is_stopping():
            break
        deleted += DraftVersion.objects.filter(pk__in=surplus[start : start + BATCH_SIZE]).delete()[0]
    return deleted


def _period_of(saved_at: datetime, now: datetime) -> str:
    """Return the hour or day of which one version is kept."""
    return saved_at.strftime("%Y-%m-%d" if now - saved_at > HOURLY_KEPT_FOR else "%Y-%m-%d %H")
