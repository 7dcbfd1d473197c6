"""Import a folder of Markdown as a course or a module; another run changes only what has changed in the files."""

from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.accounts.models import User
from lessons.importing.management.commands.import_article import get_author, get_course
from lessons.importing.markdown_folder.load import load_course, load_module
from lessons.importing.markdown_folder.parse import InvalidFolder, is_course, is_module, read_course, read_module
from lessons.importing.services import publish_module
from lessons.models import Module


class Command(BaseCommand):
    help = "Imports the folder of a course or a module. lessons/importing/samples/README.md describes its format."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--course", metavar="SLUG", help="The course, for the folder of a single module.")
        parser.add_argument("--author", metavar="EMAIL", help="The author of what is published.")
        parser.add_argument("--publish", action="store_true", help="Publish the modules and their lessons.")

    @transaction.atomic
    def handle(self, *, folder, course=None, author=None, publish=False, verbosity=1, **options):
        by = get_author(author) if author else None
        counts: Counter[str] = Counter()
        try:
            modules = load_folder(Path(folder).resolve(), course, by, counts)
        except InvalidFolder as error:
            raise CommandError(str(error)) from None
        for module in modules:
            published = publish_module(by=by, module=module) if publish else 0
            if verbosity:
                self.stdout.write(f"{module.title}: {module.lessons.count()} lessons, {published} published.")
        if verbosity:
            self.stdout.write(f"{counts['created']} created, {counts['changed']} changed.")


def load_folder(folder: Path, course: str | None, by: User | None, counts: Counter) -> list[Module]:
    """Load the modules of a course's folder, or a single module.

    A single module goes to the course with the slug `course`, or to that of the folder above.
    """
    if is_course(folder):
        return load_course(read_course(folder), by=by, counts=counts)[1]
    if not is_module(folder):
        raise CommandError(f"{folder} has neither a course.md nor a module.md. Name a folder that has one.")
    if course:
        return [load_module(get_course(course), read_module(folder), by=by, counts=counts)]
    if not is_course(folder.parent):
        raise CommandError(f"{folder}: which course? Name it with --course, or put the folder beside a course.md.")
    return load_course(read_course(folder.parent, only=folder), by=by, counts=counts)[1]
