"""The steps of an import: open the files, read them, prepare what is slow, and load all of it or nothing.

Callers have checked that the user may edit the course, or create one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.services import enrol
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.changes import Changes
from lessons.importing.markdown_folder.files import Files, Folder, InvalidFolder, open_zip
from lessons.importing.markdown_folder.images import MAX_IMAGES, prepare_images
from lessons.importing.markdown_folder.load import Loader, Publication, prepare
from lessons.importing.markdown_folder.parse import CourseFolder, ModuleFolder, read_course, read_module
from lessons.importing.markdown_folder.rows import RowWriter
from lessons.importing.readers.archives import MEGABYTE
from lessons.memo import memoizing
from lessons.models import Module

# Of texts in one request: some 800,000 words.
MAX_UPLOADED_TEXT = 5 * MEGABYTE


@dataclass(slots=True)
class Loaded:
    """What an import has done, or would do."""

    course: Course
    modules: list[Module]
    changes: Changes


@contextmanager
def opened_path(path: Path) -> Iterator[Files]:
    """Open a folder or a zip file. Raise InvalidFolder."""
    if path.is_dir():
        yield Folder(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise InvalidFolder(f"{path}: {error.strerror}") from None
    with file:
        yield open_zip(file)


def opened_upload(file: BinaryIO) -> Files:
    """Return the files of a zip file that somebody sent, which must stay open. Raise InvalidFolder."""
    files = open_zip(file)
    files.max_text = MAX_UPLOADED_TEXT
    return files


def is_course(files: Files) -> bool:
    return names.COURSE in files


def read_files(files: Files) -> CourseFolder | ModuleFolder:
    """Read a course or a module, whichever the files are. Slow. Raise InvalidFolder."""
    if is_course(files):
        return read_course(files)
    if names.MODULE in files:
        return read_module(files, "")
    raise InvalidFolder(_("There is neither a course.md nor a module.md. Choose the folder or zip file that has one."))


def find_course(folder: CourseFolder) -> Course | None:
    """Return the course that has the slug of the files."""
    return Course.objects.filter(slug=folder.fields["slug"]).first()


@dataclass(slots=True)
class PreparedImport:
    """An import whose slow part is done. `load` does the rest, in one transaction."""

    loader: Loader
    folder: CourseFolder | ModuleFolder
    course: Course | None
    enrols: bool
    is_rehearsal: bool

    @transaction.atomic
    def load(self) -> Loaded:
        """Load everything, or nothing if InvalidFolder is raised; a rehearsal only says what would be done."""
        loaded = self._load()
        is_new = any(change.model == "course" and change.is_new for change in loaded.changes.rows)
        if self.enrols and self.loader.by and is_new:
            enrol(user=self.loader.by, course=loaded.course, role=Membership.Role.INSTRUCTOR, by=self.loader.by)
        if self.is_rehearsal:
            transaction.set_rollback(True)
        return loaded

    def _load(self) -> Loaded:
        loader, folder = self.loader, self.folder
        if isinstance(folder, CourseFolder):
            course, modules = loader.load_course(folder)
            return Loaded(course, modules, loader.changes)
        if self.course is None:
            raise InvalidFolder(_("This is a module. Choose the course to import it into."))
        return Loaded(self.course, [loader.load_module(self.course, folder)], loader.changes)


@contextmanager
def prepared_import(
    files: Files,
    folder: CourseFolder | ModuleFolder,
    *,
    course: Course | None,
    by: User | None,
    publication: Publication,
    is_rehearsal: bool = False,
    max_new_images: int = MAX_IMAGES,
    enrols: bool = False,
) -> Iterator[PreparedImport]:
    """Prepare loading a course, or a module into `course`; what was stored is deleted again if the block fails.

    enrols: make `by` the instructor of a course that is created. Slow. Raise InvalidFolder.
    """
    modules = folder.modules if isinstance(folder, CourseFolder) else [folder]
    target = find_course(folder) if isinstance(folder, CourseFolder) else course
    texts = [text.html for module in modules for text in module.texts()]
    paths = {key: path for module in modules for key, path in module.images.items()}
    if isinstance(folder, CourseFolder):
        paths |= folder.images
        texts.append(folder.fields["description"])
    with (
        prepare_images(files, paths, texts, target, check_only=is_rehearsal, max_new=max_new_images) as images,
        memoizing(),
    ):
        prepare(target, modules, images)
        loader = Loader(by, publication, images, RowWriter(Changes()))
        yield PreparedImport(loader, folder, course, enrols, is_rehearsal)
