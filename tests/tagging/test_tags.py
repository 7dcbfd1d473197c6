"""Tags: which names are one tag, and their slugs."""

import pytest

from lessons.models import CaseStudy, Lesson
from lessons.tagging.models import Tag, without_blank
from tests.factories import make_case_study, make_lesson

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("spelling", ["émile", "ÉMILE", "E\u0301mile", "  Émile "])
def test_a_tag_is_one_however_it_is_written(spelling):
    lesson, other = make_lesson(), make_lesson()
    lesson.tags.add("Émile")
    other.tags.add(spelling)
    assert Tag.objects.count() == 1
    assert other.tags.get().name == "Émile"


def test_an_accent_makes_another_tag():
    make_lesson().tags.add("Emile", "Émile")
    assert Tag.objects.count() == 2


def test_tags_of_a_lesson_are_those_of_its_case_study():
    case = make_case_study()
    Lesson.objects.get(pk=case.pk).tags.set(["kosovo", "Kosovo", "law"])
    assert list(CaseStudy.objects.get(pk=case.pk).tags.names()) == ["kosovo", "law"]
    case.tags.remove("law")
    assert list(Lesson.objects.get(pk=case.pk).tags.names()) == ["kosovo"]
    assert CaseStudy.objects.filter(tags__name="kosovo").get() == case


def test_every_tag_has_a_slug_of_its_own():
    make_lesson().tags.add("C++", "C#", "++", "🦑", "x" * 100, "x" * 99 + "+")
    slugs = set(Tag.objects.values_list("slug", flat=True))
    assert len(slugs) == 6
    assert all(0 < len(slug) <= 100 for slug in slugs)


def test_blank_tags_are_left_out():
    assert without_blank(["", "  ", "law"]) == ["law"]
