"""The child process in which `child_process` reads a file: `python -m lessons.importing.readers`."""

import sys
from contextlib import suppress
from traceback import extract_tb

from django.apps import apps
from django.conf import settings
from django.utils.translation import activate

from lessons.importing import readers
from lessons.importing.readers import child_process, transfer
from lessons.markup.sanitise import InvalidText

try:
    import resource
except ImportError:  # Windows has no such limits; the time outside is limited nevertheless
    resource = None  # type: ignore[assignment]


def main() -> None:
    """Read a request and a file from standard input, and write the article or an error."""
    request, data = transfer.split_object(sys.stdin.buffer.read())
    limit(request["memory"], request["cpu_seconds"])
    settings.configure(LANGUAGE_CODE=request["language"], LOCALE_PATHS=request["locale_paths"])
    apps.populate(())
    activate(request["language"])
    answer = read(request["name"], data, request["encoding"])
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def limit(memory: int, cpu_seconds: int) -> None:
    """Limit this process's memory and CPU time, and forbid it to write files, as far as the system can."""
    if resource is None:
        return
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": cpu_seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, value in limits.items():
        with suppress(AttributeError, ValueError, OSError):
            # At the soft limit the process gets SIGXCPU, whose exit code tells what happened.
            resource.setrlimit(getattr(resource, name), (value, value + (name == "RLIMIT_CPU")))


def read(name: str, data: bytes, encoding: str) -> bytes:
    """Return the response: an article, or an object that describes the error."""
    try:
        return transfer.dump(readers.read_here(name, data, encoding))
    except InvalidText as refusal:
        return transfer.dump_object({"outcome": child_process.REFUSED, "message": str(refusal)})
    except MemoryError:
        return transfer.dump_object({"outcome": child_process.OUT_OF_MEMORY})
    except Exception as error:  # whatever a library makes of a hostile file; a person gets a sentence, the log this
        place = extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__} in {place.filename}:{place.lineno}"
        return transfer.dump_object({"outcome": child_process.FAILED, "message": message})


if __name__ == "__main__":
    main()
