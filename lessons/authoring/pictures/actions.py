"""Writes of a picture: a row and a file, both or none."""

from django.core.files.base import ContentFile
from django.db import transaction

from lessons.models import Asset, Lesson, Revision
from lessons.people.actions import record
from lessons.people.models import Course, User
from lessons.pictures import Picture


class PictureInUse(ValueError):
    """A text shows it."""


@transaction.atomic
def add_picture(*, course: Course, picture: Picture, alt: str, by: User) -> Asset:
    asset = Asset(course=course, alt=alt, width=picture.width, height=picture.height, uploaded_by=by)
    asset.file.save("picture.webp", ContentFile(picture.data), save=False)
    try:
        asset.save()
    except BaseException:
        asset.file.delete(save=False)
        raise
    record(by=by, verb="add picture", course=course, target=asset)
    return asset


@transaction.atomic
def delete_picture(*, asset: Asset, by: User) -> None:
    """Raises PictureInUse. The file goes when the row is gone for good."""
    if is_in_use(asset):
        raise PictureInUse
    record(by=by, verb="delete picture", course=asset.course, target=asset)
    name, storage = asset.file.name, asset.file.storage
    asset.delete()
    transaction.on_commit(lambda: storage.delete(name))


def is_in_use(asset: Asset) -> bool:
    """Whether a draft or a published revision shows the picture. Two queries over all texts."""
    uid = str(asset.uid)
    return Revision.objects.filter(html__contains=uid).exists() or Lesson.objects.filter(body__contains=uid).exists()
