import pytest

from lessons.courses.models import Course
from tests.factories import make_course


@pytest.fixture
def on_request(db):
    return make_course(title="Winds", slug="winds", join_policy=Course.JoinPolicy.REQUEST)


@pytest.fixture
def people_of():
    """`people_of(course)`: who has which role and state."""

    def found(course):
        rows = course.memberships.values_list("user__display_name", "role", "state")
        return {name: (role, state) for name, role, state in rows}

    return found
