"""The images of files: checked and encoded before the transaction, stored once a course, deleted if it fails."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core.files import File
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.images import EncodedImage, InvalidImage, check_image, encode_webp
from lessons.importing.markdown_folder.changes import Changes
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.importing.markdown_folder.names import ASSET_UID
from lessons.models import Asset
from lessons.models.assets import asset_path

MAX_IMAGES = 2_000
MAX_ALT = 300
IMAGE = re.compile(r'<img\b[^>]*?\bsrc="/assets/([0-9a-f-]{36})/?"[^>]*>')
ALT = re.compile(r'\salt="([^"]*)"')
MARKDOWN_IMAGE = re.compile(r"!\[([^\[\]]*)\]\(/assets/([0-9a-f-]{36})/?\)")


@dataclass(slots=True)
class NewImage:
    """An image that the course does not have. path: of the encoded image, None if it was only checked."""

    uid: str
    alt: str
    path: Path | None
    width: int
    height: int


@dataclass(slots=True)
class PreparedImages:
    """Images ready to be stored. uid_of: the uid of each image, by what stands for it in the texts."""

    new: list[NewImage] = field(default_factory=list)
    uid_of: dict[str, str] = field(default_factory=dict)
    are_stored: bool = False
    _files: dict[str, str] = field(default_factory=dict)

    def in_text(self, html: str) -> str:
        """Return a text with the addresses of the images as they are stored."""
        if not self.uid_of:
            return html
        return ASSET_UID.sub(lambda found: self.uid_of.get(found[0], found[0]), html)

    def store(self, course: Course, by: User | None, changes: Changes) -> None:
        """Store the new images in the course. Call it in a transaction."""
        assets = []
        for image in self.new:
            asset = Asset(
                uid=image.uid,
                course=course,
                file=self._files.get(image.uid, ""),
                alt=image.alt,
                width=image.width,
                height=image.height,
                uploaded_by=by,
            )
            changes.add(asset, is_new=True)
            assets.append(asset)
        if self._files:
            Asset.objects.bulk_create(assets)
            self.are_stored = True

    @contextmanager
    def written_files(self) -> Iterator[None]:
        """Write the files of the new images before the transaction of the block; delete them if it has no rows."""
        storage = Asset._meta.get_field("file").storage
        try:
            for image in self.new:
                if image.path:
                    with image.path.open("rb") as file:
                        name = asset_path(Asset(uid=image.uid), "")
                        self._files[image.uid] = storage.save(name, File(file))
            yield
        except BaseException:
            self.are_stored = False
            raise
        finally:
            if not self.are_stored:
                for name in self._files.values():
                    storage.delete(name)


@contextmanager
def prepare_images(
    files: Files,
    paths: Mapping[str, str],
    texts: Iterable[str],
    course: Course | None,
    *,
    check_only: bool = False,
    max_new: int = MAX_IMAGES,
) -> Iterator[PreparedImages]:
    """Read and encode images: paths, by what stands for each in the texts. Slow; one query. Raise InvalidFolder.

    check_only: say what is wrong with an image as far as its header shows it, and encode none. Their files exist in
    the block, and are deleted after it unless it has stored them.
    """
    prepared = PreparedImages()
    known, alts, new_uids = _CourseImages(course), alternative_texts(texts), dict[str, str]()
    with TemporaryDirectory() as folder:
        for key, path in paths.items():
            data = files.read_image(path)
            digest = sha256(data).hexdigest()
            uid = new_uids.get(digest) or known.uid_of(data)
            if uid is None:
                image = _encode(path, data, check_only=check_only)
                uid = known.uid_of(image.data) if image.data else None
            if uid is None:
                uid = str(uuid4())
                if len(prepared.new) >= max_new:
                    raise InvalidFolder(_too_many(max_new))
                file = Path(folder, uid) if image.data else None
                if file:
                    file.write_bytes(image.data)
                prepared.new.append(NewImage(uid, alts.get(key, ""), file, image.width, image.height))
            new_uids[digest] = prepared.uid_of[key] = uid
        with prepared.written_files():
            yield prepared


def _encode(path: str, data: bytes, *, check_only: bool) -> EncodedImage:
    try:
        if check_only:
            check_image(BytesIO(data), len(data))
            return EncodedImage(b"", 0, 0)
        return encode_webp(BytesIO(data), len(data))
    except InvalidImage as error:
        raise InvalidFolder(f"{path}: {error}") from None


def _too_many(limit: int) -> str:
    message = _(
        "These files have more than %(max)s images that the course does not have yet. "
        "Import them in parts, or ask whoever runs this site to use the command."
    )
    return message % {"max": limit}


def alternative_texts(texts: Iterable[str]) -> dict[str, str]:
    """Return the first alternative text of each image in HTML, or in the Markdown of a course's description."""
    alts: dict[str, str] = {}
    for text in texts:
        for image in IMAGE.finditer(text):
            alt = ALT.search(image[0])
            if alt and not alts.get(image[1]):
                alts[image[1]] = unescape(alt[1])[:MAX_ALT]
        for image in MARKDOWN_IMAGE.finditer(text):
            alts.setdefault(image[2], image[1][:MAX_ALT])
    return alts


class _CourseImages:
    """The images that a course has, found by their bytes."""

    def __init__(self, course: Course | None):
        self._assets = list(Asset.objects.filter(course=course).order_by("pk")) if course else []
        self._by_size: dict[int, list[Asset]] | None = None

    def uid_of(self, data: bytes) -> str | None:
        """Return the uid of the image that has exactly these bytes, None if there is none."""
        if self._by_size is None:
            self._by_size = self._sizes()
        for asset in self._by_size.get(len(data), ()):
            with asset.file.open("rb") as file:
                if file.read() == data:
                    return str(asset.uid)
        return None

    def _sizes(self) -> dict[int, list[Asset]]:
        sizes: defaultdict[int, list[Asset]] = defaultdict(list)
        for asset in self._assets:
            try:
                sizes[asset.file.size].append(asset)
            except OSError:  # its file is missing
                continue
        return sizes
