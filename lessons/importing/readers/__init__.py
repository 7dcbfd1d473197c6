"""One reader per format; each returns a `ParsedArticle`. Bad input raises InvalidText with a sentence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from django.utils.translation import gettext as _

from lessons.importing.document import ParsedArticle
from lessons.importing.readers import html, markdown, plain_text
from lessons.markup import decoding
from lessons.markup.characters import clean_text
from lessons.markup.sanitise import InvalidText, check_size

Reader = Callable[[str], ParsedArticle]
DocumentReader = Callable[[bytes], ParsedArticle]

TEXT_FORMATS: dict[str, Reader] = {
    ".txt": plain_text.read,
    ".text": plain_text.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read_page,
    ".htm": html.read_page,
    ".xhtml": html.read_page,
}
# Formats that are not text. Their readers run in a child process with limits of memory and time.
DOCUMENT_FORMATS: dict[str, DocumentReader] = {}
MAX_LINES = 50_000
MAX_PARAGRAPHS = 20_000
UNSUPPORTED = {".docx", ".doc", ".odt", ".rtf", ".epub", ".pdf"}


def read_upload(name: str, data: bytes) -> ParsedArticle:
    """Read the article in a file called `name`. Raise InvalidText."""
    extension = PurePath(name).suffix.lower()
    reader = TEXT_FORMATS.get(extension)
    if reader is None:
        raise InvalidText(_unsupported_message(name, extension))
    return _read(reader, decoding.decode(data, declared=reader is html.read_page))


def read_paste(text: str, pasted_html: str = "") -> ParsedArticle:
    """Read a pasted article. pasted_html: the HTML that the clipboard had besides the plain text, if any."""
    if "<" in pasted_html:
        return _read(html.read_clipboard, pasted_html)
    return _read(plain_text.read, text)


def _read(reader: Reader, text: str) -> ParsedArticle:
    check_size(text)
    decoding.reject_control_characters(text)
    if not text.strip():
        raise InvalidText(_("This text is empty. Choose another file, or paste the article."))
    text = clean_text(text)
    if text.count("\n") > MAX_LINES:
        raise InvalidText(_("This text has more than 50,000 lines. Split it and import the parts one by one."))
    parsed = reader(text)
    if len(parsed.blocks) > MAX_PARAGRAPHS:
        raise InvalidText(_("This text has more than 20,000 paragraphs. Split it and import the parts one by one."))
    # A reference in the markup, such as `&#1;`, has become a control character.
    parsed.title = clean_text(parsed.title)
    parsed.blocks = [replace(block, text=clean_text(block.text)) for block in parsed.blocks]
    parsed.original = text
    if not any(c.isalnum() for block in parsed.blocks for c in block.text) and not parsed.title:
        raise InvalidText(_("This file has no readable text. Open it in a browser and copy the article from there."))
    return parsed


def _unsupported_message(name: str, extension: str) -> str:
    if extension in UNSUPPORTED:
        return _(
            "“%(name)s” cannot be read: %(format)s files are not supported yet. "
            "Save it as .html or .txt, or copy the text and paste it."
        ) % {"name": name, "format": extension}
    return _(
        "“%(name)s” is not a supported file. You can use .txt, .md, .html and .htm files: "
        "save it as one of them, or copy the text and paste it."
    ) % {"name": name}
