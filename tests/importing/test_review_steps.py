"""Steps of a review: undo and redo, in one window and in several."""

import pytest

from lessons.importing.models import ArticleImport
from lessons.importing.review import sections
from lessons.importing.review.history import MAX_STEPS
from lessons.importing.review_steps import (
    ReviewConflict,
    Step,
    available_steps,
    redo,
    save_review,
    shown_review,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(begin):
    return begin()


@pytest.fixture
def save(article):
    def change(work, label="Edit", window="a", key="", **options):
        review = work(article.review)
        step = Step(label, window, key)
        return save_review(article=article, review=review, version=options.get("version", article.version), step=step)

    return change


def titled(title):
    return lambda review: sections.set_title(review, title)


def test_steps_are_undone_and_redone_in_their_order(article, save):
    original = article.review
    save(lambda review: sections.omit(review, "s2"), "Leave out")
    save(titled("Salt"), "Edit")
    after = article.review
    assert available_steps(article) == ("Edit", "")
    assert undo(article=article, version=article.version) == "Edit"
    assert undo(article=article, version=article.version) == "Leave out"
    assert undo(article=article, version=article.version) == ""
    assert article.review == original
    assert available_steps(article) == ("", "Leave out")
    redo(article=article, version=article.version)
    redo(article=article, version=article.version)
    assert ArticleImport.objects.get(pk=article.pk).review == article.review == after
    assert article.version == ArticleImport.objects.get(pk=article.pk).version == 7


def test_an_undone_step_cannot_be_redone_after_the_next_change(article, save):
    save(titled("One"))
    undo(article=article, version=article.version)
    save(titled("Two"))
    assert available_steps(article) == ("Edit", "")
    assert article.steps.count() == 1


def test_typing_in_one_field_is_one_step(article, save):
    for title in ("S", "Sa", "Salt"):
        save(titled(title), key="title")
    save(titled("Salt!"), window="b", key="title")
    assert article.steps.count() == 2
    undo(article=article, version=article.version)
    undo(article=article, version=article.version)
    assert article.review["title"] == "Salt on the Table"


def test_a_save_without_a_change_makes_no_step_and_no_new_version(article, save):
    save(lambda review: review)
    assert (article.version, article.steps.count()) == (1, 0)


def test_only_so_many_steps_are_kept(article, save):
    for number in range(MAX_STEPS + 3):
        save(titled(f"Salt {number}"))
    assert article.steps.count() == MAX_STEPS


def test_an_older_version_is_a_conflict(article, save):
    save(titled("One"))
    with pytest.raises(ReviewConflict):
        save(titled("Two"), version=1)
    with pytest.raises(ReviewConflict):
        undo(article=article, version=1)
    assert article.review["title"] == "One"


def test_the_review_shown_in_a_window_is_known_while_only_that_window_has_saved(article, save):
    original = article.review
    save(titled("One"))
    save(titled("Two"))
    assert shown_review(article, 1, "a") == original
    assert shown_review(article, 2, "a")["title"] == "One"
    assert shown_review(article, 3, "a") is shown_review(article, 1, "b") is shown_review(article, 1, "") is None
    save(titled("Three"), window="b")
    assert shown_review(article, 2, "a") is None
    undo(article=article, version=article.version)
    assert shown_review(article, 1, "a") is None
