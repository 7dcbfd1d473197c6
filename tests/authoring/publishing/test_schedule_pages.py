"""The pages on which instructors choose, change and cancel the times of lessons, in the course's time zone."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from lessons.authoring.publishing.chosen_lessons import withdrawal_rows
from lessons.courses.models import Course
from lessons.models import Lesson, PublicationSchedule
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.conftest import form_of
from tests.authoring.make import edit_draft, lesson_url

BERLIN = "Europe/Berlin"


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def draft(module):
    Course.objects.filter(pk=module.course_id).update(time_zone=BERLIN)
    return factories.make_lesson(module, title="Neap tides")


def schedule(client, lesson, due_at="2036-12-01T09:30", action="publish", **fields):
    data = {"schedule": action, f"{action}-due_at": due_at} | {f"{action}-{name}": v for name, v in fields.items()}
    return client.post(lesson_url("schedule", lesson), data)


def test_a_time_is_read_and_shown_in_the_time_zone_of_the_course(client, draft):
    response = schedule(client, draft, change_summary="First\nversion")
    assert response["Location"] == lesson_url("change", draft)
    row = draft.schedules.get()
    assert (row.due_at, row.change_summary) == (datetime(2036, 12, 1, 8, 30, tzinfo=UTC), "First version")
    for page in (
        lesson_url("change", draft),
        lesson_url("schedule", draft),
        lesson_url("publication", draft),
        reverse("admin:lessons_module_change", args=[draft.module_id]),
        reverse("admin:lessons_lesson_changelist"),
    ):
        text = client.get(page).content.decode().replace("December", "Dec")
        assert "Will be published at 1 Dec 2036, 09:30 (Berlin time)" in text, page
    assert 'value="2036-12-01T09:30"' in client.get(lesson_url("schedule", draft)).content.decode()


@pytest.mark.parametrize(
    ("due_at", "message"),
    [
        ("2036-03-30T02:30", "the clocks go forward at that time"),
        ("2020-01-01T09:00", "This time has passed."),
        ("2036-02-31T09:00", "Enter a valid date/time."),
        ("", "This field is required."),
        ("0001-01-01T00:00", "Enter a valid date/time."),
        ("soon", "Enter a valid date/time."),
    ],
)
def test_an_impossible_time_is_refused_with_a_sentence_and_nothing_is_lost(client, draft, due_at, message):
    response = schedule(client, draft, due_at, change_summary="Clearer")
    assert response.status_code == 400
    assert message in response.content.decode()
    assert 'value="Clearer"' in response.content.decode()
    assert not PublicationSchedule.objects.exists()


def test_the_draft_is_saved_and_scheduled_by_one_form(client, draft):
    form = form_of(client.get(lesson_url("change", draft)))
    fields = {"_schedule": "1", "publish-due_at": "2036-12-01T09:30", "change_summary": "Clearer"}
    client.post(lesson_url("change", draft), form | {"body": "<p>New words.</p>"} | fields)
    assert Lesson.objects.get(pk=draft.pk).body == "<p>New words.</p>"
    assert draft.schedules.get().change_summary == "Clearer"
    form = form_of(client.get(lesson_url("change", draft)))
    response = client.post(lesson_url("change", draft), form | {"body": "<p>Newer.</p>", "_schedule": "1"})
    assert "This field is required." in response.content.decode()
    assert Lesson.objects.get(pk=draft.pk).body == "<p>Newer.</p>"


def test_a_time_is_changed_and_cancelled_and_a_double_click_does_no_more(client, draft):
    schedule(client, draft)
    shown = client.get(lesson_url("schedule", draft)).context["parts"][0]["form"]["shown"].value()
    for _ in range(2):
        assert schedule(client, draft, "2036-12-02T10:00", shown=shown).status_code == 302
    assert draft.schedules.get().due_at.day == 2
    for _ in range(2):
        response = client.post(lesson_url("schedule", draft), {"cancel": "publish"}, follow=True)
        assert "is no longer scheduled to be published" in response.content.decode()
    assert not draft.schedules.exists()
    assert client.post(lesson_url("schedule", draft), {"cancel": "everything"}).status_code == 302


@pytest.mark.thorough
def test_the_second_of_two_who_choose_a_time_is_told_of_the_first(client, draft):
    schedule(client, draft)
    response = schedule(client, draft, "2036-12-24T18:00")
    page = response.content.decode().replace("December", "Dec")
    assert response.status_code == 409
    assert "Somebody else has changed this" in page
    assert "1 Dec 2036, 09:30" in page
    assert 'value="2036-12-24T18:00"' in page
    again = response.context["parts"][0]["form"]["shown"].value()
    assert schedule(client, draft, "2036-12-24T18:00", shown=again).status_code == 302
    assert draft.schedules.get().due_at.day == 24


@pytest.mark.thorough
def test_nobody_replaces_or_cancels_a_schedule_that_they_have_not_seen(client, draft):
    url, together = lesson_url("schedule", draft), module_url("schedule", draft.module)
    schedule(client, draft, change_summary="Mine")
    shown = client.get(url).context["parts"][0]["form"]["shown"].value()
    page = client.get(module_url("publish", draft.module), {"lesson": draft.pk})
    of_all = {"shown": page.context["form"]["shown"].value(), "due_at": "2036-12-02T09:30", "lesson": [draft.pk]}
    assert f'value="{shown}"' in client.get(lesson_url("change", draft)).content.decode()
    schedule(client, draft, change_summary="Theirs", shown=shown)  # at the same time
    response = schedule(client, draft, change_summary="Mine again", shown=shown)
    page = response.content.decode()
    assert (response.status_code, "Theirs" in page, "Mine again" in page) == (409, True, True)
    response = client.post(url, {"cancel": "publish", "publish-shown": shown}, follow=True)
    assert "Nothing was cancelled" in response.content.decode()
    response = client.post(together, of_all)
    assert (response.status_code, draft.schedules.get().change_summary) == (409, "Theirs")
    again = response.context["form"]["shown"].value()
    assert client.post(together, of_all | {"shown": again}).status_code == 302
    assert draft.schedules.get().due_at.day == 2


@pytest.mark.thorough
def test_publishing_and_withdrawing_now_cancels_what_was_scheduled(client, lesson):
    schedule(client, lesson)
    schedule(client, lesson, "2036-12-05T09:30", "withdraw")
    edit_draft(lesson, "<p>Other words.</p>")
    client.post(
        lesson_url("publication", lesson),
        {"digest": client.get(lesson_url("publication", lesson)).context["preview"].digest},
    )
    assert lesson.schedules.get().action == "withdraw"
    client.post(lesson_url("withdraw", lesson), {"reason": ""})
    assert not lesson.schedules.exists()


@pytest.mark.thorough
def test_what_failed_is_shown_and_dismissed(client, draft):
    schedule(client, draft)
    PublicationSchedule.objects.update(failure="no_text")
    for page in (lesson_url("change", draft), reverse("admin:lessons_module_change", args=[draft.module_id])):
        text = client.get(page).content.decode().replace("December", "Dec")
        assert "Not published at 1 Dec 2036, 09:30 (Berlin time). The draft had no text." in text
    client.post(lesson_url("schedule", draft), {"cancel": "publish"})
    assert not draft.schedules.exists()


@pytest.mark.thorough
def test_only_instructors_schedule(draft, assistant, sign_in):
    assert schedule(sign_in(assistant), draft).status_code in (403, 404)
    stranger = factories.make_member(factories.make_course(), "instructor")
    assert schedule(sign_in(stranger), draft).status_code == 404
    assert not PublicationSchedule.objects.exists()


@pytest.mark.thorough
def test_a_lesson_of_a_draft_module_says_that_readers_do_not_see_it(client, course):
    draft = factories.make_lesson(factories.make_module(course, state="draft"))
    assert (
        "readers do not see this lesson until both are published"
        in client.get(lesson_url("change", draft)).content.decode()
    )
    form = form_of(client.get(lesson_url("change", draft)))
    page = client.post(lesson_url("change", draft), form | {"_publish": "1"}, follow=True).content.decode()
    assert "is published. Readers do not see it yet: the module is a draft." in page
    assert "This lesson is published, but its module is a draft" in page
    schedule(client, draft, publishes_module="on")
    assert draft.schedules.get().publishes_module


def module_url(page, module):
    return reverse(f"admin:lessons_module_{page}", args=[module.pk])


@pytest.fixture
def three(draft):
    return [draft, *[factories.make_lesson(draft.module, title=f"Number {n}") for n in (2, 3)]]


def ids(*lessons):
    return {"lesson": [lesson.pk for lesson in lessons]}


@pytest.mark.thorough
def test_the_ticked_lessons_are_published_and_no_others(client, three, lesson):
    first, second, third = three
    edit_draft(second, '<p><a href="">nowhere</a></p>')
    url = module_url("publish", first.module)
    page = client.get(url, {"chosen": "1"} | ids(second, third, lesson))
    text = " ".join(page.content.decode().split())
    assert [row.draft.lesson.pk for row in page.context["rows"]] == [second.pk, third.pk]
    assert "Publish 2 lessons now" in text
    assert "the link “nowhere” leads nowhere" in text
    assert "Published already, without changes: “Why tides come”" in text
    form = ids(second, third, lesson) | {"digest": page.context["digest"], "change_summary": "New"}
    assert "2 lessons were published." in client.post(url, form, follow=True).content.decode()
    assert Lesson.objects.filter(state="published").count() == 3
    assert second.revisions.get().change_summary == "New"


@pytest.mark.thorough
def test_a_withdrawn_lesson_is_published_again_if_it_is_ticked(client, lesson):
    Lesson.objects.update(state="withdrawn")
    url = module_url("publish", lesson.module)
    assert "There is nothing to publish" in client.get(url).content.decode()
    client.post(url, ids(lesson))
    assert Lesson.objects.get().state == "published"


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["publish", "withdraw", "schedule"])
def test_without_ticks_the_page_asks_for_some(client, draft, page):
    url = module_url(page, draft.module)
    response = client.post(url, follow=True) if page == "schedule" else client.get(url, {"chosen": "1"}, follow=True)
    assert "Tick the lessons first" in response.content.decode()


@pytest.mark.thorough
def test_ticked_lessons_of_a_draft_module_are_scheduled_with_it(client, three):
    module = three[0].module
    type(module).objects.update(state="draft")
    page = client.get(module_url("publish", module), {"chosen": "1", "when": "later"} | ids(*three)).content.decode()
    assert "The module is a draft" in page
    assert 'name="publishes_module" checked' in page
    form = {"action": "publish", "due_at": "2036-12-01T09:30", "publishes_module": "on", "form_key": "k"}
    first, _again = (client.post(module_url("schedule", module), form | ids(*three), follow=True) for _ in range(2))
    assert "3 lessons will be published at" in first.content.decode()
    assert PublicationSchedule.objects.filter(publishes_module=True).count() == 3


@pytest.mark.thorough
def test_of_several_lessons_all_are_scheduled_or_none(client, three, lesson):
    form = {"action": "withdraw", "due_at": "2036-12-01T09:30", "change_summary": "Over"}
    response = client.post(module_url("schedule", lesson.module), form | ids(lesson, three[0]))
    assert response.status_code == 400
    page = response.content.decode()
    assert "“Neap tides” is not published by then, so it cannot be withdrawn." in page
    assert 'value="Over"' in page
    assert not PublicationSchedule.objects.exists()
    client.post(module_url("schedule", lesson.module), form | ids(lesson))
    assert lesson.schedules.get().change_summary == "Over"


@pytest.mark.thorough
def test_ticked_lessons_are_withdrawn(client, three, lesson):
    note_by(factories.make_member(lesson.module.course), lesson)
    url = module_url("withdraw", lesson.module)
    page = " ".join(client.get(url, ids(lesson, three[0])).content.decode().split())
    assert "1 note that you can read is kept" in page
    assert "Withdraw 1 lesson now" in page
    client.post(url, ids(lesson, three[0]) | {"change_summary": "Over"})
    assert {row.state for row in Lesson.objects.all()} == {"withdrawn", "draft"}
    assert Lesson.objects.get(pk=lesson.pk).state == "withdrawn"


@pytest.mark.thorough
def test_many_lessons_are_shown_before_they_are_withdrawn_by_as_many_queries_as_one(
    lesson, three, instructor, django_assert_max_num_queries
):
    for _ in range(3):
        note_by(instructor, lesson)
    with django_assert_max_num_queries(4):
        rows = withdrawal_rows([lesson, *three], lesson.module, instructor)
    assert [row.note_count for row in rows] == [3, 0, 0, 0]


@pytest.mark.thorough
def test_lessons_of_another_module_are_left_out(client, draft):
    elsewhere = factories.make_lesson(factories.make_module(draft.module.course))
    client.post(module_url("publish", draft.module), ids(elsewhere))
    assert Lesson.objects.get(pk=elsewhere.pk).state == "draft"
