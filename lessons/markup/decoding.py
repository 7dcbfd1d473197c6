"""Pure: decode bytes to text. An encoding that was guessed is returned, so that another one can be chosen."""

import codecs
import re
import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.markup import encoding_guess
from lessons.markup.characters import clean_text
from lessons.markup.mojibake import decode_twice
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
# The longest first, since UTF-32's begins like UTF-16's.
BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
UTF16 = ("utf-16-le", "utf-16-be")
UTF32 = ("utf-32-le", "utf-32-be")
TWICE = "utf-8-twice"
# The encodings that can be chosen, and the values of `DecodedText.encoding`: names of codecs, except TWICE.
ENCODINGS = {
    "utf-8": gettext_lazy("Unicode (UTF-8)"),
    TWICE: gettext_lazy("Unicode, encoded twice"),
    "utf-16-le": gettext_lazy("Unicode (UTF-16, little-endian)"),
    "utf-16-be": gettext_lazy("Unicode (UTF-16, big-endian)"),
    "utf-32-le": gettext_lazy("Unicode (UTF-32, little-endian)"),
    "utf-32-be": gettext_lazy("Unicode (UTF-32, big-endian)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "iso8859-15": gettext_lazy("Western European (ISO-8859-15)"),
    "mac-roman": gettext_lazy("Western European (Mac Roman)"),
    "cp850": gettext_lazy("Western European (DOS, 850)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "iso8859-2": gettext_lazy("Central European (ISO-8859-2)"),
    "mac-latin2": gettext_lazy("Central European (Mac)"),
    "cp852": gettext_lazy("Central European (DOS, 852)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "koi8-r": gettext_lazy("Cyrillic (KOI8-R)"),
    "koi8-u": gettext_lazy("Cyrillic (KOI8-U)"),
    "iso8859-5": gettext_lazy("Cyrillic (ISO-8859-5)"),
    "mac-cyrillic": gettext_lazy("Cyrillic (Mac)"),
    "cp866": gettext_lazy("Cyrillic (DOS, 866)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "iso8859-7": gettext_lazy("Greek (ISO-8859-7)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "cp1255": gettext_lazy("Hebrew (Windows-1255)"),
    "iso8859-8": gettext_lazy("Hebrew (ISO-8859-8)"),
    "cp1256": gettext_lazy("Arabic (Windows-1256)"),
    "iso8859-6": gettext_lazy("Arabic (ISO-8859-6)"),
    "cp1257": gettext_lazy("Baltic (Windows-1257)"),
    "iso8859-13": gettext_lazy("Baltic (ISO-8859-13)"),
    "iso8859-4": gettext_lazy("Baltic (ISO-8859-4)"),
    "cp874": gettext_lazy("Thai (Windows-874)"),
    "cp1258": gettext_lazy("Vietnamese (Windows-1258)"),
    "cp932": gettext_lazy("Japanese (Shift-JIS)"),
    "euc-jp": gettext_lazy("Japanese (EUC-JP)"),
    "iso2022-jp": gettext_lazy("Japanese (ISO-2022-JP)"),
    "gb18030": gettext_lazy("Simplified Chinese (GB18030)"),
    "big5hkscs": gettext_lazy("Traditional Chinese (Big5)"),
    "cp949": gettext_lazy("Korean (EUC-KR)"),
}
MAX_BYTES = 20 * 1024 * 1024
DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,80}encoding=[\"']([\w.-]+)"
)
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Names of encodings in pages and detectors, each with a superset among ENCODINGS.
WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"} | {
    "big5": "big5hkscs", "cp950": "big5hkscs", "euc_kr": "cp949", "shift_jis": "cp932", "iso8859-11": "cp874",
    "tis-620": "cp874", "euc_jp": "euc-jp", "iso2022_jp": "iso2022-jp",
}  # fmt: skip
CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
NOT_IN_DATABASES = re.compile("[\x00\ud800-\udfff]")
HEAD_BYTES = 200_000  # A page may declare its encoding after long scripts.
MAX_BROKEN = 0.02  # of the characters
BROKEN = "\ufffd"


class DecodedText(NamedTuple):
    """A text, and how its bytes were decoded.

    encoding: a key of ENCODINGS if it was guessed, empty if a byte order mark, valid UTF-8 or a declaration shows it.
    broken: the number of bytes that could not be decoded; each is replaced by U+FFFD.
    """

    text: str
    encoding: str = ""
    broken: int = 0


def decode(data: bytes, *, declared: bool = False, encoding: str = "") -> DecodedText:
    """Return the text of a file without control characters, but with line ends, and form feeds, which end pages.

    declared: trust the encoding that an HTML page declares. encoding: the key of ENCODINGS chosen by a user, if any.
    Raise InvalidText for a file that is not text, is too large, or has no recognisable encoding.
    """
    if not data.strip():
        raise InvalidText(_("This file is empty. Choose another one, or paste the article."))
    if len(data) > MAX_BYTES:
        raise InvalidText(_too_large(len(data)))
    _refuse_binary(data)
    decoded = _decode_as(data, encoding) if encoding else _decode(data, declared)
    return decoded._replace(text="\f".join(map(clean_text, decoded.text.split("\f"))))


def encoding_name(encoding: str) -> str:
    """Return the display name of an encoding of ENCODINGS, or of another one found by a detector."""
    return str(ENCODINGS.get(encoding, encoding.upper().replace("_", "-")))


def reject_control_characters(text: str) -> None:
    """Raise InvalidText for characters that databases reject: NUL and lone surrogates."""
    if NOT_IN_DATABASES.search(text):
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
                    "Despite its name, this file is in %(format)s format. "
                    "Save it as .docx, .html or .txt in the program that made it, or copy the text and paste it."
                )
                % {"format": name}
            )


