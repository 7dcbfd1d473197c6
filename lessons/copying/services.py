"""Copying a module, or a course with all its modules, for the next term. Callers have checked permissions.

A copy contains drafts only. Nothing that belongs to readers is copied: no revisions, notes, discussions, progress or
members; nor are last term's due dates. The number of queries does not depend on the number of rows.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.copying.images import copied_images
from lessons.courses.models import Course, Membership
from lessons.courses.services import enrol, record
from lessons.discussions.models import CommentPolicy
from lessons.models import CaseStudy, GlossaryTerm, Lesson, LessonTag, Module, ModuleTag, Prompt, TimelineEvent
from lessons.services import unique_slug

MAX_TITLE = 200
LINK = re.compile(r'(?<=href="/lessons/)\d{1,18}(?=/)')

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item", GlossaryTerm, TimelineEvent, Prompt)


@transaction.atomic
def copy_module(*, by: User, module: Module, course: Course) -> Module:
    """Copy a module to the end of `course`, which may be its own course. About 20 queries."""
    # Without the lock two copies made at the same time would get the same slug.
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    [copy] = _copy_modules([module], course=course, by=by)
    record(by=by, verb="copy module", course=course, target=copy, copied_from=module.pk, from_course=module.course_id)
    return copy


@transaction.atomic
def copy_course(*, by: User, course: Course, title: str, slug: str) -> Course:
    """Copy a course with its modules. The copy is for members only, and `by`, its instructor, is the only one."""
    copy = Course.objects.create(
        title=title,
        slug=slug,
        description=course.description,
        language=course.language,
        time_zone=course.time_zone,
    )
    enrol(user=by, course=copy, role=Membership.Role.INSTRUCTOR, by=by)
    modules = list(course.modules.order_by("position", "pk"))
    copies = _copy_modules(modules, course=copy, by=by)
    copied_modules = {str(old.pk): new.pk for old, new in zip(modules, copies, strict=True)}
    record(by=by, verb="copy course", course=copy, target=copy, copied_from=course.pk, modules=copied_modules)
    return copy


def _copy_modules(modules: list[Module], *, course: Course, by: User) -> list[Module]:
    """Return the copies, in the order of the originals."""
    lessons = list(Lesson.objects.filter(module__in=modules).select_related("casestudy").order_by("position", "pk"))
    with copied_images([lesson.body for lesson in lessons], course=course, by=by) as with_copied_images:
        module_copies = _create_modules(modules, course)
        lesson_copies = _copy_lessons(lessons, module_copies, with_copied_images)
        _copy_tags(ModuleTag, module_copies)
        _copy_tags(LessonTag, lesson_copies)
        _copy_module_items(GlossaryTerm, module_copies, lesson_copies)
        _copy_module_items(TimelineEvent, module_copies, lesson_copies)
        _copy_module_items(Prompt, module_copies, lesson_copies)
        policies = CommentPolicy.objects.filter(lesson__in=list(lesson_copies))
        CommentPolicy.objects.bulk_create(
            [_clone(policy, lesson=lesson_copies[policy.lesson_id]) for policy in policies]
        )
    return list(module_copies.values())


def _create_modules(modules: list[Module], course: Course) -> dict[int, Module]:
    """Create the copies at the end of the course; return them by the ids of the originals."""
    taken = set(course.modules.values_list("slug", flat=True))
    last = course.modules.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    copies = {}
    for n, module in enumerate(modules):
        slug = unique_slug(module.slug, taken)
        taken.add(slug)
        copies[module.pk] = _clone(
            module,
            course=course,
            title=_title(module, course),
            slug=slug,
            position=position + n,
            state=Module.State.DRAFT,
        )
    Module.objects.bulk_create(copies.values())
    return copies


def _title(module: Module, course: Course) -> str:
    """Return the title; a copy in the same course says that it is one."""
    if module.course_id != course.pk:
        return module.title
    return (_("%(title)s (copy)") % {"title": module.title})[:MAX_TITLE]


def _copy_lessons(
    lessons: list[Lesson], module_copies: dict[int, Module], with_copied_images: Callable[[str], str]
) -> dict[int, Lesson]:
    """Create the copies; return them by the ids of the originals."""
    copies = {
        lesson.pk: _draft(lesson, module_copies[lesson.module_id], with_copied_images(lesson.body))
        for lesson in lessons
    }
    Lesson.objects.bulk_create(copies.values())
    _copy_facts({lesson.pk: copies[lesson.pk] for lesson in lessons if hasattr(lesson, "casestudy")})
    _relink(copies)
    return copies


def _draft(lesson: Lesson, module: Module, body: str) -> Lesson:
    """Return an unsaved copy. A withdrawn lesson stays withdrawn, so that it is not published with the drafts."""
    withdrawn = lesson.state == Lesson.State.WITHDRAWN
    state = Lesson.State.WITHDRAWN if withdrawn else Lesson.State.DRAFT
    return _clone(lesson, module=module, body=body, state=state, current_revision=None, version=1, due_at=None)


def _copy_facts(copies: dict[int, Lesson]) -> None:
    """Make the copies of case studies case studies with the same facts. copies: by the ids of the originals.

    In SQL, because `bulk_create` refuses models with a parent model, and `save` takes several queries for each row.
    """
    if not copies:
        return
    quote = connection.ops.quote_name
    fields = [field for field in CaseStudy._meta.get_fields(include_parents=False) if field.concrete]
    columns = ", ".join(quote(str(field.column)) for field in fields if not field.primary_key)
    table, key = quote(CaseStudy._meta.db_table), quote(str(CaseStudy._meta.pk.column))
    statement = f"INSERT INTO {table} ({key}, {columns}) SELECT %s, {columns} FROM {table} WHERE {key} = %s"  # noqa: S608 - no values in it
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(copy.pk, original_id) for original_id, copy in copies.items()])


def _relink(copies: dict[int, Lesson]) -> None:
    """Make links from one of the copied lessons to another point to its copy."""

    def copied_id(match: re.Match) -> str:
        copy = copies.get(int(match[0]))
        return str(copy.pk) if copy else match[0]

    changed = []
    for lesson in copies.values():
        body = LINK.sub(copied_id, lesson.body)
        if body != lesson.body:
            lesson.body = body
            changed.append(lesson)
    Lesson.objects.bulk_update(changed, ["body"])


def _copy_tags(through: type[ModuleTag | LessonTag], copies: dict[int, Module] | dict[int, Lesson]) -> None:
    manager = through._default_manager
    rows = manager.filter(content_object__in=list(copies)).order_by("pk")
    manager.bulk_create([_clone(row, content_object=copies[row.content_object_id]) for row in rows])


def _copy_module_items(
    model: type[Item],
    module_copies: dict[int, Module],
    lesson_copies: dict[int, Lesson],
) -> None:
    manager = model._default_manager
    rows = manager.filter(module__in=list(module_copies)).order_by("pk")
    manager.bulk_create(
        [
            _clone(row, module=module_copies[row.module_id], lesson=lesson_copies.get(row.lesson_id or 0))
            for row in rows
        ]
    )


def _clone(row: Row, **changes) -> Row:
    """Return an unsaved row with the values of `row` and the given changes."""
    fields = [field for field in row._meta.get_fields() if field.concrete and not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields if field.name not in changes}
    return type(row)(**values, **changes)
