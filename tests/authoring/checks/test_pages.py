"""Checks written without script: the form, the list beside the text, deletion and its undoing."""

import pytest

from lessons.annotations.services import publish
from lessons.authoring.checks.forms import OptionRow
from lessons.authoring.status import LessonStatus, lesson_status
from lessons.models import Lesson
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import frozen_checks
from lessons.practice.writing import add_check
from lessons.progress.completion import rule_of
from lessons.progress.models import CompletionRule
from lessons.unsent.form_pages import course_id_of, find_form_pages
from tests.authoring.conftest import form_of
from tests.authoring.make import lesson_url
from tests.practice.make import SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db

BODY = "<h2>Moon</h2><p>It pulls.</p><h3>Sun</h3><p>So does it.</p><h2>Wind</h2><p>It does not.</p>"
CHOICE = {
    "kind": "single",
    "question": "What causes  the tides?",
    "options-1-text": "The moon",
    "options-1-right": "1",
    "options-2-text": "The wind",
    "options-2-feedback": "It makes waves.",
    "place": "end",
}
READ = Check(
    Kind.SINGLE,
    "What causes the tides?",
    (Option("The moon", "", True), Option("The wind", "It makes waves.")),
)


@pytest.fixture
def draft(lesson, instructor):
    Lesson.objects.filter(pk=lesson.pk).update(body=BODY)
    publish(lesson=lesson, by=instructor)
    return Lesson.objects.get(pk=lesson.pk)


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def only_check(lesson):
    return KnowledgeCheck.objects.get(lesson=lesson)


def body_of(lesson):
    return Lesson.objects.values_list("body", flat=True).get(pk=lesson.pk)


def place(row):
    return f'<hr data-check="{row.uid}">'


def place_key(response, heading):
    """Return the value by which a form offers to put a check at the end of a section."""
    grouped = response.context["form"].fields["place"].choices[-1][1]
    return next(key for key, label in grouped if label.endswith(heading))


def test_a_new_check_stands_at_the_end_of_the_text_and_is_read_as_written(client, draft):
    response = client.post(lesson_url("newcheck", draft), CHOICE, follow=True)
    row = only_check(draft)
    assert row.parsed == READ
    assert body_of(draft) == BODY + place(row)
    assert "The check was added. Readers see it once the lesson is published." in response.content.decode()
    assert draft.draft_versions.first().body == BODY + place(row)


def test_a_check_is_put_at_the_end_of_the_chosen_section(client, draft):
    key = place_key(client.get(lesson_url("newcheck", draft)), "Sun")
    client.post(lesson_url("newcheck", draft), CHOICE | {"place": key})
    body = body_of(draft)
    assert body.replace(place(only_check(draft)), "") == BODY
    assert body.partition(place(only_check(draft)))[2].startswith("<h2>Wind</h2>")


def test_a_form_sent_twice_adds_one_check(client, draft):
    page = client.get(lesson_url("newcheck", draft)).content.decode()
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    first, second = (client.post(lesson_url("newcheck", draft), CHOICE | {"form_key": key}) for _ in range(2))
    assert first.url == second.url
    assert body_of(draft) == BODY + place(only_check(draft))


def test_what_is_wrong_is_said_and_nothing_is_saved(client, draft):
    response = client.post(lesson_url("newcheck", draft), CHOICE | {"question": " "})
    assert response.status_code == 400
    assert "Write the question." in response.content.decode()
    assert "It makes waves." in response.content.decode()
    assert not KnowledgeCheck.objects.exists()


def test_an_answer_is_moved_up_without_saving(client, draft):
    response = client.post(lesson_url("newcheck", draft), CHOICE | {"move_up": "2"})
    assert response.status_code == 200
    assert response.context["form"].option_rows[:2] == [
        OptionRow(1, "The wind", "It makes waves."),
        OptionRow(2, "The moon", is_right=True),
    ]
    assert not KnowledgeCheck.objects.exists()


def test_an_edit_is_an_unpublished_change_until_the_lesson_is_published(client, draft, instructor):
    (row,) = publish_with_checks(draft, READ, by=instructor)
    assert status_of(draft) == LessonStatus.PUBLISHED
    version = client.get(lesson_url("check", draft, row.uid)).context["form"].initial["version"]
    client.post(lesson_url("check", draft, row.uid), CHOICE | {"question": "Why tides?", "version": version})
    row.refresh_from_db()
    assert (row.version, row.parsed.question) == (2, "Why tides?")
    assert status_of(draft) == LessonStatus.UNPUBLISHED_CHANGES
    publish(lesson=draft, by=instructor)
    assert status_of(draft) == LessonStatus.PUBLISHED


def test_the_editor_is_told_which_check_was_saved_and_what_the_status_is(client, draft, instructor):
    (row,) = publish_with_checks(draft, READ, by=instructor)
    by_script = {"headers": {"accept": "application/json"}}
    address = lesson_url("check", draft, row.uid)
    form = client.get(address, **by_script)
    assert "place" not in form.context["form"].fields
    assert b"<html" not in form.content
    answer = client.post(address, CHOICE | {"question": "Why tides?"}, **by_script).json()
    assert (answer["uid"], answer["status"]["value"]) == (str(row.uid), "unpublished-changes")
    new = client.post(lesson_url("newcheck", draft), CHOICE, **by_script).json()
    assert KnowledgeCheck.objects.filter(uid=new["uid"]).exists()
    assert new["uid"] not in body_of(draft)
    client.post(lesson_url("checkdeletion", draft, new["uid"]), **by_script)
    assert client.post(lesson_url("checkrestoration", draft, new["uid"]), **by_script).json()["uid"] == new["uid"]


