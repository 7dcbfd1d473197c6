"""Check the site, and repair what can be computed again."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lessons.operations.checks import CHECKS, diagnose
from lessons.operations.findings import Finding, Status

WORDS = {Status.OK: "ok", Status.WARN: "warning", Status.FAIL: "error"}
WIDTH = max(map(len, WORDS.values()))


class Command(BaseCommand):
    help = "Checks the site while it is used, and says what is wrong. The exit code is 1 if something is left to do."
    # The check of the settings runs them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"Which: {', '.join(CHECKS)}; or all.")
        parser.add_argument("--fix", action="store_true", help="Repair what can be computed from other data.")

    def handle(self, *, checks: list[str], fix: bool, **options):
        if unknown := sorted(set(checks) - set(CHECKS)):
            raise CommandError(f"There is no check called {', '.join(unknown)}. The checks are {', '.join(CHECKS)}.")
        problems = 0
        for finding in diagnose(checks, fix=fix):
            problems += finding.status != Status.OK
            self.stdout.write(self.styled(finding))
        if problems:
            self.stdout.write("One of these needs you." if problems == 1 else f"{problems} of these need you.")
            raise SystemExit(1)

    def styled(self, finding: Finding) -> str:
        line = f"{WORDS[finding.status]:{WIDTH}}  {finding.sentence}"
        return {Status.WARN: self.style.WARNING, Status.FAIL: self.style.ERROR}.get(finding.status, str)(line)
