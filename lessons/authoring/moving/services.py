"""Move lessons and modules. Callers have checked that the user may edit both courses.

Locks are taken in this order: course, lessons, modules. Publishing locks lessons before their module, too.
"""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.authoring.bin.dependents import entries_within
from lessons.authoring.lessons.drafts import finish_module_move
from lessons.copying.images import copy_lesson_images
from lessons.courses.models import Course, Membership
from lessons.courses.services import record
from lessons.discussions.models import Thread
from lessons.importing.models import ArticleImport
from lessons.indexed_texts import index_modules, indexing_together
from lessons.models import DraftVersion, Lesson, Module
from lessons.permissions import STAFF_ROLES
from lessons.practice.models import Answer
from lessons.progress.models import Progress
from lessons.services import claim_version, record_draft_version, reorder_lessons, unique_slug


class MoveRefused(ValueError):
    """Nothing was moved; the message says why and what to do instead."""


class MemberData(NamedTuple):
    """What members have in lessons, in numbers: notes, discussions, people with reading progress, and with answers."""

    notes: int
    discussions: int
    readers: int
    answered: int

    def __str__(self) -> str:
        phrases = [
            ngettext("%d note", "%d notes", self.notes),
            ngettext("%d discussion", "%d discussions", self.discussions),
            ngettext("the progress of %d person", "the progress of %d people", self.readers),
            ngettext("the answers of %d person", "the answers of %d people", self.answered),
        ]
        return ", ".join(phrase % count for phrase, count in zip(phrases, self, strict=True) if count)


def member_data(lessons: list[int], course: Course) -> MemberData:
    """Return what members have in the lessons. The progress and the answers of staff do not count. Four queries."""
    return MemberData(
        notes=Annotation.objects.filter(lesson__in=lessons).count(),
        discussions=Thread.objects.filter(lesson__in=lessons, annotation=None).count(),
        readers=_count_members(Progress.objects.filter(lesson__in=lessons), course),
        answered=_count_members(Answer.objects.filter(question__lesson__in=lessons), course),
    )


def _count_members(rows: QuerySet[Progress] | QuerySet[Answer], course: Course) -> int:
    """Return how many people have the rows who are not staff."""
    staff = Membership.objects.filter(course=course, role__in=STAFF_ROLES).values("user")
    rows = rows.exclude(user__in=staff).exclude(user__is_superuser=True)
    return rows.order_by().values("user").distinct().count()


def refuse_if_members_have_data(lessons: list[int], course: Course) -> None:
    """Raise MoveRefused if the lessons cannot leave their course, because members have something in them."""
    data = member_data(lessons, course)
    if any(data):
        message = _("This cannot be moved to another course, because members have used it here: %s. Copy it instead.")
        raise MoveRefused(message % str(data))


@transaction.atomic
def move_lesson(*, lesson: Lesson, module: Module, position: int | None, by: User) -> Lesson:
    """Move the lesson to a module, its own or another: to `position`, from 1, or to the end. Raise MoveRefused.

    Items of its old module no longer refer to it, and in another course it gets copies of its images.
    """
    # Not `no_key`: whoever writes a note on it meanwhile is waited for, or waits.
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    list(Module.objects.select_for_update(no_key=True).filter(pk__in=[lesson.module_id, module.pk]).order_by("pk"))
    old_course = lesson.module.course
    if old_course != module.course:
        refuse_if_members_have_data([lesson.pk], old_course)
    if lesson.module_id != module.pk:
        claim_version(lesson=lesson, version=lesson.version)
        lesson.version += 1
        lesson.module = module
        lesson.save(update_fields=["module", "updated_at"])
        record_draft_version(lesson=lesson, by=by, origin=DraftVersion.Origin.MOVE)
        lesson = finish_module_move(lesson=lesson, by=by)
        record(by=by, verb="move lesson", course=module.course, target=lesson, from_course=old_course.pk)
    place_lesson(lesson=lesson, position=position)
    return lesson


def place_lesson(*, lesson: Lesson, position: int | None) -> None:
    """Put the lesson at `position` of its module, from 1, or at its end."""
    others = list(lesson.module.lessons.exclude(pk=lesson.pk).order_by("position", "pk").values_list("pk", flat=True))
    index = len(others) if position is None else max(position - 1, 0)
    reorder_lessons(module=lesson.module, lesson_ids=[*others[:index], lesson.pk, *others[index:]])


@transaction.atomic
def move_module(*, module: Module, course: Course, by: User) -> Module:
    """Move the module, with everything in it, to the end of another course. Raise MoveRefused.

    What was deleted from it goes to that course's bin.
    """
    old_course = module.course
    list(Course.objects.select_for_update(no_key=True).filter(pk__in=[old_course.pk, course.pk]).order_by("pk"))
    # Those in the bin, too: what members have written about them may come back.
    locked = Lesson.all_objects.select_for_update().filter(module=module).order_by("pk")
    lessons = list(locked.values_list("pk", flat=True))
    module = Module.objects.select_for_update(of=["self"]).select_related("course").get(pk=module.pk)
    if module.course_id == course.pk:
        raise MoveRefused(_("The module is already in this course. Change its position on the course’s page."))
    refuse_if_members_have_data(lessons, old_course)
    last = course.modules.aggregate(last=Max("position"))["last"]
    taken = set(course.modules.values_list("slug", flat=True))
    module.course, module.position = course, 0 if last is None else last + 1
    module.slug = unique_slug(module.slug, taken) if module.slug in taken else module.slug
    module.save(update_fields=["course", "position", "slug", "updated_at"])
    ArticleImport.objects.filter(module=module).update(course=course)
    entries_within(module).update(course=course)
    with indexing_together():
        index_modules([module.pk])
        for lesson in Lesson.all_objects.select_related("module__course", "current_revision").filter(pk__in=lessons):
            copy_lesson_images(lesson=lesson, by=by)
    record(by=by, verb="move module", course=course, target=module, from_course=old_course.pk)
    record(by=by, verb="move module away", course=old_course, target=module, to_course=course.pk)
    return module
