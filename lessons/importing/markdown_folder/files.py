"""The files of a folder or a zip file, by their paths within it: none leads outside, none is larger than it says."""

from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from posixpath import basename, dirname
from typing import BinaryIO

from django.utils.translation import gettext as _

from lessons.images import MAX_BYTES as MAX_IMAGE_BYTES
from lessons.importing.markdown_folder import names
from lessons.importing.readers.archives import MEGABYTE, Archive, open_archive
from lessons.importing.readers.limits import TEXT_MEGABYTES
from lessons.markup.sanitise import InvalidText

MAX_FILES = 20_000
MAX_DEPTH = 3
MAX_TOTAL = 2_000 * MEGABYTE
MAX_TEXT = 100 * MEGABYTE
MAX_MEMBER = 100 * MEGABYTE
# What computers add to folders and zip files.
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")


class InvalidFolder(ValueError):
    """A folder that cannot be loaded; the message names the file and says what to do."""


class Files(ABC):
    """Files for reading. names: their paths, with slashes, in order. max_text: how many bytes of text are read."""

    names: list[str]
    max_text = MAX_TEXT
    _read_text = 0

    @abstractmethod
    def _size(self, name: str) -> int: ...

    @abstractmethod
    def _read(self, name: str) -> bytes: ...

    def __contains__(self, name: str) -> bool:
        return name in self._set

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.names)

    def read_text(self, name: str) -> bytes:
        """Return a file of Markdown or YAML. Raise InvalidFolder if it cannot be read, or is too large for one."""
        data = self._checked(name, TEXT_MEGABYTES * MEGABYTE)
        self._read_text += len(data)
        if self._read_text > self.max_text:
            message = _("The texts of these files have more than %(max)s MB together. Import the modules one by one.")
            raise InvalidFolder(message % {"max": self.max_text // MEGABYTE})
        return data

    def read_image(self, name: str) -> bytes:
        return self._checked(name, MAX_IMAGE_BYTES)

    def _checked(self, name: str, limit: int) -> bytes:
        try:
            if self._size(name) > limit:
                message = _("%(file)s is larger than %(max)s MB. Make it smaller.")
                raise InvalidFolder(message % {"file": name, "max": limit // MEGABYTE})
            return self._read(name)
        except OSError as error:
            raise InvalidFolder(f"{name}: {error.strerror}") from None
        except InvalidText as error:
            raise InvalidFolder(f"{name}: {error}") from None

    def lesson_files(self, folder: str) -> list[str]:
        """Return the paths of the Markdown files of a module's folder in order, but not of module.md and README.md."""
        paths = [name for name in self.names if dirname(name) == folder and name.endswith(".md")]
        return [path for path in paths if basename(path) not in (names.MODULE, names.COURSE, names.README)]

    def module_folders(self) -> list[str]:
        """Return the folders of the course's modules in the order of their names."""
        return [dirname(name) for name in self.names if basename(name) == names.MODULE and name.count("/") == 1]


class Folder(Files):
    """The files of a folder. Hidden ones, and links to other folders, are left out."""

    def __init__(self, root: Path):
        self._root = root
        self.names = sorted(self._walk(root, ""))

    def _walk(self, folder: Path, prefix: str, depth: int = 1) -> list[str]:
        found: list[str] = []
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.name in IGNORED or path.is_symlink():
                continue
            if path.is_dir():
                found += self._walk(path, f"{prefix}{path.name}/", depth + 1) if depth < MAX_DEPTH else []
            else:
                found.append(f"{prefix}{path.name}")
        return found

    def _size(self, name: str) -> int:
        return (self._root / name).stat().st_size

    def _read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()


class ZippedFolder(Files):
    """The files of a zip file, below the folder in it that has a course or a module."""

    def __init__(self, archive: Archive):
        self._archive = archive
        paths = [name for name in archive.names if not _is_ignored(name)]
        tops = [name for name in paths if basename(name) in (names.COURSE, names.MODULE)]
        top = dirname(min(tops, key=lambda name: (name.count("/"), name))) if tops else ""
        self._prefix = f"{top}/" if top else ""
        self.names = sorted(name[len(self._prefix) :] for name in paths if name.startswith(self._prefix))

    def _size(self, name: str) -> int:
        return self._archive.size(self._prefix + name)

    def _read(self, name: str) -> bytes:
        return self._archive.read(self._prefix + name)


def _is_ignored(name: str) -> bool:
    return any(part.startswith(".") or part in IGNORED for part in name.split("/"))


def open_zip(file: BinaryIO) -> ZippedFolder:
    """Open a zip file, which must stay open. Raise InvalidFolder for one that is not harmless."""
    advice = _("Choose a zip file of an exported course or module, or the zipped folder of one.")
    try:
        archive = open_archive(file, max_members=MAX_FILES, max_total=MAX_TOTAL, max_member=MAX_MEMBER, advice=advice)
    except InvalidText as error:
        raise InvalidFolder(str(error)) from None
    return ZippedFolder(archive)