def _decode_as(data: bytes, encoding: str) -> DecodedText:
    """Decode with the chosen encoding; undefined bytes become U+FFFD."""
    if encoding not in ENCODINGS:
        raise InvalidText(_("This encoding is unknown. Choose one from the list."))
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark) and name == encoding:
            data = data[len(mark) :]
    if encoding == TWICE:
        once, _encoding, broken = _lenient(data, "utf-8")
        return DecodedText(decode_twice(once) or once, TWICE, broken)
    return _lenient(data, encoding, encoding)


def _decode(data: bytes, declared: bool) -> DecodedText:
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], name)
    if b"\x00" in data:
        return _wide_without_mark(data)
    if b"\x1b$" in data and (japanese := _strict(data, "iso2022-jp")):
        return DecodedText(japanese, "iso2022-jp")
    text = _strict(data, "utf-8")
    if text is not None:
        repaired = decode_twice(text)
        return DecodedText(repaired, TWICE) if repaired else DecodedText(text)
    if declared and (encoding := _declared_encoding(data)):
        decoded = _lenient(data, encoding)
        if decoded.broken <= MAX_BROKEN * len(decoded.text):
            return decoded
    return _guessed(data)


def _guessed(data: bytes) -> DecodedText:
    if _is_damaged_utf8(data):
        return _lenient(data, "utf-8", "utf-8")
    encoding = (encoding_guess.guess(data, UTF16) if len(data) % 2 == 0 else None) or encoding_guess.guess(data)
    if not encoding:
        raise InvalidText(_damaged())
    if encoding not in UTF16 and len(CONTROLS.findall(data)) > MAX_BROKEN * len(data):
        raise InvalidText(_not_text())
    name = codecs.lookup(encoding).name
    return _lenient(data, encoding, encoding if encoding in ENCODINGS else WIDER.get(name, name))


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _lenient(data: bytes, encoding: str, guessed: str = "") -> DecodedText:
    """Decode, replacing invalid bytes by U+FFFD. Compose Vietnamese letters, which Windows-1258 decomposes."""
    text = data.decode(encoding, "replace")
    broken = text.count(BROKEN) - (data.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0)
    return DecodedText(unicodedata.normalize("NFC", text) if encoding == "cp1258" else text, guessed, max(0, broken))


def _wide_without_mark(data: bytes) -> DecodedText:
    """Decode UTF-16 or UTF-32, where white space and Latin letters have NULs at fixed positions in each unit."""
    counts = [data[n::4].count(0) for n in range(4)]
    quarter = 0.95 * max(1, len(data) // 4)
    if len(data) % 4 == 0 and (min(counts[:2]) > quarter or min(counts[2:]) > quarter):
        return _readable(data, UTF32[counts[0] > quarter])
    even, odd = counts[0] + counts[2], counts[1] + counts[3]
    if max(even, odd) < 0.1 * len(data) and (encoding := encoding_guess.guess(data, UTF16)):
        return _readable(data, encoding)
    if min(even, odd) > 0.02 * max(even, odd) + 2:
        raise InvalidText(_not_text())
    return _readable(data[: len(data) - len(data) % 2], UTF16[even > odd])


def _readable(data: bytes, encoding: str) -> DecodedText:
    decoded = _lenient(data, encoding, encoding)
    odd = sum(not (c.isprintable() or c.isspace()) or c == BROKEN for c in decoded.text)
    if odd > MAX_BROKEN * len(decoded.text):
        raise InvalidText(_not_text())
    return decoded


def _declared_encoding(data: bytes) -> str | None:
    match = DECLARED.search(data[:HEAD_BYTES])
    name = (match[1] or match[2]).decode("ascii") if match else ""
    try:
        "".encode(name)
        name = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):  # unknown, or a codec such as base64 that does not encode text
        return None
    return None if name.startswith("utf") else WIDER.get(name, name)


def _is_damaged_utf8(data: bytes) -> bool:
    """Return whether the data is mostly UTF-8, truncated or with invalid bytes, so that Latin-1 would be mojibake."""
    valid = sum(map(len, MULTIBYTE.findall(data)))
    high = len(data) - len(data.translate(None, encoding_guess.HIGH_BYTES))
    return valid > 0.7 * high


def _not_text() -> str:
    return _("This file is not text. Save the article as .txt or .html, or copy the text and paste it.")


def _damaged() -> str:
    return _(
        "The encoding of this file is unknown or damaged. "
        "Open it in an editor, check that the letters look right, and save it as UTF-8."
    )
