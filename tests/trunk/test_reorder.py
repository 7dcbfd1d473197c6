import pytest

from lessons.models import CaseStudy, Lesson
from lessons.services import EditConflict, claim_version, reorder_lessons
from tests.factories import make_case_study, make_lesson

pytestmark = pytest.mark.django_db


def test_lessons_take_the_order_they_are_given_and_the_rest_follow(module):
    a, b, c, d = [make_lesson(module, title=t) for t in "abcd"]
    reorder_lessons(module=module, lesson_ids=[c.pk, a.pk])
    assert list(module.lessons.values_list("title", flat=True)) == ["c", "a", "b", "d"]


def test_lessons_of_another_module_are_not_touched_by_reordering(module, lesson):
    other = make_lesson(position=7)
    reorder_lessons(module=module, lesson_ids=[other.pk, lesson.pk])
    assert Lesson.objects.get(pk=other.pk).position == 7


def test_the_second_of_two_writers_sees_the_saved_version(module):
    case = make_case_study(module)
    claim_version(lesson=case, version=case.version)
    with pytest.raises(EditConflict) as refusal:
        claim_version(lesson=case, version=case.version)
    assert isinstance(refusal.value.theirs, CaseStudy)
    assert refusal.value.theirs.version == case.version + 1
