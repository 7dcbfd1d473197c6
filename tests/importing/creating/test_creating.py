"""An article becomes a module: in one transaction, once, as a draft; published where that is asked for."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection

from lessons.importing.models import ArticleImport
from lessons.importing.review import sections, suggestions
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.services import ReviewConflict, create_module_from_review, save_review, start_import
from lessons.models import CaseStudy, Lesson, Module
from tests.factories import make_article
from tests.importing.samples import ARTICLES, read


@pytest.fixture
def article(course, instructor):
    return start_import(by=instructor, course=course, name="bees.txt", parsed=read("bees.txt"))


def test_an_import_keeps_the_source_and_writes_no_text(article):
    assert article.source == (ARTICLES / "bees.txt").read_text()
    assert article.review["title"] == "Bees in Town"
    assert not Lesson.objects.exists()


def test_the_module_is_a_draft_with_its_lessons_cases_and_what_belongs_to_them(article, instructor):
    module = create_module_from_review(by=instructor, article=article)
    assert (module.state, module.slug, module.course) == ("draft", "bees-in-town", article.course)
    titles = list(module.lessons.values_list("title", flat=True))
    assert titles[:2] == ["Introduction", "Understanding Bees in Town"]
    assert len(titles) == 7
    assert set(module.lessons.values_list("state", flat=True)) == {"draft"}
    case = CaseStudy.objects.get(title="Alder Street Apiary")
    assert (case.began, case.place) == ("1987", "Lower Marwick")
    assert module.timelineevents.get(date="1987").lesson_id == case.pk
    assert module.prompts.count() == sum(item["accepted"] for item in article.review["prompts"])


def test_only_what_was_accepted_is_made(article, instructor):
    state = article.review
    for kind in suggestions.EDITABLE_FIELDS:
        state = suggestions.accept_all(state, kind, accepted=False)
    state = suggestions.accept(state, "glossary", "g1")
    save_review(article=article, state=state, version=1)
    module = create_module_from_review(by=instructor, article=article)
    assert [module.glossaryterms.count(), module.timelineevents.count(), module.prompts.count()] == [1, 0, 0]


def test_a_second_submit_gives_the_same_module(article, instructor):
    assert create_module_from_review(by=instructor, article=article) == create_module_from_review(
        by=instructor, article=article
    )
    assert Module.objects.count() == 1
    assert Lesson.objects.count() == 7


def test_terms_that_are_one_when_cut_to_their_column_become_one(article, instructor):
    long = "x" * 120
    state = article.review
    for address, ending in (("g1", "a"), ("g2", "b")):
        state = suggestions.accept(
            suggestions.edit(state, "glossary", address, term=long + ending), "glossary", address
        )
    save_review(article=article, state=state, version=1)
    assert create_module_from_review(by=instructor, article=article).glossaryterms.filter(term=long).count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_articles_of_one_title_made_at_the_same_moment_get_addresses_of_their_own(course, instructor):
    articles = [make_article(course, instructor) for _ in range(4)]

    def makes(article):
        with closing(connection):
            return create_module_from_review(by=instructor, article=article).slug

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(makes, articles))) == 4


def test_what_cannot_be_made_leaves_nothing_behind(article, instructor):
    state = sections.set_facts(article.review, "s6", began="whenever")
    save_review(article=article, state=state, version=1)
    with pytest.raises(ReviewIncomplete, match="whenever"):
        create_module_from_review(by=instructor, article=article)
    assert not Module.objects.exists()


def test_two_windows_do_not_overwrite_each_other(article):
    mine = sections.set_title(article.review, "Mine")
    save_review(article=article, state=mine, version=1)
    with pytest.raises(ReviewConflict) as refusal:
        save_review(article=article, state=sections.set_title(article.review, "Theirs"), version=1)
    assert refusal.value.theirs.review["title"] == "Mine"


def test_a_module_of_the_same_name_gets_another_address(article, instructor, course):
    create_module_from_review(by=instructor, article=article)
    again = start_import(by=instructor, course=course, name="bees.txt", parsed=read("bees.txt"))
    assert create_module_from_review(by=instructor, article=again).slug == "bees-in-town-2"


def test_only_authors_of_the_course_see_an_import(article, instructor, learner, administrator):
    assert article in ArticleImport.objects.editable_by(instructor)
    assert article in ArticleImport.objects.editable_by(administrator)
    assert not ArticleImport.objects.editable_by(learner).exists()
