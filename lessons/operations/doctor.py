"""The checks of `manage.py doctor`. Each looks at one part of the site and says in sentences what it found."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lessons.indexing.differences import Differences
from lessons.operations.search_index import check_posts, check_texts


class Finding(NamedTuple):
    """What a check says of one thing, and whether somebody must do something about it."""

    sentence: str
    is_problem: bool = False


Check = Callable[[bool], Iterator[Finding]]
"""Looks at one part of the site and, if its argument is true, repairs what can be computed again."""


def check_search_index(fix: bool) -> Iterator[Finding]:
    """Compare the search index with the texts and posts that it is made of."""
    yield _finding("passages of texts", check_texts(fix=fix), fix)
    yield _finding("posts and notes", check_posts(fix=fix), fix)


def _finding(rows: str, differences: Differences, is_fixed: bool) -> Finding:
    if differences.are_none:
        return Finding(f"The search index has all {differences.expected} {rows}, and no others.")
    kinds = (
        (differences.missing, "missing"),
        (differences.outdated, "out of date"),
        (differences.surplus, "there for nothing"),
    )
    numbers = ", ".join(f"{count} {kind}" for count, kind in kinds if count)
    what_now = "They have been repaired." if is_fixed else "Repair them with --fix."
    return Finding(f"Of {differences.expected} {rows} in the search index: {numbers}. {what_now}", not is_fixed)


CHECKS: dict[str, Check] = {"index": check_search_index}


def diagnose(names: list[str], *, fix: bool) -> Iterator[Finding]:
    """Run the named checks, or all, one after the other; repair what can be computed again if `fix`."""
    for name in names or CHECKS:
        yield from CHECKS[name](fix)
