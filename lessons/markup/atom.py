"""Atom feeds that are well-formed XML, whatever their content."""

from django.utils.feedgenerator import Atom1Feed

from lessons.markup.characters import xml_text


class AtomFeed(Atom1Feed):
    """An Atom feed without the characters that XML cannot hold, which Django's own refuses with an error.

    Its items may have, as `content`, HTML beside their description.
    """

    def write(self, outfile, encoding):
        self.feed = _cleaned(self.feed)
        self.items = [_cleaned(item) for item in self.items]
        super().write(outfile, encoding)

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        if item.get("content"):
            handler.addQuickElement("content", item["content"], {"type": "html"})


def _cleaned(fields: dict) -> dict:
    return {name: xml_text(value) if isinstance(value, str) else value for name, value in fields.items()}
