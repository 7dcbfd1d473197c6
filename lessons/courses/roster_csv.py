"""Parse rosters: CSV lines of e-mail addresses, names, roles and groups, from any spreadsheet. Uses no course.

Commas, semicolons or tabs separate cells. Without a header row the order is address, name, role, group.
"""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from lessons.accounts.addresses import normalise_address
from lessons.accounts.names import clean_display_name, clean_single_line
from lessons.courses.models import Membership

MAX_LINES = 20_000
GROUP_LENGTH = 80
COLUMN_ALIASES = {
    "email": "email|e-mail|mail|e-mail address|email address|address|courriel|e-mail-adresse|correo",
    "name": "name|display name|full name|student|nom|nombre",
    "first": "first name|firstname|given name|first|prénom|vorname",
    "last": "last name|lastname|surname|family name|last|nachname",
    "role": "role|rôle|rolle|rol",
    "group": "group|section|team|groupe|gruppe|grupo",
}
COLUMNS = {alias: column for column, aliases in COLUMN_ALIASES.items() for alias in aliases.split("|")}
ROLE_ALIASES = {
    Membership.Role.LEARNER: "learner|student|participant",
    Membership.Role.ASSISTANT: "assistant|ta|tutor|teaching assistant",
    Membership.Role.INSTRUCTOR: "instructor|teacher|lecturer",
}
ROLES = {alias: role for role, aliases in ROLE_ALIASES.items() for alias in aliases.split("|")}
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class InvalidRoster(ValueError):
    """The text as a whole is not a roster; the message says why."""


class RosterLine(NamedTuple):
    """One line. `role` and `group` are empty if it does not give them; `error` says why it cannot be used."""

    number: int
    email: str
    name: str = ""
    role: str = ""
    group: str = ""
    error: str = ""


def read_roster(text: str) -> list[RosterLine]:
    """Return the lines that are not blank. Raise InvalidRoster if the text is no roster."""
    text = text.removeprefix("\ufeff")
    skipped = 0
    if text[:4].lower() == "sep=":
        skipped, text = 1, text.partition("\n")[2]
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = [
            (skipped + reader.line_num, [_unescape_formula(cell) for cell in row])
            for row in reader
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise InvalidRoster(
            _("Line %(n)s isn’t valid CSV. Is a closing quotation mark missing?") % {"n": skipped + reader.line_num}
        ) from error
    if len(rows) > MAX_LINES:
        raise InvalidRoster(_("A roster can have at most %(max)s lines. Split this one.") % {"max": f"{MAX_LINES:,}"})
    columns, rows = _columns(rows)
    return _reject_duplicates(_parse_line(number, dict(zip(columns, row, strict=False))) for number, row in rows)


def escape_formula(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_PREFIXES) else cell


def _unescape_formula(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_PREFIXES) else cell


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _columns(rows: list) -> tuple[list[str], list]:
    """Return the name of each column, and the rows below the header. Raise InvalidRoster."""
    if not rows:
        raise InvalidRoster(_("This roster is empty. Write one line for each person, with an e-mail address."))
    first = rows[0][1]
    if any("@" in cell for cell in first):
        return (["name", "email"] if "@" not in first[0] else ["email", "name"]) + ["role", "group"], rows
    columns = [COLUMNS.get(" ".join(cell.lower().split()), "") for cell in first]
    if "email" not in columns:
        raise InvalidRoster(_("There is no column of e-mail addresses. Name one “email” in the first line."))
    if not rows[1:]:
        raise InvalidRoster(_("There is only a header row and no people. Write one line for each person."))
    return columns, rows[1:]


def _parse_line(number: int, cells: dict[str, str]) -> RosterLine:
    email = normalise_address(cells.get("email", ""))
    name = cells.get("name") or " ".join(filter(None, [cells.get("first"), cells.get("last")]))
    line = RosterLine(number, email, name, cells.get("role", ""), cells.get("group", ""))
    try:
        return validate_line(line)
    except ValidationError as error:
        return line._replace(name=line.name[:100], group=line.group[:100], error=" ".join(error.messages))


def validate_line(line: RosterLine) -> RosterLine:
    """Return the line cleaned. Raise ValidationError with a message for its author."""
    line = line._replace(email=normalise_address(line.email))
    if not line.email:
        raise ValidationError(_("The e-mail address is missing."))
    try:
        validate_email(line.email)
    except ValidationError:
        raise ValidationError(_("“%s” is not an e-mail address.") % line.email[:100]) from None
    role = ROLES.get(line.role.lower(), "")
    if line.role and not role:
        message = _("“%(role)s” isn’t a role. Write learner, assistant or instructor.")
        raise ValidationError(message % {"role": line.role[:40]})
    if len(line.group) > GROUP_LENGTH:
        raise ValidationError(_("The name of the group is longer than %s characters.") % GROUP_LENGTH)
    return line._replace(
        name=clean_display_name(line.name) if line.name else "", role=role, group=clean_single_line(line.group)
    )


def _reject_duplicates(lines: Iterable[RosterLine]) -> list[RosterLine]:
    """Return the lines, with an error on each one that repeats an earlier address."""
    first_lines: dict[str, int] = {}
    checked = []
    for line in lines:
        first = first_lines.setdefault(line.email, line.number) if line.email and not line.error else line.number
        if first != line.number:
            line = line._replace(error=_("This address is already on line %s.") % first)
        checked.append(line)
    return checked
