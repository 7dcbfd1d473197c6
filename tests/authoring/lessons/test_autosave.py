"""The text of a draft saved as somebody types, and glossary terms defined in the editor."""

import json

import pytest
from django.urls import reverse

from lessons.courses.models import Membership
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import sign_writer
from lessons.models import CaseStudy, DraftVersion, GlossaryTerm, Lesson
from tests import factories
from tests.authoring.conftest import form_of

JSON = {"headers": {"accept": "application/json"}}
TERMS = "/admin/lessons/lesson/terms/"


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def draft_url(lesson, kind="lesson"):
    return reverse(f"admin:lessons_{kind}_draft", args=[lesson.pk])


def open_page(client, lesson, kind="lesson"):
    return form_of(client.get(reverse(f"admin:lessons_{kind}_change", args=[lesson.pk])))


def save(client, lesson, form, kind="lesson", **changes):
    return client.post(draft_url(lesson, kind), form | changes, **JSON)


def test_the_text_is_saved_without_the_settings_and_readers_see_nothing_of_it(client, lesson, instructor):
    form = open_page(client, lesson)
    response = save(client, lesson, form, title="Flood", body="<p>New.</p>", slug="other", tags="sea")
    saved = Lesson.objects.get(pk=lesson.pk)
    assert response.status_code == 200
    assert (saved.title, saved.body, saved.slug, saved.tags.count()) == ("Flood", "<p>New.</p>", lesson.slug, 0)
    assert (saved.state, saved.current_revision) == (lesson.state, lesson.current_revision)
    assert response.json()["status"]["value"] == "unpublished-changes"
    version = DraftVersion.objects.filter(lesson=lesson).first()
    assert (version.author, version.origin, version.title) == (instructor, DraftVersion.Origin.AUTOSAVE, "Flood")


def test_the_page_goes_on_with_the_version_that_it_is_told(client, lesson):
    form = open_page(client, lesson)
    first = save(client, lesson, form, summary="One.").json()
    second = save(client, lesson, form | {"version": first["version"]}, summary="Two.")
    form |= {"version": second.json()["version"], "summary": "Two.", "tags": "moon"}
    client.post(reverse("admin:lessons_lesson_change", args=[lesson.pk]), form | {"_continue": "1"})
    saved = Lesson.objects.get(pk=lesson.pk)
    assert (saved.summary, [tag.name for tag in saved.tags.all()]) == ("Two.", ["moon"])


def test_the_facts_of_a_case_study_are_part_of_its_text(client, module):
    case = factories.make_case_study(module, location="Suez")
    form = open_page(client, case, "casestudy")
    assert save(client, case, form, "casestudy", location="Port Said", began="1956").status_code == 200
    saved = CaseStudy.objects.get(pk=case.pk)
    assert (saved.location, saved.began, saved.title) == ("Port Said", "1956", case.title)


def test_what_cannot_be_saved_says_why_and_saves_nothing(client, lesson):
    response = save(client, lesson, open_page(client, lesson), title="", body="<p>Lost?</p>")
    assert (response.status_code, response.json()["errors"][0][:6]) == (400, "Title:")
    assert Lesson.objects.get(pk=lesson.pk).version == lesson.version


def test_what_somebody_else_has_saved_is_merged_or_else_compared(client, sign_in, lesson, course):
    ada = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ada Second")
    form = open_page(client, lesson)
    save(sign_in(ada), lesson, form, summary="Theirs.")
    joined = save(client, lesson, form, title="Mine").json()
    assert (joined["merged"]["summary"], "Ada Second" in joined["message"]) == ("Theirs.", True)
    assert (Lesson.objects.get(pk=lesson.pk).title, Lesson.objects.get(pk=lesson.pk).summary) == ("Mine", "Theirs.")
    typed_on = form | {"version": joined["own_version"], "title": "Mine too"}
    assert save(client, lesson, typed_on).json()["merged"]["summary"] == "Theirs."
    refused = save(client, lesson, form, title="Neither")
    assert refused.status_code == 409
    assert "in the meantime" in refused.json()["errors"][0]
    assert Lesson.objects.get(pk=lesson.pk).title == "Mine too"


def test_settings_saved_by_somebody_else_in_the_meantime_are_kept(client, sign_in, lesson, course):
    ada = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ada Second")
    form, change = open_page(client, lesson), reverse("admin:lessons_lesson_change", args=[lesson.pk])
    sign_in(ada).post(change, form | {"tags": "moon", "_continue": "1"})
    form |= {"version": save(client, lesson, form, title="Mine").json()["version"], "title": "Mine"}
    client.post(change, form | {"_continue": "1"})
    saved = Lesson.objects.get(pk=lesson.pk)
    assert (saved.title, [tag.name for tag in saved.tags.all()]) == ("Mine", ["moon"])


def test_after_an_ended_session_the_text_is_kept_and_given_back_with_the_page(client, lesson, instructor):
    form = open_page(client, lesson) | {"unsent_text": sign_writer(instructor.pk, f"edit-lesson-{lesson.pk}")}
    client.logout()
    response = save(client, lesson, form, body="<p>Kept.</p>")
    assert (response.status_code, response.json()["signed_out"]) == (403, True)
    client.force_login(instructor)
    page = client.get(reverse("admin:lessons_lesson_change", args=[lesson.pk])).content.decode()
    assert "&lt;p&gt;Kept.&lt;/p&gt;" in page
    save(client, lesson, form, body="<p>Kept.</p>")
    assert not UnsentText.objects.exists()


def test_lessons_of_other_courses_are_not_found(client, other_rows):
    assert save(client, other_rows["lessons_lesson"], {}, title="Mine").status_code == 404
    assert client.get(TERMS, {"module": other_rows["lessons_module"].pk}).status_code == 404


def test_words_become_a_term_of_the_module_and_its_definition_is_changed(client, module, lesson):
    answer = client.post(TERMS, {"module": module.pk, "lesson": lesson.pk, "term": "ebb", "definition": "Falling."})
    (term,) = [row for row in answer.json()["terms"] if row["term"] == "ebb"]
    assert GlossaryTerm.objects.get(pk=term["id"]).lesson == lesson
    change = {"module": module.pk, "term_id": term["id"], "term": "ebb", "version": term["version"]}
    assert client.post(TERMS, change | {"definition": "The falling tide."}).status_code == 200
    assert client.post(TERMS, change | {"definition": "Something else."}).status_code == 409
    again = client.post(TERMS, {"module": module.pk, "term": "EBB", "definition": "Again."})
    assert (again.status_code, "already has this term" in json.dumps(again.json())) == (400, True)
    assert GlossaryTerm.objects.get(pk=term["id"]).definition == "The falling tide."
