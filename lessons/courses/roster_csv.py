"""A roster as text: lines of addresses, names, roles and groups, whatever wrote them. Pure; knows no course.

Commas, semicolons or tabs; with a line of headings, or without in the order address, name, role, group.
"""

import csv
from io import StringIO
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

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
COLUMNS = {word: column for column, words in COLUMN_ALIASES.items() for word in words.split("|")}
ROLES = {
    Membership.Role.LEARNER: "learner|student|participant",
    Membership.Role.ASSISTANT: "assistant|ta|tutor|teaching assistant",
    Membership.Role.INSTRUCTOR: "instructor|teacher|lecturer",
}
ROLE_WORDS = {word: role for role, words in ROLES.items() for word in words.split("|")}
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class InvalidRoster(ValueError):
    """The text as a whole is no roster; the words say why."""


class RosterLine(NamedTuple):
    """`role` and `group` are empty where the line says nothing of them; `wrong` says why a line cannot be used."""

    number: int
    email: str
    name: str = ""
    role: str = ""
    group: str = ""
    error: str = ""


def read_roster(text: str) -> list[RosterLine]:
    """The lines that have something in them. Raises UnreadableRoster."""
    text = text.removeprefix("\ufeff")
    above = 0
    if text[:4].lower() == "sep=":
        above, text = 1, text.partition("\n")[2]
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = [
            (above + reader.line_num, [_unescape_formula(cell) for cell in row])
            for row in reader
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise InvalidRoster(
            _("Line %(n)s cannot be read as CSV. Is a quotation mark left open?") % {"n": above + reader.line_num}
        ) from error
    if len(rows) > MAX_LINES:
        raise InvalidRoster(_("A roster has at most %(most)s lines.") % {"most": f"{MAX_LINES:,}"})
    columns, rows = _columns(rows)
    return _reject_duplicates(_line(number, dict(zip(columns, row, strict=False))) for number, row in rows)


def escape_formula(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_PREFIXES) else cell


def _unescape_formula(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_PREFIXES) else cell


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _columns(rows: list) -> tuple[list[str], list]:
    """What each column holds, and the lines below the headings. Raises UnreadableRoster."""
    if not rows:
        raise InvalidRoster(_("This roster is empty. It needs one line for each person, with an e-mail address."))
    first = rows[0][1]
    if any("@" in cell for cell in first):
        return (["name", "email"] if "@" not in first[0] else ["email", "name"]) + ["role", "group"], rows
    columns = [COLUMNS.get(" ".join(cell.lower().split()), "") for cell in first]
    if "email" not in columns:
        raise InvalidRoster(_("No column holds e-mail addresses. Call one “email” in the first line."))
    if not rows[1:]:
        raise InvalidRoster(_("There are only headings here, and no people. Write one line for each person."))
    return columns, rows[1:]


def _line(number: int, cells: dict[str, str]) -> RosterLine:
    email = cells.get("email", "").lower()
    name = cells.get("name") or " ".join(filter(None, [cells.get("first"), cells.get("last")]))
    line = RosterLine(number, email, name, cells.get("role", ""), cells.get("group", ""))
    try:
        return validate_line(line)
    except ValidationError as error:
        return line._replace(name=line.name[:100], group=line.group[:100], error=" ".join(error.messages))


def validate_line(line: RosterLine) -> RosterLine:
    """Raises ValidationError, worded for whoever wrote the line."""
    if not line.email:
        raise ValidationError(_("There is no e-mail address."))
    try:
        validate_email(line.email)
    except ValidationError:
        raise ValidationError(_("“%s” is not an e-mail address.") % line.email[:100]) from None
    role = ROLE_WORDS.get(line.role.lower(), "")
    if line.role and not role:
        words = _("“%(word)s” is no role. Write learner, assistant or instructor.")
        raise ValidationError(words % {"word": line.role[:40]})
    if len(line.group) > GROUP_LENGTH:
        raise ValidationError(_("The name of the group has more than %s characters.") % GROUP_LENGTH)
    return line._replace(
        name=clean_display_name(line.name) if line.name else "", role=role, group=clean_single_line(line.group)
    )


def _reject_duplicates(lines) -> list[RosterLine]:
    """An address counts where it stands first."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        first = seen.setdefault(line.email, line.number) if line.email and not line.wrong else line.number
        if first != line.number:
            line = line._replace(wrong=_("This address stands on line %s already.") % first)
        found.append(line)
    return found
