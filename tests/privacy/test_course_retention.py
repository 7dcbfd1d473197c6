"""A closed course is read-only, and personal data is purged from it some time later."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations import passages
from lessons.annotations.models import DEFAULT_LABELS, Annotation
from lessons.annotations.services import annotate
from lessons.courses.models import AuditEntry, Course, Invitation, Membership
from lessons.courses.models.courses import add_months
from lessons.courses.services import EnrolmentRefused, enrol, join
from lessons.courses.services.invitations import accept_invitation
from lessons.courses.services.memberships import request_to_join
from lessons.db.models import UnsentText
from lessons.discussions.models import Post
from lessons.discussions.services.errors import CourseClosed
from lessons.discussions.services.posting import edit_post, prepare_post
from lessons.privacy.course_retention import close_course, purge, reopen_course, set_retention
from lessons.progress.models import Progress
from tests import factories
from tests.discussions.make import post_by, thread_by
from tests.indexed import assert_posts_are_indexed
from tests.privacy.conftest import ADDRESS, NAME
from tests.privacy.search import tables_containing
from tests.privacy.test_erasure import assert_counts_are_right

pytestmark = pytest.mark.django_db


def run_scheduled():
    mail.outbox.clear()
    call_command("run_scheduled", verbosity=0, site="https://course.example.org")
    return [email for email in mail.outbox if "Personal data" in email.subject]


@pytest.fixture
def closed(cohort):
    cohort.course = close_course(course=cohort.course, by=cohort.instructor)
    for row in (cohort.thread, cohort.others):
        row.refresh_from_db()
    return cohort


def test_nobody_can_write_in_a_closed_course_not_even_staff(closed):
    for who in (closed.zelda, closed.instructor):
        with pytest.raises(CourseClosed):
            thread_by(who, closed.course)
        with pytest.raises(CourseClosed):
            post_by(who, closed.thread)
    post = Post.objects.get(pk=closed.best.pk)
    with pytest.raises(CourseClosed):
        edit_post(post=post, by=closed.zelda, prepared=prepare_post("Other words", course=closed.course))
    passage = passages.locate_passage(closed.lesson.current_revision, start=0, end=5)
    with pytest.raises(CourseClosed):
        annotate.annotate(
            by=closed.zelda, lesson=closed.lesson, passage=passage, label=DEFAULT_LABELS[0], key=uuid.uuid4()
        )


def test_nobody_joins_a_closed_course_and_no_progress_is_saved(closed, outsider, sign_in):
    with pytest.raises(EnrolmentRefused, match="closed"):
        join(user=outsider, course=closed.course)
    page = sign_in(outsider).post(reverse("reading:join_or_leave", args=[closed.course.slug]), follow=True)
    assert "nobody can join it" in page.content.decode()
    client = sign_in(outsider)
    client.get(closed.lesson.get_absolute_url())
    response = client.post(reverse("reading:progress", args=[closed.lesson.pk]), {"completed": "true"}, follow=True)
    assert "your reading progress is no longer saved" in response.content.decode()
    assert not Progress.objects.filter(user=outsider).exists()


def test_pages_of_a_closed_course_say_so_and_stay_readable(closed, sign_in):
    client, slug = sign_in(closed.otto), closed.course.slug
    pages = [
        closed.course.get_absolute_url(),
        reverse("discussions:forum", args=[slug]),
        reverse("discussions:create_thread", args=[slug]),
        reverse("discussions:lesson_comments", args=[closed.lesson.pk]),
        closed.others.get_absolute_url(),
    ]
    for page in pages:
        content = client.get(page).content.decode()
        assert "This course was closed on" in content, page
        assert 'name="source"' not in content, page
    assert "The moon does it." in client.get(closed.others.get_absolute_url()).content.decode()
    lesson = client.get(closed.lesson.get_absolute_url()).content.decode()
    assert "no longer saved" in lesson
    assert "Write a comment" not in lesson
    notes = Annotation.objects.visible_to(User.objects.get(pk=closed.zelda.pk))
    assert closed.highlight in notes


@pytest.mark.thorough
def test_members_see_when_data_is_removed_and_how_to_download_theirs(closed, sign_in, outsider):
    page, link = closed.course.get_absolute_url(), f'href="{reverse("privacy:data_export")}">Download yours'
    assert link not in sign_in(closed.otto).get(page).content.decode()
    set_retention(course=closed.course, by=closed.instructor, months=6)
    assert link in sign_in(closed.otto).get(page).content.decode()
    assert link in sign_in(closed.otto).get(closed.others.get_absolute_url()).content.decode()
    for stranger in (None, outsider):
        assert "personal data will be removed" not in sign_in(stranger).get(page).content.decode()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("months", "message"), [("", "kept indefinitely"), ("1", "removed 1 month after"), ("6", "removed 6 months")]
)
def test_saving_the_months_says_what_was_saved(closed, sign_in, months, message):
    address = reverse("privacy:course_closing", args=[closed.course.slug])
    page = sign_in(closed.instructor).post(address, {"action": "set_retention", "months": months}, follow=True)
    assert message in page.content.decode()


@pytest.mark.thorough
def test_text_submitted_after_closing_is_returned(closed, sign_in):
    client = sign_in(closed.otto)
    late = {"title": "Late", "source": "Words that took an hour", "audience": "course", "kind": "discussion"}
    answer = client.post(reverse("discussions:create_thread", args=[closed.course.slug]), late)
    assert answer.status_code == 409
    assert "Words that took an hour" in answer.content.decode()
    answer = client.post(closed.others.get_absolute_url(), {"source": "An answer that took an hour"})
    assert answer.status_code == 409
    assert "An answer that took an hour" in answer.content.decode()
    assert UnsentText.objects.filter(user=closed.otto, fields__source="An answer that took an hour").exists()


@pytest.mark.thorough
def test_notes_in_a_closed_course_are_read_only(closed, sign_in):
    client, lesson = sign_in(closed.zelda), closed.lesson
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert "nobody can add any" in page
    assert "annotation-loader" not in page
    ids = f"{closed.note.pk},{closed.highlight.pk}"
    cards = client.get(reverse("annotations:cards", args=[lesson.pk]), {"ids": ids}).content.decode()
    assert "Odd." in cards
    assert "Open discussion" in cards
    assert "Reply" not in cards
    assert "/edit/" not in cards
    assert "aria-pressed" not in cards


@pytest.mark.thorough
@pytest.mark.parametrize("data", [None, {"source": "Words that took an hour"}])
def test_forms_for_notes_say_the_course_is_closed_and_return_the_text(closed, sign_in, outsider, data):
    client, new = sign_in(closed.zelda), reverse("annotations:create", args=[closed.lesson.pk])
    for address in (new, reverse("annotations:edit", args=[closed.note.pk])):
        answer = client.post(address, data) if data else client.get(address)
        words = answer.content.decode()
        assert answer.status_code == 409
        assert "This course was closed on" in words
        assert not data or data["source"] in words
    for_script = client.post(new, data or {}, headers={"Accept": "application/json"})
    assert (for_script.status_code, "closed" in for_script.json()["errors"][0]) == (409, True)
    assert sign_in(outsider).get(new).status_code == 404


@pytest.mark.thorough
def test_thanks_me_too_and_answers_are_refused_in_a_closed_course(closed, sign_in):
    thread, best = closed.others, closed.best
    acts = {
        reverse("discussions:thanks", args=[best.pk]): {"enabled": "true"},
        reverse("discussions:me_too", args=[thread.pk]): {"enabled": ""},
        reverse("discussions:question_status", args=[thread.pk]): {"status": "open"},
        reverse("discussions:accept_answer", args=[best.pk]): {"unmark": "true"},
    }
    for who in (closed.zelda, closed.instructor):
        client = sign_in(who)
        assert {client.post(address, data).status_code for address, data in acts.items()} == {403}
        page = client.get(thread.get_absolute_url()).content.decode()
        assert "/thanks/" not in page
        assert "me-too/" not in page


@pytest.mark.thorough
def test_staff_can_reopen_the_course(closed, sign_in):
    client, page = sign_in(closed.instructor), reverse("privacy:course_closing", args=[closed.course.slug])
    assert "Reopen course" in client.get(page).content.decode()
    client.post(page, {"action": "reopen"})
    course = Course.objects.get(pk=closed.course.pk)
    assert not course.is_closed
    thread_by(closed.otto, course)
    verbs = list(AuditEntry.objects.filter(verb__contains="course").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["close course", "reopen course"]


@pytest.mark.thorough
def test_closing_twice_is_logged_once(closed):
    close_course(course=closed.course, by=closed.instructor)
    assert AuditEntry.objects.filter(verb="close course").count() == 1


@pytest.mark.thorough
def test_months_are_validated(closed, sign_in):
    client, page = sign_in(closed.instructor), reverse("privacy:course_closing", args=[closed.course.slug])
    for wrong in ("0", "-1", "1000", "soon"):
        assert client.post(page, {"action": "set_retention", "months": wrong}).status_code == 400
    client.post(page, {"action": "set_retention", "months": "6"})
    assert Course.objects.get(pk=closed.course.pk).purge_after_months == 6
    client.post(page, {"action": "set_retention", "months": ""})
    assert Course.objects.get(pk=closed.course.pk).purge_after_months is None


def back(course, **ago):
    Course.objects.filter(pk=course.pk).update(closed_at=timezone.now() - timedelta(**ago))


@pytest.mark.thorough
def test_a_course_is_purged_when_due_and_a_week_after_its_staff_were_warned(closed):
    set_retention(course=closed.course, by=closed.instructor, months=1)
    assert run_scheduled() == []
    back(closed.course, days=400)
    emails = run_scheduled()
    assert [email.to for email in emails] == [[closed.instructor.email]]
    assert reverse("privacy:course_closing", args=[closed.course.slug]) in emails[0].body
    assert run_scheduled() == []
    assert User.objects.get(pk=closed.zelda.pk).memberships.exists()
    Course.objects.update(purge_announced_at=timezone.now() - timedelta(days=7, minutes=1))
    run_scheduled()
    assert Course.objects.get(pk=closed.course.pk).purged_at
    assert not closed.zelda.memberships.exists()
    assert run_scheduled() == []


@pytest.mark.thorough
def test_a_purge_keeps_posts_and_removes_names(closed):
    purge_now(closed)
    assert tables_containing(closed.handle) == []
    assert {name.partition(".")[0] for name in tables_containing(NAME)} == {"accounts_user", "django_admin_log"}
    assert {name.partition(".")[0] for name in tables_containing(ADDRESS)} == {"accounts_user", "account_emailaddress"}
    assert_counts_are_right()
    assert_posts_are_indexed()
    assert {post.author for post in Post.objects.exclude(by_staff=True)} == {None}
    assert Post.objects.get(pk=closed.best.pk).source == "The moon does it."
    assert list(closed.course.memberships.values_list("user", "role")) == [
        (closed.instructor.pk, Membership.Role.INSTRUCTOR)
    ]
    assert not Progress.objects.exists()
    assert not UnsentText.objects.exists()
    assert not AuditEntry.objects.filter(course=closed.course, affected_user=closed.zelda).exists()
    assert AuditEntry.objects.filter(course=closed.course, verb="hide post", actor=closed.instructor).exists()


@pytest.mark.thorough
def test_other_courses_of_the_same_people_are_unchanged(closed):
    elsewhere = factories.make_course()
    enrol_in(closed.zelda, elsewhere)
    thread = thread_by(closed.zelda, elsewhere, f"I am {NAME}.")
    purge_now(closed)
    thread.refresh_from_db()
    assert thread.author == closed.zelda
    assert thread.posts.get().source == f"I am {NAME}."
    assert closed.zelda.memberships.get().course == elsewhere


def enrol_in(user, course):
    enrol(user=user, course=course, by=user)


def purge_now(cohort):
    set_retention(course=cohort.course, by=cohort.instructor, months=1)
    back(cohort.course, days=400)
    Course.objects.update(purge_announced_at=timezone.now() - timedelta(days=8))
    assert purge(course=cohort.course, now=timezone.now())


@pytest.mark.thorough
def test_a_course_reopened_or_given_more_time_is_not_purged(closed):
    set_retention(course=closed.course, by=closed.instructor, months=1)
    back(closed.course, days=400)
    run_scheduled()
    set_retention(course=closed.course, by=closed.instructor, months=100)
    assert not purge(course=closed.course, now=timezone.now())
    reopen_course(course=closed.course, by=closed.instructor)
    Course.objects.update(purge_announced_at=timezone.now() - timedelta(days=8))
    assert not purge(course=closed.course, now=timezone.now())
    run_scheduled()
    assert closed.zelda.memberships.exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), 2, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2026, 11, 15, tzinfo=UTC), 1, datetime(2026, 12, 15, tzinfo=UTC)),
        (datetime(2026, 5, 15, tzinfo=UTC), 24, datetime(2028, 5, 15, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 12, datetime(2027, 12, 1, tzinfo=UTC)),
    ],
)
def test_adding_months_gives_a_date_that_exists(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.thorough
def test_neither_a_code_nor_a_request_admits_to_a_closed_course(closed, outsider):
    invitation = Invitation.objects.create(course=closed.course)
    with pytest.raises(EnrolmentRefused, match="closed"):
        accept_invitation(invitation=invitation, user=outsider)
    assert Invitation.objects.get(pk=invitation.pk).uses == 0
    with pytest.raises(EnrolmentRefused, match="closed"):
        request_to_join(user=outsider, course=closed.course)
    assert not outsider.memberships.exists()
