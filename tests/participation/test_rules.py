"""Writing participation rules: as a sentence, once, without overwriting others, and with what is in their way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.authoring.bin.services import move_to_bin
from lessons.courses.models import AuditEntry
from lessons.discussions.models import CommentPolicy, Post
from lessons.participation.feasibility import obstacles
from lessons.participation.models import ParticipationRule, rule_to_show
from lessons.participation.requirements import Amounts, rule_sentence, what_is_left
from lessons.participation.views.access import rules_of
from lessons.participation.wording import describe
from tests import factories
from tests.annotations.make import note_by
from tests.forms import form_key_on
from tests.participation.make import make_rule


def test_a_rule_reads_as_a_sentence():
    asked = Amounts(5, 3, 3, 4, 2, 1, 4, 6)
    assert rule_sentence(asked, place="“Tides”", starts="1 March 2026", ends="12 March 2026, 18:00") == (
        "In “Tides”, write at least 5 notes on 3 different days, in 3 different lessons and in 4 different sections, "
        "reply at least 2 times, start at least 1 discussion, complete at least 4 lessons and answer at least 6 "
        "checks, from 1 March 2026 and before 12 March 2026, 18:00."
    )
    assert rule_sentence(Amounts(notes=1, note_days=1, replies=1)) == "Write at least 1 note and reply at least once."


def test_what_is_left_is_said_in_words():
    left = Amounts(notes=4, replies=2, lessons_read=3).left_of(Amounts(notes=5, note_days=2, replies=3, checks=1))
    assert what_is_left(left) == "2 notes on 2 more days, 1 reply and 1 check left"
    assert what_is_left(Amounts(notes=2, note_days=1, note_lessons=1)) == (
        "2 notes on 1 more day and in 1 more lesson left"
    )
    assert what_is_left(Amounts(note_sections=2)) == "2 notes in 2 more sections left"
    assert what_is_left(Amounts(notes=5).left_of(Amounts(notes=5))) == ""


def posted(**fields):
    return {
        "name": "First half",
        "notes": "5",
        "note_days": "3",
        "replies": "2",
        "due_at": "2126-03-12T18:00",
    } | fields


def test_a_teacher_writes_a_rule_once_and_sees_it_in_words(sign_in, course, instructor, module, lesson):
    client, url = sign_in(instructor), reverse("participation:create_rule", args=[course.slug])
    fields = posted(form_key=form_key_on(client.get(url)), about=f"module-{module.pk}")
    sentence = "In “The moving sea”, write at least 5 notes on 3 different days and reply at least 2 times, before"
    assert sentence in client.post(url, fields | {"preview": "1"}).text
    assert not ParticipationRule.objects.exists()
    for _time in "twice":
        page = client.post(url, fields, follow=True)
    assert sentence in page.text
    rule = ParticipationRule.objects.get()
    assert (rule.course, rule.module, rule.lesson, rule.due_at) == (
        course,
        module,
        None,
        datetime(2126, 3, 12, 18, tzinfo=UTC),
    )
    assert AuditEntry.objects.filter(verb="add participation rule").count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"notes": "", "note_days": "", "replies": "0"}, "Ask for something: enter at least one number."),
        ({"notes": "2"}, "Enter 3 or more."),
        ({"starts_on": "2126-03-13"}, "This is before the first day."),
        ({"about": "module-99999999"}, "Choose the course, or one of its modules or lessons."),
        ({"notes": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(sign_in, course, instructor, fields, message):
    response = sign_in(instructor).post(reverse("participation:create_rule", args=[course.slug]), posted(**fields))
    assert response.status_code == 400
    assert message in response.text


def test_two_teachers_do_not_overwrite_each_other(sign_in, course, instructor):
    rule, client = make_rule(course, notes=2), sign_in(instructor)
    url = reverse("participation:edit_rule", args=[course.slug, rule.pk])
    version = client.get(url).context["form"].initial["version"]
    ParticipationRule.objects.update(notes=4)
    response = client.post(url, {"name": "First half", "notes": "3", "version": version})
    assert response.status_code == 409
    assert "The saved version and yours" in response.text
    assert ParticipationRule.objects.get().notes == 4


def test_a_deleted_rule_comes_back(sign_in, course, instructor, learner):
    rule, client = make_rule(course, notes=2), sign_in(instructor)
    page = client.post(reverse("participation:delete_rule", args=[course.slug, rule.pk]), follow=True)
    assert "No rule yet" in page.text
    assert "no participation rule" in sign_in(learner).get(reverse("participation:overview", args=[course.slug])).text
    undo = reverse("participation:restore_rule", args=[course.slug, rule.pk])
    assert undo in page.text
    assert "Write at least 2 notes." in client.post(undo, follow=True).text


NO_LESSON = "There is no lesson that learners can read."
NO_NOTES = "There is no lesson on which learners can write notes."
NO_DISCUSSION = "There is no lesson on which learners can start a discussion."
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "asked", "sentences"),
    [
        (
            "",
            {"notes": 9, "lessons_read": 2, "note_lessons": 1, "note_sections": 1, "replies": 3, "discussions": 2},
            [],
        ),
        (
            "",
            {"lessons_read": 3, "note_lessons": 2, "checks": 1},
            [
                "There are only 2 lessons that learners can read.",
                "There is no check to answer.",
                "There is only 1 lesson on which learners can write notes.",
            ],
        ),
        ("", {"note_sections": 2}, ["There is only 1 section on which learners can write notes."]),
        ("", {"note_days": 2, "due_at": NOON + timedelta(days=1)}, []),
        (
            "",
            {"note_days": 3, "due_at": NOON + timedelta(days=1)},
            ["There are only 2 days left on which to write notes."],
        ),
        (
            "",
            {"note_days": 2, "starts_on": date(2026, 3, 11), "due_at": datetime(2026, 3, 12, tzinfo=UTC)},
            ["There is only 1 day left on which to write notes."],
        ),
        ("", {"replies": 1, "due_at": NOON}, ["Its time is over: what is done from now on does not count."]),
        ("silent", {"notes": 1, "discussions": 1}, [NO_NOTES, NO_DISCUSSION]),
        ("silent", {"replies": 1}, ["There is no conversation in which learners can reply."]),
        ("silent", {"lessons_read": 1}, []),
        ("unread", {"notes": 1, "replies": 1, "checks": 1}, [NO_LESSON]),
        ("empty", {"discussions": 1}, [NO_LESSON]),
    ],
    ids=str,
)
def test_what_nobody_can_do_is_said(course, module, lesson, case_study, part, asked, sentences):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.OFF)
    parts = {
        "silent": {"lesson": lesson},
        "unread": {"lesson": factories.make_lesson(module)},
        "empty": {"module": factories.make_module(course)},
    }
    rule = make_rule(course, **{**asked, **parts.get(part, {})})
    assert obstacles(rule, NOON) == sentences


def test_what_somebody_has_done_is_not_in_the_way(course, lesson, learner, other_learner, instructor):
    for author, days in ((learner, 2), (learner, 1), (learner, 0), (other_learner, 0), (instructor, 5)):
        note = note_by(author, lesson)
        Post.objects.filter(thread=note.thread).update(created_at=NOON - timedelta(days=days))
    half = make_rule(course, note_days=4, due_at=NOON + timedelta(days=1))
    assert obstacles(half, NOON) == []
    only_two = ["There are only 2 days left on which to write notes."]
    assert obstacles(half, NOON, other_learner) == only_two  # they may not see what others have done
    assert obstacles(make_rule(course, note_days=5, due_at=NOON + timedelta(days=1)), NOON) == only_two
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.OFF)
    assert obstacles(make_rule(course, notes=3), NOON) == []
    assert obstacles(make_rule(course, notes=4), NOON) == [NO_NOTES]
    course.closed_at = NOON
    course.save()
    assert obstacles(make_rule(course, notes=3), NOON) == []
    assert obstacles(make_rule(course, replies=1), NOON) == ["The course is closed: nothing more can be done in it."]


def test_a_rule_that_nobody_can_meet_is_saved_only_by_whoever_knows_it(sign_in, course, instructor):
    client, url = sign_in(instructor), reverse("participation:create_rule", args=[course.slug])
    fields = {"name": "Checks", "checks": "2", "form_key": form_key_on(client.get(url))}
    page = client.post(url, fields).text
    assert "Nobody can meet this rule as the course is now." in page
    assert not ParticipationRule.objects.exists()
    client.post(url, fields | {"anyway": "1"})
    url = reverse("participation:edit_rule", args=[course.slug, ParticipationRule.objects.get().pk])
    client.post(url, fields | {"checks": "3"})
    assert ParticipationRule.objects.get().checks == 2
    client.post(url, fields | {"checks": "3", "anyway": "1"})
    assert ParticipationRule.objects.get().checks == 3


def test_a_draft_is_not_named(course, module):
    hidden = factories.make_lesson(module, title="Secret")
    assert describe(make_rule(course, lesson=hidden, replies=1)).startswith("In a lesson that is not published yet, ")
    draft = factories.make_module(course, title="Secret", state="draft")
    assert describe(make_rule(course, module=draft, replies=1)).startswith("In a module that is not published yet, ")


def test_the_rule_that_ends_next_is_shown_first(course):
    now = datetime(2026, 3, 10, tzinfo=UTC)
    rules = [make_rule(course, replies=1, due_at=now + timedelta(days=days)) for days in (20, -5, 3)]
    always = make_rule(course, replies=1, starts_on=date(2026, 1, 1))
    assert rules_of(course) == [rules[1], rules[2], rules[0], always]
    assert rule_to_show(rules_of(course), now) == rules[2]
    assert rule_to_show([], now) is None


def test_a_rule_about_a_lesson_in_the_bin_stays_about_it(sign_in, course, lesson, instructor):
    rule = make_rule(course, lesson=lesson, notes=1)
    move_to_bin(row=lesson, by=instructor)
    client, url = sign_in(instructor), reverse("participation:edit_rule", args=[course.slug, rule.pk])
    assert f'value="lesson-{lesson.pk}" selected' in client.get(url).text
    client.post(url, {"name": "First half", "notes": "2", "about": f"lesson-{lesson.pk}", "anyway": "1"})
    rule.refresh_from_db()
    assert (rule.notes, rule.lesson_id) == (2, lesson.pk)
    assert obstacles(rule, timezone.now()) == [NO_LESSON]


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_change_sent_many_times_at_once_is_recorded_once(sign_in, course, instructor, at_once):
    rule = make_rule(course, notes=1)
    url = reverse("participation:edit_rule", args=[course.slug, rule.pk])
    fields = posted(anyway="1", version=sign_in(instructor).get(url).context["form"]["version"].value())
    clients = [sign_in(instructor) for _n in range(6)]
    jobs = [lambda client=client: client.post(url, fields) for client in clients]
    assert {answer.status_code for answer in at_once(*jobs)} == {302}
    changes = AuditEntry.objects.filter(verb="change participation rule")
    assert at_once(changes.count) == [1]
