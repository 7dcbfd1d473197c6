"""Store the images of an article: re-encode and write them before the transaction, save each once per course.

They are deleted with the import, and their files when it is not saved.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.images import EncodedImage, InvalidImage, encode_webp
from lessons.importing.document import Block, ParsedArticle, SourceImage, escape_html, image_placeholder
from lessons.importing.models import ArticleImport, ImportedImage
from lessons.importing.review.images import IMAGE, MAX_ALT
from lessons.importing.review.images import uids as image_uids
from lessons.models import Asset
from lessons.services import is_asset_in_use

MAX_IMAGES = 300


@dataclass(slots=True)
class NewImage:
    """An image that the course does not have yet."""

    uid: str
    alt: str
    sha256: str
    encoded: EncodedImage


@dataclass(slots=True)
class PreparedImages:
    """The images of one article. known: the digests of those already in the course, by uid.

    notices: sentences about images that could not be used. assets: the rows of the new ones, once their files are
    written.
    """

    new: list[NewImage] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    alts: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    are_stored: bool = False


def prepare_images(parsed: ParsedArticle, course: Course) -> PreparedImages:
    """Encode the images, and make the blocks of `parsed` refer to the stored images. Slow; one query.

    An image that the course has from an earlier import, or that occurs twice, is stored once; one that cannot be
    used becomes a placeholder.
    """
    prepared, uid_of = PreparedImages(), {}
    digests = {image.uid: sha256(image.data).hexdigest() for image in parsed.images}
    images = ImportedImage.objects.filter(sha256__in=set(digests.values()), asset__course=course)
    stored = {digest: str(uid) for digest, uid in images.values_list("sha256", "asset__uid")}
    known = {**stored}
    for number, image in enumerate(parsed.images, 1):
        digest = digests[image.uid]
        try:
            if digest not in known:
                prepared.new.append(_encoded(image, digest, number))
                known[digest] = image.uid
        except InvalidImage as error:
            prepared.notices.append(_notice(image, error))
            continue
        uid = uid_of[image.uid] = known[digest]
        prepared.alts[uid] = prepared.alts.get(uid) or image.alt.strip()[:MAX_ALT]
        if digest in stored:
            prepared.known[uid] = digest
    parsed.blocks = [_with_images(block, uid_of) for block in parsed.blocks]
    parsed.omissions = [
        replace(omission, block=_with_images(omission.block, uid_of)) if omission.block else omission
        for omission in parsed.omissions
    ]
    return prepared


def _encoded(image: SourceImage, digest: str, number: int) -> NewImage:
    if number > MAX_IMAGES:
        raise InvalidImage(_("An article can have at most %(n)s images.") % {"n": MAX_IMAGES})
    encoded = encode_webp(BytesIO(image.data), len(image.data))
    return NewImage(image.uid, image.alt.strip()[:MAX_ALT], digest, encoded)


def _notice(image: SourceImage, error: InvalidImage) -> str:
    name = image.alt.strip() or image.name or _("untitled")
    return _("An image (%(name)s) was replaced by a placeholder. %(why)s") % {"name": name[:100], "why": error}


def _with_images(block: Block, uid_of: dict[str, str]) -> Block:
    """Return the block with the URLs of the stored images, or with placeholders."""
    uids = image_uids(block.html)
    if not uids or all(uid_of.get(uid) == uid for uid in uids):
        return block
    if block.type == "image" and len(uids) == 1 and uids[0] not in uid_of:
        placeholder = image_placeholder(block.text)
        return replace(block, html=placeholder.html, text=placeholder.text)

    def stored_image(match) -> str:
        if match[1] in uid_of:
            return match[0].replace(match[1], uid_of[match[1]])
        return escape_html(image_placeholder("").text)

    return replace(block, html=IMAGE.sub(stored_image, block.html))


@contextmanager
def written_files(article: ArticleImport, images: PreparedImages) -> Iterator[None]:
    """Write the files of the new images before the block, in whose transaction `store_images` is called.

    They are deleted if it is not called, or if the block fails.
    """
    try:
        for image in images.new:
            images.assets.append(_asset(article.course, image, article.author))
        yield
    except BaseException:
        images.are_stored = False
        raise
    finally:
        for asset in () if images.are_stored else images.assets:
            asset.file.delete(save=False)


def store_images(article: ArticleImport, images: PreparedImages) -> None:
    """Store the new images in the course, and record which images the article has. Call it in a transaction."""
    Asset.objects.bulk_create(images.assets)
    digests = {image.uid: image.sha256 for image in images.new} | images.known
    assets_of = {str(asset.uid): asset for asset in images.assets}
    known = Asset.objects.filter(course=article.course, uid__in=list(images.known))
    assets_of |= {str(asset.uid): asset for asset in known}
    ImportedImage.objects.bulk_create(
        [ImportedImage(article=article, asset=asset, sha256=digests[uid]) for uid, asset in assets_of.items()],
        ignore_conflicts=True,
    )
    images.are_stored = True


def _asset(course: Course, image: NewImage, by: User | None) -> Asset:
    encoded = image.encoded
    asset = Asset(
        uid=image.uid, course=course, alt=image.alt, width=encoded.width, height=encoded.height, uploaded_by=by
    )
    asset.file.save("image.webp", ContentFile(encoded.data), save=False)
    return asset


def describe_assets(article: ArticleImport) -> None:
    """Copy descriptions from the review to those images of the course that have none."""
    described = {uid: image["alt"] for uid, image in article.review["images"].items() if image["alt"]}
    assets = list(Asset.objects.filter(course=article.course_id, uid__in=list(described), alt=""))
    for asset in assets:
        asset.alt = described[str(asset.uid)]
    Asset.objects.bulk_update(assets, ["alt"])


def unused_images(article: ArticleImport) -> list[Asset]:
    """Return the images of an import that are used nowhere else. A few queries over all texts for each image."""
    assets = Asset.objects.filter(imports__article=article).exclude(
        imports__in=ImportedImage.objects.exclude(article=article)
    )
    return [asset for asset in assets.distinct() if not is_asset_in_use(asset)]


@transaction.atomic
def delete_images(assets: Iterable[Asset]) -> None:
    """Delete the images, and their files once the transaction is committed."""
    for asset in assets:
        name, storage = asset.file.name or "", asset.file.storage
        asset.delete()
        transaction.on_commit(partial(storage.delete, name))
