"""Export a course with all its modules as files."""

from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lessons.importing.management.commands.import_article import get_course
from lessons.importing.markdown_folder.export import ExportedFile, export_course
from lessons.importing.markdown_folder.store import FolderInUse, save


class Command(BaseCommand):
    help = (
        "Exports a course as Markdown, YAML and images, into a folder or a zip file. Nothing about people is in it. "
        "lessons/importing/samples/README.md describes the format."
    )

    def add_arguments(self, parser):
        parser.add_argument("course", metavar="SLUG")
        add_target(parser)

    def handle(self, *, course, target, replace=False, verbosity=1, **options):
        count = save_files(export_course(get_course(course)), target, replace=replace)
        if verbosity:
            self.stdout.write(f"{target}: {count} files.")


def add_target(parser) -> None:
    """Add the arguments that say where an export goes."""
    parser.add_argument("target", metavar="FOLDER|FILE.zip")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="Write over an earlier export. Files of it that are no longer exported are deleted, others stay.",
    )


def save_files(files: Iterable[ExportedFile], target: str, *, replace: bool) -> int:
    """Save exported files, and return how many they are. Raise CommandError."""
    try:
        return save(files, Path(target).absolute(), replace=replace)
    except FolderInUse:
        advice = (
            "It is no earlier export of this" if replace else "Name another, or use --replace for an earlier export"
        )
        raise CommandError(f"{target} exists and is not empty. {advice}.") from None
    except OSError as error:
        raise CommandError(f"{target}: {error.strerror}") from None
