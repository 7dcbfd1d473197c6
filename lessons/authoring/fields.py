"""Form fields and what is read from them, for several pages of the admin."""

from django import forms

MOST_DIGITS = 18


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker of day and time. One field, where Django's admin has two and a script."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def number(words: str) -> int:
    """The id that a form or an address names; 0, which no row has, where it names none that a column could hold."""
    return int(words) if words.isdecimal() and len(words) <= MOST_DIGITS else 0


def short_text(form, name: str, most: int = 300) -> str:
    """A field that no Django form reads, cut at `most` characters, without NUL, which PostgreSQL does not take."""
    return form.get(name, "").replace("\x00", "")[:most]
