"""Images of an article become images of the course, once, and are deleted with a discarded import."""

from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import transaction

from lessons.importing.document import Block, ParsedArticle, SourceImage, paragraph_block
from lessons.importing.images import delete_images, unused_images, written_files
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.plan import plan_reimport
from lessons.importing.review import images
from lessons.importing.services import create_module_from_review, prepare_import, store_import
from lessons.models import Asset, Lesson
from lessons.operations.backups import stored_files
from tests.factories import start_import
from tests.image_files import image_bytes

pytestmark = pytest.mark.django_db


RED, BLUE = image_bytes("red"), image_bytes("blue")


def image_block(uid, alt):
    return Block("image", alt, f'<figure><img src="/assets/{uid}/" alt="{alt}"></figure>')


def article_with(*images):
    """Return an article with a paragraph and the images, pairs of bytes and alternative text."""
    stored = [SourceImage(str(uuid4()), data, alt, "x.png") for data, alt in images]
    blocks = [paragraph_block("A harbour."), *(image_block(image.uid, image.alt) for image in stored)]
    original = f"A harbour. {[image.alt for image in stored]}"
    return ParsedArticle(blocks, "A harbour.", title="Harbours", original=original, images=stored)


@pytest.fixture
def begin(course, instructor):
    return lambda parsed, name="harbours.zip": start_import(by=instructor, course=course, name=name, parsed=parsed)


def prepared_import(course, instructor):
    return prepare_import(by=instructor, course=course, name="a.zip", parsed=article_with((RED, "A mole")))


def test_files_are_written_before_the_transaction(course, instructor, django_assert_num_queries):
    prepared = prepared_import(course, instructor)
    with written_files(*prepared):
        with django_assert_num_queries(0):
            (name,) = stored_files()
        store_import(prepared)
    assert Asset.objects.get().file.name == name
    assert list(stored_files()) == [name]


@pytest.mark.parametrize("failure", [RuntimeError, None])
def test_files_are_deleted_if_the_import_is_not_stored(course, instructor, failure):
    prepared = prepared_import(course, instructor)
    with suppress(RuntimeError), written_files(*prepared):
        assert list(stored_files())
        if failure:
            with transaction.atomic():
                store_import(prepared)
                raise failure
    assert list(stored_files()) == []
    assert not Asset.objects.exists()


def html_of(article):
    return "".join(block["html"] for block in article.text.blocks.values())


def test_an_image_is_stored_once_and_needs_a_description(begin):
    article = begin(article_with((RED, "A mole"), (BLUE, ""), (RED, "")))
    red, blue = Asset.objects.order_by("pk")
    assert html_of(article).count(str(red.uid)) == 2
    with red.file.open() as file:
        assert (red.alt, red.width, file.read()[:4]) == ("A mole", 12, b"RIFF")
    assert images.without_description(article.review) == [str(blue.uid)]


def test_the_same_image_in_another_import_is_not_stored_again(begin, course, instructor):
    first = begin(article_with((RED, "A mole")))
    create_module_from_review(by=instructor, article=first)
    changed = begin(article_with((RED, "A mole"), (BLUE, "")))
    assert Asset.objects.count() == 2
    assert {uid in html_of(changed) for uid in changed.review["images"]} == {True}
    same = begin(article_with((RED, "A mole")))
    assert (Asset.objects.count(), list(same.review["images"])) == (2, list(first.review["images"]))


def test_an_article_in_which_only_an_image_is_new_has_changed(begin, instructor):
    create_module_from_review(by=instructor, article=begin(article_with((RED, "A mole"))))
    parsed = article_with((BLUE, "A mole"))
    changed = begin(parsed)
    assert list(changed.review["images"]) == [parsed.images[0].uid]
    assert parsed.images[0].uid in html_of(changed)
    plan = plan_reimport(changed, changed.previous.module)
    assert [change.status for change in plan.changes] == ["changed"]


def test_a_broken_image_becomes_a_placeholder_with_a_notice(begin):
    article = begin(article_with((b"no image", "A mole"), (RED, "")))
    assert "<p>[Image: A mole]</p>" in html_of(article)
    assert Asset.objects.count() == 1
    assert article.review["notices"][0].startswith("An image (A mole) was replaced by a placeholder. This file is not")


def test_the_description_of_the_review_is_that_of_the_lesson(begin, instructor):
    article = begin(article_with((RED, ""), (BLUE, "Old")))
    first, second = article.review["images"]
    article.review = images.describe(article.review, first, 'A "mole" & quay', is_decorative=False)
    article.review = images.describe(article.review, second, "", is_decorative=True)
    article.save()
    create_module_from_review(by=instructor, article=article)
    body = Lesson.objects.get(title="Harbours").body
    assert 'alt="A &quot;mole&quot; &amp; quay"' in body
    assert body.count('alt=""') == 1
    assert Asset.objects.get(uid=first).alt == 'A "mole" & quay'


def test_a_discarded_import_takes_its_images_with_it_but_not_those_used_elsewhere(
    begin, instructor, django_capture_on_commit_callbacks
):
    create_module_from_review(by=instructor, article=begin(article_with((RED, "A mole"))))
    article = begin(article_with((RED, "A mole"), (BLUE, "")), "other.zip")
    unused = unused_images(article)
    file = unused[0].file
    with django_capture_on_commit_callbacks(execute=True):
        article.delete()
        delete_images(unused)
    assert Asset.objects.count() == 1
    assert not file.storage.exists(file.name)
    assert ArticleImport.objects.count() == 1
