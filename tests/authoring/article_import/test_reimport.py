"""The review of an article that was imported before, as a person without a script goes through it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.importing.models import ArticleImport
from lessons.importing.services import create_module_from_review, publish_module
from lessons.markup.text_diff import paragraphs
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


def address(article):
    return reverse("admin:article_review", args=[article.pk])


def look(client, article):
    return client.get(address(article)).content.decode()


def press(client, article, action="create", **fields):
    """Sends what the page says, with `fields`."""
    page = look(client, article)
    hidden = dict(re.findall(r'<input type="hidden" name="(version|seen)" value="([^"]*)">', page))
    return client.post(address(article), hidden | {"action": action} | fields)


def body_of(title):
    return Lesson.objects.get(title=title).body


def test_the_page_says_that_the_article_came_before_and_offers_to_update(client, salt, upload):
    page = look(client, upload(SALT_AGAIN))
    assert "You imported this article before, on " in page
    assert "«Salt on the Table»" in page
    assert '<input type="radio" name="again" value="update" checked>' in page
    assert "2 changed, 1 unchanged, 1 new, 1 no longer in the article." in page
    assert "Update the module" in page
    assert 'name="title"' not in page


def test_the_page_of_a_first_import_asks_nothing(client, upload):
    page = look(client, upload(SALT))
    assert 'name="again"' not in page
    assert "Create the module" in page


def test_each_lesson_is_shown_with_what_the_update_changes_in_it(client, salt, upload):
    page = look(client, upload(SALT_AGAIN))
    for status in ("Unchanged", "Changed", "New", "No longer in the article"):
        assert f'<span class="status">{status}</span>' in page
    assert '<del><span class="visually-hidden">[taken out: </span>food<span' in page
    assert '<ins><span class="visually-hidden">[put in: </span>meat<span' in page
    assert "nothing is deleted" in page


def test_nothing_is_written_before_the_button_is_pressed(client, salt, upload):
    article = upload(SALT_AGAIN)
    press(client, article, "save")
    assert "keeps food" in body_of("What Salt Does")
    assert Module.objects.count() == 1


def test_the_update_changes_drafts_and_not_what_is_published(client, salt, upload):
    answer = press(client, upload(SALT_AGAIN))
    assert answer.url == reverse("admin:lessons_module_change", args=[salt.pk])
    assert "2 changed, 1 unchanged, 1 new" in client.get(answer.url).content.decode()
    lesson = Lesson.objects.get(title="What Salt Does")
    assert "keeps meat" in lesson.body
    assert "keeps food" in client.get(lesson.get_absolute_url()).content.decode()
    assert Module.objects.count() == 1


def test_a_second_press_leads_to_the_same_module_and_changes_nothing(client, salt, upload):
    article = upload(SALT_AGAIN)
    form = {"version": article.version, "seen": "x", "action": "create"}
    press(client, article)
    versions = list(Lesson.objects.values_list("version", flat=True))
    assert client.post(address(article), form).url == reverse("admin:lessons_module_change", args=[salt.pk])
    assert list(Lesson.objects.values_list("version", flat=True)) == versions


def test_the_identical_article_says_that_nothing_has_changed(client, salt, upload):
    article = upload(SALT)
    assert "Nothing has changed since " in look(client, article)
    answer = press(client, article)
    assert "Nothing has changed since " in client.get(answer.url).content.decode()
    assert set(Lesson.objects.values_list("version", flat=True)) == {1}


def test_the_choice_is_kept_when_the_browser_is_closed(client, sign_in, instructor, salt, upload):
    article = upload(SALT_AGAIN)
    press(client, article, "save", again="new")
    page = look(sign_in(instructor), article)
    assert '<input type="radio" name="again" value="new" checked>' in page
    assert "Create the module" in page
    press(client, article, title="More Salt")
    assert set(Module.objects.values_list("title", flat=True)) == {"Salt on the Table", "More Salt"}


@pytest.mark.parametrize(
    ("choice", "then"), [("new", "A new module would be made"), ("update", "the update would do")]
)
def test_what_the_page_did_not_show_is_shown_before_it_is_done(client, salt, upload, choice, then):
    article = upload(SALT_AGAIN)
    press(client, article, "save", again={"new": "update", "update": "new"}[choice])
    answer = press(client, article, again=choice)
    assert answer.status_code == 409
    assert then in answer.content.decode()
    assert Module.objects.count() == 1
    assert press(client, article).status_code == 302


def test_a_draft_saved_while_one_looks_is_shown_before_anything_is_written(client, salt, upload):
    article = upload(SALT_AGAIN)
    page = look(client, article)
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    Lesson.objects.filter(title="What Salt Does").update(body="<p>Written meanwhile.</p>", version=2)
    answer = client.post(address(article), {"version": article.version, "seen": seen, "action": "create"})
    assert answer.status_code == 409
    assert "Edited here since" in answer.content.decode()
    assert body_of("What Salt Does") == "<p>Written meanwhile.</p>"
    assert press(client, article).status_code == 302
    assert body_of("What Salt Does") == "<p>Written meanwhile.</p>"


def test_an_edited_draft_is_kept_or_given_up_lesson_by_lesson(client, salt, upload):
    Lesson.objects.filter(title__in=["What Salt Does", "Who Paid for Salt"]).update(body="<p>Mine.</p>")
    article = upload(SALT_AGAIN)
    page = look(client, article)
    assert page.count("the update would overwrite these edits") == 1
    assert page.count("the article has not changed here") == 1
    assert page.count('value="mine" checked') == 2
    press(client, article, "save", **{"take-s1": "article"})
    assert 'name="take-s1" value="article" checked' in look(client, article)
    press(client, article)
    assert "keeps meat" in body_of("What Salt Does")
    assert body_of("Who Paid for Salt") == "<p>Mine.</p>"


def test_a_module_that_is_gone_is_made_anew_and_the_page_says_so(client, salt, upload):
    article = upload(SALT_AGAIN)
    page = look(client, article)
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    salt.delete()
    answer = client.post(address(article), {"version": article.version, "seen": seen, "action": "create"})
    assert "the module that it made is gone. A new module is made." in answer.content.decode()
    assert not Module.objects.exists()
    press(client, article)
    assert Module.objects.get().lessons.count() == 4


def test_an_emptied_title_gets_a_sentence(client, upload):
    article = upload(SALT)
    press(client, article, "save", title=" ")
    assert "The module has no title. Give it one." in look(client, article)
    answer = press(client, article, title="")
    assert answer.status_code == 422
    assert "The module has no title. Give it one." in answer.content.decode()
    assert not Module.objects.exists()
    assert press(client, article, title="Salt").status_code == 302


@pytest.mark.parametrize("field", [{"again": "both"}, {"take-s1": "theirs"}])
def test_a_choice_that_is_none_is_refused(client, salt, upload, field):
    article = upload(SALT_AGAIN)
    assert press(client, article, "save", **field).status_code == 409


def test_the_page_asks_the_same_however_long_the_article_is(
    client, salt, upload, instructor, django_assert_num_queries
):
    long = SALT.replace("Salt on", "Much salt on") + "".join(
        f"\n## Part {n}\n\nPart {n} says this.\n" for n in range(20)
    )
    create_module_from_review(by=instructor, article=upload(long, "long.md"))
    for article in (upload(SALT_AGAIN), upload(long.replace("says", "tells"), "long.md")):
        with django_assert_num_queries(10):
            client.get(address(article))


def test_texts_are_compared_by_paragraphs_and_within_them_by_words():
    old = "<p>One and the same.</p><p>The sea is wide and cold.</p><p>Gone.</p>"
    new = (
        "<p>One and the same.</p><p>The sea is deep and cold.</p><h2>A &lt;b&gt; heading</h2><p>Quite other words.</p>"
    )
    html = paragraphs(old, new)
    assert "1 paragraph is the same." in html
    assert re.sub(r"<span.*?</span>", "", html).count("The sea is <del>wide</del> <ins>deep</ins>  and cold.") == 1
    assert "<b>" not in html
    assert "only their form differs" in paragraphs("<p>Words</p>", "<p><em>Words</em></p>")
