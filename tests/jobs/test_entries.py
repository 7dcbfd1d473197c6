"""The entries of a job are worked off one by one: an error with one of them stops no other."""

import pytest
from django.db import OperationalError

from lessons.jobs.entries import do_each


def test_an_error_with_one_entry_stops_no_other_and_is_raised_in_the_end(caplog):
    done = []

    def do(number):
        if number < 3:
            raise (ValueError, KeyError)[number - 1]("of a person")
        done.append(number)

    with pytest.raises(ValueError, match="of a person"):
        do_each([1, 2, 3, 4], do)
    assert done == [3, 4]
    assert [record.getMessage() for record in caplog.records] == ["An entry of a job failed: int."] * 2


def test_only_what_was_done_is_counted():
    assert do_each([0, 1, 2], lambda number: number != 1) == 2
    assert do_each(["a"], lambda text: None) == 1
    assert do_each([0], lambda number: True, is_stopping=lambda: True) == 0


def test_all_wait_when_the_database_is_away():
    done = []

    def do(number):
        done.append(number)
        raise OperationalError

    with pytest.raises(OperationalError):
        do_each([1, 2], do)
    assert done == [1]
