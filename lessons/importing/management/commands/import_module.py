"""Import a folder or zip file of Markdown as a module; another run changes only what has changed in the files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lessons.importing.management.commands.import_article import get_course
from lessons.importing.management.commands.import_course import add_options, load, report
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.files import InvalidFolder
from lessons.importing.markdown_folder.parse import read_course
from lessons.importing.markdown_folder.services import Loaded, is_course, opened_path, read_files


class Command(BaseCommand):
    help = (
        "Imports a module from a folder or a zip file into a course. A module with the same slug is updated: its "
        "drafts, never its learners’ notes. lessons/importing/samples/README.md describes the format."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="FOLDER|FILE.zip")
        parser.add_argument("--course", metavar="SLUG", help="The course; else that of the folder above.")
        add_options(parser)

    def handle(self, *, path, course=None, verbosity=1, **options):
        try:
            loaded = load_module(Path(path).absolute(), course, options)
        except InvalidFolder as error:
            raise CommandError(str(error)) from None
        if verbosity:
            report(self.stdout, loaded)


def load_module(path: Path, course: str | None, options: dict) -> Loaded:
    """Load a module into the course with that slug, or into that of the folder above, which is created if need be."""
    target = get_course(course) if course else None
    with opened_path(path) as files:
        if is_course(files):
            raise CommandError(f"{path} has a course.md. Use import_course, or name one of its modules.")
        if names.MODULE not in files:
            raise CommandError(f"{path} has neither a course.md nor a module.md. Name a folder that has one.")
        if target:
            return load(files, read_files(files), target, **options)
    if not path.is_dir() or not (path.parent / names.COURSE).is_file():
        raise CommandError(f"{path}: which course? Name it with --course, or put the folder beside a course.md.")
    with opened_path(path.parent) as files:
        return load(files, read_course(files, only=path.name), None, **options)
