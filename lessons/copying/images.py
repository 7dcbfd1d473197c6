"""Images belong to a course: lessons that are copied or moved to another course get copies of their images."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.services import republish
from lessons.courses.models import Course
from lessons.models import Asset, DraftVersion, Lesson
from lessons.services import record_draft_version

# The uid in the URL of an image.
ASSET_UID = re.compile(r"(?<=/assets/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@contextmanager
def copied_images(bodies: Iterable[str], *, course: Course, by: User) -> Iterator[Callable[[str], str]]:
    """Copy images of other courses that the bodies use to `course`, if the user may edit those courses.

    Yield a function that returns a body with the URLs of the copies. Images of courses that the user may not edit are
    left alone, so that nobody copies what they may not see. The rows are written at the end of the block; if it fails,
    no file is left behind. Two queries, or none if there are no images.
    """
    copies: dict[str, Asset] = {}

    def with_copies(body: str) -> str:
        return ASSET_UID.sub(lambda match: str(copies[match[0]].uid) if match[0] in copies else match[0], body)

    try:
        for original in _images_of_other_courses(
            {uid for body in bodies for uid in ASSET_UID.findall(body)}, course, by
        ):
            with suppress(FileNotFoundError):
                copies[str(original.uid)] = _copy(original, course, by)
        with transaction.atomic():
            yield with_copies
            Asset.objects.bulk_create(copies.values())
    except BaseException:
        for copy in copies.values():
            copy.file.delete(save=False)
        raise


def _images_of_other_courses(uids: set[str], course: Course, by: User) -> Iterable[Asset]:
    assets = Asset.objects.filter(uid__in=uids, course__in=Course.objects.editable_by(by))
    return assets.exclude(course_id=course.pk).order_by("pk") if uids else ()


def _copy(original: Asset, course: Course, by: User) -> Asset:
    copy = Asset(course=course, alt=original.alt, width=original.width, height=original.height, uploaded_by=by)
    with original.file.open("rb") as file:
        copy.file.save("image.webp", file, save=False)
    return copy


@transaction.atomic
def copy_lesson_images(*, lesson: Lesson, by: User) -> Lesson:
    """Make the draft and current revision of a lesson use images of its course, after a move from another one.

    Revisions never change, so the current one is followed by another; earlier ones keep the images they had.
    """
    revision = lesson.current_revision
    html = revision.html if revision else ""
    with copied_images([lesson.body, html], course=lesson.module.course, by=by) as with_copies:
        if with_copies(html) != html:
            summary = _("The images were copied to another course with the lesson.")
            lesson.current_revision = republish(lesson=lesson, html=with_copies(html), by=by, change_summary=summary)
        if with_copies(lesson.body) != lesson.body:
            lesson.body = with_copies(lesson.body)
            lesson.save(update_fields=["body", "updated_at"])
            record_draft_version(lesson=lesson, by=by, origin=DraftVersion.Origin.MOVE)
    return lesson
