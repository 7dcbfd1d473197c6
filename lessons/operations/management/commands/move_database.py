"""Move the site to another database."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from lessons.operations.moving import MoveRefused, move_database


class Command(BaseCommand):
    help = (
        "Copies a site from one database to another: from SQLite to PostgreSQL, or back. Stop the server and the "
        "scheduler before. The first database stays as it is; set DATABASE_URL to the second afterwards."
    )

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("source", metavar="FROM_URL", help="sqlite:///path, or postgres://user:password@host/name")
        parser.add_argument("target", metavar="TO_URL", help="An empty database.")

    def handle(self, *, source: str, target: str, verbosity: int, **options):
        try:
            count = move_database(source, target, say=self.stdout.write if verbosity > 1 else lambda _: None)
        except (MoveRefused, ValueError) as error:
            raise CommandError(str(error)) from None
        except ImproperlyConfigured:
            install = "python -m pip install 'psycopg[binary,pool]'"
            raise CommandError(f"PostgreSQL needs a package that is not installed. Run: {install}") from None
        except Error as error:
            raise CommandError(f"The database refuses: {error}") from None
        self.stdout.write(f"Moved {count} rows; both databases say the same. Now set DATABASE_URL to the new one.")
