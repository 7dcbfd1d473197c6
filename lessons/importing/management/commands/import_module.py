"""A folder of Markdown becomes a course or a module; a second run changes only what the files changed."""

from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.importing.management.commands.import_article import get_author, get_course
from lessons.importing.markdown_folder.load import load_course, load_module
from lessons.importing.markdown_folder.parse import InvalidFolder, is_course, is_module, read_course, read_module
from lessons.importing.services import publish_module
from lessons.models import Module


class Command(BaseCommand):
    help = "Loads a course's folder, or a module's, as described in lessons/importing/samples/README.md."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--course", metavar="SLUG", help="The course of a module's folder that stands alone.")
        parser.add_argument("--author", metavar="EMAIL", help="Who is named as the author of what is published.")
        parser.add_argument("--publish", action="store_true", help="Publish the modules and their lessons.")

    @transaction.atomic
    def handle(self, *, folder, course=None, author=None, publish=False, verbosity=1, **options):
        by = get_author(author) if author else None
        changes = Counter()
        try:
            modules = load_folder(Path(folder).resolve(), course, by, changes)
        except InvalidFolder as error:
            raise CommandError(str(error)) from None
        for module in modules:
            published = publish_module(by=by, module=module) if publish else 0
            if verbosity:
                self.stdout.write(f"{module.title}: {module.lessons.count()} lessons, {published} published.")
        if verbosity:
            self.stdout.write(f"{changes['made']} made, {changes['changed']} changed.")


def load_folder(folder: Path, course: str | None, by, changes: Counter) -> list[Module]:
    """The modules of a course's folder, or the one of a module's, into `course` or the course of the folder above."""
    if is_course(folder):
        return load_course(read_course(folder), by=by, counts=changes)[1]
    if not is_module(folder):
        raise CommandError(f"{folder} has neither a course.md nor a module.md. Name the folder that has one.")
    if course:
        return [load_module(get_course(course), read_module(folder), by=by, counts=changes)]
    if not is_course(folder.parent):
        raise CommandError(f"{folder}: which course? Name it with --course, or put the folder beside a course.md.")
    return load_course(read_course(folder.parent, only=folder), by=by, counts=changes)[1]