def status_of(lesson):
    return lesson_status(Lesson.objects.with_course().get(pk=lesson.pk))


def test_an_edit_of_what_somebody_else_has_changed_shows_both(client, draft):
    row = add_check(lesson=draft, check=READ)
    address = lesson_url("check", draft, row.uid)
    opened = client.get(address).context["form"].initial["version"]
    assert client.post(address, CHOICE | {"question": "Theirs?", "version": opened}).status_code == 302
    response = client.post(address, CHOICE | {"question": "Mine?", "version": opened})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Theirs?" in page
    assert "Mine?" in page
    row.refresh_from_db()
    assert row.parsed.question == "Theirs?"
    again = CHOICE | {"question": "Mine?", "version": response.context["form"]["version"].value()}
    assert client.post(address, again).status_code == 302
    row.refresh_from_db()
    assert (row.parsed.question, row.version) == ("Mine?", 3)


def test_a_check_that_stands_nowhere_can_be_put_into_the_text(client, draft):
    row = add_check(lesson=draft, check=READ)
    address = lesson_url("check", draft, row.uid)
    version = client.get(address).context["form"].initial["version"]
    client.post(address, CHOICE | {"place": "", "version": version})
    assert body_of(draft) == BODY
    client.post(address, CHOICE | {"place": "start", "version": version})
    assert body_of(draft) == place(row) + BODY


def test_a_deleted_check_is_restored_with_its_answers(client, draft, instructor, learner):
    (row,) = publish_with_checks(draft, SINGLE, by=instructor)
    answer_by(learner, row, "0")
    response = client.post(lesson_url("checkdeletion", draft, row.uid), follow=True)
    page = response.content.decode()
    assert "1 deleted" in page
    assert f'action="{lesson_url("checkrestoration", draft, row.uid)}"' in page
    assert status_of(draft) == LessonStatus.UNPUBLISHED_CHANGES
    publish(lesson=draft, by=instructor)
    assert frozen_checks(Lesson.objects.get(pk=draft.pk).current_revision_id) == []
    client.post(lesson_url("checkrestoration", draft, row.uid))
    publish(lesson=draft, by=instructor)
    assert len(frozen_checks(Lesson.objects.get(pk=draft.pk).current_revision_id)) == 1
    assert row.answers.count() == 1


def test_the_list_names_checks_in_the_order_of_the_text(client, draft):
    first, second, third = (add_check(lesson=draft, check=READ._replace(question=q)) for q in ("One?", "Two?", "No?"))
    Lesson.objects.filter(pk=draft.pk).update(body=place(second) + BODY + place(first))
    page = client.get(lesson_url("checks", draft)).content.decode()
    assert page.index("Two?") < page.index("One?") < page.index("No?")
    assert page.count("Not in the text") == 1
    assert "Wind" in page
    assert str(third.uid) in page


def test_a_copy_of_a_check_is_a_new_one(client, draft):
    row = add_check(lesson=draft, check=READ)
    page = client.get(f"{lesson_url('newcheck', draft)}?copy={row.uid}")
    assert ">The moon</textarea>" in page.content.decode()
    client.post(lesson_url("newcheck", draft), CHOICE)
    assert KnowledgeCheck.objects.filter(lesson=draft).count() == 2


def test_a_check_of_another_lesson_is_not_found(client, draft, other_lesson_check):
    for page in ("check", "checkdeletion", "checkrestoration"):
        assert client.post(lesson_url(page, draft, other_lesson_check.uid), CHOICE).status_code == 404


@pytest.fixture
def other_lesson_check(other_rows):
    return add_check(lesson=other_rows["lessons_lesson"], check=READ)


def test_the_list_of_lessons_says_the_status_in_the_same_number_of_queries(
    client, draft, module, instructor, django_assert_max_num_queries
):
    publish_with_checks(draft, SINGLE, by=instructor)
    Lesson.objects.filter(pk=draft.pk).update(body=body_of(draft) + "<p>More.</p>")
    address = f"/admin/lessons/module/{module.pk}/change/"
    client.get(address)
    with django_assert_max_num_queries(25) as few:
        client.get(address)
    for title in ("A", "B", "C"):
        other = Lesson.objects.create(module=module, title=title, slug=title.lower(), body=BODY)
        (row,) = publish_with_checks(other, SINGLE, by=instructor)
        KnowledgeCheck.objects.filter(pk=row.pk).update(version=2)
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_what_was_written_and_not_saved_leads_back_to_its_form(client, draft, instructor, stranger):
    row = add_check(lesson=draft, check=READ)
    keys = [f"add-check-{draft.pk}", f"edit-check-{row.pk}"]
    found = find_form_pages(instructor, keys)
    assert [found[key].url for key in keys] == [lesson_url("newcheck", draft), lesson_url("check", draft, row.uid)]
    assert [course_id_of(key) for key in keys] == [draft.module.course_id] * 2
    assert find_form_pages(stranger, keys) == {}


def test_what_completes_a_lesson_is_chosen_with_its_settings(client, draft):
    address = lesson_url("change", draft)
    data = form_of(client.get(address)) | {"completed_by": "checks", "_continue": "1"}
    client.post(address, data)
    assert rule_of(draft) == CompletionRule.Rule.CHECKS
    theirs = client.post(address, data | {"completed_by": "end"})
    assert theirs.status_code == 409
    client.post(address, form_of(client.get(address)) | {"completed_by": "marked", "_continue": "1"})
    assert not CompletionRule.objects.exists()
