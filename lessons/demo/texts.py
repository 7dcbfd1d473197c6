"""The texts of the demo's course: written before the class began, and due around the day of loading."""

from datetime import date, datetime, timedelta

from django.core import serializers
from django.db.models import F

from lessons.courses.models import Course
from lessons.courses.weeks import monday_of
from lessons.demo.files import DueDate, InvalidDemo, Term, UnpublishedChange
from lessons.demo.moments import moment, on_day
from lessons.demo.people import Member
from lessons.models import DraftVersion, Lesson, Module, Revision
from lessons.practice.models import KnowledgeCheck, PublishedChecks
from lessons.services import draft_version

# How long before loading the course was created and its texts were published.
AGE = timedelta(days=25)


def date_back(course: Course, now: datetime) -> None:
    """Set when course and texts were created to before the class began. No text has notes yet."""
    created_at = now - AGE
    lessons = Lesson.objects.filter(module__course=course)
    revisions = Revision.objects.filter(lesson__in=lessons)
    current = dict(lessons.exclude(current_revision=None).values_list("pk", "current_revision"))
    # The database refuses to change a revision, and saving one always dates it now, except as a fixture does.
    rows = serializers.serialize("python", revisions)
    checks = list(PublishedChecks.objects.filter(revision__in=revisions))
    lessons.update(current_revision=None, created_at=created_at, updated_at=created_at)
    revisions.delete()
    for row in rows:
        row["fields"]["published_at"] = created_at
    for loaded in serializers.deserialize("python", rows):
        loaded.save()
    PublishedChecks.objects.bulk_create(checks)
    KnowledgeCheck.objects.filter(lesson__in=lessons).update(created_at=created_at, updated_at=created_at)
    restored = [Lesson(pk=pk, current_revision_id=revision) for pk, revision in current.items()]
    Lesson.objects.bulk_update(restored, ["current_revision"])
    DraftVersion.objects.filter(lesson__in=lessons).update(created_at=created_at)
    Module.objects.filter(course=course).update(created_at=created_at, updated_at=created_at)
    Course.objects.filter(pk=course.pk).update(created_at=created_at)


def load_changes(course: Course, changes: list[UnpublishedChange], cast: dict[str, Member], now: datetime) -> None:
    """Change the drafts. Raise InvalidDemo where a lesson does not have the old words."""
    for change in changes:
        lesson = Lesson.objects.get(module__course=course, slug=change.lesson)
        if change.old not in lesson.body:
            raise InvalidDemo(f"class.toml: {change.lesson} does not say “{change.old}”.")
        at, author = moment(change.at, now, course.zone), cast[change.by].user
        lesson.body, lesson.version = lesson.body.replace(change.old, change.new), lesson.version + 1
        Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body, version=lesson.version, updated_at=at)
        version = draft_version(lesson, by=author, origin=DraftVersion.Origin.FORM, version=lesson.version)
        version.created_at = at
        version.save()


def remove_changes(course: Course, changes: list[UnpublishedChange], loaded_at: datetime) -> None:
    """Change the drafts back that nobody has saved or published since."""
    for change in changes:
        lessons = Lesson.objects.filter(module__course=course, slug=change.lesson).select_related("current_revision")
        lesson = lessons.filter(current_revision__published_at__lt=loaded_at, updated_at__lt=loaded_at).first()
        if lesson and lesson.current_revision and change.new in lesson.body:
            lessons.update(
                body=lesson.body.replace(change.new, change.old),
                version=F("version") + 1,
                updated_at=lesson.current_revision.published_at,
            )
            lesson.draft_versions.filter(author__isnull=False, first_version=lesson.version).delete()


def term_of(course: Course, term: Term, now: datetime) -> tuple[date, date]:
    """Return the first and the last day of the course that a demo loaded at `now` sets."""
    first = monday_of(now.astimezone(course.zone).date()) - timedelta(weeks=term.week - 1)
    return first, first + timedelta(weeks=term.weeks) - timedelta(days=1)


def set_term(course: Course, term: Term, now: datetime) -> None:
    starts_on, ends_on = term_of(course, term, now)
    Course.objects.filter(pk=course.pk, starts_on=None).update(starts_on=starts_on, ends_on=ends_on)


def due_dates(course: Course, dates: list[DueDate], now: datetime) -> dict[str, datetime]:
    """Return the due dates, by the slug of the lesson, that a demo loaded at `now` sets."""
    return {due.lesson: on_day(now, due.days, due.time, course.zone) for due in dates}


def set_due_dates(course: Course, dates: list[DueDate], now: datetime) -> None:
    moments = due_dates(course, dates, now)
    lessons = list(Lesson.objects.filter(module__course=course, due_at=None, slug__in=moments))
    for lesson in lessons:
        lesson.due_at = moments[lesson.slug]
    Lesson.objects.bulk_update(lessons, ["due_at"])
