"""Writes of the importer. Callers have checked that the person may author the course."""

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.actions import set_module_state
from lessons.annotations.actions import publish
from lessons.importing.article import understand
from lessons.importing.blocks import CASE_STUDY, Reading
from lessons.importing.models import ArticleImport
from lessons.importing.review.state import begin
from lessons.importing.review.suggestions import accepted
from lessons.importing.review.texts import Text, problems, texts_of
from lessons.models import CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.people.actions import record
from lessons.people.models import Course, User
from lessons.text import sha256

LONGEST_SLUG = 80
LONGEST_TITLE = 200
LONGEST_TERM = 120


class NotReady(ValueError):
    """The review has something that no module can be made of; `problems` are sentences that say what."""

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


class ReviewChanged(ValueError):
    """The review was saved elsewhere since it was opened; `theirs` is what stands there now."""

    def __init__(self, theirs: ArticleImport):
        super().__init__(_("This review was saved in another window meanwhile. Look at what stands here now."))
        self.theirs = theirs


def start_import(*, by: User, course: Course, name: str, reading: Reading) -> ArticleImport:
    """Keeps the article and its outline for review. `reading` comes from `readers.read_upload` or `read_paste`."""
    state = begin(understand(reading), reading)
    return ArticleImport.objects.create(
        course=course,
        author=by,
        source_name=name[-200:],
        source=reading.raw,
        sha256=sha256(reading.raw),
        state=state,
    )


@transaction.atomic
def save_review(*, article: ArticleImport, state: dict, version: int) -> ArticleImport:
    """Saves over `version`. Raises ReviewChanged when another window was faster."""
    saved = ArticleImport.objects.filter(pk=article.pk, version=version).update(state=state, version=F("version") + 1)
    article.refresh_from_db()
    if not saved:
        raise ReviewChanged(article)
    return article


@transaction.atomic
def create_module(*, by: User, article: ArticleImport) -> Module:
    """The module, as a draft, out of the review: once. A second call returns the same module. Raises NotReady."""
    row = ArticleImport.objects.select_for_update().get(pk=article.pk)
    if row.module_id:
        return Module.objects.get(pk=row.module_id)
    found = problems(row.state)
    if found:
        raise NotReady(found)
    module = _module(row)
    lesson_of = _lessons(module, row.state)
    _belongings(module, row.state, lesson_of)
    row.module = module
    row.save(update_fields=["module", "updated_at"])
    record(by=by, verb="import", course=row.course, target=module, source=row.source_name)
    return module


@transaction.atomic
def publish_module(*, by: User, module: Module) -> int:
    """Publishes every lesson that has words, then the module. Returns how many have a new revision."""
    made = 0
    for lesson in module.lessons.select_related("module__course"):
        if lesson.body.strip():
            before = lesson.current_revision_id
            made += publish(lesson=lesson, by=by).pk != before
    if module.state != Module.State.PUBLISHED:
        set_module_state(module=module, state=Module.State.PUBLISHED, by=by)
    return made


def _module(row: ArticleImport) -> Module:
    # Two articles of one title that are made modules at once would take the same address.
    Course.objects.select_for_update(no_key=True).get(pk=row.course_id)
    taken = set(row.course.modules.values_list("slug", flat=True))
    last = row.course.modules.aggregate(last=Max("position"))["last"]
    title = row.state["title"][:LONGEST_TITLE]
    module = Module.objects.create(
        course=row.course,
        title=title,
        slug=unused_slug(title, taken),
        summary=row.state["summary"],
        position=0 if last is None else last + 1,
    )
    module.tags.set([item["name"] for item in accepted(row.state, "tags")])
    return module


def _lessons(module: Module, state: dict) -> dict[str, Lesson]:
    """Makes the lessons and case studies; gives the lesson of each section's id."""
    taken: set[str] = set()
    lesson_of: dict[str, Lesson] = {}
    for position, text in enumerate(texts_of(state)):
        lesson = _lesson(module, text, position, unused_slug(text.title, taken))
        taken.add(lesson.slug)
        lesson_of |= dict.fromkeys(text.sections, lesson)
    return lesson_of


def _lesson(module: Module, text: Text, position: int, slug: str) -> Lesson:
    fields = {"title": text.title[:LONGEST_TITLE], "slug": slug, "position": position, "body": text.html()}
    if text.kind != CASE_STUDY:
        return Lesson.objects.create(module=module, **fields)
    facts = {name: text.facts[name] for name in ("place", "began", "ended", "parties", "outcome")}
    facts["place"] = facts["place"][:LONGEST_TITLE]
    # The lesson itself, so that foreign keys to Lesson take it.
    return CaseStudy.objects.create(module=module, **fields, **facts).lesson_ptr


def _belongings(module: Module, state: dict, lesson_of: dict[str, Lesson]) -> None:
    terms = {item["term"][:LONGEST_TERM].casefold(): item for item in accepted(state, "glossary")}
    for item in terms.values():
        lesson = lesson_of.get(item["section"])
        GlossaryTerm.objects.create(
            module=module, lesson=lesson, term=item["term"][:LONGEST_TERM], definition=item["definition"]
        )
    for item in accepted(state, "timeline"):
        event = TimelineEvent(
            module=module, lesson=lesson_of.get(item["section"]), date=item["date"], event=item["event"][:300]
        )
        event.clean()
        event.save()
    for position, item in enumerate(accepted(state, "prompts")):
        lesson = lesson_of.get(item["section"])
        Prompt.objects.create(module=module, lesson=lesson, text=item["text"], position=position)


def unused_slug(words: str, taken: set[str]) -> str:
    stem = slugify(words, allow_unicode=True)[: LONGEST_SLUG - 5].strip("-") or "text"
    name, n = stem, 2
    while name in taken:
        name, n = f"{stem}-{n}", n + 1
    return name
