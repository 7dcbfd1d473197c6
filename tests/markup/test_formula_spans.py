"""Where formulas are in a text: a passage has all of a formula, and is written with its TeX."""

import pytest

from lessons.markup.formula_spans import formula_spans, text_parts, widen_to_formulas
from lessons.markup.formulas import formula
from lessons.markup.plain_text import plain_text
from lessons.markup.sanitise import sanitise

HTML = sanitise(f"<p>😀 If {formula('x<y_1')}{formula('z')}, then.</p>")
TEXT = plain_text(HTML)
FIRST, SECOND = formula_spans(HTML)


def test_formulas_are_ranges_of_the_text_with_their_tex():
    assert [(TEXT[span.start : span.end], span.tex) for span in (FIRST, SECOND)] == [("x<y1", "x<y_1"), ("z", "z")]
    assert formula_spans("<p>None.</p>") == ()


@pytest.mark.parametrize(
    ("given", "widened"),
    [
        ((FIRST.start + 1, SECOND.end), (FIRST.start, SECOND.end)),
        ((0, FIRST.start + 2), (0, FIRST.end)),
        ((FIRST.end, SECOND.end), (FIRST.end, SECOND.end)),
        ((0, FIRST.start), (0, FIRST.start)),
    ],
)
def test_a_range_has_all_of_each_formula_in_which_it_begins_or_ends(given, widened):
    assert widen_to_formulas((FIRST, SECOND), *given) == widened


def test_a_range_is_written_with_its_tex():
    assert text_parts(HTML, TEXT, 2, len(TEXT)) == [
        ("If ", False),
        ("x<y_1", True),
        ("", False),
        ("z", True),
        (", then.", False),
    ]
    assert text_parts(HTML, TEXT, 2, FIRST.end - 1) == [("If x<y", False)]
