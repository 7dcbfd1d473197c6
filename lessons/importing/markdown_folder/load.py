"""Write what `parse` has read: rows are found by slug or text, changed where the files differ, never duplicated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db import models
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.services import prepare_publication, publish
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.importing.builders import as_lesson
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.changes import Changes
from lessons.importing.markdown_folder.dates import moment_of
from lessons.importing.markdown_folder.files import InvalidFolder
from lessons.importing.markdown_folder.images import PreparedImages
from lessons.importing.markdown_folder.items import load_items, load_labels
from lessons.importing.markdown_folder.links import ImportedLinks, file_links, with_addresses
from lessons.importing.markdown_folder.parse import CourseFolder, LessonFile, ModuleFolder
from lessons.importing.markdown_folder.participation import Place, load_rules
from lessons.importing.markdown_folder.rows import LINES, RowWriter, validate
from lessons.indexed_texts import index_modules, indexing_together
from lessons.markup.html_to_markdown import is_same_text
from lessons.markup.sanitise import add_heading_ids, sanitise
from lessons.memo import remember
from lessons.models import CaseStudy, DraftVersion, Lesson, Module, nonblank_lines
from lessons.practice.places import with_uids
from lessons.practice.transfer import checks_of_revisions, is_same, load_checks, load_checks_outside, matching_uids
from lessons.progress.completion import rule_of, set_rule
from lessons.services import (
    NothingToPublish,
    prepare_html,
    record_draft_versions,
    record_unrecorded_draft,
    reorder_lessons,
    set_module_state,
)


class Publication(Enum):
    """What of the files is published: what they say, nothing, or everything."""

    AS_FILES = "files"
    NOTHING = "nothing"
    EVERYTHING = "everything"


@dataclass(slots=True)
class _LessonRow:
    """A lesson of the files with its row, which is created before the addresses of all lessons are known."""

    file: LessonFile
    row: Lesson
    is_new: bool


@dataclass(slots=True)
class Loader:
    """Loads files into rows, all within one transaction of its caller. by: the author, if there is one. places: the
    modules and lessons that were loaded, by `slug` and `slug/slug`.
    """

    by: User | None
    publication: Publication
    images: PreparedImages
    rows: RowWriter
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def changes(self) -> Changes:
        return self.rows.changes

    def load_course(self, folder: CourseFolder) -> tuple[Course, list[Module]]:
        """Load a course; one that exists keeps its own fields, and its labels."""
        course = Course.objects.select_for_update(no_key=True).filter(slug=folder.fields["slug"]).first()
        is_new = course is None
        if course is None:
            course = Course(**folder.fields)
            validate(course, names.COURSE)
            course.save()
            self.changes.add(course, is_new=True)
        self.images.store(course, self.by, self.changes)
        if is_new and (description := self.images.in_text(course.description)) != course.description:
            course.description = description
            course.save(update_fields=["description"])
        load_labels(self.rows, course, folder.labels)
        modules = self._load_modules(course, folder.modules)
        load_rules(self.rows, course, folder.rules, self.places, self.by)
        return course, modules

    def load_module(self, course: Course, folder: ModuleFolder) -> Module:
        """Load a module with everything in its folder. Rows that are not in the folder stay as they are."""
        Course.objects.select_for_update(no_key=True).get(pk=course.pk)
        self.images.store(course, self.by, self.changes)
        return self._load_modules(course, [folder])[0]

    def _load_modules(self, course: Course, folders: list[ModuleFolder]) -> list[Module]:
        """Load modules: first their rows and those of their lessons, so that links can lead to any of them."""
        counts = {}
        rows: list[tuple[ModuleFolder, Module, list[_LessonRow]]] = []
        for folder in folders:
            before = len(self.changes.rows)
            module = self._module_row(course, folder)
            known, position = _lessons_by_slug(module), _next_position(module.lessons)
            lessons = [
                self._lesson_row(module, file, n, known.get(file.slug))
                for n, file in enumerate(folder.lessons, position)
            ]
            rows.append((folder, module, lessons))
            counts[module.pk] = len(self.changes.rows) - before
            slug = folder.fields["slug"]
            self.places[slug] = (module.pk, None)
            self.places |= {f"{slug}/{lesson.file.slug}": (module.pk, lesson.row.pk) for lesson in lessons}
        by_path = {lesson.file.file: lesson.row for _folder, _module, of_module in rows for lesson in of_module}
        links = ImportedLinks(course, by_path, {folder.folder: module for folder, module, _lessons in rows})
        with indexing_together():
            for folder, module, of_module in rows:
                before = len(self.changes.rows) - counts[module.pk]
                self._load_content(folder, module, of_module, links)
                if len(self.changes.rows) > before or self.changes.published[module.pk]:
                    record(by=self.by, verb="import", course=course, target=module)
                    index_modules([module.pk])
        return [module for _folder, module, _lessons in rows]

    def _load_content(
        self, folder: ModuleFolder, module: Module, lessons: list[_LessonRow], links: ImportedLinks
    ) -> None:
        lesson_of: dict[str | None, Lesson] = {lesson.file.slug: as_lesson(lesson.row) for lesson in lessons}
        for lesson in lessons:
            self._load_lesson(lesson, module, folder.folder, links)
        self._set_order(module, folder, [lesson.row.pk for lesson in lessons])
        load_items(self.rows, module, folder, lesson_of)
        self._set_state(module, folder)

    def _set_order(self, module: Module, folder: ModuleFolder, lesson_ids: list[int]) -> None:
        """Put the lessons in the order of their files, if they are in another one; others of the module follow."""
        current = module.lessons.order_by("position", "pk").values_list("pk", flat=True)
        if [pk for pk in current if pk in set(lesson_ids)] != lesson_ids:
            reorder_lessons(module=module, lesson_ids=lesson_ids)
            self.changes.add(module, is_new=False, file=folder.file)

    def _set_state(self, module: Module, folder: ModuleFolder) -> None:
        """Publish or archive a module that is a draft. No import takes one away from its readers."""
        state = Module.State.PUBLISHED if self.publication is Publication.EVERYTHING else folder.state
        if self.publication is Publication.NOTHING or state == Module.State.DRAFT:
            return
        if module.state == Module.State.DRAFT:
            set_module_state(module=module, state=state, by=self.by)
            self.changes.add(module, is_new=False, file=folder.file)

    def _module_row(self, course: Course, folder: ModuleFolder) -> Module:
        module = Module.objects.select_for_update().filter(course=course, slug=folder.fields["slug"]).first()
        module = module or Module(course=course, position=_next_position(course.modules))
        self.rows.save(module, folder.fields, folder.file)
        self.rows.tag(module, folder.tags, folder.file)
        return module

    def _lesson_row(self, module: Module, file: LessonFile, position: int, known: int | None) -> _LessonRow:
        """Return the lesson or case study of a file, which has the id `known`, or a new one without text."""
        is_case_study = file.kind == "case_study"
        row = _locked(known)
        if row is None:
            new = CaseStudy(module=module) if is_case_study else Lesson(module=module)
            self.rows.save(new, {"title": file.title, "slug": file.slug, "position": position}, file.file)
            return _LessonRow(file, new, is_new=True)
        if hasattr(row, "casestudy") != is_case_study:
            raise InvalidFolder(
                _("The lesson “%(slug)s” is of another kind in the course. Delete it there, or rename the file.")
                % {"slug": file.slug}
            )
        record_unrecorded_draft(lesson=row, version=row.version)
        row = row.casestudy if is_case_study else row
        row.module = module
        return _LessonRow(file, row, is_new=False)

    def _load_lesson(self, lesson: _LessonRow, module: Module, folder: str, links: ImportedLinks) -> None:
        """Write the text of a lesson, publish it if that is wanted, and then write the draft that follows it."""
        file, row = lesson.file, lesson.row
        about = {"due_at": moment_of(file.due_at, module.course.zone, file.file)} if file.due_at else {}
        publishes = self._publishes(lesson)
        first = file if publishes else file.draft or file
        is_shown = publishes and not lesson.is_new and self._is_published(row, first, folder, links)
        if not (is_shown and file.draft):
            self._write(lesson, about, first, folder, links)
        if publishes and not is_shown:
            self._publish(row, module, first)
        if publishes and file.draft:
            self._write(lesson, about, file.draft, folder, links)
        self.rows.tag(as_lesson(row), file.tags, file.file)
        if load_checks_outside(lesson=row, checks=file.other_checks):
            self.changes.add(row, is_new=False, file=file.file)
        self._set_rule(row, file)

    def _set_rule(self, row: Lesson, file: LessonFile) -> None:
        """Set what completes the lesson, if the file says it."""
        if file.completed_by and rule_of(row) != file.completed_by:
            set_rule(lesson=row, rule=file.completed_by)
            self.changes.add(row, is_new=False, file=file.file)

    def _publishes(self, lesson: _LessonRow) -> bool:
        """Return whether the lesson is published. What was withdrawn here stays withdrawn."""
        is_wanted = self.publication is Publication.EVERYTHING or (
            self.publication is Publication.AS_FILES and lesson.file.state == Lesson.State.PUBLISHED
        )
        if is_wanted and lesson.row.state == Lesson.State.WITHDRAWN:
            message = _("“%(title)s” was withdrawn here and stays withdrawn; its draft is updated.")
            self.changes.notices.append(message % {"title": lesson.row.title})
            return False
        return is_wanted

    def _is_published(self, row: Lesson, file: LessonFile, folder: str, links: ImportedLinks) -> bool:
        """Return whether readers see the text of the file already."""
        revision = row.current_revision
        if row.state != Lesson.State.PUBLISHED or revision is None:
            return False
        facts = {"kind": row.kind, "summary": file.summary} | {
            name: nonblank_lines(value) if name in LINES else value for name, value in file.facts.items()
        }
        uids = matching_uids(row, file.checks)
        checks = {uids.get(uid, uid): check for uid, check in file.checks.items()}
        body = self._columns(file, folder, links, uids)["body"]
        return (
            (revision.title, revision.facts) == (file.title, facts)
            and is_same(checks, checks_of_revisions([revision.pk]).get(revision.pk, {}))
            and is_same_text(revision.html, body)
        )

    def _columns(self, file: LessonFile, folder: str, links: ImportedLinks, uids: Mapping[str, str]) -> dict[str, str]:
        """Return the columns that are the lesson's text. uids: of its checks, by those in the text of the file."""
        html = self.images.in_text(file.html)

        def address(href: str) -> str | None:
            found = links.address(folder, href)
            if found is None:
                message = _("In %(file)s the link to %(target)s leads to nothing here: its words stay without a link.")
                notice = message % {"file": file.file, "target": href}
                if notice not in self.changes.notices:
                    self.changes.notices.append(notice)
            return found

        body = with_uids(with_addresses(html, address), uids)
        if body != html:
            # What the sanitiser returns for a text is the same but for the addresses and the uids.
            remember(sanitise, body, result=body)
            prepared = with_uids(with_addresses(prepare_html(html), address), uids)
            remember(sanitise, add_heading_ids(body), result=prepared)
        return {"title": file.title, "summary": file.summary, "body": body, **file.facts}

    def _write(self, lesson: _LessonRow, about: dict, file: LessonFile, folder: str, links: ImportedLinks) -> None:
        """Save the checks of a lesson that differ, and its columns that do, as a version of its draft.

        about: columns beside those of its text.
        """
        row = lesson.row
        checks = load_checks(lesson=row, checks=file.checks)
        fields = about | self._columns(file, folder, links, checks.uids)
        if is_same_text(row.body, fields["body"]):
            fields["body"] = row.body
        # The draft's file counts as the lesson's.
        path = lesson.file.file
        if self.rows.save(row, fields, path, version_field="" if lesson.is_new else "version"):
            record_draft_versions(lessons=[row], by=self.by, origin=DraftVersion.Origin.IMPORT)
        elif checks.is_changed:
            self.changes.add(row, is_new=False, file=path)
        lesson.is_new = False

    def _publish(self, row: Lesson, module: Module, file: LessonFile) -> None:
        lesson = as_lesson(row)
        lesson.module = module
        before = lesson.current_revision_id
        try:
            revision = publish(lesson=lesson, by=self.by)
        except NothingToPublish:
            if self.publication is Publication.EVERYTHING:
                return
            message = _("%(file)s has no text, so it cannot be published. Write some, or remove “state: published”.")
            raise InvalidFolder(message % {"file": file.file}) from None
        self.changes.published[module.pk] += revision.pk != before
        row.refresh_from_db(fields=["state", "current_revision"])


