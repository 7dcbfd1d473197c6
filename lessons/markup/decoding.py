"""Pure: decode bytes to text. A file whose encoding is not recognised is refused: no text comes out garbled."""

import codecs
import re

from django.utils.translation import gettext as _

from lessons.markup.characters import clean_text
from lessons.markup.sanitise import InvalidText

BINARY = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"\xd0\xcf\x11\xe0": "Microsoft Office",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
    b"\x7fELF": "ELF",
    b"MZ\x90": "EXE",
    b"RIFF": "RIFF",
    b"SQLite format": "SQLite",
}
# The longest mark first: UTF-32 begins like UTF-16.
BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
MAX_BYTES = 20 * 1024 * 1024
DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,80}encoding=[\"']([\w.-]+)"
)
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
TWICE_ENCODED = re.compile("â€[™œ“”˜\x9d]|Ã[©¨¤¶¼±³¡\xa0]|Â[\xa0«»°§]")
WESTERN_LETTERS = set("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿœšžßªº")
TYPOGRAPHIC = set("“”‘’–—…•·€£§°«»¡¿©®™½¼¾×±²³\xa0\xad„‚‹›†µ")


def decode(data: bytes, declared: bool = False) -> str:
    """Return the text of a file, without control characters, line ends as they are.

    With `declared`, trust the encoding that an HTML page names.
    Raise InvalidText for a file that is not text, is too large, or has no encoding that can be recognised.
    """
    if not data.strip():
        raise InvalidText(_("This file is empty. Choose another one, or paste the article."))
    if len(data) > MAX_BYTES:
        raise InvalidText(_too_large(len(data)))
    _refuse_binary(data)
    return clean_text(_undo_double_encoding(_decode(data, declared)))


def guess_encoding(data: bytes) -> str:
    """Return the encoding that `decode` guesses; empty if a byte order mark or valid UTF-8 makes it certain."""
    if b"\x00" in data or any(data.startswith(mark) for mark, _encoding in BYTE_ORDER_MARKS):
        return ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return {"cp1252": "Windows-1252", "mac-roman": "Mac Roman"}[_likelier_encoding(data)]
    return ""


def reject_control_characters(text: str) -> None:
    """Raise InvalidText for what databases do not accept: NUL and lone surrogates."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidText(
            _("This text contains invalid characters (NUL or lone surrogates). Save it as UTF-8 and try again.")
        )


def _too_large(size: int) -> str:
    message = _("This file has %(size)s bytes; the limit is %(max)s. Split it and send the parts one by one.")
    return message % {"size": f"{size:,}", "max": f"{MAX_BYTES:,}"}


def _refuse_binary(data: bytes) -> None:
    for magic, name in BINARY.items():
        if data.startswith(magic):
            raise InvalidText(
                _(
                    "Whatever its name says, this file is in %(format)s format. "
                    "Save it as .html or .txt in the program that made it, or copy the text and paste it."
                )
                % {"format": name}
            )


def _decode(data: bytes, declared: bool) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_strictly(data[len(mark) :], encoding)
    if b"\x00" in data:
        return _utf16_without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_single_byte(data, declared)


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidText(_damaged()) from None


def _utf16_without_mark(data: bytes) -> str:
    """Decode UTF-16 whose white space and Latin letters leave NULs on one side of the pairs; refuse other NULs."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 or min(even, odd) > 0.02 * max(even, odd) or max(even, odd) * 200 < len(data):
        raise InvalidText(_not_text())
    text = _decode_strictly(data, "utf-16-be" if even > odd else "utf-16-le")
    if sum(c.isprintable() or c.isspace() for c in text) < 0.98 * len(text):
        raise InvalidText(_not_text())
    return text


def _decode_single_byte(data: bytes, declared: bool) -> str:
    encoding = _declared_encoding(data) if declared else None
    if encoding:
        return _decode_strictly(data, encoding)
    if _broken_pairs(data):
        raise InvalidText(_damaged())
    best = _likelier_encoding(data)
    if _plausibility(data, best) < 0.8:
        raise InvalidText(_damaged())
    return data.decode(best)


def _likelier_encoding(data: bytes) -> str:
    return max(("cp1252", "mac-roman"), key=lambda name: _plausibility(data, name))


def _declared_encoding(data: bytes) -> str | None:
    match = DECLARED.search(data[:4096])
    name = (match[1] or match[2]).decode("ascii") if match else ""
    if name.lower() in ("", "utf-8", "utf8"):
        return None
    if name.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii"):
        return "cp1252"
    try:
        "".encode(name)
    except (LookupError, UnicodeError):  # unknown, or a codec such as base64 that does not encode text
        return None
    return codecs.lookup(name).name


def _broken_pairs(data: bytes) -> bool:
    """Return whether the data is mostly UTF-8, cut or mixed: read as Latin-1 it would be mojibake."""
    valid = sum(map(len, MULTIBYTE.findall(data)))
    return valid * 2 > sum(byte > 127 for byte in data)


def _plausibility(data: bytes, encoding: str) -> float:
    """Return the share of non-ASCII characters that are where Western text has them; 0 if there are too many."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    high = [(text[i - 1] if i else " ", c) for i, c in enumerate(text) if c > "\x7f"]
    letters = sum(c.isalpha() for c in text)
    if sum(c.isalpha() for _before, c in high) > 0.3 * letters or any("\x80" <= c < "\xa0" for _b, c in high):
        return 0.0
    return sum(_is_well_placed(before, c) for before, c in high) / max(1, len(high))


def _is_well_placed(before: str, c: str) -> bool:
    if c in TYPOGRAPHIC or c in WESTERN_LETTERS:
        return True
    return c.lower() in WESTERN_LETTERS and not before.islower()


def _undo_double_encoding(text: str) -> str:
    """Repair UTF-8 that was once read as cp1252 and saved again. It is no coincidence if every pair decodes."""
    if not TWICE_ENCODED.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _not_text() -> str:
    return _("This file is not text. Save the article as .txt or .html, or copy the text and paste it.")


def _damaged() -> str:
    return _(
        "The encoding of this file is unknown or damaged. "
        "Open it in an editor, check that the letters look right, and save it as UTF-8."
    )
