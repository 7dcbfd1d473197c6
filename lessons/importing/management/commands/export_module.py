"""Export a module as files."""

from django.core.management.base import BaseCommand, CommandError

from lessons.importing.management.commands.export_course import add_target, save_files
from lessons.importing.management.commands.import_article import get_course
from lessons.importing.markdown_folder.export import export_module
from lessons.models import Module


class Command(BaseCommand):
    help = (
        "Exports a module as Markdown, YAML and images, into a folder or a zip file. Nothing about people is in it. "
        "lessons/importing/samples/README.md describes the format."
    )

    def add_arguments(self, parser):
        parser.add_argument("module", metavar="COURSE/MODULE", help="The slugs of the course and of the module.")
        add_target(parser)

    def handle(self, *, module, target, replace=False, verbosity=1, **options):
        count = save_files(export_module(get_module(module)), target, replace=replace)
        if verbosity:
            self.stdout.write(f"{target}: {count} files.")


def get_module(name: str) -> Module:
    """Return the module that is named by the slugs of its course and its own. Raise CommandError."""
    course, slash, slug = name.partition("/")
    if not slash:
        raise CommandError(f"“{name}” names no module. Write the slugs of its course and its own: COURSE/MODULE.")
    module = get_course(course).modules.select_related("course").filter(slug=slug).first()
    if module is None:
        raise CommandError(f"The course “{course}” has no module with the slug “{slug}”. Check the spelling.")
    return module
