"""The code blocks of docs/administration.md: files to write, and commands to type."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ADMINISTRATION = ROOT / "docs" / "administration.md"
HEADING = re.compile(r"^(#+) (.+)$")
PATH = re.compile(r"`(/(?:etc|usr/local)/[^`]+)`")


class Block(NamedTuple):
    """A code block. `path` names the file that it is, or is empty: then its lines are commands."""

    section: str
    path: str
    text: str


def blocks(document: Path = ADMINISTRATION) -> list[Block]:
    """Return the blocks in order. A block is the file that the paragraph before it names, as the last in it."""
    found: list[Block] = []
    section, path = "", ""
    lines = iter(document.read_text("utf-8").splitlines())
    previous = ""
    for line in lines:
        if heading := HEADING.match(line):
            section, path = heading[2], ""
        elif line.startswith("```"):
            text = "".join(f"{inner}\n" for inner in iter(lambda: next(lines), "```"))
            found.append(Block(section, path, text))
            path = ""
        elif line:
            of_before = path if previous else ""  # and nothing at the beginning of a paragraph
            path = [of_before, *PATH.findall(line)][-1]
        previous = line
    return found


def section(name: str) -> list[Block]:
    """Return the blocks under one heading."""
    return [block for block in blocks() if block.section == name]
