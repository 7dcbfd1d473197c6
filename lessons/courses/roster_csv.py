"""Parse rosters: CSV lines of e-mail addresses, names, roles and groups, from any spreadsheet, without a course.

Commas, semicolons, tabs or bars separate cells. Without a header row the order is address, name, role, group. A column
whose heading is not understood is ignored and listed, until somebody chooses what it is.
"""

import re
from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from lessons.accounts.addresses import normalise_address
from lessons.accounts.names import clean_display_name, clean_single_line
from lessons.courses.models import Membership
from lessons.markup.csv_text import InvalidCSV, letters_of, read_rows

MAX_LINES = 20_000
GROUP_LENGTH = 80
# Headings and roles are compared by their letters alone: `E-Mail`, `e_mail` and `email`, `Student/in` and `studentin`.
COLUMN_ALIASES = {
    "email": "email mail emailaddress address useremail primaryemail courriel adresseemail adressemail "
    "adresseélectronique emailadresse mailadresse correo correoelectrónico indirizzoemail",
    "name": "name displayname fullname student studentname participant nom nomcomplet nombre vollständigername nome",
    "first": "firstname givenname forename first prénom prénoms vorname vornamen",
    "last": "lastname surname familyname last nomdefamille nachname familienname apellido apellidos cognome",
    "role": "role roles courserole rôle rôles rolle rollen rol ruolo",
    "group": "group groups groupname readinggroup section sections team teams groupe groupes gruppe gruppen "
    "gruppenname grupo grupos gruppo gruppi",
}
COLUMNS = {alias: column for column, aliases in COLUMN_ALIASES.items() for alias in aliases.split()}
# Beside a column of first names these have last names, and beside one of last names first names.
PART_OF_NAME = {"name", "nom", "nombre", "nome"}
ROLE_ALIASES = {
    Membership.Role.LEARNER: "learner learners student students studentenrollment pupil participant participants "
    "attendee trainee étudiant étudiante élève apprenant apprenante participante stagiaire studentin studenten "
    "studierende studierender lernende lernender schüler schülerin teilnehmer teilnehmerin teilnehmende teilnehmender "
    "kursteilnehmer kursteilnehmerin estudiante alumno alumna studente studentessa",
    Membership.Role.ASSISTANT: "assistant assistants ta tas taenrollment teachingassistant tutor tutors grader "
    "noneditingteacher assistante tuteur tutrice enseignantnonéditeur assistent assistentin tutorin hilfskraft "
    "trainerohnebearbeitungsrecht trainerinohnebearbeitungsrecht asistente ayudante tutora assistenteallecattedra",
    Membership.Role.INSTRUCTOR: "instructor instructors teacher teachers teacherenrollment editingteacher lecturer "
    "professor prof faculty courseleader convenor convener enseignant enseignante professeur professeure formateur "
    "formatrice dozent dozentin lehrer lehrerin lehrkraft lehrende lehrender professorin trainer trainerin kursleiter "
    "kursleiterin kursleitung profesor profesora docente",
}
ROLES = {alias: str(role) for role, aliases in ROLE_ALIASES.items() for alias in aliases.split()}
ADDRESS = re.compile(r"[^\s@,;|]+@[^\s@,;|]+")


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


class RosterColumn(NamedTuple):
    """A column with what it is used as: a key of COLUMN_ALIASES, or empty if it is ignored.

    `is_chosen` says that a person chooses its use, because its heading does not determine it. `example` is its first
    cell that is not empty.
    """

    position: int
    heading: str
    field: str
    is_chosen: bool
    example: str = ""


class Roster(NamedTuple):
    """What a text says: a line for each person, and its columns."""

    lines: list[RosterLine]
    columns: list[RosterColumn]

    @property
    def unrecognised(self) -> list[RosterColumn]:
        """Return the columns whose use is chosen by hand, or which are ignored, unless they are empty."""
        return [column for column in self.columns if column.is_chosen and (column.example or column.field)]


def read_roster(text: str, chosen: Mapping[int, str] | None = None) -> Roster:
    """Return the lines that are not blank. Raise InvalidRoster if the text is not a roster.

    `chosen` says, by the position of a column from 0, what it is used as, for those whose heading is not understood.
    """
    try:
        rows = read_rows(text, _is_known)
    except InvalidCSV as error:
        raise InvalidRoster(str(error)) from error
    if len(rows) > MAX_LINES:
        raise InvalidRoster(_("A roster can have at most %(max)s lines. Split this one.") % {"max": f"{MAX_LINES:,}"})
    columns, rows = _columns(rows, chosen or {})
    fields = [column.field for column in columns]
    return Roster(_reject_duplicates([_parse_line(number, fields, row) for number, row in rows]), columns)


