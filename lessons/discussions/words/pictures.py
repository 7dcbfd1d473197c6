"""Images that people attach to a post."""

from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from lessons.pictures import encoded


class Picture(NamedTuple):
    uid: UUID
    alt: str
    data: bytes

    def file(self) -> ContentFile:
        return ContentFile(self.data, name=f"{self.uid}.webp")


def read_picture(upload, alt: str) -> Picture:
    """The upload as WebP. Raises lessons.pictures.UnusableImage."""
    return Picture(uuid4(), _one_line(alt), encoded(upload, upload.size).data)


def _one_line(alt: str) -> str:
    """As it stands in `![…](…)`: no brackets that end it early."""
    return " ".join(alt.replace("[", "(").replace("]", ")").replace("\\", "").split())[:300]
