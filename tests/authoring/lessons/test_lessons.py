"""Lessons: writing, publishing, withdrawing, their history."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from lessons.courses.models import AuditEntry
from lessons.markup.formulas import formula
from lessons.models import CaseStudy, Lesson
from tests import factories
from tests.authoring.conftest import form_of
from tests.forms import form_key_on


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def lesson_url(page, row=None, kind="lesson"):
    return reverse(f"admin:lessons_{kind}_{page}", args=[row.pk] if row else None)


def open_form(client, row, kind="lesson"):
    return form_of(client.get(lesson_url("change", row, kind)))


def test_a_draft_is_saved_and_readers_see_nothing_of_it(client, lesson):
    form = open_form(client, lesson) | {"title": "New title", "body": "<p>New <b>words</b>.</p>", "tags": "sea, moon"}
    response = client.post(lesson_url("change", lesson), form | {"_continue": "1"}, follow=True)
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert (lesson.title, lesson.version) == ("New title", 2)
    assert {tag.name for tag in lesson.tags.all()} == {"sea", "moon"}
    assert "New" not in lesson.current_revision.html
    assert "Published, with unpublished changes" in response.content.decode()


def test_a_title_loses_control_and_direction_characters(client, lesson):
    form = open_form(client, lesson) | {"title": " Ebb\x0c\u202e and\x1b\u2067\u200f flow\u2069\ufffe "}
    client.post(lesson_url("change", lesson), form)
    assert Lesson.objects.get(pk=lesson.pk).title == "Ebb and flow"


def test_saving_keeps_fields_that_are_not_in_the_form(client, lesson):
    form = open_form(client, lesson)
    revision = lesson.current_revision
    client.post(lesson_url("change", lesson), form | {"title": "x"})
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert (lesson.current_revision, lesson.state, lesson.position) == (revision, "published", lesson.position)


def test_scripts_do_not_survive_the_form(client, lesson):
    form = open_form(client, lesson) | {"body": '<p onclick="x()">a</p><script>alert(1)</script>'}
    client.post(lesson_url("change", lesson), form)
    assert Lesson.objects.get(pk=lesson.pk).body == "<p>a</p>"


def test_a_text_nested_too_deeply_is_refused_with_a_message(client, lesson):
    form = open_form(client, lesson) | {"body": "<blockquote>" * 10_000 + "x", "title": "Kept title"}
    response = client.post(lesson_url("change", lesson), form)
    assert "levels deep" in response.content.decode()
    assert "Kept title" in response.content.decode()


def test_an_image_needs_an_alternative_text(client, lesson):
    image = '<img src="/assets/11111111-1111-1111-1111-111111111111/" alt="{}">'
    for alt, accepted in (("", False), (" ", False), ("A wave", True)):
        response = client.post(lesson_url("change", lesson), open_form(client, lesson) | {"body": image.format(alt)})
        assert (response.status_code == 302) is accepted


def test_an_image_that_came_with_an_article_may_stay_without_a_description(client, lesson):
    lesson.body = '<img src="/assets/11111111-1111-1111-1111-111111111111/" alt="">'
    lesson.save()
    other = lesson.body.replace("1111/", "1112/")
    for body, accepted in (("<p>New.</p>" + lesson.body, True), (lesson.body + other, False)):
        response = client.post(lesson_url("change", lesson), open_form(client, lesson) | {"body": body})
        assert (response.status_code == 302) == accepted


def test_an_edit_conflict_shows_both_versions(client, lesson):
    mine = open_form(client, lesson) | {"title": "My title", "body": "<p>My words</p>"}
    client.post(
        lesson_url("change", lesson),
        open_form(client, lesson) | {"title": "Their title", "body": "<p>Their words</p>"},
    )
    response = client.post(lesson_url("change", lesson), mine)
    page = response.content.decode()
    assert response.status_code == 409
    for text in ("My title", "Their title", "My words", "Their words", "saved this after you opened it"):
        assert text in page
    assert Lesson.objects.get(pk=lesson.pk).title == "Their title"


def test_after_a_conflict_saving_again_replaces_the_other_version(client, lesson):
    mine = open_form(client, lesson) | {"title": "My title"}
    client.post(lesson_url("change", lesson), open_form(client, lesson) | {"title": "Their title"})
    resubmitted = form_of(client.post(lesson_url("change", lesson), mine))
    assert resubmitted["title"] == "My title"
    client.post(lesson_url("change", lesson), resubmitted)
    assert Lesson.objects.get(pk=lesson.pk).title == "My title"


def test_the_users_version_in_a_conflict_is_sanitised(client, lesson):
    mine = open_form(client, lesson) | {"body": "<p>mine</p><script>alert(1)</script>"}
    client.post(lesson_url("change", lesson), open_form(client, lesson) | {"body": "<p>theirs</p>"})
    assert "<script>alert(1)</script>" not in client.post(lesson_url("change", lesson), mine).content.decode()


def test_publishing_saves_the_draft_first(client, lesson, instructor):
    form = open_form(client, lesson) | {"body": "<p>Fresh words</p>", "change_summary": "Shorter", "_publish": "1"}
    response = client.post(lesson_url("change", lesson), form, follow=True)
    revision = Lesson.objects.get(pk=lesson.pk).current_revision
    assert (revision.number, revision.text, revision.change_summary) == (2, "Fresh words", "Shorter")
    assert revision.author == instructor
    assert "Revision 2 is published." in response.content.decode()


def test_an_empty_lesson_is_saved_but_not_published(client, module):
    draft = factories.make_lesson(module, body="")
    response = client.post(lesson_url("change", draft), open_form(client, draft) | {"_publish": "1"}, follow=True)
    assert "has no text yet" in response.content.decode()
    assert Lesson.objects.get(pk=draft.pk).state == Lesson.State.DRAFT


def test_preview_saves_first(client, lesson):
    response = client.post(
        lesson_url("change", lesson), open_form(client, lesson) | {"title": "Seen", "_preview": "1"}
    )
    assert response.url == reverse("reading:preview", args=[lesson.pk])
    assert Lesson.objects.get(pk=lesson.pk).title == "Seen"


def test_a_new_lesson_comes_last_in_its_module_with_a_slug_from_its_title(client, module, lesson):
    client.post(lesson_url("add"), {"module": module.pk, "title": "Was nun?", "body": "<p>x</p>"})
    new = Lesson.objects.get(title="Was nun?")
    assert new.slug == "was-nun"
    assert new.position == lesson.position + 1
    assert new.state == Lesson.State.DRAFT


def test_a_form_submitted_twice_creates_one_lesson(client, module):
    key = form_key_on(client.get(lesson_url("add")))
    form = {"module": module.pk, "title": "Once", "body": "<p>x</p>", "form_key": key}
    urls = {client.post(lesson_url("add"), form).url for _ in range(2)}
    assert Lesson.objects.filter(title="Once").count() == 1
    assert len(urls) == 1


def test_a_refused_form_can_be_submitted_again(client, module):
    form = {"module": module.pk, "title": "", "form_key": str(uuid4())}
    assert client.post(lesson_url("add"), form).status_code == 200
    assert client.post(lesson_url("add"), form | {"title": "Now"}).status_code == 302


def test_a_case_study_is_edited_on_its_own_page(client, case_study):
    assert client.get(lesson_url("change", case_study)).url == lesson_url("change", case_study, "casestudy")


def test_a_case_study_keeps_its_facts(client, case_study):
    form = open_form(client, case_study, "casestudy") | {"location": "Severn", "began": "1607-01", "tags": "flood"}
    client.post(lesson_url("change", case_study, "casestudy"), form | {"_publish": "1"})
    saved = CaseStudy.objects.get(pk=case_study.pk)
    assert (saved.location, saved.current_revision.facts["location"]) == ("Severn", "Severn")
    assert [tag.name for tag in saved.tags.all()] == ["flood"]


def test_an_invalid_date_is_refused_with_examples(client, case_study):
    form = open_form(client, case_study, "casestudy") | {"began": "long ago"}
    assert "is not a date" in client.post(lesson_url("change", case_study, "casestudy"), form).content.decode()


def test_withdrawing_asks_for_confirmation(client, lesson):
    assert client.get(lesson_url("withdraw", lesson)).status_code == 200
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.PUBLISHED
    response = client.post(lesson_url("withdraw", lesson), {"reason": "An error"}, follow=True)
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.WITHDRAWN
    assert "Withdrawn" in response.content.decode()
    assert AuditEntry.objects.get(verb="withdraw").reason == "An error"


def test_the_history_shows_every_revision_and_copies_one_into_the_draft(client, lesson):
    form = open_form(client, lesson) | {"body": "<p>Second</p>", "change_summary": "Why", "_publish": "1"}
    client.post(lesson_url("change", lesson), form)
    page = client.get(lesson_url("history", lesson)).content.decode()
    assert "· History · " in page.partition("</title>")[0]
    assert "Revision 1" in page
    assert "Revision 2" in page
    assert "Why" in page
    client.post(reverse("admin:lessons_lesson_restore", args=[lesson.pk, 1]))
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert "Spring tides" in lesson.body
    assert lesson.current_revision.number == 2


def test_the_page_of_a_revision_shows_what_it_changed(client, lesson):
    body = lesson.body.replace("greatest", "smallest")
    client.post(lesson_url("change", lesson), open_form(client, lesson) | {"body": body, "_publish": "1"})
    page = client.get(reverse("admin:lessons_lesson_revision", args=[lesson.pk, 2])).content.decode()
    assert re.search("<del>.*greatest.</del> <ins>.*smallest.</ins>", page)


def test_the_list_shows_status_kind_and_word_count(client, module, lesson, case_study):
    factories.make_lesson(module, title="Only begun")
    page = client.get(lesson_url("changelist")).content.decode()
    for text in ("Published", "Draft", "Case study", "Only begun", ">16<"):
        assert text in page
    assert lesson_url("change", case_study, "casestudy") in page


@pytest.mark.parametrize(
    ("query", "count"), [("kind=lesson", 1), ("kind=case_study", 1), ("state=draft", 0), ("q=1607", 1)]
)
def test_the_list_is_filtered_and_searched(client, lesson, case_study, query, count):
    assert client.get(lesson_url("changelist") + "?" + query).context["cl"].result_count == count


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["lesson", "casestudy"])
def test_the_list_takes_as_many_queries_for_many_rows(client, module, kind, django_assert_max_num_queries):
    make = {"lesson": factories.make_lesson, "casestudy": factories.make_case_study}[kind]
    for _ in range(12):
        factories.make_published(make(module))
    with django_assert_max_num_queries(9):
        assert client.get(lesson_url("changelist", kind=kind)).status_code == 200


def test_the_page_of_a_lesson_takes_few_queries(client, lesson, django_assert_max_num_queries):
    with django_assert_max_num_queries(23):
        client.get(lesson_url("change", lesson))


def test_the_editors_import_map_carries_the_pages_nonce(client, lesson):
    response = client.get(lesson_url("change", lesson))
    policy = response["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'<script type="importmap" nonce="{nonce}">' in response.content.decode()
    assert "unsafe" not in policy
    assert "sha256-" not in client.get(lesson_url("changelist"))["Content-Security-Policy"]


def test_a_lesson_moved_to_another_module_leaves_its_terms_behind(client, course, lesson, module):
    term = factories.make_term(module, lesson=lesson)
    other = factories.make_module(course)
    last = factories.make_lesson(other, position=7)
    client.post(lesson_url("change", lesson), open_form(client, lesson) | {"module": other.pk})
    lesson.refresh_from_db()
    term.refresh_from_db()
    assert (lesson.module, lesson.position) == (other, last.position + 1)
    assert (term.module, term.lesson) == (module, None)


def test_formulas_are_shown_before_they_are_inserted_and_stay_in_a_saved_lesson(client, sign_in, lesson, learner):
    address = reverse("admin:lessons_lesson_formula")
    shown = client.get(address, {"tex": r"\frac{1}{2}", "display": "block"}).json()["html"]
    assert shown == formula(r"\frac{1}{2}", display=True)
    assert client.get(address, {"tex": " "}).json()["html"] == ""
    body = f"<p>Half is {shown}.</p>"
    client.post(lesson_url("change", lesson), open_form(client, lesson) | {"body": body, "_continue": "1"})
    assert Lesson.objects.get(pk=lesson.pk).body == body
    assert sign_in(learner).get(address, {"tex": "x"}).status_code == 403
