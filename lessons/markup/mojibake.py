"""Pure: text that was UTF-8, once read in another encoding and saved again, as "Ã©" for "é"."""

import re
from itertools import islice
from operator import itemgetter

# The encodings that such text was read in. What they have no character for, programs pass on as control characters.
READ_AS = ("cp1252", "cp1251", "cp1250", "mac-roman", "latin-1")
MAX_TIMES = 3
SAMPLE = 500  # stretches that are not ASCII
MIN_SEQUENCES = 2
MIN_SHARE = 0.9
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def decode_twice(text: str) -> str | None:
    """Return the repaired text; None if it is no such text.

    Nearly all that is not ASCII must be UTF-8 when it is read back: in no language is that a coincidence.
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
    """Return the byte that was read as `c`; 0xFF, which UTF-8 never has, if there is none."""
    if "\x80" <= c <= "\x9f":
        return bytes([ord(c)])
    try:
        return c.encode(encoding)
    except UnicodeEncodeError:
        return b"\xff"
