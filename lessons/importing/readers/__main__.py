"""The child process in which `child_process` reads a file: `python -m lessons.importing.readers`."""

import sys
from traceback import extract_tb

from django.apps import apps
from django.conf import settings
from django.utils.translation import activate

from lessons.importing import readers
from lessons.importing.limited_process import limit
from lessons.importing.readers import child_process, transfer
from lessons.markup.sanitise import InvalidText


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