def _is_known(cell: str) -> bool:
    """Return whether a cell of the first line is a heading or an address."""
    return letters_of(cell) in COLUMNS or ADDRESS.fullmatch(cell.strip()) is not None


def _columns(rows: list, chosen: Mapping[int, str]) -> tuple[list[RosterColumn], list]:
    """Return the columns, and the rows below the header. Raise InvalidRoster."""
    if not rows:
        raise InvalidRoster(_("This roster is empty. Write one line for each person, with an e-mail address."))
    first = rows[0][1]
    if any("@" in cell for cell in first):
        fields = (["name", "email"] if "@" not in first[0] else ["email", "name"]) + ["role", "group"]
        return [RosterColumn(n, field, field, is_chosen=False) for n, field in enumerate(fields)], rows
    if not rows[1:]:
        raise InvalidRoster(_("There is only a header row and no people. Write one line for each person."))
    columns = _named_columns(first, rows[1:], chosen)
    has_addresses = any(column.field == "email" for column in columns)
    if not has_addresses and not any("@" in column.example for column in columns):
        raise InvalidRoster(_("No column of e-mail addresses was found. Give it the heading “email”."))
    return columns, rows[1:]


def _named_columns(headings: list[str], rows: list, chosen: Mapping[int, str]) -> list[RosterColumn]:
    """Return a column for each heading. What is chosen goes first; of two columns of a kind the second is ignored."""
    known = [COLUMNS.get(letters_of(heading), "") for heading in headings]
    fields = {n: field for n, field in chosen.items() if field in COLUMN_ALIASES and n < len(headings)}
    fields = {n: field for n, field in fields.items() if field not in [fields[m] for m in fields if m < n]}
    for n, field in enumerate(_with_parts_of_names(headings, known)):
        if field and n not in fields and field not in fields.values():
            fields[n] = field
    return [
        RosterColumn(
            position=n,
            heading=heading[:80] or _("Column %(number)s, without a heading") % {"number": n + 1},
            field=fields.get(n, ""),
            is_chosen=n in chosen or n not in fields,
            example=next((row[n] for _number, row in rows if n < len(row) and row[n]), "")[:80],
        )
        for n, heading in enumerate(headings)
    ]


def _with_parts_of_names(headings: list[str], fields: list[str]) -> list[str]:
    """Return the fields, where `Name` beside `Vorname` is the last name, and beside `Surname` the first."""
    if ("first" in fields) == ("last" in fields):
        return fields
    missing = "last" if "first" in fields else "first"
    return [
        missing if field == "name" and letters_of(heading) in PART_OF_NAME else field
        for heading, field in zip(headings, fields, strict=True)
    ]


def _parse_line(number: int, fields: list[str], row: list[str]) -> RosterLine:
    cells = {field: cell for field, cell in zip(fields, row, strict=False) if field}
    name, email = cells.get("name", ""), cells.get("email", "")
    if "<" in email:  # “Ada Lind <ada@example.org>”, as mail programs write it
        shown, email = parseaddr(email)
        name = name or shown
    name = name or " ".join(filter(None, [cells.get("first"), cells.get("last")]))
    line = RosterLine(number, normalise_address(email), name, cells.get("role", ""), cells.get("group", ""))
    try:
        if any(row[len(fields) :]):
            raise ValidationError(
                _("This line has more cells than the first. If a cell contains a comma, put it in quotation marks.")
            )
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
    role = _role(line.role)
    if line.role and not role:
        message = _("“%(role)s” isn’t a role. Write learner, assistant or instructor.")
        raise ValidationError(message % {"role": line.role[:40]})
    if len(line.group) > GROUP_LENGTH:
        raise ValidationError(_("The name of the group is longer than %s characters.") % GROUP_LENGTH)
    return line._replace(
        name=clean_display_name(line.name) if line.name else "", role=role, group=clean_single_line(line.group)
    )


def _role(written: str) -> str:
    """Return the role that is meant, in one of many languages; empty if none is."""
    letters = letters_of(written)
    labels = {letters_of(str(role.label)): str(role) for role in Membership.Role}
    return labels.get(letters, "") or ROLES.get(letters, "")


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
