"""Copying a lesson, a module, or a course with all its modules, for the next term. Callers have checked permissions.

A copy contains drafts only, with the checks in them. Nothing that belongs to readers is copied: no revisions, notes,
discussions, answers, progress or members; nor are last term's dates: due dates, those of participation rules, the
first and the last day. The number of queries does not depend on the number of rows.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from django.db import connection, models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import CourseLabel
from lessons.copying.images import copied_images
from lessons.copying.links import CopiedLinks
from lessons.courses.models import Course, Membership
from lessons.courses.services import enrol, record
from lessons.discussions.models import CommentPolicy
from lessons.models import (
    CaseStudy,
    DraftVersion,
    GlossaryTerm,
    Lesson,
    LessonTag,
    Module,
    ModuleTag,
    Prompt,
    TimelineEvent,
    lesson_url_slug,
)
from lessons.participation.models import ParticipationRule
from lessons.practice.copies import CheckCopies
from lessons.progress.models import CompletionRule
from lessons.services import record_draft_versions, reorder_lessons, unique_slug

MAX_TITLE = 200

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item", GlossaryTerm, TimelineEvent, Prompt)


@transaction.atomic
def copy_module(*, by: User, module: Module, course: Course, hosts: Iterable[str] = ()) -> Module:
    """Copy a module to the end of `course`, which may be its own course. About 20 queries.

    `hosts` are names of this site besides those in the settings, for whole addresses in its texts.
    """
    # Without the lock two copies made at the same time would get the same slug.
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    [copy] = _copy_modules([module], CopiedLinks(module.course, course, hosts), by)
    record(by=by, verb="copy module", course=course, target=copy, copied_from=module.pk, from_course=module.course_id)
    return copy


@transaction.atomic
def copy_lesson(*, by: User, lesson: Lesson, module: Module, hosts: Iterable[str] = ()) -> Lesson:
    """Copy a lesson to a module: below it in its own, to the end of another. See `copy_module` for `hosts`."""
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    lesson = Lesson.objects.select_related("module__course", "casestudy").get(pk=lesson.pk)
    order = list(module.lessons.order_by("position", "pk").values_list("pk", flat=True))
    links = CopiedLinks(lesson.module.course, module.course, hosts)
    with copied_images([lesson.body], course=module.course, by=by) as with_copied_images:
        copies = _copy_lessons([lesson], {lesson.module_id: module}, links, with_copied_images)
        copy = copies[lesson.pk]
        copy.title = _title(lesson, lesson.module.course_id, module.course)
        copy.slug = unique_slug(lesson.slug or lesson.title, set(module.lessons.values_list("slug", flat=True)))
        copy.save(update_fields=["title", "slug"])
        _copy_tags(LessonTag, copies)
        links.lessons = copies
        _relink(links, [], with_copied_images)
        _copy_rules(copies)
        record_draft_versions(lessons=copies.values(), by=by, origin=DraftVersion.Origin.COPY)
    place = order.index(lesson.pk) + 1 if lesson.pk in order else len(order)
    reorder_lessons(module=module, lesson_ids=[*order[:place], copy.pk, *order[place:]])
    record(by=by, verb="copy lesson", course=module.course, target=copy, copied_from=lesson.pk)
    return copy


@transaction.atomic
def copy_course(*, by: User, course: Course, title: str, slug: str, hosts: Iterable[str] = ()) -> Course:
    """Copy a course with its modules and labels. The copy is for members only, and `by`, its instructor, is the only
    one. `hosts` are names of this site besides those in the settings, for whole addresses in its texts.
    """
    copy = Course.objects.create(
        title=title,
        slug=slug,
        description=course.description,
        language=course.language,
        time_zone=course.time_zone,
    )
    enrol(user=by, course=copy, role=Membership.Role.INSTRUCTOR, by=by)
    modules = list(course.modules.order_by("position", "pk"))
    links = CopiedLinks(course, copy, hosts, is_course_copied=True)
    copies = _copy_modules(modules, links, by)
    CourseLabel.objects.bulk_create([_clone(label, course=copy) for label in course.labels.order_by("pk")])
    _copy_participation_rules(course, links)
    copied_modules = {str(old.pk): new.pk for old, new in zip(modules, copies, strict=True)}
    record(by=by, verb="copy course", course=copy, target=copy, copied_from=course.pk, modules=copied_modules)
    return copy


def _copy_modules(modules: list[Module], links: CopiedLinks, by: User) -> list[Module]:
    """Copy the modules to `links.course`, and its description, too, if that is a copy; return the copies in order."""
    course = links.course
    lessons = list(Lesson.objects.filter(module__in=modules).select_related("casestudy").order_by("position", "pk"))
    description = [course.description] if links.is_course_copied else []
    bodies = [*description, *(lesson.body for lesson in lessons)]
    with copied_images(bodies, course=course, by=by) as with_copied_images:
        module_copies = _create_modules(modules, course)
        lesson_copies = _copy_lessons(lessons, module_copies, links, with_copied_images)
        _copy_tags(ModuleTag, module_copies)
        _copy_tags(LessonTag, lesson_copies)
        terms = _copy_module_items(GlossaryTerm, module_copies, lesson_copies)
        events = _copy_module_items(TimelineEvent, module_copies, lesson_copies)
        prompts = _copy_module_items(Prompt, module_copies, lesson_copies)
        links.modules, links.lessons, links.terms, links.events = module_copies, lesson_copies, terms, events
        links.module_slugs = {module.slug: module_copies[module.pk].slug for module in modules}
        _relink(links, prompts.values(), with_copied_images)
        _copy_rules(lesson_copies)
        record_draft_versions(lessons=lesson_copies.values(), by=by, origin=DraftVersion.Origin.COPY)
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
            title=_title(module, module.course_id, course),
            slug=slug,
            position=position + n,
            state=Module.State.DRAFT,
        )
    Module.objects.bulk_create(copies.values())
    return copies


def _title(original: Module | Lesson, course_id: int, course: Course) -> str:
    """Return the title of a copy in `course`; in the original's own course, `course_id`, it says that it is one."""
    if course_id != course.pk:
        return original.title
    return (_("%(title)s (copy)") % {"title": original.title})[:MAX_TITLE]


