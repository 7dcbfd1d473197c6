"""Pure: values as YAML that a person can read, and that is read back as the same text."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

import yaml
from django.utils.translation import gettext as _

from lessons.markup.characters import clean_values

# A word or several that YAML takes for text, whatever they are.
PLAIN = re.compile(r"[^\W_](?:[\w.+/–—’'&()-]|[ ](?![#]))*+")
# Characters that JSON writes as they are, and YAML does not read or takes for a line end.
UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
Values = Mapping[str, str | list[str]]
NestedValues = Mapping[str, str | Sequence[str | Mapping[str, str]]]


class InvalidYAML(ValueError):
    """Text that is not YAML, or not a kind of it that is read; the message says where."""


class _TextLoader(yaml.BaseLoader):
    """Makes nothing but text, lists and dicts; refuses aliases, by which a few lines can stand for millions."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, _("aliases are not allowed"), event.start_mark)
        return super().compose_node(parent, index)


def read_yaml(source: str) -> object:
    """Parse YAML with every value as text: nothing becomes a date, a number or a Boolean. Raise InvalidYAML."""
    try:
        data = yaml.load(source, Loader=_TextLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidYAML(str(error)) from None
    return clean_values(data)  # Its escapes, such as "\f", are not in the text that was checked.


def front_matter(values: Values, plain: Iterable[str]) -> str:
    """Return the values between two lines of `---`, without those that are empty. plain: keys of names, not prose."""
    return f"---\n{keys(values, plain)}---\n"


def keys(values: NestedValues, plain: Iterable[str]) -> str:
    """Return a line, or several, for each value that is not empty. plain: as in `front_matter`."""
    lines = [line for key, value in values.items() if value for line in _lines(key, value, key in plain, "")]
    return "".join(f"{line}\n" for line in lines)


def entries(rows: Iterable[Values], plain: Iterable[str]) -> str:
    """Return a list of entries, each of which has a line for each key that is not empty."""
    return "".join(f"{line}\n" for row in rows for line in _entry(row, plain, ""))


def _entry(row: Values, plain: Iterable[str], indent: str) -> list[str]:
    lines = [line for key, value in row.items() if value for line in _lines(key, value, key in plain, f"{indent}  ")]
    lines[0] = f"{indent}- {lines[0][len(indent) + 2 :]}"
    return lines


def _lines(key: str, value: str | Sequence[str | Mapping[str, str]], is_plain: bool, indent: str) -> list[str]:
    if not isinstance(value, str):
        return [f"{indent}{key}:", *(line for item in value for line in _item(item, is_plain, f"{indent}  "))]
    value = value.replace("\r\n", "\n")
    if "\n" in value and _is_block(value):
        return [f"{indent}{key}: |-", *(f"{indent}  {line}".rstrip() for line in value.split("\n"))]
    return [f"{indent}{key}: {scalar(value, is_plain=is_plain)}"]


def _item(item: str | Mapping[str, str], is_plain: bool, indent: str) -> list[str]:
    return [f"{indent}- {scalar(item, is_plain=is_plain)}"] if isinstance(item, str) else _entry(item, (), indent)


def scalar(value: str, *, is_plain: bool = False) -> str:
    """Return a value on one line: in quotes, unless it is a name that needs none."""
    if is_plain and PLAIN.fullmatch(value) and not value.endswith(" "):
        return value
    return UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _is_block(value: str) -> bool:
    """Return whether lines can be written as they are."""
    if value != value.strip() or any(line != line.rstrip() for line in value.split("\n")):
        return False
    source = "\n".join(f"  {line}".rstrip() for line in value.split("\n"))
    try:
        return yaml.load(f"key: |-\n{source}\n", Loader=yaml.BaseLoader) == {"key": value}  # noqa: S506, as in parse
    except yaml.YAMLError:
        return False
