import pytest
from django.db import connection

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite is asked whether it knows JSON")


@pytest.mark.django_db
def test_a_new_connection_does_not_wait_for_writers_to_know_that_there_is_json(django_assert_num_queries):
    other = connection.copy()
    try:
        other.connect()
        with django_assert_num_queries(0, connection=other):
            assert other.features.supports_json_field
    finally:
        other.close()
