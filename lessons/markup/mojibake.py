"""Pure: repair mojibake, UTF-8 that was decoded in another encoding and saved again, such as "Ã©" for "é"."""

import re
from itertools import islice
from operator import itemgetter

# The encodings in which such text was decoded. Programs turn bytes undefined in them into control characters.
READ_AS = ("cp1252", "cp1251", "cp1250", "mac-roman", "latin-1")
MAX_TIMES = 3
SAMPLE = 500  # runs of non-ASCII characters
MIN_SEQUENCES = 2
MIN_SHARE = 0.9
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def decode_twice(text: str) -> str | None:
    """Return the repaired text; None if it is not mojibake.

    Nearly all non-ASCII text must be valid UTF-8 when it is encoded back: in no language is that a coincidence.
    """
    repaired = None
    for _time in range(MAX_TIMES):
        once = _decode_once(repaired or text)
        if once is None:
            break
        repaired = once
    return repaired


def _decode_once(text: str) -> str | None:
    if text.isascii():
        return None
    sample = " ".join(islice(map(itemgetter(0), NOT_ASCII.finditer(text)), SAMPLE))[: 10 * SAMPLE]
    repairs = (_repaired(text, encoding) for encoding in READ_AS if _repaired(sample, encoding) is not None)
    return next((repaired for repaired in repairs if repaired is not None), None)


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


def _byte(c: str, encoding: str) -> bytes:
    """Return the byte that was decoded as `c`; 0xFF, which is never valid in UTF-8, if there is none."""
    if "\x80" <= c <= "\x9f":
        return bytes([ord(c)])
    try:
        return c.encode(encoding)
    except UnicodeEncodeError:
        return b"\xff"
