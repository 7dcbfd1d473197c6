"""From an article to a module, without scripts."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.importing.models import ArticleImport
from lessons.models import Module
from tests.authoring.conftest import ARTICLE
from tests.importing.archives import zipped
from tests.importing.pdfs import PdfPage, pdf

NEW = "/admin/articles/new/"


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def review_url(article):
    return reverse("admin:article_review", args=[article.pk])


def press(client, article, action="save", **fields):
    article.refresh_from_db()
    form = {"version": article.version, "action": action} | fields
    response = client.post(review_url(article), form)
    article.refresh_from_db()
    return response


def test_a_paste_is_read_and_shown_for_review(client, course):
    response = client.post(NEW, {"course": course.pk, "text": ARTICLE}, follow=True)
    page = response.content.decode()
    for text in (
        "How Lights Changed the Coast",
        "What a Lighthouse Does",
        "words of the article are here",
        "lighthouse",
    ):
        assert text in page
    assert not Module.objects.exists()


def test_the_html_of_a_paste_is_used_if_there_is_any(client, course):
    html = "<h1>Winds</h1><h2>Trade winds</h2><p>They blow.</p><h2>Storms</h2><p>They break.</p>"
    client.post(NEW, {"course": course.pk, "text": "Winds Trade winds", "pasted_html": html})
    assert [s["heading"] for s in ArticleImport.objects.get().review["sections"]] == ["Trade winds", "Storms"]


def test_a_file_is_read(client, course):
    file = SimpleUploadedFile("lights.md", b"# Lights\n\n## One\n\nWords.\n\n## Two\n\nMore words.\n")
    client.post(NEW, {"course": course.pk, "file": file})
    article = ArticleImport.objects.get()
    assert article.source_name == "lights.md"
    assert article.review["title"] == "Lights"


BAD = {
    "nothing": ({"text": "  \n "}, "Paste the article"),
    "five megabytes": ({"text": "word " * 1_000_000}, "characters"),
    "nested quotes": ({"pasted_html": "<blockquote>" * 10_000 + "x", "text": "x"}, "levels deep"),
    "only scripts": ({"pasted_html": "<script>alert(1)</script>", "text": "x"}, "no readable text"),
    "a binary file": ({"file": ("x.txt", bytes(range(256)) * 50)}, "is not text"),
    "an empty file": ({"file": ("x.txt", b"")}, "is empty"),
    "a wrong kind": ({"file": ("x.exe", b"MZ")}, "x.exe"),
    "a scan": ({"file": ("x.pdf", pdf(PdfPage()))}, "has no text"),
    "a zip file without a page": ({"file": ("x.zip", zipped({"a.txt": "a"}))}, "no web page"),
}


@pytest.mark.parametrize(("form", "message"), BAD.values(), ids=BAD)
def test_unreadable_input_is_refused_with_a_message(client, course, form, message):
    sent = {name: SimpleUploadedFile(*value) if name == "file" else value for name, value in form.items()}
    response = client.post(NEW, {"course": course.pk, **sent})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not ArticleImport.objects.exists()


def test_what_was_typed_is_kept_when_the_form_is_refused(client, course):
    response = client.post(NEW, {"course": 999_999, "text": ARTICLE})
    assert "Light dues were taken" in response.content.decode()
    assert "This course was deleted" in response.content.decode()


def test_a_course_of_somebody_else_is_not_a_choice(client, other_instructors_course):
    response = client.post(NEW, {"course": other_instructors_course.pk, "text": ARTICLE})
    assert response.status_code == 422
    assert other_instructors_course.title not in response.content.decode()


def test_an_article_submitted_twice_is_imported_once(client, course):
    form = {"course": course.pk, "text": ARTICLE, "form_key": str(uuid4())}
    assert len({client.post(NEW, form).url for _ in range(2)}) == 1
    assert ArticleImport.objects.count() == 1


def test_the_review_is_saved_for_another_session(client, sign_in, instructor, article):
    press(client, article, title="Lights")
    page = sign_in(instructor).get(review_url(article)).content.decode()
    assert 'value="Lights"' in page
    assert "Lights" in sign_in(instructor).get("/admin/").content.decode()


def test_sections_are_renamed_changed_in_kind_demoted_and_left_out(client, article):
    first, second = (s["id"] for s in article.review["sections"][-2:])
    press(client, article, **{f"section-{first}-heading": "A tower", f"section-{first}-kind": "case_study"})
    press(client, article, f"demote:{second}")
    sections = {s["id"]: s for s in article.review["sections"]}
    assert (sections[first]["heading"], sections[first]["kind"]) == ("A tower", "case_study")
    assert sections[second]["level"] == 2
    press(client, article, f"omit:{second}")
    assert second not in {s["id"] for s in article.review["sections"]}
    page = client.get(review_url(article)).content.decode()
    assert "Put back" in page
    press(client, article, "restore:o1")
    assert second in {s["id"] for s in article.review["sections"]}


def test_a_button_returns_to_its_section(client, article):
    before, section = (one["id"] for one in article.review["sections"][-2:])
    assert press(client, article, f"merge:{section}").url.endswith(f"#{before}")
    section = article.review["sections"][-1]["id"]
    assert press(client, article, f"up:{section}").url.endswith(f"#{section}")
    assert press(client, article, "reject:glossary").url.endswith("#glossary")


def test_suggestions_are_accepted_and_edited(client, article):
    term = article.review["glossary"][0]["id"]
    press(client, article, **{f"glossary-{term}-term": "Beacon", f"glossary-{term}-definition": "A light."})
    assert (article.review["glossary"][0]["term"], article.review["glossary"][0]["accepted"]) == ("Beacon", False)
    press(client, article, "accept:glossary")
    assert article.review["glossary"][0]["accepted"]


def test_the_module_is_created_once(client, article):
    press(client, article, title="Lights")
    created = press(client, article, "create")
    module = Module.objects.get()
    assert created.url == reverse("admin:lessons_module_change", args=[module.pk])
    assert (module.title, module.state) == ("Lights", Module.State.DRAFT)
    assert press(client, article, "create").url == created.url
    assert client.get(review_url(article)).url == created.url
    assert Module.objects.count() == 1


def test_an_incomplete_review_shows_the_problem_and_is_saved(client, article):
    event = article.review["timeline"][0]["id"]
    fields = {f"timeline-{event}-date": "some day", f"timeline-{event}-event": "x", f"timeline-{event}-accepted": "1"}
    response = press(client, article, "create", title="Kept", **fields)
    assert response.status_code == 422
    assert "is not a date" in response.content.decode()
    assert article.review["title"] == "Kept"
    assert not Module.objects.exists()


def test_two_windows_do_not_overwrite_each_other(client, article):
    old = article.version
    press(client, article, title="From the first window")
    response = client.post(review_url(article), {"version": old, "action": "save", "summary": "From the second"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "From the first window" in page
    assert "From the second" in page


@pytest.mark.parametrize("action", ["promote:s99", "explode", "split:s1:x", "split:s1", "accept:people"])
def test_an_impossible_action_is_refused_and_what_was_typed_is_kept(client, article, action):
    before = article.review
    response = press(client, article, action, summary="Typed in the meantime")
    assert response.status_code == 409
    assert "Typed in the meantime" in response.content.decode()
    assert article.review == before


def test_an_invalid_version_number_loses_nothing(client, article):
    response = client.post(review_url(article), {"version": "x", "title": "Mine"})
    assert response.status_code == 409
    assert "Mine" in response.content.decode()


def test_an_import_is_discarded(client, article):
    client.post(reverse("admin:discard_import", args=[article.pk]))
    assert not ArticleImport.objects.exists()


def test_the_review_takes_few_queries(client, article, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get(review_url(article))


def test_nul_does_not_reach_the_database(client, article):
    press(client, article, title="Li\x00ghts", summary="one\r\ntwo")
    assert (article.review["title"], article.review["summary"]) == ("Lights", "one\ntwo")
