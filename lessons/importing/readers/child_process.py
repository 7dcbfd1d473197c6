"""Read a file in a separate process with limited memory and time: whatever a file does, the site stays up.

The child (`__main__.py`) is a fresh Python without the site's database, settings and environment. It limits itself
before it looks at the file, and is killed with all its children when the time is up or its response has arrived.
"""

import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Timer
from typing import IO

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

import lessons
from lessons.importing.document import ParsedArticle
from lessons.importing.readers import transfer
from lessons.markup.sanitise import InvalidText

log = logging.getLogger(__name__)
MODULE = "lessons.importing.readers"
MEMORY_BYTES = 600 * 1024 * 1024
CPU_SECONDS = 20
# More than the CPU seconds, because other processes may keep the computer busy.
WALL_SECONDS = 120
MAX_ANSWER_BYTES = 200 * 1024 * 1024
ROOT = Path(lessons.__file__).parent.parent
# Of the environment, with its passwords and keys, the child gets only what Python needs.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
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
        "locale_paths": [*map(str, settings.LOCALE_PATHS), str(ROOT / "lessons" / "locale")],
    }
    with TemporaryFile() as file:
        file.write(transfer.dump_object(request))
        file.write(data)
        file.seek(0)
        answer, code, is_late = _run(file, wall_seconds)
    if is_late or (not answer and code == EXITS.get("SIGXCPU")):
        raise InvalidText(_too_slow())
    if not answer and code == EXITS.get("SIGKILL"):
        raise InvalidText(_too_much_memory())
    return _understand(answer, code)


def _run(file: IO[bytes], wall_seconds: float) -> tuple[bytes, int, bool]:
    """Return the output of a child that is given `file`, its exit code, and whether it timed out.

    The output is complete when the child's end of the pipe is closed. Its process id is not reused before `wait`.
    """
    process = subprocess.Popen(  # noqa: S603, the command is a constant
        [sys.executable, "-m", MODULE],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    late = Event()

    def stop() -> None:
        late.set()
        _kill(process)

    timer = Timer(wall_seconds, stop)
    timer.start()
    try:
        answer = process.stdout.read(MAX_ANSWER_BYTES) if process.stdout else b""
    finally:
        timer.cancel()
        _kill(process)
        with process:
            pass  # closes the pipe, and waits
    return answer, process.returncode, late.is_set()


def _kill(process: subprocess.Popen) -> None:
    """Kill the child and every process that it has started, which are in its process group."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


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
