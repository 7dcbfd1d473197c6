"""Pure: text that was UTF-8, once read in another encoding and saved again, as "Ã©" for "é"."""

import re

# The encodings that such text was read in. What they have no character for, programs pass on as control characters.
READ_AS = ("cp1252", "cp1251", "cp1250", "mac-roman", "latin-1")
MIN_SEQUENCES = 2
MIN_SHARE = 0.9
UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode_twice(text: str) -> str | None:
    """Return the repaired text; None if it is no such text.

    Nearly all that is not ASCII must be UTF-8 when it is read back: in no language is that a coincidence.
    """
    if text.isascii():
        return None
    for encoding in READ_AS:
        repaired = _repaired(text, encoding)
        if repaired is not None:
            return repaired
    return None


def _repaired(text: str, encoding: str) -> str | None:
    sequences, others = 0, 0

    def decoded(match: re.Match) -> str:
        nonlocal sequences, others
        data = b"".join(_byte(c, encoding) for c in match[0])
        try:
            fixed = data.decode("utf-8")
        except UnicodeDecodeError:
            others += len(match[0])
            return match[0]
        sequences += len(fixed)
        return fixed

    repaired = NOT_ASCII.sub(decoded, text)
    return repaired if sequences >= MIN_SEQUENCES and sequences > MIN_SHARE * (sequences + others) else None


NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def _byte(c: str, encoding: str) -> bytes:
    """Return the byte that was read as `c`; 0xFF, which UTF-8 never has, if there is none."""
    if "\x80" <= c <= "\x9f":
        return bytes([ord(c)])
    try:
        return c.encode(encoding)
    except UnicodeEncodeError:
        return b"\xff"