def _copy_lessons(
    lessons: list[Lesson],
    module_copies: dict[int, Module],
    links: CopiedLinks,
    with_copied_images: Callable[[str], str],
) -> dict[int, Lesson]:
    """Create the copies, with their checks; return them by the ids of the originals."""
    checks = CheckCopies(lessons)
    links.checks = checks.uids
    copies = {
        lesson.pk: _draft(lesson, module_copies[lesson.module_id], checks.in_text(with_copied_images(lesson.body)))
        for lesson in lessons
    }
    Lesson.objects.bulk_create(copies.values())
    checks.create(copies)
    _copy_facts({lesson.pk: copies[lesson.pk] for lesson in lessons if hasattr(lesson, "casestudy")})
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
    # Names of columns and of the table, and no values.
    insert = f"INSERT INTO {table} ({key}, {columns}) SELECT %s, {columns} FROM {table} WHERE {key} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(insert, [(copy.pk, original_id) for original_id, copy in copies.items()])


class _CopiedText(NamedTuple):
    """The texts of one copied row: the names of its columns, those of HTML apart, and the page that shows them."""

    row: models.Model
    columns: tuple[str, ...]
    page: str
    html: tuple[str, ...] = ()

    def values(self) -> Iterator[str]:
        yield from (getattr(self.row, name) for name in (*self.columns, *self.html))


def _relink(links: CopiedLinks, prompts: Iterable[Prompt], with_copied_images: Callable[[str], str]) -> None:
    """Make the links in all texts of the copies lead to the copies. One query per model whose rows change.

    Relative links start from the page of the original, with which a copy was written.
    """
    texts = list(_copied_texts(links, prompts))
    links.find_conversations(value for text in texts for value in text.values())
    changed: dict[type[models.Model], list[models.Model]] = {}
    for text in texts:
        before = list(text.values())
        for name in text.columns:
            value = with_copied_images(links.in_text(getattr(text.row, name), text.page))
            if len(value) <= (getattr(text.row._meta.get_field(name), "max_length", None) or len(value)):
                setattr(text.row, name, value)
        for name in text.html:
            setattr(text.row, name, links.in_html(getattr(text.row, name), text.page))
        if list(text.values()) != before:
            changed.setdefault(type(text.row), []).append(text.row)
    columns = {type(text.row): (*text.columns, *text.html) for text in texts}
    for model, rows in changed.items():
        model._default_manager.bulk_update(rows, columns[model], batch_size=200)


