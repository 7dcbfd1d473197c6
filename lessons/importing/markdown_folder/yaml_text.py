"""Pure: values as YAML that a person can read, and that is read back as the same text."""

import json
import re
from collections.abc import Iterable, Mapping

import yaml

# A word or several that YAML takes for text, whatever they are.
PLAIN = re.compile(r"[^\W_](?:[\w.+/–—’'&()-]|[ ](?![#]))*+")
# Characters that JSON writes as they are, and YAML does not read or takes for a line end.
UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
Values = Mapping[str, str | list[str]]


def front_matter(values: Values, plain: Iterable[str]) -> str:
    """Return the values between two lines of `---`, without those that are empty. plain: keys of names, not prose."""
    lines = [line for key, value in values.items() if value for line in _lines(key, value, key in plain, "")]
    return "\n".join(["---", *lines, "---", ""])


def entries(rows: Iterable[Values], plain: Iterable[str]) -> str:
    """Return a list of entries, each of which has a line for each key that is not empty."""
    lines: list[str] = []
    for row in rows:
        own = [line for key, value in row.items() if value for line in _lines(key, value, key in plain, "  ")]
        own[0] = f"- {own[0][2:]}"
        lines += own
    return "".join(f"{line}\n" for line in lines)


def _lines(key: str, value: str | list[str], is_plain: bool, indent: str) -> list[str]:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n")
    if isinstance(value, list):
        return [f"{indent}{key}:", *(f"{indent}  - {scalar(item, is_plain=is_plain)}" for item in value)]
    if "\n" in value and _is_block(value):
        return [f"{indent}{key}: |-", *(f"{indent}  {line}".rstrip() for line in value.split("\n"))]
    return [f"{indent}{key}: {scalar(value, is_plain=is_plain)}"]


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
