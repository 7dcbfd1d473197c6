"""Look at a PDF for what no reader can do anything about, in a process that answers at once."""

from tempfile import TemporaryFile

from lessons.importing import limited_process, pdf_check
from lessons.importing.readers.pdf import file
from lessons.markup.sanitise import InvalidText

MODULE = "lessons.importing.pdf_check"
WALL_SECONDS = 2.0
SENTENCES = {
    pdf_check.PROTECTED: file.protected,
    pdf_check.DAMAGED: file.damaged,
    pdf_check.TOO_LONG: file.too_long,
    pdf_check.NO_TEXT: file.no_text,
}


def check(data: bytes) -> None:
    """Raise InvalidText for a PDF that is protected, damaged, too long, or a scan, as far as is known at once."""
    with TemporaryFile() as copy:
        copy.write(data)
        copy.seek(0)
        answer = limited_process.run(MODULE, copy, WALL_SECONDS).answer.decode("ascii", "replace")
    if answer in SENTENCES:
        raise InvalidText(SENTENCES[answer]())
