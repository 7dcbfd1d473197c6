"""One reader a format; each gives a `Reading`. Bad input raises UnreadableText with a sentence."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from lessons.importing.document import ParsedArticle
from lessons.importing.readers import html, markdown, plain_text
from lessons.markup import decoding
from lessons.markup.sanitise import InvalidText, check_size

FORMATS = {".txt": plain_text.read, ".text": plain_text.read, ".md": markdown.read, ".markdown": markdown.read}
FORMATS |= {".html": html.read, ".htm": html.read, ".xhtml": html.read}
UNSUPPORTED = {".docx", ".doc", ".odt", ".rtf", ".epub", ".pdf"}


def read_upload(name: str, data: bytes) -> ParsedArticle:
    """The article in a file called `name`. Raises UnreadableText."""
    extension = PurePath(name).suffix.lower()
    read = FORMATS.get(extension)
    if read is None:
        raise InvalidText(_unknown(name, extension))
    return _read(read, decoding.decode(data, declared=read is html.read))


def read_paste(text: str, rich: str = "") -> ParsedArticle:
    """The article in a paste: `rich`, the HTML beside the plain text, where the clipboard had any."""
    if "<" in rich:
        return _read(html.read, rich)
    return _read(plain_text.read, text)


def _read(read, text: str) -> ParsedArticle:
    check_size(text)
    decoding.reject_control_characters(text)
    if not text.strip():
        raise InvalidText(_("There is nothing in this text. Choose another file, or paste the article."))
    reading = read(text)
    reading.original = text
    if not any(c.isalnum() for block in reading.blocks for c in block.text) and not reading.title:
        raise InvalidText(_("There are no words to read in this text. Open it in a browser and copy the article."))
    return reading


def _unknown(name: str, extension: str) -> str:
    if extension in UNSUPPORTED:
        return _(
            "“%(name)s” cannot be read yet: %(format)s files come in a later version. "
            "Save it as .html or .txt, or copy the text and paste it."
        ) % {"name": name, "format": extension}
    return _(
        "“%(name)s” is not a file this page can read. Files that work: .txt, .md, .html and .htm. "
        "Save it as one of them, or copy the text and paste it."
    ) % {"name": name}
