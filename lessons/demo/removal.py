"""Remove the demo from a site: what it loaded and nobody has touched since. The rest stays, and is reported."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.demo.files import DemoClass, read_class
from lessons.demo.keys import FIRST, LAST, loading_time
from lessons.demo.practice import remove_participation, remove_practice
from lessons.demo.texts import due_dates, remove_changes, term_of
from lessons.discussions import indexed_posts
from lessons.discussions.models import DueReminder, Participation, Post, Thread, ThreadTitleHistory
from lessons.models import Lesson
from lessons.progress.models import Progress
from lessons.tagging.models import AbstractTagThrough, Tag, normalise_tag

IN_DEMO = (FIRST, LAST)


class Removed(NamedTuple):
    """How many were removed, and the titles and names of what stays."""

    people: int = 0
    notes: int = 0
    discussions: int = 0
    conversations_left: tuple[str, ...] = ()
    people_left: tuple[str, ...] = ()


@transaction.atomic
def remove_demo(demo: DemoClass | None = None) -> Removed:
    """Remove the demo, and return what was removed and what stays. Run again, it removes what is free by then."""
    demo = demo or read_class()
    people = list(User.objects.filter(uid__range=IN_DEMO).order_by("display_name", "pk"))
    if not people:
        return Removed()
    loaded_at = loading_time(people[0].uid)
    courses = list(Course.objects.filter(memberships__user__in=people).distinct())
    notes, discussions, conversations_left = _remove_threads()
    highlights, highlights_left = _remove_highlights(loaded_at)
    for course in courses:
        _remove_term(course, demo, loaded_at)
        _remove_due_dates(course, demo, loaded_at)
        remove_changes(course, demo.changes, loaded_at)
        remove_participation(course, demo.participation, loaded_at)
        _reset_accounts(course, demo, loaded_at)
    _remove_unused_tags({name for conversation in demo.conversations for name in conversation.tags})
    people_left = _remove_people(people)
    return Removed(
        people=len(people) - len(people_left),
        notes=notes + highlights,
        discussions=discussions,
        conversations_left=(*conversations_left, *highlights_left),
        people_left=people_left,
    )


def _remove_threads() -> tuple[int, int, list[str]]:
    """Remove the threads in which nobody has written or changed anything since. Return the numbers of notes and of
    other threads among them, and the titles of those that stay."""
    posts = Post.objects.filter(thread=OuterRef("pk")).exclude(state=Post.State.MOVED)
    is_new_or_edited = ~Q(idempotency_key__range=IN_DEMO) | Q(edited_at__isnull=False)
    titles = ThreadTitleHistory.objects.filter(thread=OuterRef("pk"))
    threads = Thread.objects.filter(Exists(posts.filter(idempotency_key__range=IN_DEMO)))
    untouched = list(threads.exclude(Exists(posts.filter(is_new_or_edited)) | Exists(titles)))
    left = [thread.title_for_staff for thread in threads.exclude(pk__in=[thread.pk for thread in untouched])]
    notes = Annotation.objects.filter(thread__in=untouched).count()
    participants = list(Post.objects.filter(thread__in=untouched).values_list("author", "thread__lesson").distinct())
    emptied = Q(merged_into__in=untouched) & ~Exists(posts)
    indexed_posts.remove_threads(thread.pk for thread in untouched)
    Thread.objects.filter(Q(pk__in=[thread.pk for thread in untouched]) | emptied).delete()
    _remove_participation(participants)
    return notes, len(untouched) - notes, left


def _remove_participation(participants: Iterable[tuple[int | None, int | None]]) -> None:
    """Forget that these authors have posted on these lessons, where they have no other post."""
    for author, lesson in participants:
        if author and lesson and not Post.objects.filter(author=author, thread__lesson=lesson).exists():
            Participation.objects.filter(user=author, lesson=lesson).delete()


def _remove_highlights(loaded_at: datetime) -> tuple[int, list[str]]:
    """Remove the highlights that nobody has changed. Return how many, and what those that stay say."""
    highlights = Annotation.objects.filter(idempotency_key__range=IN_DEMO, thread=None)
    left = [f"“{highlight}”" for highlight in highlights.filter(updated_at__gt=loaded_at)]
    _count, rows = highlights.filter(updated_at__lte=loaded_at).delete()
    return rows.get("annotations.Annotation", 0), left


def _remove_term(course: Course, demo: DemoClass, loaded_at: datetime) -> None:
    """Remove the first and the last day of the course if they are still as they were set."""
    starts_on, ends_on = term_of(course, demo.term, loaded_at)
    Course.objects.filter(pk=course.pk, starts_on=starts_on, ends_on=ends_on).update(starts_on=None, ends_on=None)


def _remove_due_dates(course: Course, demo: DemoClass, loaded_at: datetime) -> None:
    """Remove the due dates that are still as they were set, and the reminders of them."""
    for slug, due_at in due_dates(course, demo.due_dates, loaded_at).items():
        DueReminder.objects.filter(lesson__module__course=course, lesson__slug=slug, due_at=due_at).delete()
        Lesson.objects.filter(module__course=course, slug=slug, due_at=due_at).update(due_at=None)


def _reset_accounts(course: Course, demo: DemoClass, loaded_at: datetime) -> None:
    """Remove the progress of the accounts with which people try the site, in lessons that they have not opened, what
    they practised, and what they say about themselves."""
    accounts = [person.email for person in demo.people if not person.name]
    for person in demo.people:
        User.objects.filter(email=person.email, about=person.about).update(about="")
    Progress.objects.filter(user__email__in=accounts, lesson__module__course=course, seen_at__lt=loaded_at).delete()
    remove_practice(course, accounts, loaded_at)


def _remove_unused_tags(names: set[str]) -> None:
    unused = Tag.objects.filter(key__in=[normalise_tag(name) for name in names])
    for through in AbstractTagThrough.__subclasses__():
        unused = unused.filter(~Exists(through.objects.filter(tag=OuterRef("pk"))))
    unused.delete()


def _remove_people(people: list[User]) -> tuple[str, ...]:
    """Remove the people who have nothing left here and whose account nobody uses; return the names of the others."""
    has_written = [Exists(model.objects.filter(author=OuterRef("pk"))) for model in (Post, Thread, Annotation)]
    unused = User.objects.filter(last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    removed = list(unused.exclude(reduce(or_, map(Q, has_written))).filter(pk__in=[user.pk for user in people]))
    User.objects.filter(pk__in=[user.pk for user in removed]).delete()
    return tuple(user.display_name for user in people if user not in removed)
