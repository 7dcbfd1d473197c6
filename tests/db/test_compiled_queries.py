"""Compiled queries, and JSON rows inside a row, return what the queryset itself would."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.db.models import OuterRef

from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param, int_params, moment_param, padded, str_param
from lessons.db.json_rows import JSONRows, parse_datetime, unpack_rows
from lessons.models import Lesson, Module
from tests.factories import make_lesson, make_module

pytestmark = pytest.mark.django_db


def lessons_of(in_order):
    lessons = Lesson.objects.filter(module=int_param("module"), title=str_param("title"))
    return lessons.order_by("position" if in_order else "-position").values_list("pk", "created_at")


def lessons_like():
    return Lesson.objects.filter(title__contains=str_param("title")).values_list("pk")


def lessons_due_after():
    return Lesson.objects.filter(due_at__gt=moment_param("moment")).order_by("pk").values_list("pk")


def titles_of():
    return Lesson.objects.filter(module=int_param("module")).values("pk", "title")


def json_row_times():
    lessons = Lesson.objects.filter(module=OuterRef("pk"))
    times = JSONRows(lessons, "title", "due_at", "created_at")
    return Module.objects.filter(pk=int_param("module")).annotate(found=times).values_list("pk", "found")


def test_a_compiled_query_works_for_other_values_and_variants():
    one, two = make_module(), make_module()
    made = [make_lesson(module, title=title) for module in (one, two) for title in ("Ebb", "Ebb", "Flow")]
    ebbs = [(lesson.pk, lesson.created_at) for lesson in made[3:5]]
    assert fetch_rows(lessons_of, True, module=one.pk, title="Flow") == [(made[2].pk, made[2].created_at)]
    assert fetch_rows(lessons_of, True, module=two.pk, title="Ebb") == ebbs
    assert fetch_rows(lessons_of, False, module=two.pk, title="Ebb") == ebbs[::-1]
    assert fetch_rows(lessons_of, True, module=two.pk, title="%' OR 1=1 --") == []


def test_a_moment_is_compared_with_others():
    due = [make_lesson(due_at=datetime(2026, 11, day, 12, tzinfo=UTC)).pk for day in (1, 2)]
    assert fetch_rows(lessons_due_after, moment=datetime(2026, 11, 1, 11, 59, tzinfo=UTC)) == [(due[0],), (due[1],)]
    zone = timezone(timedelta(hours=2))
    assert fetch_rows(lessons_due_after, moment=datetime(2026, 11, 1, 14, tzinfo=zone)) == [(due[1],)]


def test_rows_can_be_fetched_as_dicts():
    lesson = make_lesson(make_module())
    assert fetch_dicts(titles_of, module=lesson.module_id) == [{"pk": lesson.pk, "title": lesson.title}]


def test_placeholders_stay_within_integer_columns_however_often_they_are_asked_for():
    """A process that has built 4,000 queries must not run out of them."""
    for _ in range(4000):
        int_param("asked for often")
        moment_param("asked for often")
    assert int_param("a name of its own") < 2**31


def test_a_number_larger_than_any_id_finds_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fetch_rows(lessons_of, True, module=2**63, title="") == []
    assert fetch_rows(lessons_of, True, module=2**63 - 1, title="") == []


def nothing():
    return Lesson.objects.filter(module=int_param("module"), title__in=[]).values_list("pk")


def test_conditions_that_let_no_row_through_find_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fetch_rows(nothing, module=1) == fetch_dicts(nothing, module=1) == []


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        fetch_rows(lessons_of, True, module=1)


def test_a_placeholder_that_would_not_be_replaced_is_refused():
    with pytest.raises(TypeError):
        fetch_rows(lessons_like, title="Ebb")


def test_json_rows_keep_text_times_and_missing_values():
    module = make_module()
    [(_pk, nothing)] = fetch_rows(json_row_times, module=module.pk)
    assert unpack_rows(nothing) == []
    lesson = make_lesson(module, title='Ebb "and" flow – 潮 \\ 🌊')
    [(_pk, found)] = fetch_rows(json_row_times, module=module.pk)
    [[title, due_at, created_at]] = unpack_rows(found)
    assert (title, parse_datetime(due_at), parse_datetime(created_at)) == (lesson.title, None, lesson.created_at)


def lessons_with_signs():
    """Constants that would break a statement if they were not escaped."""
    lessons = Lesson.objects.filter(module=int_param("module"), title__in=["100 % 'sure' %s", str_param("title")])
    return lessons.filter(title__contains="% ").values_list("pk")


def test_constants_with_signs_are_only_text():
    module = make_module()
    made = [make_lesson(module, title=title) for title in ("100 % 'sure' %s", "50 % of it", "Ebb")]
    for _ in range(2):
        found = fetch_rows(lessons_with_signs, module=module.pk, title="50 % of it")
        assert sorted(found) == [(lesson.pk,) for lesson in made[:2]]


def published_lessons():
    return Lesson.objects.filter(module=int_param("module"), state=Lesson.State.PUBLISHED, bin_entry=None).values_list(
        "pk"
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite binds by question marks")
def test_only_values_that_change_are_bound(django_assert_num_queries):
    """SQLite would plan a statement again, each time, whose constants decide whether a partial index may be used."""
    with django_assert_num_queries(1) as captured:
        assert fetch_rows(published_lessons, module=1) == []
    sql = captured[0]["sql"]
    assert sql.count("?") == 1
    assert "\"state\" = 'published'" in sql


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL plans statements once")
def test_a_statement_is_prepared_once_whatever_the_values():
    module = make_module()
    for pk in (1, module.pk, 2**20, 2**40, 2**62):
        fetch_rows(lessons_of, True, module=pk, title="Ebb")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ['%"lessons_lesson"."title" = $2%"position" ASC%'],
        )
        assert cursor.fetchall() == [(5,)]


def test_a_query_for_many_values_is_compiled_for_few_numbers_of_them():
    assert padded("id", [], 0) == {"id0": 0}
    assert padded("id", [7], 0) == {"id0": 7}
    assert list(padded("id", [7, 8, 9], 0).values()) == [7, 8, 9, 0]
    assert {len(padded("id", range(1, n), 0)) for n in range(65)} == {1, 2, 4, 8, 16, 32, 64}
    assert int_params("id", 2) == [int_param("id0"), int_param("id1")]
