"""Write the search index again."""

import time
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandParser

from lessons.indexing.counting import count_vocabulary
from lessons.indexing.indexes import bulk_writing
from lessons.indexing.merging import merge
from lessons.operations.search_index import Say, rebuild_posts, rebuild_texts

REBUILT: dict[str, tuple[str, Callable[[Say], int]]] = {
    "texts": ("passages of texts", rebuild_texts),
    "posts": ("posts and notes", rebuild_posts),
}


class Command(BaseCommand):
    help = (
        "Writes the search index again, from the texts, posts and notes that are there, while the site is used. You "
        "can stop it at any time and run it again. Needed after an upgrade from a version without search, and after "
        "moving to another database; otherwise `doctor --fix` repairs what differs."
    )

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("--only", choices=list(REBUILT), help="Only the rows of texts, or those of posts.")

    def handle(self, *, only: str | None, verbosity: int, **options):
        with bulk_writing():
            for name, (rows, rebuild) in REBUILT.items():
                if only in (None, name):
                    started = time.monotonic()
                    count = rebuild(self.progress(rows) if verbosity > 1 else lambda _count: None)
                    self.stdout.write(f"{count} {rows} in {time.monotonic() - started:.1f} s.")
        merge()
        self.stdout.write(f"{count_vocabulary()} words were counted again.")

    def progress(self, rows: str) -> Say:
        return lambda count: self.stdout.write(f"{count} {rows}…")