def _copied_texts(links: CopiedLinks, prompts: Iterable[Prompt]) -> Iterator[_CopiedText]:
    """Yield the texts of the copies, with the addresses of the originals' pages. One query for the case studies."""
    old = links.original_course
    course_page, slugs = old.get_absolute_url(), {new: slug for slug, new in links.module_slugs.items()}
    if links.is_course_copied:
        yield _CopiedText(links.course, ("description",), course_page)
    module_pages = {
        copy.pk: reverse("reading:module", args=[old.slug, slugs[copy.slug]]) for copy in links.modules.values()
    }
    for module in links.modules.values():
        yield _CopiedText(module, ("summary", "source", "credit"), module_pages[module.pk])
    lesson_pages = {
        copy.pk: reverse("reading:lesson", args=[pk, lesson_url_slug(copy.slug)]) for pk, copy in links.lessons.items()
    }
    for lesson in links.lessons.values():
        yield _CopiedText(lesson, ("summary",), lesson_pages[lesson.pk], html=("body",))
    for case in CaseStudy.objects.filter(pk__in=list(lesson_pages)):
        yield _CopiedText(case, ("location", "parties", "outcome", "questions"), lesson_pages[case.pk])
    for term in links.terms.values():
        yield _CopiedText(term, ("definition",), reverse("reading:glossary", args=[old.slug]))
    for event in links.events.values():
        yield _CopiedText(event, ("event", "detail"), reverse("reading:timeline", args=[old.slug]))
    for prompt in prompts:
        yield _CopiedText(prompt, ("text",), module_pages[prompt.module_id])


def _copy_tags(through: type[ModuleTag | LessonTag], copies: dict[int, Module] | dict[int, Lesson]) -> None:
    manager = through._default_manager
    rows = manager.filter(content_object__in=list(copies)).order_by("pk")
    manager.bulk_create([_clone(row, content_object=copies[row.content_object_id]) for row in rows])


def _copy_rules(copies: dict[int, Lesson]) -> None:
    """Copy who may comment on the lessons, and what completes them."""
    policies = CommentPolicy.objects.filter(lesson__in=list(copies))
    CommentPolicy.objects.bulk_create([_clone(policy, lesson=copies[policy.lesson_id]) for policy in policies])
    rules = CompletionRule.objects.filter(lesson__in=list(copies))
    CompletionRule.objects.bulk_create([CompletionRule(lesson=copies[row.lesson_id], rule=row.rule) for row in rules])


def _copy_participation_rules(course: Course, links: CopiedLinks) -> None:
    """Copy what learners are asked for, without its days, to the copied course; nothing about what is in the bin."""
    copies = []
    for rule in course.participation_rules.current().order_by("pk"):
        module, lesson = links.modules.get(rule.module_id or 0), links.lessons.get(rule.lesson_id or 0)
        if bool(module) == bool(rule.module_id) and bool(lesson) == bool(rule.lesson_id):
            about = {"course": links.course, "module": module, "lesson": lesson}
            copies.append(_clone(rule, **about, starts_on=None, due_at=None, created_at=timezone.now()))
    ParticipationRule.objects.bulk_create(copies)


def _copy_module_items(
    model: type[Item],
    module_copies: dict[int, Module],
    lesson_copies: dict[int, Lesson],
) -> dict[int, Item]:
    """Create the copies; return them by the ids of the originals."""
    manager = model._default_manager
    copies = {
        row.pk: _clone(row, module=module_copies[row.module_id], lesson=lesson_copies.get(row.lesson_id or 0))
        for row in manager.filter(module__in=list(module_copies)).order_by("pk")
    }
    manager.bulk_create(copies.values())
    return copies


def _clone(row: Row, **changes) -> Row:
    """Return an unsaved row with the values of `row` and the given changes."""
    fields = [field for field in row._meta.get_fields() if field.concrete and not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields if field.name not in changes}
    return type(row)(**values, **changes)
