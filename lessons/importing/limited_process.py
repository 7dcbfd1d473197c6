"""A process of its own for a file that may be hostile: started and killed here, and limited by itself.

What runs in it is a module with nothing of the site's environment. This module imports no Django, so that a child
that needs none starts at once.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Timer
from typing import IO, NamedTuple

import lessons

try:
    import resource
except ImportError:  # Windows has no such limits; the time outside is limited nevertheless
    resource = None  # type: ignore[assignment]

MAX_ANSWER_BYTES = 200 * 1024 * 1024
ROOT = Path(lessons.__file__).parent.parent
# Of the environment, with its passwords and keys, the child gets no more than Python needs.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")


class Result(NamedTuple):
    """What a child has written, its exit code, and whether it was killed because its time was over."""

    answer: bytes
    code: int
    is_late: bool


def run(module: str, file: IO[bytes], wall_seconds: float) -> Result:
    """Run a module that reads `file` as its standard input, and wait until it has closed its output.

    It is killed with all its children when the time is over or its answer is there. Until it is waited for, its
    process id is its own.
    """
    process = subprocess.Popen(  # noqa: S603, the command is a constant
        [sys.executable, "-m", module],
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
    return Result(answer, process.returncode, late.is_set())


def _kill(process: subprocess.Popen) -> None:
    """Kill the child and whatever it has started; its group outlives it if it has."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def limit(memory: int, cpu_seconds: int) -> None:
    """Limit this process: its memory, its CPU time, and that it writes no file. Not every system can do all of it."""
    if resource is None:
        return
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": cpu_seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, value in limits.items():
        with suppress(AttributeError, ValueError, OSError):
            # At the first of the two the process gets SIGXCPU, which says what has happened.
            resource.setrlimit(getattr(resource, name), (value, value + (name == "RLIMIT_CPU")))
