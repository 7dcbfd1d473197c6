"""How the rows of an index differ from those that it should have. Pure."""

from typing import NamedTuple


class Differences(NamedTuple):
    """Numbers of rows: those there should be, and of those that are not there, are not as they should be, or are there
    for nothing."""

    expected: int = 0
    missing: int = 0
    outdated: int = 0
    surplus: int = 0

    @property
    def are_none(self) -> bool:
        return not (self.missing or self.outdated or self.surplus)

    def plus(self, other: "Differences") -> "Differences":
        return Differences(*(a + b for a, b in zip(self, other, strict=True)))
