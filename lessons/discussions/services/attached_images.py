"""An image that is sent in the same form as its post."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.throttle import is_within_limit
from lessons.discussions.models import Post, PostImage
from lessons.discussions.models.posts import image_file_name
from lessons.discussions.services.errors import RateLimited
from lessons.discussions.services.posting_limits import check_rate_limit
from lessons.images import encode_webp
from lessons.permissions import can_moderate

MAX_IMAGES_PER_MINUTE = 20

P = ParamSpec("P")
Row = TypeVar("Row")


class AttachedImage(NamedTuple):
    uid: UUID
    alt: str
    data: bytes

    @property
    def file_name(self) -> str:
        return image_file_name(self.uid)

    @property
    def markdown(self) -> str:
        return f"![{self.alt}]({reverse('discussions:image', args=[self.uid])})"


def read_attachment(upload, alt: str, *, by: User, course: Course) -> AttachedImage:
    """Encode an upload as WebP, for a post or its preview. Raise images.InvalidImage, and RateLimited before the image
    is decoded.
    """
    check_rate_limit(by, can_moderate(by, course))
    if not is_within_limit(f"image:{by.pk}", limit=MAX_IMAGES_PER_MINUTE, seconds=60):
        raise RateLimited
    return AttachedImage(uuid4(), _clean_alt(alt), encode_webp(upload, upload.size).data)


def _clean_alt(alt: str) -> str:
    """Return the alternative text for `![…](…)`, without brackets that would end it."""
    return " ".join(alt.replace("[", "(").replace("]", ")").replace("\\", "").split())[:300]


def with_stored_images(create: Callable[P, Row]) -> Callable[P, Row]:
    """Make a function write the files of the images of `prepared` before its transaction, for which others wait.

    They are deleted if there is no post with them in the end: it was refused, or posted before. Where the function is
    called in the transaction of another such function, that one has written them.
    """

    @wraps(create)
    def store_and_create(*args: P.args, **kwargs: P.kwargs) -> Row:
        images: Iterable[AttachedImage] = getattr(kwargs.get("prepared"), "images", ())
        storage = PostImage._meta.get_field("file").storage
        unused = {image.file_name: image.data for image in images if not storage.exists(image.file_name)}
        if not unused:
            return create(*args, **kwargs)
        try:
            for name, data in unused.items():
                storage.save(name, ContentFile(data))
            row = create(*args, **kwargs)
            for name in PostImage.objects.filter(file__in=list(unused)).values_list("file", flat=True):
                del unused[name]
            return row
        finally:
            for name in unused:
                storage.delete(name)

    return store_and_create


def attach_images(post: Post, images: Iterable[AttachedImage]) -> None:
    """Give a post the images whose files are stored. One query for each."""
    for image in images:
        PostImage.objects.create(post=post, uid=image.uid, alt=image.alt, file=image.file_name)
