"""The participation rules of a course as a file, out and in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.dates import day_in, moment_in, moment_of, moment_text
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.importing.markdown_folder.rows import RowWriter
from lessons.importing.markdown_folder.values import entries
from lessons.markup.yaml_text import Values
from lessons.models import Lesson, Module
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import MAX_ASKED, REQUIREMENTS, SPREAD
from lessons.participation.services import record_saved_rule

OTHER_KEYS = frozenset({"where", "starts", "due"})
# The ids of a module and, for a lesson, of that.
Place = tuple[int, int | None]


@dataclass(slots=True)
class RuleEntry:
    """A rule of a file. where: the slug of its module, or those of its module and lesson with a slash between them;
    empty for the whole course. due_at: without a time zone, in the course's. source: what messages call it.
    """

    source: str
    name: str
    where: str
    asked: dict[str, int]
    starts_on: date | None
    due_at: datetime | None


def rule_entries(course: Course, modules: Iterable[Module]) -> Iterator[Values]:
    """Yield the rules for their file, without those about what is in the bin. Two queries, one without rules."""
    rules = list(course.participation_rules.current().order_by("pk"))
    of_module, of_lesson = _slugs(modules) if rules else ({}, {})
    for rule in rules:
        where: str | None = ""
        if rule.lesson_id:
            where = of_lesson.get(rule.lesson_id)
        elif rule.module_id:
            where = of_module.get(rule.module_id)
        if where is not None:
            yield {
                "name": rule.name,
                "where": where,
                **{name: str(getattr(rule, name) or "") for name in REQUIREMENTS},
                "starts": rule.starts_on.isoformat() if rule.starts_on else "",
                "due": moment_text(rule.due_at, course.zone),
            }


def _slugs(modules: Iterable[Module]) -> tuple[dict[int, str], dict[int, str]]:
    """Return what leads to each module, and to each lesson, by their ids. One query."""
    of_module = {module.pk: module.slug for module in modules}
    lessons: dict[int, list[Lesson]] = {pk: [] for pk in of_module}
    rows = Lesson.objects.filter(module__in=list(of_module)).order_by("position", "pk")
    for lesson in rows.only("slug", "title", "module"):
        lessons[lesson.module_id].append(lesson)
    slugs = {pk: names.lesson_slugs(of_one) for pk, of_one in lessons.items()}
    return of_module, {
        lesson: f"{of_module[pk]}/{slug}" for pk, of_one in slugs.items() for lesson, slug in of_one.items()
    }


def read_rules(files: Files, places: set[str]) -> list[RuleEntry]:
    """Return the rules of the file. places: the slugs of modules, and of their lessons. Raise InvalidFolder."""
    rows = entries(files, names.PARTICIPATION, ("name",), None, OTHER_KEYS.union(REQUIREMENTS))
    return [_entry(f"{names.PARTICIPATION}, {number}", row, places) for number, row in enumerate(rows, 1)]


def _entry(source: str, row: dict[str, str], places: set[str]) -> RuleEntry:
    where = row.get("where", "")
    if where and where not in places:
        message = _("%(file)s: where is “%(value)s”; no module here has this slug, nor a lesson in one.")
        raise InvalidFolder(message % {"file": source, "value": where})
    asked = {name: _number(source, name, row.get(name) or "0") for name in REQUIREMENTS}
    if not any(asked.values()):
        message = _("%(file)s asks for nothing. Give a number for one of: %(known)s.")
        raise InvalidFolder(message % {"file": source, "known": ", ".join(REQUIREMENTS)})
    if asked["notes"] < (least := max(asked[name] for name in SPREAD)):
        message = _("%(file)s: each day, lesson or section takes a note of its own. Write %(n)d or more for notes.")
        raise InvalidFolder(message % {"file": source, "n": least})
    starts_on, due_at = day_in(source, "starts", row.get("starts", "")), moment_in(source, row.get("due", ""))
    if starts_on and due_at and due_at.date() < starts_on:
        raise InvalidFolder(_("%(file)s: due is before starts.") % {"file": source})
    return RuleEntry(source, " ".join(row["name"].split()), where, asked, starts_on, due_at)


def _number(source: str, key: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and int(value) <= MAX_ASKED):
        message = _("%(file)s: %(key)s is “%(value)s”; write a number up to %(max)d.")
        raise InvalidFolder(message % {"file": source, "key": key, "value": value[:80], "max": MAX_ASKED})
    return int(value)


def load_rules(
    rows: RowWriter, course: Course, rules: list[RuleEntry], places: Mapping[str, Place], by: User | None
) -> None:
    """Add the rules that the course does not have, and change those of the same name where the files differ. What was
    decided about learners stays. One query, and a few for each rule that is written.
    """
    existing: dict[str, list[ParticipationRule]] = {}
    for row in course.participation_rules.current().order_by("pk") if rules else ():
        existing.setdefault(row.name, []).append(row)
    for rule in rules:
        same = existing.get(rule.name)
        row = same.pop(0) if same else ParticipationRule(course=course, name=rule.name)
        module, lesson = places[rule.where] if rule.where else (None, None)
        about = {"module_id": None if lesson else module, "lesson_id": lesson}
        dates = {"starts_on": rule.starts_on, "due_at": moment_of(rule.due_at, course.zone, rule.source)}
        is_new = row.pk is None
        if rows.save(row, about | rule.asked | dates, names.PARTICIPATION):
            record_saved_rule(rule=row, is_new=is_new, by=by)
