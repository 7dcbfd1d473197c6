"""Whether the search index has what it is made of."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from lessons.indexing.differences import Differences
from lessons.operations.findings import Finding, fail, ok
from lessons.operations.search_index import check_posts, check_texts


def check_search_index(fix: bool) -> Iterator[Finding]:
    """Compare the search index with the texts and posts that it is made of."""
    yield _finding(_("passages of texts"), check_texts(fix=fix), fix)
    yield _finding(_("posts and notes"), check_posts(fix=fix), fix)


def _finding(rows: str, differences: Differences, is_fixed: bool) -> Finding:
    if differences.are_none:
        return ok(
            _("The search index has all %(expected)s %(rows)s, and no others.")
            % {"expected": differences.expected, "rows": rows}
        )
    kinds = (
        (differences.missing, _("missing")),
        (differences.outdated, _("out of date")),
        (differences.surplus, _("there for nothing")),
    )
    numbers = ", ".join(f"{count} {kind}" for count, kind in kinds if count)
    sentence = _("Of %(expected)s %(rows)s in the search index: %(numbers)s.") % {
        "expected": differences.expected,
        "rows": rows,
        "numbers": numbers,
    }
    if is_fixed:
        return ok(f"{sentence} {_('They have been repaired.')}")
    return fail(f"{sentence} {_('Repair them with --fix.')}")
