"""Write exported files into a folder or a zip file: all of them, or none."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.export import ExportedFile

# The earliest time that a zip file can state: the same files make the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = 0o644 << 16
# The names of files that an export writes, below the folder of a course or of a module.
OWN_FILE = re.compile(
    rf"(?:[^/]+/)?(?:{names.MODULE}|{names.GLOSSARY}|{names.TIMELINE}|{names.PROMPTS}|\d+-[^/]+\.md|{names.IMAGES}/[^/]+\.webp)"
    rf"|{names.COURSE}|{names.LABELS}|{names.PARTICIPATION}"
)


class FolderInUse(ValueError):
    """A folder that has files, or a file that exists; nothing was written."""


def write_zip(files: Iterable[ExportedFile], target: BinaryIO, folder: str) -> None:
    """Write the files into a zip file, in a folder of that name."""
    with ZipFile(target, "w") as archive:
        for file in files:
            info = ZipInfo(f"{folder}/{file.name}", NO_TIME)
            info.external_attr = PERMISSIONS
            info.create_system = 3  # Unix, wherever it is made
            info.compress_type = ZIP_STORED if file.asset else ZIP_DEFLATED
            if file.asset is None:
                archive.writestr(info, file.text)
                continue
            with file.asset.file.open("rb") as source, archive.open(info, "w") as member:
                shutil.copyfileobj(source, member)


def save(files: Iterable[ExportedFile], path: Path, *, replace: bool = False) -> int:
    """Write the files into the folder or zip file (`….zip`) of that path, and return how many they are.

    replace: write over an earlier export; files of it that are no longer exported are deleted, others stay. Raise
    FolderInUse if there is something already, OSError if it cannot be written.
    """
    is_zip = path.suffix.lower() == ".zip"
    if path.is_dir() if is_zip else path.is_file():
        raise FolderInUse
    if not replace and (path.exists() if is_zip else _has_files(path)):
        raise FolderInUse
    if not is_zip and _has_files(path) and not any((path / name).is_file() for name in (names.COURSE, names.MODULE)):
        raise FolderInUse  # no earlier export
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent if is_zip else _nearest(path)) as scratch:
        if is_zip:
            counted = list[str]()
            with Path(scratch, path.name).open("wb") as target:
                write_zip(_counted(files, counted), target, path.stem)
            os.replace(Path(scratch, path.name), path)
            return len(counted)
        return _save_folder(files, path, Path(scratch))


def _counted(files: Iterable[ExportedFile], names_: list[str]) -> Iterable[ExportedFile]:
    for file in files:
        names_.append(file.name)
        yield file


def _has_files(path: Path) -> bool:
    return path.exists() and (not path.is_dir() or any(path.iterdir()))


def _nearest(path: Path) -> Path:
    """Return the folder itself, or the one in which it will be: where files can be moved from into it."""
    return path if path.is_dir() else path.parent


def _save_folder(files: Iterable[ExportedFile], path: Path, scratch: Path) -> int:
    written = []
    for file in files:
        target = scratch / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.asset is None:
            target.write_text(file.text, encoding="utf-8", newline="\n")
        else:
            with file.asset.file.open("rb") as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        written.append(file.name)
    other = names.MODULE if written[0] == names.COURSE else names.COURSE
    if (path / other).is_file():
        raise FolderInUse  # an export of the other kind
    path.mkdir(exist_ok=True)
    for name in written:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(scratch / name, path / name)
    _delete_earlier(path, set(written))
    return len(written)


def _delete_earlier(path: Path, written: set[str]) -> None:
    """Delete the files of an earlier export that were not written now."""
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if name not in written and OWN_FILE.fullmatch(name) and file.is_file() and not file.is_symlink():
            file.unlink()
            for folder in file.parents:
                if folder == path or any(folder.iterdir()):
                    break
                folder.rmdir()
