"""The demo class as rows: loaded by `quickstart`, removed by `remove_demo`."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, Annotation
from lessons.annotations.services.annotate import change_label
from lessons.authoring.status import has_unpublished_changes
from lessons.courses.models import Course
from lessons.courses.weeks import course_week
from lessons.demo.files import read_class
from lessons.demo.keys import is_demo_key
from lessons.discussions.models import DueReminder, Notification, Participation, Post, Report, Thread, ThreadUserState
from lessons.discussions.notifications import digests, due_reminders
from lessons.discussions.services import posting
from lessons.discussions.services.counters import expected_counters
from lessons.mail.models import OutgoingEmail
from lessons.models import Lesson, Revision
from lessons.participation.models import ParticipationRule
from lessons.practice import reviewing
from lessons.practice.answering import unanswered
from lessons.practice.models import Answer, ReviewCard
from lessons.practice.queue import due_count
from lessons.progress.models import Progress, Reached
from lessons.tagging.models import Tag
from tests.indexed import assert_posts_are_indexed

pytestmark = pytest.mark.django_db
NOTES = sum(bool(conversation.quote) for conversation in read_class().conversations)
DISCUSSIONS = len(read_class().conversations) - NOTES
ACCOUNTS = [f"{who}@example.org" for who in ("assistant", "instructor", "learner-a", "learner-b")]


def run(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def course():
    """Return the sample course with the demo class."""
    output = run("quickstart", no_serve=True)
    assert f"a demo class: 15 people, {NOTES} notes and {DISCUSSIONS} discussions" in output
    return Course.objects.get()


def account(address):
    return User.objects.get(email=address)


def count_unread(user):
    read = dict(ThreadUserState.objects.filter(user=user).values_list("thread", "last_read_seq"))
    return sum(thread.last_seq > read.get(thread.pk, 0) for thread in Thread.objects.visible_to(user))


def check_counters():
    for thread in Thread.objects.select_related("course"):
        counters = expected_counters(thread)
        assert {name: getattr(thread, name) for name in counters._fields} == counters._asdict()


def changed_lessons(course):
    lessons = Lesson.objects.filter(module__course=course).select_related("current_revision", "casestudy")
    return [lesson.slug for lesson in lessons if has_unpublished_changes(lesson)]


def check_order():
    for model in (Post, Notification, Thread, Annotation):
        moments = list(model.objects.order_by("pk").values_list("created_at", flat=True))
        assert moments == sorted(moments)


def check_what_each_account_finds(course):
    now = timezone.now()
    for address in ACCOUNTS:
        assert 5 <= count_unread(account(address)) <= 20
    mentions = Notification.objects.filter(seen_at=None, kind="mention")
    assert set(mentions.values_list("user__email", flat=True)) >= set(ACCOUNTS)
    leila = account("learner-a@example.org")
    read = Progress.objects.filter(user=leila, completed_at__isnull=False).values("lesson")
    assert [lesson.slug for lesson in Lesson.objects.filter(due_at__lt=now).exclude(pk__in=read)] == ["headquarters"]
    assert Lesson.objects.filter(due_at__range=(now, now + timedelta(days=7))).count() == 2
    assert Report.objects.filter(resolved_at=None).count() == 2
    first = Post.objects.earliest("created_at").created_at
    assert not Revision.objects.filter(published_at__gte=first).exists()
    assert course.modules.get().lessons.published().count() == 15
    assert changed_lessons(course) == ["future-trends", "partners-beyond-europe"]
    check_what_was_practised(course, leila)
    assert Post.objects.get(state=Post.State.HELD).author.display_name == "Dan Vale"


def check_what_was_practised(course, leila):
    now = timezone.now()
    assert Answer.objects.count() == len(read_class().answers)
    assert not Answer.objects.filter(first_at__gt=now).exists()
    assert unanswered(leila, Lesson.objects.get(slug="headquarters")) == 2
    assert 3 <= due_count(leila, now) <= 15
    assert ReviewCard.objects.filter(user=leila, reviews__gt=1).exists()
    assert Reached.objects.count() == Progress.objects.count()
    assert course.participation_rules.get().is_over(now) is False
    confusing = Annotation.objects.filter(label="confused", exact__contains="where France had not sat")
    assert confusing.values("author").distinct().count() == 5


def test_the_class_is_loaded_with_all_that_belongs_to_it_and_removed_without_a_trace(course):
    check_counters()
    check_order()
    assert course_week(course, timezone.now()) == "Week 4 of 10"
    check_what_each_account_finds(course)
    assert_posts_are_indexed()
    assert due_reminders.remind(timezone.now(), lambda: False) > 10
    for hours in (0, 11):
        now = timezone.now() + timedelta(hours=hours)
        assert digests.queue_due(now, lambda: False) == 0, "nothing is printed over the passwords"
    digests.queue_due(timezone.now() + timedelta(days=1), lambda: False)
    assert sorted(OutgoingEmail.objects.values_list("to", flat=True)) == ACCOUNTS, "the others get no e-mail"

    assert run("remove_demo").startswith(f"Removed {NOTES} notes, {DISCUSSIONS} discussions and 11 people")
    practised = (Answer, ReviewCard, Reached, ParticipationRule)
    for model in (Thread, Annotation, Progress, Participation, Notification, DueReminder, *practised):
        assert not model.objects.exists()
    assert sorted(EmailAddress.objects.values_list("email", flat=True)) == ["admin@example.org", *ACCOUNTS]
    assert sorted(course.memberships.values_list("user__email", flat=True)) == ACCOUNTS
    assert not Lesson.objects.filter(due_at__isnull=False).exists()
    course.refresh_from_db()
    assert (course.starts_on, course.ends_on) == (None, None)
    assert changed_lessons(course) == []
    assert not User.objects.exclude(about="").exists()
    assert not Tag.objects.filter(name="essay").exists()
    assert_posts_are_indexed()
    assert run("remove_demo") == "There is no demo class here.\n"


@pytest.mark.thorough
def test_what_somebody_has_added_or_changed_stays_with_its_authors(course):
    def write(text):
        return posting.prepare_post(text, course=course)

    leila = account("learner-a@example.org")
    replied, edited = "Two per cent of what?", "Does silence really mean consent?"
    posting.reply(thread=Thread.objects.get(title=replied), by=leila, prepared=write("Of what we say."))
    edited_post = Post.objects.select_related("thread__course").get(thread__title=edited, author=leila, seq=4)
    posting.edit_post(post=edited_post, by=leila, prepared=write("An example, please."))
    lesson = Lesson.objects.get(slug="challenges")
    Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now())
    visited = Lesson.objects.get(slug="tools")
    Progress.objects.save_progress(user=leila, lesson=visited)
    recalled = ReviewCard.objects.filter(user=leila, term__isnull=False)[0]
    reviewing.grade_recall(card=recalled, grade=reviewing.Grade.GOOD, reviews=recalled.reviews)

    highlight = Annotation.objects.filter(thread=None, author=leila)[0]
    change_label(annotation=highlight, label=DEFAULT_LABELS[2])

    output = run("remove_demo")
    assert Annotation.objects.get(thread=None) == highlight
    assert set(Thread.objects.values_list("title", flat=True)) == {replied, edited}
    assert all(thread.title in output for thread in Thread.objects.all())
    check_counters()
    stay = {user.display_name for user in User.objects.all() if is_demo_key(user.uid)}
    assert "Amara Diallo" in stay
    assert "Freya Dahl" not in stay
    assert all(name in output for name in stay)
    assert list(Lesson.objects.filter(due_at__isnull=False)) == [lesson]
    assert list(Progress.objects.filter(user=leila).values_list("lesson", flat=True)) == [visited.pk]
    assert Reached.objects.get(user=leila).revision == visited.current_revision
    assert not Answer.objects.filter(user=leila).exists()
    assert ReviewCard.objects.get(user=leila) == recalled
