"""A module, or a course with all of them, once more: for the next term. Callers have checked who may.

What a copy holds is text, as drafts. Nothing of its readers comes along: no revision, note, thread, progress, person;
nor last term's dates. Queries are as many for one row as for a hundred.
"""

import re

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


@transaction.atomic
def copy_module(*, by: User, module: Module, course: Course) -> Module:
    """A module of the same texts at the end of `course`, which may be its own. About 20 queries."""
    # Two copies made at once would take the same address.
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    [copy] = _copy_modules([module], course=course, by=by)
    record(by=by, verb="copy module", course=course, target=copy, copied_from=module.pk, from_course=module.course_id)
    return copy


@transaction.atomic
def copy_course(*, by: User, course: Course, title: str, slug: str) -> Course:
    """A course of the same modules for members only, with `by` as its instructor and nobody else."""
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
    made = {str(old.pk): new.pk for old, new in zip(modules, copies, strict=True)}
    record(by=by, verb="copy course", course=copy, target=copy, copied_from=course.pk, modules=made)
    return copy


def _copy_modules(modules: list[Module], *, course: Course, by: User) -> list[Module]:
    """The new modules, in the order of the old."""
    texts = list(Lesson.objects.filter(module__in=modules).select_related("casestudy").order_by("position", "pk"))
    with copied_images([text.body for text in texts], course=course, by=by) as with_own_pictures:
        module_of = _modules(modules, course)
        lesson_of = _lessons(texts, module_of, with_own_pictures)
        _tags(ModuleTag, module_of)
        _tags(LessonTag, lesson_of)
        for kind in (GlossaryTerm, TimelineEvent, Prompt):
            _copy_module_items(kind, module_of, lesson_of)
        rules = CommentPolicy.objects.filter(lesson__in=list(lesson_of))
        CommentPolicy.objects.bulk_create([_clone(rule, lesson=lesson_of[rule.lesson_id]) for rule in rules])
    return list(module_of.values())


def _modules(modules: list[Module], course: Course) -> dict[int, Module]:
    """The new module of each old one's id, at the end of the course."""
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
    """Beside the module itself the copy says that it is one."""
    if module.course_id != course.pk:
        return module.title
    return (_("%(title)s (copy)") % {"title": module.title})[:MAX_TITLE]


def _lessons(texts: list[Lesson], module_of: dict, with_own_pictures) -> dict[int, Lesson]:
    """The new lesson of each old one's id. What was withdrawn stays so, lest it be published with the drafts."""
    copies = {text.pk: _draft(text, module_of[text.module_id], with_own_pictures(text.body)) for text in texts}
    Lesson.objects.bulk_create(copies.values())
    cases = [_clone(text.casestudy, lesson_ptr=copies[text.pk]) for text in texts if hasattr(text, "casestudy")]
    if cases:
        # Their lessons are there: bulk_create refuses a child model, and save() would ask for each.
        CaseStudy.objects.all()._insert(cases, CaseStudy._meta.local_concrete_fields, using=connection.alias)
    _relink(copies)
    return copies


def _draft(text: Lesson, module: Module, body: str) -> Lesson:
    withdrawn = text.state == Lesson.State.WITHDRAWN
    state = Lesson.State.WITHDRAWN if withdrawn else Lesson.State.DRAFT
    return _clone(text, module=module, body=body, state=state, current_revision=None, version=1, due_at=None)


def _relink(copies: dict[int, Lesson]) -> None:
    """Links from one of the texts to another lead to its copy."""
    changed = []
    for lesson in copies.values():
        body = LINK.sub(lambda m: str(copies[int(m[0])].pk) if int(m[0]) in copies else m[0], lesson.body)
        if body != lesson.body:
            lesson.body = body
            changed.append(lesson)
    Lesson.objects.bulk_update(changed, ["body"])


def _tags(through: type[models.Model], owner_of: dict) -> None:
    rows = through.objects.filter(content_object__in=list(owner_of)).order_by("pk")
    through.objects.bulk_create([_clone(row, content_object=owner_of[row.content_object_id]) for row in rows])


def _copy_module_items(kind: type[models.Model], module_of: dict, lesson_of: dict) -> None:
    rows = kind.objects.filter(module__in=list(module_of)).order_by("pk")
    kind.objects.bulk_create(
        [_clone(row, module=module_of[row.module_id], lesson=lesson_of.get(row.lesson_id)) for row in rows]
    )


def _clone(row: models.Model, **changes) -> models.Model:
    """A row to be written, with the columns of `row`'s own table but for `changes`."""
    kept = [f.attname for f in row._meta.local_concrete_fields if not f.primary_key and f.name not in changes]
    return type(row)(**{name: getattr(row, name) for name in kept}, **changes)
