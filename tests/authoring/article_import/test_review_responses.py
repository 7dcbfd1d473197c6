"""The responses to the script of the review, long articles, and overlapping requests."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.importing.models import ArticleImport
from lessons.importing.readers import read_paste, read_upload
from lessons.models import Module
from tests.factories import start_import

LONG = "# Long\n\n" + "".join(f"## Part {n} here\n\n{f'Word {n} of it. ' * 60}\n\nMore of {n}.\n\n" for n in range(90))


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def long_article(course, instructor):
    return start_import(by=instructor, course=course, name="", parsed=read_upload("long.md", LONG.encode()))


@pytest.fixture
def send(client):
    """Return a function that sends the requests of the script, and returns the response."""

    def press(article, action="save", version=None, status=200, **fields):
        article.refresh_from_db()
        form = {"version": version or article.version, "action": action, "form_key": KEY, "shown": "90"} | fields
        response = client.post(url_of(article), form, headers={"accept": "application/json"})
        article.refresh_from_db()
        assert response.status_code == status
        return response.json() if response["Content-Type"] == "application/json" else response

    return press


KEY = str(uuid4())


def url_of(article):
    return reverse("admin:article_review", args=[article.pk])


def test_a_response_has_only_what_has_changed(send, article):
    last = article.review["sections"][-1]["id"]
    answer = send(article, f"promote:{last}")
    assert (list(answer["sections"]), list(answer["outline"]), answer["focus"]) == (["s1", last], [last], last)
    assert set(answer["parts"]) == {"bar", "counts"}
    assert "order" not in answer
    answer = send(article, f"merge:{last}")
    assert last not in answer["order"]
    assert (answer["status"], answer["version"]) == ("Merge “How Lights Were Paid For”", 3)
    assert "left-out" in answer["parts"]


def test_a_paragraph_is_edited_in_place(send, article):
    section = article.review["sections"][-1]
    block = section["blocks"][0]
    answer = send(article, f"edit:{block}")
    assert f'name="block-{block}-markdown"' in answer["sections"][section["id"]]
    answer = send(article, "save", editing=block, **{f"block-{block}-markdown": " "}, status=422)
    assert answer["problems"] == ["A paragraph cannot be empty. To remove it, choose “Leave out”."]
    answer = send(article, f"done:{block}", editing=block, **{f"block-{block}-markdown": "Light *dues*."})
    assert "Light <em>dues</em>." in answer["sections"][section["id"]]


def test_what_was_typed_before_a_button_was_pressed_outlives_undoing_it(send, article):
    first, *_others, last = (section["id"] for section in article.review["sections"])
    send(article, f"omit:{last}", **{f"section-{first}-heading": "Typed"})
    send(article, "undo")
    assert (article.review["sections"][0]["heading"], article.review["sections"][-1]["id"]) == ("Typed", last)


def test_a_button_pressed_before_the_response_to_another_is_not_a_conflict(send, client, article):
    """Without scripts a second button can be pressed before the first response arrives: the form is the old one."""
    last = article.review["sections"][-1]["id"]
    fields = {f"section-{last}-kind": "section", "form_key": KEY}
    for action in (f"promote:{last}", "create"):
        response = client.post(url_of(article), {"version": 1, "action": action, **fields})
    assert response.url == reverse("admin:lessons_module_change", args=[Module.objects.get().pk])
    assert Module.objects.get().lessons.count() == len(article.review["sections"])


def test_a_button_pressed_in_another_window_meanwhile_is_a_conflict(send, client, article):
    last = article.review["sections"][-1]["id"]
    client.post(url_of(article), {"version": 1, "action": f"promote:{last}", "form_key": KEY})
    other = client.post(url_of(article), {"version": 1, "action": f"omit:{last}", "form_key": str(uuid4())})
    assert other.status_code == 409
    article.refresh_from_db()
    assert last in {section["id"] for section in article.review["sections"]}


def test_two_clicks_on_merge_merge_once(client, article):
    last = article.review["sections"][-1]["id"]
    count = len(article.review["sections"])
    form = {"version": 1, "action": f"merge:{last}", "form_key": KEY}
    assert {client.post(url_of(article), form).status_code for _ in range(2)} == {302}
    article.refresh_from_db()
    assert len(article.review["sections"]) == count - 1


@pytest.mark.thorough
def test_a_long_article_is_shown_section_by_section(client, send, long_article, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get(url_of(long_article)).content.decode()
    shown = re.findall(r'class="review-section[^>]* id="(\w+)"', page)
    assert page.count('name="selected"') == 90
    assert shown == [f"s{n}" for n in range(1, len(shown) + 1)]
    assert 1 < len(shown) <= 40
    assert 'value="show:s41"' in page or f'value="show:s{len(shown) + 1}"' in page
    page = client.get(url_of(long_article), {"at": "s50"}).content.decode()
    assert 'id="s50"' in page
    assert 'id="s2"' not in page
    more = client.get(reverse("admin:article_sections", args=[long_article.pk]), {"at": "s50", "number": 2}).json()
    assert (more["shown"], list(more["sections"]), more["first"], more["after"]) == (["s50", "s51"],) * 2 + (49, 39)
    answer = send(long_article, "omit:s51", at="s50", shown="2")
    assert (answer["shown"], list(answer["sections"]), answer["focus"]) == (["s50", "s52"], ["s50", "s52"], "s52")


@pytest.mark.thorough
def test_a_response_shows_where_work_continues(send, long_article):
    send(long_article, "omit:s50", at="s50", shown="2")
    answer = send(long_article, "restore:o1", at="s1", shown="2")
    assert answer["shown"][0] == "s50"
    assert "s50" in answer["sections"]


def test_a_long_section_is_shown_in_parts(client, course, instructor):
    text = "Title of It\n\n" + "\n\n".join(f"Word {'of ' * 400} {n}." for n in range(40))
    article = start_import(by=instructor, course=course, name="", parsed=read_paste(text))
    page = client.get(url_of(article)).content.decode()
    later = re.search(r'value="show:(\w+):(b\d+)"', page)
    assert page.count('class="block"') < 20
    page = client.get(url_of(article), {"at": later[1], "start": later[2]}).content.decode()
    assert f'id="{later[2]}"' in page
    assert "Show the earlier text" in page


@pytest.mark.thorough
def test_a_long_file_is_read_in_the_background_and_its_page_says_how_far(client, course, monkeypatch):
    file = SimpleUploadedFile("long.md", b"# Long\n\n" + b"word " * 20_001)
    with monkeypatch.context() as patch:
        patch.setattr("lessons.importing.background_reading.MAX_AT_ONCE", 0)
        address = client.post("/admin/articles/new/", {"course": course.pk, "file": file}).url
    article = ArticleImport.objects.get()
    page = client.get(address).content.decode()
    assert '<progress max="100" value="0">' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Waiting to be read" in client.get("/admin/").content.decode()
    progress = client.get(reverse("admin:article_progress", args=[article.pk])).json()
    assert progress == {"isReading": True, "progress": 0, "state": "Waiting to be read"}
    again = reverse("admin:article_reading", args=[article.pk])
    page = client.post(again, {"encoding": ""}, follow=True).content.decode()
    assert "Review the article" in page


@pytest.mark.thorough
def test_a_file_that_cannot_be_read_can_be_tried_again_and_discarded(client, course):
    file = SimpleUploadedFile("long.md", bytes(range(256)) * 2000)
    page = client.post("/admin/articles/new/", {"course": course.pk, "file": file}, follow=True).content.decode()
    article = ArticleImport.objects.get()
    assert article.error in page
    assert "Polish" in page or "Windows-1250" in page
    page = client.post(reverse("admin:article_reading", args=[article.pk]), {"encoding": ""}, follow=True)
    assert "Try again" in page.content.decode()
    client.post(reverse("admin:discard_import", args=[article.pk]))
    assert not ArticleImport.objects.exists()


def test_a_guessed_encoding_is_named_and_another_can_be_chosen(client, course):
    text = "# Morze\n\n## Zażółć gęślą jaźń\n\n" + "Łódź płynie po wodzie, a brzeg jest już blisko. " * 5
    file = SimpleUploadedFile("morze.md", text.encode("cp1250"))
    page = client.post("/admin/articles/new/", {"course": course.pk, "file": file}, follow=True).content.decode()
    assert "it was read as Central European (Windows-1250)" in page
    again = reverse("admin:article_reading", args=[ArticleImport.objects.get().pk])
    page = client.post(again, {"encoding": "cp1252"}, follow=True).content.decode()
    assert "it was read as" not in page
    assert '<option value="cp1252" selected>' in page
    assert "gęślą" not in page
