"""Images uploaded while a post is being written: its author's alone until the post is sent."""

import re
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.discussions.models import Post, PostImage
from lessons.discussions.services.errors import ActionRefused

SHOWN_IMAGE = re.compile(r'<img src="/posts/images/([0-9a-f-]{36})/"')
MAX_UNUSED = 60
# Unsent texts, which may show an image, are kept for 30 days after their last change.
UNUSED_KEPT_FOR = timedelta(days=60)


class TooManyUnusedImages(ActionRefused):
    def __init__(self):
        super().__init__(_("You have uploaded many images that are in no post yet. Send or delete your drafts first."))


def keep_upload(*, by: User, alt: str, data: bytes) -> PostImage:
    """Keep an image, encoded as WebP, for the post that `by` is writing. Raise TooManyUnusedImages."""
    if PostImage.objects.filter(uploader=by)[:MAX_UNUSED].count() >= MAX_UNUSED:
        raise TooManyUnusedImages
    image = PostImage(uploader=by, alt=alt)
    image.file.save(f"{image.uid}.webp", ContentFile(data), save=False)
    image.save()
    return image


def image_markdown(image: PostImage) -> str:
    """Return the Markdown that shows the image in a post."""
    return f"![{image.alt}]({reverse('discussions:image', args=[image.uid])})"


def attach_shown_images(post: Post) -> None:
    """Give a post the uploads of its author that it shows: whoever may read it may see them. One query, or none."""
    uids = SHOWN_IMAGE.findall(post.html)
    if uids:
        PostImage.objects.filter(uid__in=uids, uploader=post.author_id).update(post=post, uploader=None)


def delete_unused_images() -> int:
    """Delete the uploads that have long been in no post, with their files; return how many."""
    return delete_images(PostImage.objects.filter(post=None, created_at__lt=timezone.now() - UNUSED_KEPT_FOR))


def delete_images(images: QuerySet[PostImage]) -> int:
    """Delete images and, once the transaction is committed, their files; return how many."""
    files = [(image.file.storage, image.file.name or "") for image in images]
    with transaction.atomic():
        images.delete()
        transaction.on_commit(lambda: _delete_files(files))
    return len(files)


def _delete_files(files: list[tuple[Storage, str]]) -> None:
    for storage, name in files:
        if name:
            storage.delete(name)
