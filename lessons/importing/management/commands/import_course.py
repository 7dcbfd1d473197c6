"""Import a folder or zip file of Markdown as a course; an update changes only what has changed in the files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lessons.courses.models import Course
from lessons.importing.management.commands.import_article import get_author
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.importing.markdown_folder.load import Publication
from lessons.importing.markdown_folder.parse import CourseFolder, ModuleFolder
from lessons.importing.markdown_folder.services import (
    Loaded,
    find_course,
    is_course,
    opened_path,
    prepared_import,
    read_files,
)


class Command(BaseCommand):
    help = (
        "Imports a course from a folder or a zip file. Nobody needs to have an account. What the files say is "
        "published is published. lessons/importing/samples/README.md describes the format."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="FOLDER|FILE.zip")
        parser.add_argument("--slug", help="The slug of the course, in the place of that in the files.")
        parser.add_argument("--update", action="store_true", help="Update the drafts of a course that exists.")
        add_options(parser)

    def handle(self, *, path, slug=None, update=False, verbosity=1, **options):
        try:
            with opened_path(Path(path).absolute()) as files:
                if not is_course(files):
                    raise CommandError(f"{path} has no course.md. For a single module use import_module.")
                folder = read_files(files)
                if isinstance(folder, CourseFolder) and slug:
                    folder.fields["slug"] = slug
                if not update and isinstance(folder, CourseFolder) and find_course(folder):
                    raise CommandError(
                        f"There is a course with the slug “{folder.fields['slug']}” already. Update its drafts with "
                        "--update, or import the files as another course with --slug."
                    )
                loaded = load(files, folder, None, **options)
        except InvalidFolder as error:
            raise CommandError(str(error)) from None
        if verbosity:
            report(self.stdout, loaded)


def add_options(parser) -> None:
    """Add the options of an import of any kind."""
    parser.add_argument("--author", metavar="EMAIL", help="The author of what is published.")
    publication = parser.add_mutually_exclusive_group()
    publication.add_argument("--publish", action="store_true", help="Publish everything, whatever the files say.")
    publication.add_argument("--drafts", action="store_true", help="Publish nothing, whatever the files say.")


def load(
    files: Files,
    folder: CourseFolder | ModuleFolder,
    course: Course | None,
    *,
    author: str | None = None,
    publish: bool = False,
    drafts: bool = False,
    **options,
) -> Loaded:
    """Import files that were read, all of them or nothing. Raise InvalidFolder and CommandError."""
    by = get_author(author) if author else None
    publication = Publication.AS_FILES
    if publish or drafts:
        publication = Publication.EVERYTHING if publish else Publication.NOTHING
    with prepared_import(files, folder, course=course, by=by, publication=publication) as prepared:
        return prepared.load()


def report(out, loaded: Loaded) -> None:
    """Write what an import has done."""
    changes = loaded.changes
    for module in loaded.modules:
        out.write(f"{module.title}: {module.lessons.count()} lessons, {changes.published[module.pk]} published.")
    for notice in changes.notices:
        out.write(notice)
    out.write(f"{changes.created} created, {changes.changed} changed.")
