"""Pictures belong to a course: a text that goes to another course takes copies of its own along."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.services import republish
from lessons.courses.models import Course
from lessons.models import Asset, Lesson

ASSET_URL = re.compile(r"/assets/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


@contextmanager
def copied_images(bodies: Iterable[str], *, course: Course, by: User) -> Iterator[Callable[[str], str]]:
    """Copies to `course` what the bodies show of other courses that the person writes, rows and files.

    Yields a function: a body, the same body showing the copies. Pictures of courses that the person does not write
    stay as they are, lest somebody copy what they may not see. The rows are written at the end of the block; if it
    fails, no file stays. Two queries, none where nothing is shown.
    """
    copies: dict[str, Asset] = {}
    try:
        for old in _images_of_other_courses({uid for body in bodies for uid in ASSET_URL.findall(body)}, course, by):
            with suppress(FileNotFoundError):
                copies[str(old.uid)] = _copied(old, course, by)
        with transaction.atomic():
            yield lambda body: ASSET_URL.sub(lambda m: f"/assets/{copies[m[1]].uid}" if m[1] in copies else m[0], body)
            Asset.objects.bulk_create(copies.values())
    except BaseException:
        for copy in copies.values():
            copy.file.delete(save=False)
        raise


def _images_of_other_courses(uids: set[str], course: Course, by: User):
    theirs = Asset.objects.filter(uid__in=uids, course__in=Course.objects.editable_by(by))
    return theirs.exclude(course_id=course.pk).order_by("pk") if uids else ()


def _copied(old: Asset, course: Course, by: User) -> Asset:
    new = Asset(course=course, alt=old.alt, width=old.width, height=old.height, uploaded_by=by)
    with old.file.open("rb") as file:
        new.file.save("picture.webp", file, save=False)
    return new


@transaction.atomic
def localise_images(*, lesson: Lesson, by: User) -> Lesson:
    """After a lesson came to another course: its draft and what readers see show pictures of that course.

    A revision is never changed, so another follows the one on show; earlier ones keep the pictures they had.
    """
    shown = lesson.current_revision
    html = shown.html if shown else ""
    with copied_images([lesson.body, html], course=lesson.module.course, by=by) as own:
        if own(html) != html:
            note = _("The pictures came along to another course.")
            lesson.current_revision = republish(lesson=lesson, html=own(html), by=by, change_summary=note)
        if own(lesson.body) != lesson.body:
            lesson.body = own(lesson.body)
            lesson.save(update_fields=["body", "updated_at"])
    return lesson
