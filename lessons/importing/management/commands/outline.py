"""Print the outline that the importer makes of articles, without the database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lessons.importing.analysis import analyse
from lessons.importing.document import ParsedArticle
from lessons.importing.readers import read_upload
from lessons.markup.sanitise import InvalidText


class Command(BaseCommand):
    help = "Prints the outline of each FILE as one line of JSON, in the order of the files."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *, files, **options):
        for file in files:
            self.stdout.write(json.dumps(analyse(parse_file(file)).as_json(), ensure_ascii=False))


def parse_file(file: str) -> ParsedArticle:
    """Parse an article. Raise CommandError with a sentence that says what is wrong with the file."""
    try:
        return read_upload(Path(file).name, Path(file).read_bytes())
    except InvalidText as error:
        raise CommandError(f"{file}: {error}") from None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
