"""The lifecycle of a note by keyboard only, by touch at 390 pixels, by accessible names, by mouse, without scripts."""

import pytest

from tests.browser.annotations.input_methods import ByKeys, ByMouse, ByName, ByTouch, WithoutScript
from tests.browser.annotations.lifecycle import lesson_of, run_lifecycle

# The author and the instructor. A note made by mouse: `test_annotate.py`.
WAYS = [(ByKeys, ByTouch), (ByTouch, ByName), (WithoutScript, ByMouse)]


@pytest.mark.thorough
@pytest.mark.parametrize(("author_input", "teacher_input"), WAYS, ids=lambda way: way.__name__)
def test_a_note_from_creation_to_deletion(author_input, teacher_input, new_page, sign_in_as, shell):
    author, teacher = (way(new_page(**way.look)) for way in (author_input, teacher_input))
    sign_in_as(author.page, "learner-a")
    sign_in_as(teacher.page, "instructor")
    run_lifecycle(author, teacher, lesson_of(author_input.__name__, shell))
