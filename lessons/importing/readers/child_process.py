"""Read a file in a separate process with limited memory and time: whatever a file does, the site stays up.

The child (`__main__.py`) is a fresh Python without the site's database, settings and environment, run by
`limited_process`. It limits itself before it looks at the file.
"""

import logging
import signal
from tempfile import TemporaryFile

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lessons.importing import limited_process
from lessons.importing.document import ParsedArticle
from lessons.importing.readers import transfer
from lessons.markup.sanitise import InvalidText

log = logging.getLogger(__name__)
MODULE = "lessons.importing.readers"
MEMORY_BYTES = 600 * 1024 * 1024
CPU_SECONDS = 20
# More than the CPU seconds, because other processes may keep the computer busy.
WALL_SECONDS = 120
REFUSED, OUT_OF_MEMORY, FAILED = "refused", "out of memory", "failed"
# Exit codes after the system has ended a process for too much CPU time, or because memory ran out.
EXITS = {name: -getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}


def read_in_child(
    name: str,
    data: bytes,
    *,
    encoding: str = "",
    memory: int = MEMORY_BYTES,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> ParsedArticle:
    """Return what `readers.read_here` makes of the file.

    Raise InvalidText with its message, or with one about too much memory or time, or a crash.
    """
    request = {
        "name": name,
        "encoding": encoding,
        "memory": memory,
        "cpu_seconds": cpu_seconds,
        "language": get_language() or settings.LANGUAGE_CODE,
        "locale_paths": [*map(str, settings.LOCALE_PATHS), str(limited_process.ROOT / "lessons" / "locale")],
    }
    with TemporaryFile() as file:
        file.write(transfer.dump_object(request))
        file.write(data)
        file.seek(0)
        answer, code, is_late = limited_process.run(MODULE, file, wall_seconds)
    if is_late or (not answer and code == EXITS.get("SIGXCPU")):
        raise InvalidText(_too_slow())
    if not answer and code == EXITS.get("SIGKILL"):
        raise InvalidText(_too_much_memory())
    return _understand(answer, code)


def _understand(answer: bytes, code: int) -> ParsedArticle:
    """Return the article of the response. Raise InvalidText for an error, and for an invalid response."""
    try:
        document, rest = transfer.split_object(answer)
        outcome, message = document.get("outcome"), document.get("message", "")
        if not outcome:
            return transfer.load(document, rest)
    except (ValueError, TypeError, KeyError, AttributeError):
        outcome, message = FAILED, f"exit code {code}, {len(answer)} bytes"
    if outcome == REFUSED:
        raise InvalidText(message)
    if outcome == OUT_OF_MEMORY:
        raise InvalidText(_too_much_memory())
    log.error("A reader failed: %s", message)
    raise InvalidText(_crashed())


def _too_slow() -> str:
    return _(
        "Reading this file takes too long. Split it, or save it in a simpler format such as .html or .txt, "
        "then import that."
    )


def _too_much_memory() -> str:
    return _(
        "Reading this file takes too much memory. Split it, or save it in a simpler format such as .html or .txt, "
        "then import that."
    )


def _crashed() -> str:
    return _(
        "This file cannot be read: it is damaged or too complicated. Open it in the program that made it, save it "
        "again or in another format such as .html, then import that."
    )
