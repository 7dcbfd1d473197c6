"""The pictures of an article: re-encoded and written before the transaction, stored once a course.

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

MAX_PICTURES = 300


@dataclass(slots=True)
class NewPicture:
    """A picture that the course does not have yet."""

    uid: str
    alt: str
    sha256: str
    image: EncodedImage


@dataclass(slots=True)
class PreparedPictures:
    """The pictures of one article. digests: of those that the course has already, by the uid that it has for them.

    notices: sentences about pictures that could not be used. assets: the rows of the new ones, once their files are
    written.
    """

    new: list[NewPicture] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    alts: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    are_stored: bool = False


def prepare_pictures(parsed: ParsedArticle, course: Course) -> PreparedPictures:
    """Encode the pictures, and make the blocks of `parsed` refer to what will be stored. Slow; one query.

    A picture that the course has from an earlier import, or that occurs twice, is stored once; one that cannot be
    used becomes a placeholder.
    """
    prepared, uid_of = PreparedPictures(), {}
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
    parsed.blocks = [_with_pictures(block, uid_of) for block in parsed.blocks]
    parsed.omissions = [
        replace(omission, block=_with_pictures(omission.block, uid_of)) if omission.block else omission
        for omission in parsed.omissions
    ]
    return prepared


def _encoded(image: SourceImage, digest: str, number: int) -> NewPicture:
    if number > MAX_PICTURES:
        raise InvalidImage(_("An article may have %(n)s pictures at most.") % {"n": MAX_PICTURES})
    encoded = encode_webp(BytesIO(image.data), len(image.data))
    return NewPicture(image.uid, image.alt.strip()[:MAX_ALT], digest, encoded)


def _notice(image: SourceImage, error: InvalidImage) -> str:
    name = image.alt.strip() or image.name or _("untitled")
    return _("A picture (%(name)s) was replaced by a placeholder. %(why)s") % {"name": name[:100], "why": error}


def _with_pictures(block: Block, uid_of: dict[str, str]) -> Block:
    """Return the block with the addresses of the pictures as they are stored, or with placeholders."""
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
def written_files(article: ArticleImport, pictures: PreparedPictures) -> Iterator[None]:
    """Write the files of the new pictures before a transaction of the block, in which `store_pictures` is called.

    They are deleted if it is not called, or the block fails.
    """
    try:
        for picture in pictures.new:
            pictures.assets.append(_asset(article.course, picture, article.author))
        yield
    except BaseException:
        pictures.are_stored = False
        raise
    finally:
        for asset in () if pictures.are_stored else pictures.assets:
            asset.file.delete(save=False)


def store_pictures(article: ArticleImport, pictures: PreparedPictures) -> None:
    """Store the new pictures as images of the course, and which ones the article has. Call it in a transaction."""
    Asset.objects.bulk_create(pictures.assets)
    digests = {picture.uid: picture.sha256 for picture in pictures.new} | pictures.known
    assets_of = {str(asset.uid): asset for asset in pictures.assets}
    known = Asset.objects.filter(course=article.course, uid__in=list(pictures.known))
    assets_of |= {str(asset.uid): asset for asset in known}
    ImportedImage.objects.bulk_create(
        [ImportedImage(article=article, asset=asset, sha256=digests[uid]) for uid, asset in assets_of.items()],
        ignore_conflicts=True,
    )
    pictures.are_stored = True


def _asset(course: Course, picture: NewPicture, by: User | None) -> Asset:
    image = picture.image
    asset = Asset(
        uid=picture.uid, course=course, alt=picture.alt, width=image.width, height=image.height, uploaded_by=by
    )
    asset.file.save("image.webp", ContentFile(image.data), save=False)
    return asset


def describe_assets(article: ArticleImport) -> None:
    """Give the images of the course the descriptions that the review has for them, where they have none."""
    described = {uid: image["alt"] for uid, image in article.review["images"].items() if image["alt"]}
    assets = list(Asset.objects.filter(course=article.course_id, uid__in=list(described), alt=""))
    for asset in assets:
        asset.alt = described[str(asset.uid)]
    Asset.objects.bulk_update(assets, ["alt"])


def unused_pictures(article: ArticleImport) -> list[Asset]:
    """Return the pictures of an import that nothing else shows. A few queries over all texts for each picture."""
    assets = Asset.objects.filter(imports__article=article).exclude(
        imports__in=ImportedImage.objects.exclude(article=article)
    )
    return [asset for asset in assets.distinct() if not is_asset_in_use(asset)]


@transaction.atomic
def delete_pictures(assets: Iterable[Asset]) -> None:
    """Delete the images, and their files once the transaction is committed."""
    for asset in assets:
        name, storage = asset.file.name or "", asset.file.storage
        asset.delete()
        transaction.on_commit(partial(storage.delete, name))
