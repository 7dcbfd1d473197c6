import pytest

from lessons.courses.models import Course
from tests.factories import make_course


@pytest.fixture
def request_course(db):
    return make_course(title="Winds", slug="winds", join_policy=Course.JoinPolicy.REQUEST)


@pytest.fixture
def people_of():
    """Return a function that maps the names of a course's members to their role and state."""

    def roles_and_states(course):
        rows = course.memberships.values_list("user__display_name", "role", "state")
        return {name: (role, state) for name, role, state in rows}

    return roles_and_states
