"""Delete what is in the bin for good, with everything that belongs to it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format

from lessons.accounts.models import User
from lessons.authoring.bin.dependents import count_conversations, entries_within, lessons_of, threads_of
from lessons.authoring.bin.services import NotInBin, lock
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import PostImage, Thread
from lessons.importing.models import ArticleImport
from lessons.jobs.entries import do_each
from lessons.models import Asset, BinEntry, DraftVersion, Lesson, Module, Revision

KEPT_FOR = timedelta(days=30)
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
File = tuple[Storage, str]


def expires_on(entry: BinEntry) -> str:
    """Return the day on which the entry is deleted for good, in the time zone of its course."""
    return last_day(entry.deleted_at, entry.course)


def last_day(deleted_at: datetime, course: Course) -> str:
    """Return the day on which what is deleted then is deleted for good."""
    return date_format((deleted_at + KEPT_FOR).astimezone(course.zone).date())


def empty_bins(now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete for good what has been in a bin for KEPT_FOR, each entry in a transaction; return how many."""
    expired = list(BinEntry.objects.filter(deleted_at__lte=now - KEPT_FOR).order_by("deleted_at", "pk"))
    return do_each(expired, _delete_expired, is_stopping)


def _delete_expired(entry: BinEntry) -> bool:
    try:
        delete_for_good(entry=entry, by=None)
    except NotInBin:  # restored meanwhile, or deleted with its module
        return False
    return True


@transaction.atomic
def delete_for_good(*, entry: BinEntry, by: User | None) -> None:
    """Delete the row with its revisions, notes and comments, and images that no other text shows. Raise NotInBin.

    Discussions of the forum about a lesson stay, without the link. by: None for the job.
    """
    entry, row = lock(entry)
    lessons = list(lessons_of(row).values_list("pk", flat=True))
    conversations = count_conversations(lessons)
    entries = list(entries_within(row).values_list("pk", flat=True))
    assets = _shown_assets(lessons)
    files = _delete_threads(list(threads_of(lessons).values_list("pk", flat=True)))
    topics = list(Thread.objects.filter(lesson__in=lessons).values_list("pk", flat=True))
    if isinstance(row, Module):
        ArticleImport.objects.filter(module=row).delete()
    row.delete()
    indexed_posts.rescope_threads(topics)
    BinEntry.objects.filter(pk__in=entries).delete()
    files += _delete_unused(assets, entry.course)
    counts: dict[str, Any] = {"notes": conversations.notes, "people": conversations.people} if lessons else {}
    record(by=by, verb="delete from bin", course=entry.course, target=entry, **counts)
    transaction.on_commit(lambda: _delete_files(files))


def _delete_threads(threads: list[int]) -> list[File]:
    """Delete the threads, and those that were merged into them; return the files of their images."""
    merged = threads
    while merged:
        merged = list(
            Thread.objects.filter(merged_into__in=merged).exclude(pk__in=threads).values_list("pk", flat=True)
        )
        threads = threads + merged
    images = PostImage.objects.filter(post__thread__in=threads)
    files = [(image.file.storage, image.file.name or "") for image in images]
    indexed_posts.remove_threads(threads)
    Thread.objects.filter(pk__in=threads).delete()
    return files


def _shown_assets(lessons: list[int]) -> list[Asset]:
    """Return the images that the lessons show, or an earlier revision or draft of them."""
    texts = (
        (Lesson.all_objects.filter(pk__in=lessons), "body"),
        (Revision.objects.filter(lesson__in=lessons), "html"),
        (DraftVersion.objects.filter(lesson__in=lessons), "body"),
    )
    uids: set[str] = set()
    for rows, column in texts:
        shown = rows.filter(**{f"{column}__contains": "/assets/"}).order_by().values_list(column, flat=True)
        for text in shown.iterator(chunk_size=50):
            uids.update(UID.findall(text))
    return list(Asset.objects.filter(uid__in=uids))


def _delete_unused(assets: list[Asset], course: Course) -> list[File]:
    """Delete the images that no text shows now; return their files. Images of an import in review are kept."""
    files = []
    for asset in assets:
        uid = str(asset.uid)
        is_used = (
            Revision.objects.filter(html__contains=uid).exists()
            or Lesson.all_objects.filter(body__contains=uid).exists()
            or DraftVersion.objects.filter(body__contains=uid).exists()
            or Course.objects.filter(Q(pk=course.pk), description__contains=uid).exists()
            or asset.imports.filter(article__module=None).exists()
        )
        if not is_used:
            files.append((asset.file.storage, asset.file.name or ""))
            asset.delete()
    return files


def _delete_files(files: list[File]) -> None:
    do_each(files, lambda file: file[0].delete(file[1]))
