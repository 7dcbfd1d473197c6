"""Whether the search index has what it is made of."""

from collections.abc import Iterator

from lessons.indexing.differences import Differences
from lessons.operations.findings import Finding, fail, ok
from lessons.operations.search_index import check_posts, check_texts


def check_search_index(fix: bool) -> Iterator[Finding]:
    """Compare the search index with the texts and posts that it is made of."""
    yield _finding("passages of texts", check_texts(fix=fix), fix)
    yield _finding("posts and notes", check_posts(fix=fix), fix)


def _finding(rows: str, differences: Differences, is_fixed: bool) -> Finding:
    if differences.are_none:
        return ok(f"The search index has all {differences.expected} {rows}, and no others.")
    kinds = (
        (differences.missing, "missing"),
        (differences.outdated, "out of date"),
        (differences.surplus, "there for nothing"),
    )
    numbers = ", ".join(f"{count} {kind}" for count, kind in kinds if count)
    sentence = f"Of {differences.expected} {rows} in the search index: {numbers}."
    return ok(f"{sentence} They have been repaired.") if is_fixed else fail(f"{sentence} Repair them with --fix.")
