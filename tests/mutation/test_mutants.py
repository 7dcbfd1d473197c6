"""The mutants of a module: each is Python, has one change, and nothing is changed that only people read."""

import pytest

from tests.mutation.mutants import mutants


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a == b", {"a != b"}),
        ("a < b", {"a <= b"}),
        ("x = a and not b", {"x = a or not b", "x = a", "x = not b", "x = a and b"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = True", {"x = False"}),
        ("x = escape(name)", {"x = name"}),
        ("x = rows.filter(a=b)", {"x = rows"}),
        ("x = Q(a) & ~Q(b)", {"x = Q(a) | ~Q(b)", "x = Q(a)", "x = ~Q(b)", "x = Q(a) & Q(b)"}),
        ("x = a if b else c", {"x = a", "x = c"}),
        ("if a:\n    b()", {"if not a:\n    b()", "if a:\n    pass"}),
        ("def f():\n    return a.b", {"def f():\n    return None"}),
        ("def f():\n    raise Refused", {"def f():\n    pass"}),
        ('"""Say 3."""\nx: int = "words"', set()),
    ],
)
def test_what_is_made_of_a_line(source, expected):
    assert {mutant.source.strip() for mutant in mutants(source)} == expected


def test_each_says_where_it_is():
    (mutant,) = mutants("a = b\nc = d > e\n")
    assert (mutant.line, mutant.before, mutant.after) == (2, "d > e", "d >= e")
