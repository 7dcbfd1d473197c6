"""One reader per format; each returns a `ParsedArticle`. Bad input raises InvalidText with a message.

Call `read_upload` and `read_paste`. formats.py recognises a file's format, limits.py limits its size; documents and
long texts are read by child_process.py, in a process with limits of memory and time. quick_checks.py finds some of
what that process would refuse, before it is started.

    docx/                  Word documents
    epub/                  books; archives.py opens this and other zip files within bounds
    pdf/                   PDFs
    html.py                HTML: structures.py, html_formulas.py, anchors.py, callouts.py, page_code.py, …
    pages/                 finding the main text and the footnotes of a web page
    office_html/           HTML that office programs save or put on the clipboard
    saved_page.py          a web page with its images, as .zip or .mht
    markdown.py            Markdown: markdown_commands.py
    plain_text/            text without markup: wrapped lines, lists, tables, footnotes, tables of contents
    numbered_labels.py     what lines begin with, for all of them: also contents_title.py, list_markers.py
"""

from collections.abc import Callable

from django.utils.translation import gettext as _

from lessons.importing.document import PASTED_FRAGMENT, PASTED_PAGE, PASTED_TEXT, ParsedArticle
from lessons.importing.readers import (
    broken_bytes,
    child_process,
    docx,
    epub,
    formats,
    html,
    limits,
    markdown,
    pdf,
    plain_text,
    saved_page,
    storable,
)
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
DOCUMENT_FORMATS: dict[str, DocumentReader] = {
    ".docx": docx.read,
    ".docm": docx.read,
    ".dotx": docx.read,
    ".epub": epub.read,
    ".pdf": pdf.read,
    ".zip": saved_page.read_zip,
    ".mht": saved_page.read_web_archive,
    ".mhtml": saved_page.read_web_archive,
}
PASTED_FORMATS: dict[str, Reader] = {PASTED_PAGE: html.read_clipboard, PASTED_FRAGMENT: html.read_fragment}
MAX_LINES = 50_000


def read_upload(name: str, data: bytes, encoding: str = "") -> ParsedArticle:
    """Read the article in a file called `name`. Raise InvalidText.

    encoding: a key of `decoding.ENCODINGS` if somebody has chosen one, for text formats. Documents and long texts are
    read in a child process.
    """
    extension = _extension(name, data)
    if extension in DOCUMENT_FORMATS or limits.is_large(data):
        return child_process.read_in_child(name, data, encoding=encoding)
    return read_here(name, data, encoding)


def read_here(name: str, data: bytes, encoding: str = "") -> ParsedArticle:
    """Read the article in this process, without limits of time and memory. For documents, only the child calls it."""
    extension = _extension(name, data)
    if extension in DOCUMENT_FORMATS:
        return _checked(DOCUMENT_FORMATS[extension](data))
    reader = PASTED_FORMATS.get(name) or TEXT_FORMATS[extension]
    decoded = decoding.decode(data, declared=reader is html.read_page, encoding=encoding)
    parsed = _read(reader, decoded.text)
    parsed.encoding = decoded.encoding
    parsed.omissions[:0] = broken_bytes.notice(decoded)
    return parsed


def read_paste(text: str, pasted_html: str = "") -> ParsedArticle:
    """Read a pasted article. pasted_html: the HTML that the clipboard had besides the plain text, if any."""
    name, text = (PASTED_PAGE, pasted_html) if "<" in pasted_html else (PASTED_TEXT, text)
    return _read_pasted(name, text)


def read_fragment(pasted_html: str) -> ParsedArticle:
    """Read what is pasted into a text. It has no title; of pictures it has the addresses alone."""
    return _read_pasted(PASTED_FRAGMENT, pasted_html)


def _read_pasted(name: str, text: str) -> ParsedArticle:
    """Read a paste here or, if it is large, in a child process. Raise InvalidText."""
    check_size(text)
    decoding.reject_control_characters(text)
    data = text.encode()
    if limits.is_large(data):
        return child_process.read_in_child(name, data, encoding="utf-8")
    return _read(PASTED_FORMATS.get(name, plain_text.read), text)


def _extension(name: str, data: bytes) -> str:
    """Return the extension of the file's format. Raise InvalidText if it is too large or not supported."""
    extension = formats.recognise(name, data)
    limits.check_bytes(extension, len(data))
    if extension not in TEXT_FORMATS and extension not in DOCUMENT_FORMATS:
        raise InvalidText(formats.unsupported(name))
    return extension


def _read(reader: Reader, text: str) -> ParsedArticle:
    decoding.reject_control_characters(text)
    if not text.strip():
        raise InvalidText(_("This text is empty. Choose another file, or paste the article."))
    if text.count("\n") > MAX_LINES:
        raise InvalidText(_("This text has more than 50,000 lines. Split it and import the parts one by one."))
    if reader is not plain_text.read:  # which knows form feeds as the ends of pages
        text = clean_text(text)
    parsed = reader(text)
    parsed.original = text
    return _checked(parsed)


def _checked(parsed: ParsedArticle) -> ParsedArticle:
    """Return the article of any reader, cleaned. Raise InvalidText if it is too long or empty."""
    limits.check_content(parsed)
    storable.make_storable(parsed)
    texts = (parsed.title, *(block.text for block in parsed.blocks))
    if not any(c.isalnum() for text in texts for c in text) and not any(image.data == b"" for image in parsed.images):
        raise InvalidText(_("There is no readable text here. Open the article in a browser and copy it from there."))
    return parsed
