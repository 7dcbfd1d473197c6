"""Show that importing takes time in proportion to length, whatever the text. By hand:

    .venv/bin/python tests/benchmarks/import_growth.py [FORMAT…]

Each input is read, outlined, compared with its source and given suggestions at a length, twice and four times that.
Printed: CPU seconds of each, and how much the last took compared with the first; about 4 is linear, 16 is quadratic.
The exit code is 1 if an input took more than GROWTH times as long.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DEVELOPMENT", "true")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from lessons.importing.analysis import analyse
from lessons.importing.readers import read_here
from lessons.markup.sanitise import InvalidText
from tests.importing import epubs, pdfs, word

GROWTH = 7
CHARACTERS = 20_000
VOCABULARY = [
    f"{first}{last}" for first in ("tide", "shore", "moon", "sail", "port") for last in ("", "s", "ing", "er")
]


def prose(characters: int, words: list[str] | None = None) -> str:
    """Return paragraphs of sentences, with headings, always the same."""
    source, lines, length = random.Random(characters), [], 0
    while length < characters:
        sentence = " ".join(source.choices(words or VOCABULARY, k=12)).capitalize() + "."
        is_heading = len(lines) % 9 == 0
        lines.append(sentence[:30].rstrip(".") if is_heading else " ".join([sentence] * 4))
        length += len(lines[-1])
    return "\n".join(lines)


def repeated(piece: str) -> Callable[[int], str]:
    return lambda characters: piece * (characters // len(piece))


def as_html(text: str) -> str:
    return "<main><h1>Tides</h1>" + "".join(f"<p>{line}</p>" for line in text.split("\n")) + "</main>"


TEXTS = {
    "prose": prose,
    "one line": lambda n: prose(n).replace("\n", " "),
    "short lines": repeated("Tide\n"),
    "abbreviations": repeated("c. 1 "),
    "initials": repeated("J. "),
    "digits": repeated("1949 "),
    "numbers of headings": repeated("1.1 Tide\n"),
    "brackets": repeated("(["),
    "closed brackets": repeated("[1] "),
    "bullets": repeated("- tide\n  - ebb\n"),
    "colons": repeated("Tide:\nIt rises.\n"),
    "page numbers": repeated("Tide rises\n12\n\f"),
    "quotes": repeated("“Tide,” "),
    "spaces": repeated("a      \t"),
    "no spaces": repeated("潮は海を走る。"),
    "marks": repeated("e\u0301"),
    "dashes": repeated("tide-\n"),
    "capitals": repeated("Mr. Tide And Ms. Ebb "),
}
MARKDOWN = TEXTS | {
    "hashes": repeated("# Tide\n\nIt rises.\n\n"),
    "asterisks": repeated("*a **b "),
    "dollars": repeated("$a "),
    "formulas": repeated("It is $a^2$. "),
    "colons in rows": repeated("::: note\nTide\n"),
    "definitions": repeated("Tide\n: It rises.\n\n"),
    "footnotes": lambda n: "".join(f"Tide[^{k}].\n\n[^{k}]: It rises.\n\n" for k in range(n // 30)),
    "fences": repeated("```python\nx = 1\n```\n"),
    "tables": repeated("| a | b |\n|---|---|\n| c | d |\n\n"),
}
HTML = {name: (lambda n, make=make: as_html(make(n))) for name, make in TEXTS.items()} | {
    "links": repeated("<li><a href='/tide'>Tide</a></li>"),
    "divisions": repeated("<div class='post'><p>The tide rises twice a day here.</p></div>"),
    "unclosed": repeated("<div><span>Tide "),
    "spans": repeated("<span>a</span>"),
    "comments": repeated("<!-- tide --> ebb "),
    "notes": lambda n: (
        "".join(f"<p>Tide<sup><a href='#n{k}' id='r{k}'>{k}</a></sup></p>" for k in range(n // 100))
        + "".join(f"<p id='n{k}'><a href='#r{k}'>{k}</a> It rises.</p>" for k in range(n // 100))
    ),
    "formulas": repeated("<p>It is <math alttext='a^2'><mi>a</mi></math>.</p>"),
    "cells": repeated("<table><tr><td>a</td><td>b</td></tr></table>"),
    "images": repeated("<p>Tide<img src='a.png' alt='A tide'></p>"),
}


def docx(text: str) -> bytes:
    return word.word("".join(word.p(word.run(line)) for line in text.split("\n")))


def epub(text: str) -> bytes:
    lines = text.split("\n")
    chapters = [lines[start : start + 40] for start in range(0, len(lines), 40)]
    return epubs.book({f"c{n}.xhtml": "".join(f"<p>{line}</p>" for line in one) for n, one in enumerate(chapters)})


def pdf(text: str) -> bytes:
    words = text.split()
    lines = [" ".join(words[start : start + 12])[:90] for start in range(0, len(words), 12)]
    return pdfs.pdf(*(pdfs.PdfPage().lines(*lines[start : start + 50]) for start in range(0, len(lines), 50)))


FORMATS: dict[str, dict[str, Callable[[int], str | bytes]]] = {
    "txt": TEXTS,
    "md": MARKDOWN,
    "html": HTML,
    "docx": {name: (lambda n, make=make: docx(make(n))) for name, make in TEXTS.items() if name != "page numbers"},
    "epub": {name: (lambda n, make=make: epub(make(n))) for name, make in TEXTS.items() if name != "page numbers"},
    "pdf": {"prose": lambda n: pdf(prose(n)), "digits": lambda n: pdf(TEXTS["digits"](n))},
}


def seconds(name: str, content: str | bytes) -> float | None:
    """Return the CPU seconds that importing takes; None if the file is refused."""
    data = content.encode() if isinstance(content, str) else content
    start = time.process_time()
    try:
        analyse(read_here(name, data))
    except InvalidText:
        return None
    return time.process_time() - start


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(formats: list[str]) -> int:
    slow = 0
    for extension in formats or FORMATS:
        for kind, make in FORMATS[extension].items():
            times = [seconds(f"tide.{extension}", make(CHARACTERS * factor)) for factor in (1, 2, 4)]
            if None in times or not times[0]:
                say(f"{extension:5} {kind:22} refused")
                continue
            growth = times[2] / max(times[0], 0.02)
            slow += growth > GROWTH
            say(f"{extension:5} {kind:22} {times[0]:6.2f} {times[1]:6.2f} {times[2]:6.2f} s  x{growth:.1f}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
