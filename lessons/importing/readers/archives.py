"""Zip files, opened only if harmless: the container of .docx, .epub and saved web pages."""

import re
from io import SEEK_END, BytesIO
from posixpath import normpath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from django.utils.translation import gettext as _

from lessons.markup.sanitise import InvalidText

MEGABYTE = 1024 * 1024
END_OF_DIRECTORY = b"PK\x05\x06"
END_LENGTH = 22
MAX_COMMENT = 65_535
ENCRYPTED = 0x1
SYMBOLIC_LINK = 0xA000
FILE_TYPE = 0xF000
OUTSIDE = re.compile(r"\.\.(?:/|\Z)|/|[A-Za-z]:(?:/|\Z)")
DAMAGES = (BadZipFile, ZlibError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The members of a zip file, by their names; none is larger than it says, and none leads outside the archive."""

    def __init__(self, file: ZipFile, members: dict[str, ZipInfo]):
        self._file = file
        self._members = members

    @property
    def names(self) -> list[str]:
        """Return the names in the order of the archive, folders excluded."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Return the unpacked size of the member in bytes."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """Return the member's bytes. Raise KeyError if there is none, InvalidText if it is damaged."""
        size = self._members[name].file_size
        # One more than it may have: a member may lie about its size.
        data = self._unpack(name, size + 1)
        if len(data) > size:
            raise InvalidText(damaged())
        return data

    def head(self, name: str, length: int) -> bytes:
        """Return the first bytes of a member; none if it is packed in a way that cannot be unpacked in part.

        Raise InvalidText if it is damaged.
        """
        is_bounded = self._members[name].compress_type in (ZIP_STORED, ZIP_DEFLATED)
        return self._unpack(name, length) if is_bounded else b""

    def _unpack(self, name: str, length: int) -> bytes:
        member = self._members[name]
        if member.flag_bits & ENCRYPTED:
            raise InvalidText(_("This file is protected by a password. Save it without a password, then import it."))
        try:
            with self._file.open(member) as opened:
                return opened.read(length)
        except DAMAGES:
            raise InvalidText(damaged()) from None


def open_archive(
    data: bytes | BinaryIO,
    *,
    max_members: int = 2_000,
    max_total: int = 200 * MEGABYTE,
    max_member: int = 100 * MEGABYTE,
    advice: str = "",
) -> Archive:
    """Open a zip file, all of whose members together have at most `max_total` bytes, and each at most `max_member`.

    A file that is given instead of bytes must stay open. Nothing is unpacked yet. Symbolic links and folders are
    skipped. Raise InvalidText for a file that is not a zip file, is damaged, exceeds a limit, or has a member whose
    name leads outside. advice: what to do about such a file if it is not an article.
    """
    source = BytesIO(data) if isinstance(data, bytes) else data
    if _count_members(source) > max_members:
        raise InvalidText(_too_many(max_members, advice))
    try:
        file = ZipFile(source)
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, OverflowError):
        raise InvalidText(damaged(advice)) from None
    infos = file.infolist()
    if len(infos) > max_members:
        raise InvalidText(_too_many(max_members, advice))
    if sum(info.file_size for info in infos) > max_total or any(info.file_size > max_member for info in infos):
        raise InvalidText(_too_large(advice))
    names = [normpath(info.filename.replace("\\", "/")) for info in infos]
    if any(map(OUTSIDE.match, names)):
        raise InvalidText(
            _(
                "This file contains a path that leads outside of it (“../”), so it is not read. "
                "If you trust it, unpack it and pack its files again."
            )
        )
    files = zip(names, infos, strict=True)
    return Archive(file, {name: info for name, info in files if not info.is_dir() and not _is_link(info)})


def is_archive(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", END_OF_DIRECTORY))


def damaged(advice: str = "") -> str:
    advice = advice or _("Open it in the program that made it, save it again, then import it.")
    return f"{_('This file is damaged or incomplete.')} {advice}"


def has_entities() -> str:
    return _(
        "This file contains XML entities that could expand without limit, so it is not read: "
        "copy the text and paste it."
    )


def _too_many(max_members: int, advice: str) -> str:
    fact = _("This file has more than %(n)s files in it.") % {"n": f"{max_members:,}"}
    return f"{fact} {advice or _('Copy the article and paste it.')}"


def _too_large(advice: str) -> str:
    advice = advice or _(
        "Remove its images, or copy the text and paste it; if you did not make it yourself, be careful with it."
    )
    return f"{_('Unpacked, this file would be too large.')} {advice}"


def _count_members(file: BinaryIO) -> int:
    """Return the number of members that the central directory states: reading millions of entries takes seconds.

    A directory may state fewer than it has, so its length counts as well.
    """
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - END_LENGTH - MAX_COMMENT))
    tail = file.read()
    start = tail.rfind(END_OF_DIRECTORY)
    if start < 0 or start + END_LENGTH > len(tail):
        return 0
    stated = int.from_bytes(tail[start + 10 : start + 12], "little")
    length = int.from_bytes(tail[start + 12 : start + 16], "little")
    # An entry has at least 46 bytes; with names and extra fields hardly any has more than 1,000.
    return max(stated, min(length, size) // 1_000)


def _is_link(info: ZipInfo) -> bool:
    return info.external_attr >> 16 & FILE_TYPE == SYMBOLIC_LINK
