"""Front matter and lists in YAML: their values as text, checked. Every error names the file and the key."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.markup.characters import clean_text
from lessons.markup.decoding import decode
from lessons.markup.sanitise import InvalidText
from lessons.markup.yaml_text import InvalidYAML, read_yaml

LIST_KEYS = {"tags", "parties", "questions", "modules"}
DATE_KEYS = {"began", "ended", "date"}

T = TypeVar("T")


def front_matter(files: Files, path: str, known: set[str]) -> tuple[dict, str]:
    """Return the values between the two `---` lines, as text or lists of text, and the text after them."""
    source = _source(files, path)
    start, _line, rest = source.partition("\n")
    head, line, body = ("\n" + rest).partition("\n---\n")
    if not line and rest.endswith("\n---"):
        head, line, body = rest.removesuffix("\n---"), "---", ""
    if start.strip() != "---" or not line:
        raise InvalidFolder(
            _("%(file)s does not start with front matter: keys between two lines of “---”.") % {"file": path}
        )
    values = _yaml(path, head)
    if not isinstance(values, dict):
        raise InvalidFolder(_("%(file)s: the front matter is not a list of “key: value” lines.") % {"file": path})
    for key, value in values.items():
        _check_key(path, key, value, known)
    for key in ("title", "slug"):
        if not values.get(key):
            raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": path, "key": key})
    return values, body


def _check_key(source: str, key: str, value: object, known: set[str]) -> None:
    """Raise InvalidFolder for an unknown key or a value of the wrong type. source: what the message names."""
    if key not in known:
        choices = ", ".join(sorted(known))
        raise InvalidFolder(
            _("%(file)s: unknown key “%(key)s”. You can use: %(known)s.")
            % {"file": source, "key": key, "known": choices}
        )
    if key in LIST_KEYS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidFolder(
                _("%(file)s: %(key)s must be a list, one “- …” per line.") % {"file": source, "key": key}
            )
    elif not isinstance(value, str):
        raise InvalidFolder(_("%(file)s: %(key)s must be text; put it in quotes.") % {"file": source, "key": key})
    elif key in DATE_KEYS and value:
        checked(source, key, lambda: validate_edtf(value))


def entries(
    files: Files,
    path: str,
    required: tuple[str, ...],
    slugs: set[str] | None,
    optional: frozenset[str] = frozenset(),
) -> list[dict]:
    """Return the entries of a YAML list; a missing file counts as empty.

    slugs: those of the module's lessons, None for entries that do not name any.
    """
    if path not in files:
        return []
    rows = _yaml(path, _source(files, path)) or []
    if not isinstance(rows, list) or not all(isinstance(entry, dict) for entry in rows):
        raise InvalidFolder(_("%(file)s must be a list of entries, each starting with “- ”.") % {"file": path})
    for number, entry in enumerate(rows, 1):
        source = f"{path}, {number}"
        for key in required:
            if not str(entry.get(key) or "").strip():
                raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": source, "key": key})
        for key, value in entry.items():
            _check_key(source, key, value, {*required, *optional, *([] if slugs is None else ["lesson"])})
        if entry.get("lesson") and entry["lesson"] not in (slugs or ()):
            raise InvalidFolder(
                _("%(file)s: no lesson here has the slug “%(slug)s”.") % {"file": source, "slug": entry["lesson"]}
            )
    return rows


def doubled(values: list[str]) -> str:
    """Return a value that is there twice, empty if none is."""
    return min({value for value in values if values.count(value) > 1}, default="")


def _source(files: Files, path: str) -> str:
    data = files.read_text(path)
    return checked(path, "text", lambda: clean_text(decode(data).text)).replace("\r\n", "\n")


def _yaml(path: str, source: str) -> object:
    """Parse YAML with every value as text: nothing becomes a date, a number or a Boolean."""
    try:
        return read_yaml(source)
    except InvalidYAML as error:
        raise InvalidFolder(_("%(file)s is not valid YAML: %(error)s") % {"file": path, "error": error}) from None


def checked(source: str, key: str, check: Callable[[], T]) -> T:
    """Return what `check` returns; its errors become InvalidFolder, with the source and the key in front."""
    try:
        return check()
    except ValidationError as error:
        raise InvalidFolder(f"{source}: {key}: {' '.join(error.messages)}") from None
    except InvalidText as error:
        raise InvalidFolder(f"{source}: {key}: {error}") from None
