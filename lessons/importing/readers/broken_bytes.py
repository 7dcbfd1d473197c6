"""The notice that some bytes of a file could not be decoded."""

from django.utils.translation import ngettext

from lessons.importing.document import Omission
from lessons.markup import decoding


def notice(decoded: decoding.DecodedText) -> list[Omission]:
    """Return the notice, quoting the text around the first of these bytes; empty if all could be decoded."""
    if not decoded.broken:
        return []
    start = max(0, decoded.text.find(decoding.BROKEN) - 30)
    around = " ".join(decoded.text[start : start + 61].split())
    reason = ngettext(
        "%(n)s byte of the file could not be read and was replaced by �: “…%(around)s…”",
        "%(n)s bytes of the file could not be read and were replaced by �, first here: “…%(around)s…”",
        decoded.broken,
    )
    return [Omission(decoding.BROKEN, reason % {"n": f"{decoded.broken:,}", "around": around}, position=0)]
