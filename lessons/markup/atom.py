"""Atom feeds that are well-formed XML whatever they are about."""

from django.utils.feedgenerator import Atom1Feed

from lessons.markup.characters import xml_text


class AtomFeed(Atom1Feed):
    """An Atom feed without the characters that XML cannot hold, which Django's own refuses with an error."""

    def __init__(self, **fields):
        super().__init__(**{name: _cleaned(value) for name, value in fields.items()})

    def add_item(self, **fields):
        super().add_item(**{name: _cleaned(value) for name, value in fields.items()})


def _cleaned(value):
    return xml_text(str(value)) if isinstance(value, str) else value
