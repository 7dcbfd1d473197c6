"""The lifecycle of a note by mouse, by keyboard alone, by touch at 390 pixels, without script, by roles and names."""

import pytest

from tests.browser.annotations.input_methods import ByKeys, ByMouse, ByName, ByTouch, WithoutScript
from tests.browser.annotations.lifecycle import lesson_of, live


@pytest.mark.parametrize("way", [ByMouse, ByKeys, ByTouch, WithoutScript, ByName], ids=lambda way: way.__name__)
def test_from_its_making_to_its_end(way, new_page, sign_in_as, shell):
    author, teacher = (way(new_page(**way.look)) for _ in range(2))
    sign_in_as(author.page, "learner-a")
    sign_in_as(teacher.page, "instructor")
    live(author, teacher, lesson_of(way.__name__, shell))