def _lessons_by_slug(module: Module) -> dict[str, int]:
    """Return the ids of a module's lessons by the slugs that an export gives them."""
    lessons = module.lessons.order_by("position", "pk").only("pk", "slug", "title")
    return {slug: pk for pk, slug in names.lesson_slugs(lessons).items()}


def _locked(pk: int | None) -> Lesson | None:
    if pk is None:
        return None
    lessons = Lesson.objects.filter(pk=pk).select_related("casestudy", "current_revision")
    return lessons.select_for_update(of=["self"], no_key=True).first()


def _existing_lessons(course: Course | None, folder: ModuleFolder) -> dict[str, Lesson]:
    """Return the lessons that the files of a module would change, by the paths of their files."""
    slugs = {file.slug: file.file for file in folder.lessons}
    lessons = Lesson.objects.filter(module__course=course, module__slug=folder.fields["slug"], slug__in=slugs)
    return {slugs[lesson.slug]: lesson for lesson in lessons.select_related("current_revision", "module__course")}


def _next_position(rows: models.Manager) -> int:
    last = rows.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else last + 1


def prepare(course: Course | None, folders: list[ModuleFolder], images: PreparedImages) -> None:
    """Do the slow part of loading and publishing within `memoizing`, before the transaction. A few queries."""
    existing: dict[str, Lesson] = {}
    for folder in folders if course else ():
        existing |= _existing_lessons(course, folder)
    links = ImportedLinks(course, existing, {}) if course else None
    for folder in folders:
        for text in folder.texts():
            html = images.in_text(text.html)
            prepare_html(html)
            row = existing.get(text.file) or existing.get(f"{text.file.removesuffix(names.DRAFT)}.md")
            if row is None or links is None:
                continue
            addresses = {href: links.address(folder.folder, href) for href in file_links(html)}
            body = with_uids(with_addresses(html, addresses.get), matching_uids(row, text.checks))
            is_same_text(row.body, body)
            if row.current_revision:
                is_same_text(row.current_revision.html, body)
                prepare_publication(row, body)
