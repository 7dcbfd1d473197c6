"""Import a folder of Markdown as a course or a module; another run changes only what has changed in the files."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lessons.importing.management.commands.import_article import get_author, get_course
from lessons.importing.markdown_folder.load import load_course, load_module, prepare_lessons
from lessons.importing.markdown_folder.parse import (
    CourseFolder,
    InvalidFolder,
    is_course,
    is_module,
    read_course,
    read_module,
)
from lessons.importing.services import publish_module
from lessons.memo import memoizing
from lessons.models import Module


class Command(BaseCommand):
    help = "Imports the folder of a course or a module. lessons/importing/samples/README.md describes its format."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--course", metavar="SLUG", help="The course, for the folder of a single module.")
        parser.add_argument("--author", metavar="EMAIL", help="The author of what is published.")
        parser.add_argument("--publish", action="store_true", help="Publish the modules and their lessons.")

    def handle(self, *, folder, course=None, author=None, publish=False, verbosity=1, **options):
        by = get_author(author) if author else None
        counts: Counter[str] = Counter()
        try:
            with memoizing():
                load = read_folder(Path(folder).resolve(), course)
                with transaction.atomic():
                    modules = load(by=by, counts=counts)
                    published = [publish_module(by=by, module=module) if publish else 0 for module in modules]
        except InvalidFolder as error:
            raise CommandError(str(error)) from None
        if verbosity:
            for module, count in zip(modules, published, strict=True):
                self.stdout.write(f"{module.title}: {module.lessons.count()} lessons, {count} published.")
            self.stdout.write(f"{counts['created']} created, {counts['changed']} changed.")


def read_folder(folder: Path, course: str | None) -> Callable[..., list[Module]]:
    """Read a course's folder, or that of a single module; return the function that loads it, as `load` does.

    A single module goes to the course with the slug `course`, or to that of the folder above.
    """
    if is_course(folder):
        return _course_loader(read_course(folder))
    if not is_module(folder):
        raise CommandError(f"{folder} has neither a course.md nor a module.md. Name a folder that has one.")
    if course:
        target, module = get_course(course), read_module(folder)
        prepare_lessons(module)
        return lambda **options: [load_module(target, module, **options)]
    if not is_course(folder.parent):
        raise CommandError(f"{folder}: which course? Name it with --course, or put the folder beside a course.md.")
    return _course_loader(read_course(folder.parent, only=folder))


def _course_loader(course: CourseFolder) -> Callable[..., list[Module]]:
    for module in course.modules:
        prepare_lessons(module)
    return lambda **options: load_course(course, **options)[1]
