"""Reads the Dockerfile."""

import re

from tests.deployment.document import ROOT


def instructions() -> list[tuple[str, str]]:
    """Return the instructions with what follows their names, each on one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", "")
    return [(name, rest) for name, _space, rest in (line.partition(" ") for line in text.splitlines() if line)]


def last(name: str) -> str:
    """Return what follows the last instruction of this name."""
    return [rest for instruction, rest in instructions() if instruction == name][-1]
