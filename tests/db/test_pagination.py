"""Keyset pages together are the whole list, once and in order, whatever the cursor says."""

from itertools import product

import pytest

from lessons.db.compiled_queries import fetch_rows
from lessons.db.pagination import Keyset, make_page
from lessons.models import Lesson
from tests.factories import make_lesson, make_module

ORDERS = [
    ("position", "slug", "pk"),
    ("-position", "slug", "-pk"),
    ("position", "-slug", "pk"),
    ("-position", "-slug", "-pk"),
    ("module__title", "-position", "pk"),
    ("-pk",),
    ("pk",),
]
TEXTS = ["tides.ebb", "Ébb", "zz", "0", "a b"]


@pytest.fixture
def lessons(db):
    """Create lessons of two modules with every combination of positions and titles."""
    modules = [make_module(title=title) for title in ("Sea", "Moon")]
    made = list(product(modules, (1, 2), range(3)))
    return [make_lesson(module, position=place, slug=f"l{n}-{module.pk}") for module, place, n in made]


def page_of(keyset, position, size, *, backward=False):
    order = keyset.backward() if backward else keyset
    rows = Lesson.objects.order_by(*order.order_by)
    rows = rows.filter(order.after(position)) if position is not None else rows
    return make_page(
        list(rows.values_list(*keyset.columns)[: size + 1]),
        size,
        keyset.format_cursor,
        is_backward=backward,
        has_before=position is not None,
    )


@pytest.mark.thorough
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
@pytest.mark.parametrize("size", [1, 2, 5, 12, 13])
def test_pages_forward_and_backward_make_up_the_whole_list(lessons, order, size):
    keyset = Keyset(*order)
    whole = list(Lesson.objects.order_by(*order).values_list(*keyset.columns))
    pages, position = [], None
    while not pages or pages[-1].next_cursor:
        pages.append(page_of(keyset, position, size))
        position = pages[-1].rows[-1]
    assert [row for page in pages for row in page.rows] == whole
    assert pages[0].previous_cursor == ""
    if len(pages) > 1:
        assert pages[1].previous_cursor == keyset.format_cursor(pages[1].rows[0])
    back, position = [], pages[-1].rows[0]
    while len(pages) > 1 and (not back or back[-1].previous_cursor):
        back.append(page_of(keyset, position, size, backward=True))
        assert back[-1].next_cursor == keyset.format_cursor(back[-1].rows[-1])
        position = back[-1].rows[0]
    assert [row for page in reversed(back) for row in page.rows] == whole[: len(whole) - len(pages[-1].rows)]


def compiled_page(order):
    keyset = Keyset(*order)
    rows = Lesson.objects.filter(keyset.after(keyset.placeholders())).order_by(*keyset.order_by)
    return rows.values_list("pk")[:4]


def test_a_compiled_query_takes_the_position_as_values(lessons):
    keyset = Keyset("-position", "pk")
    whole = [(row.position, row.pk) for row in Lesson.objects.order_by(*keyset.order_by)]
    for start, position in enumerate(whole):
        rows = fetch_rows(compiled_page, keyset.order_by, **keyset.params(position))
        assert rows == [(pk,) for _place, pk in whole[start + 1 : start + 5]]
    assert keyset.params(None) == {}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_its_own_cursor(text):
    keyset = Keyset("handle", is_text=True)
    assert keyset.parse_cursor(keyset.format_cursor((text,))) == (text,)
    assert keyset.backward().parse_cursor(text) == (text,)


@pytest.mark.parametrize("position", [(0, 1), (7, 10**17), (10**18 - 1, 0)])
def test_cursors_of_numbers_round_trip(position):
    keyset = Keyset("-rank", "pk")
    assert keyset.parse_cursor(keyset.format_cursor(position)) == position


@pytest.mark.parametrize(
    "text", ["", ".", "1", "1.", ".1", "1.2.3", "1.²", "٣.1", "-1.2", "1,2", "1.2\x00", "9" * 30 + ".1", None, 1.2]
)
def test_an_invalid_cursor_of_numbers_is_none(text):
    assert Keyset("-rank", "pk").parse_cursor(text) is None


@pytest.mark.parametrize("text", ["", "a\x00b", None, 3])
def test_an_invalid_cursor_of_text_is_none(text):
    assert Keyset("handle", is_text=True).parse_cursor(text) is None


def test_only_one_column_can_be_text():
    with pytest.raises(TypeError):
        Keyset("handle", "pk", is_text=True)


def test_an_empty_list_has_no_next_or_previous_page():
    assert make_page([], 5, str, has_before=True) == ([], "", "")
    assert make_page([], 5, str, is_backward=True) == ([], "", "")
