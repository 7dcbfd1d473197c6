"""Check the site, and repair what can be computed again."""

from django.core.management.base import BaseCommand, CommandParser

from lessons.operations.doctor import CHECKS, diagnose


class Command(BaseCommand):
    help = "Checks the site while it is used, and says what is wrong. The exit code is 1 if something is left to do."

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("checks", nargs="*", choices=[[], *CHECKS], help=f"Which: {', '.join(CHECKS)}; or all.")
        parser.add_argument("--fix", action="store_true", help="Repair what can be computed from other data.")

    def handle(self, *, checks: list[str], fix: bool, **options):
        problems = 0
        for finding in diagnose(checks, fix=fix):
            problems += finding.is_problem
            self.stdout.write(self.style.ERROR(finding.sentence) if finding.is_problem else finding.sentence)
        if problems:
            raise SystemExit(1)
