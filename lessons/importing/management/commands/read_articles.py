"""Read the long articles waiting to be imported. The site starts this itself; the scheduler does the same."""

import os

from django.core.management.base import BaseCommand

from lessons.importing.background_reading import read_waiting


class Command(BaseCommand):
    help = "Reads articles waiting to be imported. The site runs it whenever a long article is uploaded."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--parent", type=int, help="Stop before the next article if this process has ended.")

    def handle(self, *, parent=None, **options):
        read_waiting(lambda: parent is not None and os.getppid() != parent)
