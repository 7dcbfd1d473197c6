"""Creating a module from a review: in one transaction, once, as a draft."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection

from lessons.importing.models import ArticleImport
from lessons.importing.readers import read_upload
from lessons.importing.review import sections, suggestions
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.review_steps import ReviewConflict, save_review
from lessons.importing.services import create_module_from_review
from lessons.markup.formulas import formula
from lessons.models import CaseStudy, Lesson, Module
from tests.factories import make_article, start_import
from tests.importing.articles import ARTICLES, read

HALF = r"\frac{1}{2}"


@pytest.fixture
def article(course, instructor):
    return start_import(by=instructor, course=course, name="bees.txt", parsed=read("bees.txt"))


def test_an_import_stores_the_source_and_creates_no_lesson(article):
    assert article.text.original == (ARTICLES / "bees.txt").read_text()
    assert article.review["title"] == "Bees in Town"
    assert not Lesson.objects.exists()


def test_the_module_is_a_draft_with_lessons_case_studies_and_items(article, instructor):
    module = create_module_from_review(by=instructor, article=article)
    assert (module.state, module.slug, module.course) == ("draft", "bees-in-town", article.course)
    titles = list(module.lessons.values_list("title", flat=True))
    assert titles[:2] == ["Introduction", "Understanding Bees in Town"]
    assert len(titles) == 7
    assert set(module.lessons.values_list("state", flat=True)) == {"draft"}
    case = CaseStudy.objects.get(title="Alder Street Apiary")
    assert (case.began, case.location) == ("1987", "Lower Marwick")
    assert module.timelineevents.get(date="1987").lesson_id == case.pk
    assert module.prompts.count() == sum(item["accepted"] for item in article.review["prompts"])


def test_only_accepted_suggestions_are_created(article, instructor):
    review = article.review
    for kind in suggestions.EDITABLE_FIELDS:
        review = suggestions.accept_all(review, kind, accepted=False)
    review = suggestions.accept(review, "glossary", "g1")
    save_review(article=article, review=review, version=1)
    module = create_module_from_review(by=instructor, article=article)
    assert [module.glossaryterms.count(), module.timelineevents.count(), module.prompts.count()] == [1, 0, 0]


def test_creating_twice_returns_the_same_module(article, instructor):
    assert create_module_from_review(by=instructor, article=article) == create_module_from_review(
        by=instructor, article=article
    )
    assert Module.objects.count() == 1
    assert Lesson.objects.count() == 7


def test_terms_that_are_equal_when_cut_to_their_column_become_one(article, instructor):
    long = "x" * 120
    review = article.review
    for item_id, ending in (("g1", "a"), ("g2", "b")):
        review = suggestions.accept(
            suggestions.edit(review, "glossary", item_id, term=long + ending), "glossary", item_id
        )
    save_review(article=article, review=review, version=1)
    assert create_module_from_review(by=instructor, article=article).glossaryterms.filter(term=long).count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_articles_of_the_same_title_created_at_the_same_time_get_different_slugs(course, instructor):
    articles = [make_article(course, instructor) for _ in range(4)]

    def create_slug(article):
        with closing(connection):
            return create_module_from_review(by=instructor, article=article).slug

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(create_slug, articles))) == 4


def test_an_incomplete_review_leaves_nothing_behind(article, instructor):
    review = sections.set_facts(article.review, "s6", began="whenever")
    save_review(article=article, review=review, version=1)
    with pytest.raises(ReviewIncomplete, match="whenever"):
        create_module_from_review(by=instructor, article=article)
    assert not Module.objects.exists()


def test_two_windows_do_not_overwrite_each_other(article):
    mine = sections.set_title(article.review, "Mine")
    save_review(article=article, review=mine, version=1)
    with pytest.raises(ReviewConflict) as conflict:
        save_review(article=article, review=sections.set_title(article.review, "Theirs"), version=1)
    assert conflict.value.current.review["title"] == "Mine"


def test_a_module_of_the_same_title_gets_another_slug(article, instructor, course):
    create_module_from_review(by=instructor, article=article)
    second = start_import(by=instructor, course=course, name="bees.txt", parsed=read("bees.txt"))
    assert create_module_from_review(by=instructor, article=second).slug == "bees-in-town-2"


def test_only_instructors_of_the_course_and_administrators_see_an_import(article, instructor, learner, administrator):
    assert article in ArticleImport.objects.editable_by(instructor)
    assert article in ArticleImport.objects.editable_by(administrator)
    assert not ArticleImport.objects.editable_by(learner).exists()


def test_formulas_of_an_article_are_formulas_of_its_lessons(course, instructor):
    source = "# Waves\n\n## The law $F=ma$\n\nIt is $F=ma$ for $5.\n\n### On $x_1$\n\n$$\\frac{1}{2}$$\n\nMore text.\n"
    parsed = read_upload("waves.md", source.encode())
    module = create_module_from_review(
        by=instructor, article=start_import(by=instructor, course=course, name="waves.md", parsed=parsed)
    )
    lesson = module.lessons.get()
    assert lesson.title == "The law $F=ma$"
    assert f"<p>It is {formula('F=ma')} for $5.</p>" in lesson.body
    assert f"On {formula('x_1')}</h2>" in lesson.body
    assert f"<p>{formula(HALF, display=True)}</p>" in lesson.body
