"""Pure: CSV as spreadsheets write it, with any delimiter and encoding, and without cells that they run as formulas."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.markup.characters import clean_text, comparison_key
from lessons.markup.decoding import DecodedText, decode, encoding_name, reject_control_characters
from lessons.markup.sanitise import InvalidText

DELIMITERS = ",;\t|"
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class InvalidCSV(ValueError):
    """The text is not CSV; the message says why."""


class CSVRow(NamedTuple):
    """A row that is not blank. `number` is that of its last line in the text."""

    number: int
    cells: list[str]


class UploadedText(NamedTuple):
    """What a file or a text field contains. `encoding` is its readable name if it was guessed, otherwise empty."""

    text: str
    encoding: str


def decode_upload(file, text: str = "") -> UploadedText:
    """Return the text of an uploaded file or, without one, the text itself. Raise InvalidCSV."""
    try:
        decoded = decode(file.read()) if file else DecodedText(text)
        reject_control_characters(decoded.text)
    except InvalidText:
        raise InvalidCSV(
            _("This file isn’t CSV, or its encoding is unknown. In your spreadsheet, save it as “CSV UTF-8”.")
        ) from None
    return UploadedText(clean_text(decoded.text), encoding_name(decoded.encoding) if decoded.encoding else "")


def read_rows(text: str, is_known: Callable[[str], bool]) -> list[CSVRow]:
    """Return the rows of CSV, trimmed and without the quotes of `escape_formula`. Raise InvalidCSV.

    The delimiter is the one that a line `sep=;` names, or the one that divides the first line into most cells that
    are known.
    """
    text = text.removeprefix("\ufeff")
    skipped, delimiter = 0, ""
    if text[:4].lower() == "sep=":
        first, _newline, text = text.partition("\n")
        skipped, delimiter = 1, first[4:5].strip("\r")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or _delimiter(text, is_known), strict=True)
    try:
        return [
            CSVRow(skipped + reader.line_num, [unescape_formula(cell) for cell in row])
            for row in reader
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise InvalidCSV(
            _("Line %(n)s isn’t valid CSV. Is a closing quotation mark missing?") % {"n": skipped + reader.line_num}
        ) from error


def _delimiter(text: str, is_known: Callable[[str], bool]) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")

    def score(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return sum(map(is_known, cells)), len(cells)

    return max(DELIMITERS, key=score)


def letters_of(text: str) -> str:
    """Return the letters and digits by which headings are compared: `E-Mail`, `e_mail` and `email` have the same."""
    return "".join(filter(str.isalnum, comparison_key(text)))


def escape_formula(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_PREFIXES) else cell


def unescape_formula(cell: str) -> str:
    """Return the trimmed cell as it was before `escape_formula`."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_PREFIXES) else cell
