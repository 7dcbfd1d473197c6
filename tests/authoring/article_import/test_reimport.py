"""The review of an article that was imported before, without scripts."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.importing.models import ArticleImport
from lessons.importing.services import create_module_from_review, publish_module
from lessons.markup.text_diff import diff_paragraphs
from lessons.models import Lesson, Module
from tests.importing.articles import SALT, SALT_AGAIN


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def upload(client, course):
    def send(text, name="salt.md"):
        client.post("/admin/articles/new/", {"course": course.pk, "file": SimpleUploadedFile(name, text.encode())})
        return ArticleImport.objects.latest("pk")

    return send


@pytest.fixture
def salt(upload, instructor):
    module = create_module_from_review(by=instructor, article=upload(SALT))
    publish_module(by=instructor, module=module)
    return module


def review_url(article):
    return reverse("admin:article_review", args=[article.pk])


def review_page(client, article):
    return client.get(review_url(article)).content.decode()


def submit(client, article, action="create", **fields):
    """Submit the form as the page has it, with `fields`."""
    page = review_page(client, article)
    hidden = dict(re.findall(r'<input type="hidden" name="(version|digest)" value="([^"]*)">', page))
    return client.post(review_url(article), hidden | {"action": action} | fields)


def body_of(title):
    return Lesson.objects.get(title=title).body


def test_the_page_names_the_previous_import_and_offers_to_update(client, salt, upload):
    page = review_page(client, upload(SALT_AGAIN))
    assert "It was imported on " in page
    assert "“Salt on the Table”" in page
    assert '<input type="radio" name="reimport" value="update" checked>' in page
    assert "2 changed, 1 unchanged, 1 new, 1 no longer in the article." in page
    assert "Update the module" in page
    assert 'name="title"' not in page


def test_a_first_import_offers_no_update(client, upload):
    page = review_page(client, upload(SALT))
    assert 'name="reimport"' not in page
    assert "Create the module" in page


def test_the_page_shows_what_the_update_changes_in_each_lesson(client, salt, upload):
    page = review_page(client, upload(SALT_AGAIN))
    for status in ("Unchanged", "Changed", "New", "No longer in the article"):
        assert f'<span class="status">{status}</span>' in page
    assert '<del><span class="visually-hidden">[removed: </span>food<span' in page
    assert '<ins><span class="visually-hidden">[added: </span>meat<span' in page
    assert "Nothing is deleted" in page


def test_nothing_is_written_before_the_button_is_pressed(client, salt, upload):
    article = upload(SALT_AGAIN)
    submit(client, article, "save")
    assert "keeps food" in body_of("What Salt Does")
    assert Module.objects.count() == 1


@pytest.mark.thorough
def test_the_update_changes_drafts_and_not_what_is_published(client, salt, upload):
    answer = submit(client, upload(SALT_AGAIN))
    assert answer.url == reverse("admin:lessons_module_change", args=[salt.pk])
    assert "2 changed, 1 unchanged, 1 new" in client.get(answer.url).content.decode()
    lesson = Lesson.objects.get(title="What Salt Does")
    assert "keeps meat" in lesson.body
    assert "keeps food" in client.get(lesson.get_absolute_url()).content.decode()
    assert Module.objects.count() == 1


@pytest.mark.thorough
def test_a_second_submission_leads_to_the_same_module_and_changes_nothing(client, salt, upload):
    article = upload(SALT_AGAIN)
    form = {"version": article.version, "digest": "x", "action": "create"}
    submit(client, article)
    versions = list(Lesson.objects.values_list("version", flat=True))
    assert client.post(review_url(article), form).url == reverse("admin:lessons_module_change", args=[salt.pk])
    assert list(Lesson.objects.values_list("version", flat=True)) == versions


@pytest.mark.thorough
def test_for_the_identical_article_the_page_says_that_nothing_has_changed(client, salt, upload):
    article = upload(SALT)
    assert "Nothing has changed since " in review_page(client, article)
    answer = submit(client, article)
    assert "Nothing has changed since " in client.get(answer.url).content.decode()
    assert set(Lesson.objects.values_list("version", flat=True)) == {1}


@pytest.mark.thorough
def test_the_choice_is_saved_for_another_session(client, sign_in, instructor, salt, upload):
    article = upload(SALT_AGAIN)
    submit(client, article, "save", reimport="new")
    page = review_page(sign_in(instructor), article)
    assert '<input type="radio" name="reimport" value="new" checked>' in page
    assert "Create the module" in page
    submit(client, article, title="More Salt")
    assert set(Module.objects.values_list("title", flat=True)) == {"Salt on the Table", "More Salt"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("choice", "message"), [("new", "This will create a new module"), ("update", "what the update will do")]
)
def test_an_update_or_new_module_must_be_shown_before_it_is_carried_out(client, salt, upload, choice, message):
    article = upload(SALT_AGAIN)
    submit(client, article, "save", reimport={"new": "update", "update": "new"}[choice])
    answer = submit(client, article, reimport=choice)
    assert answer.status_code == 409
    assert message in answer.content.decode()
    assert Module.objects.count() == 1
    assert submit(client, article).status_code == 302


@pytest.mark.thorough
def test_a_draft_saved_in_the_meantime_is_shown_before_anything_is_written(client, salt, upload):
    article = upload(SALT_AGAIN)
    page = review_page(client, article)
    digest = re.search(r'name="digest" value="(\w+)"', page)[1]
    Lesson.objects.filter(title="What Salt Does").update(body="<p>Saved in the meantime.</p>", version=2)
    answer = client.post(review_url(article), {"version": article.version, "digest": digest, "action": "create"})
    assert answer.status_code == 409
    assert "Edited here since" in answer.content.decode()
    assert body_of("What Salt Does") == "<p>Saved in the meantime.</p>"
    assert submit(client, article).status_code == 302
    assert body_of("What Salt Does") == "<p>Saved in the meantime.</p>"


@pytest.mark.thorough
def test_edited_drafts_are_kept_or_replaced_one_by_one(client, salt, upload):
    Lesson.objects.filter(title__in=["What Salt Does", "Who Paid for Salt"]).update(body="<p>Mine.</p>")
    article = upload(SALT_AGAIN)
    page = review_page(client, article)
    assert page.count("The update would overwrite these edits") == 1
    assert page.count("The article has not changed") == 1
    assert page.count('value="draft" checked') == 2
    submit(client, article, "save", **{"version-s1": "article"})
    assert 'name="version-s1" value="article" checked' in review_page(client, article)
    submit(client, article)
    assert "keeps meat" in body_of("What Salt Does")
    assert body_of("Who Paid for Salt") == "<p>Mine.</p>"


@pytest.mark.thorough
def test_for_a_deleted_module_a_new_one_is_created_and_the_page_says_so(client, salt, upload):
    article = upload(SALT_AGAIN)
    page = review_page(client, article)
    digest = re.search(r'name="digest" value="(\w+)"', page)[1]
    salt.delete()
    answer = client.post(review_url(article), {"version": article.version, "digest": digest, "action": "create"})
    assert "The module made from it no longer exists, so a new module will be created." in answer.content.decode()
    assert not Module.objects.exists()
    submit(client, article)
    assert Module.objects.get().lessons.count() == 4


@pytest.mark.thorough
def test_an_empty_title_is_a_problem(client, upload):
    article = upload(SALT)
    submit(client, article, "save", title=" ")
    assert "The module has no title. Enter one." in review_page(client, article)
    answer = submit(client, article, title="")
    assert answer.status_code == 422
    assert "The module has no title. Enter one." in answer.content.decode()
    assert not Module.objects.exists()
    assert submit(client, article, title="Salt").status_code == 302


@pytest.mark.thorough
@pytest.mark.parametrize("field", [{"reimport": "both"}, {"version-s1": "theirs"}])
def test_an_unknown_choice_is_refused(client, salt, upload, field):
    article = upload(SALT_AGAIN)
    assert submit(client, article, "save", **field).status_code == 409


@pytest.mark.thorough
def test_the_page_takes_as_many_queries_for_a_long_article(
    client, salt, upload, instructor, django_assert_num_queries
):
    long = SALT.replace("Salt on", "Much salt on") + "".join(
        f"\n## Part {n}\n\nPart {n} says this.\n" for n in range(20)
    )
    create_module_from_review(by=instructor, article=upload(long, "long.md"))
    for article in (upload(SALT_AGAIN), upload(long.replace("says", "tells"), "long.md")):
        with django_assert_num_queries(11):
            client.get(review_url(article))


@pytest.mark.thorough
def test_texts_are_compared_by_paragraphs_and_words():
    old = "<p>One and the same.</p><p>The sea is wide and cold.</p><p>Gone.</p>"
    new = (
        "<p>One and the same.</p><p>The sea is deep and cold.</p><h2>A &lt;b&gt; heading</h2><p>Quite other words.</p>"
    )
    html = diff_paragraphs(old, new)
    assert "1 paragraph is the same." in html
    assert re.sub(r"<span.*?</span>", "", html).count("The sea is <del>wide</del> <ins>deep</ins>  and cold.") == 1
    assert "<b>" not in html
    assert "only its formatting" in diff_paragraphs("<p>Words</p>", "<p><em>Words</em></p>")
