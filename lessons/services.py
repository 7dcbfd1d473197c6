"""Writes to a course's texts beyond one row. Callers check permissions; `annotations.services.publish` publishes."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.images import EncodedImage
from lessons.indexed_texts import index_lessons, index_modules, prepare_lessons
from lessons.markup import plain_text, sanitise
from lessons.markup.scripts import count_words
from lessons.memo import memoizing
from lessons.models import Asset, CaseStudy, DraftVersion, Lesson, Module, Prompt, Revision

MAX_SLUG_LENGTH = 80


class NothingToPublish(ValueError):
    """The draft has no text."""


class EditConflict(ValueError):
    """Somebody else has saved the text since it was opened; `theirs` is the saved version."""

    def __init__(self, theirs: Lesson):
        super().__init__(_("Somebody else has saved this text while you were writing."))
        self.theirs = theirs


def resolve_subclass(lesson: Lesson) -> Lesson:
    """Return the lesson as a CaseStudy if it is one. One query unless it is one already."""
    if isinstance(lesson, CaseStudy):
        return lesson
    return CaseStudy.objects.filter(pk=lesson.pk).first() or lesson


@transaction.atomic
def create_revision(
    *, lesson: Lesson, by: User | None, change_summary: str = "", is_changed: bool = False
) -> Revision:
    """Create a revision of the draft and show it to readers. For an unchanged draft return the current revision.

    Call `annotations.services.publish` instead, which also places annotations. Raise NothingToPublish.

    is_changed: something that is published with the draft has changed, though the draft itself may not have.
    """
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    lesson = resolve_subclass(Lesson.objects.get(pk=lesson.pk))
    html = prepare_html(lesson.body)
    if not plain_text.plain_text(html).strip():
        raise NothingToPublish(_("“%(title)s” has no text yet. Write some, then publish.") % {"title": lesson.title})
    digest = plain_text.text_digest(html)
    revision = lesson.current_revision
    if is_changed or not (revision and _is_unchanged(revision, lesson, digest)):
        revision = _store_revision(lesson, html, by, change_summary, title=lesson.title, facts=lesson.facts())
    Lesson.objects.filter(pk=lesson.pk).update(current_revision=revision, state=Lesson.State.PUBLISHED)
    index_lessons([lesson.pk])
    return revision


@transaction.atomic
def create_revision_from_html(*, lesson: Lesson, html: str, by: User, change_summary: str = "") -> Revision:
    """Create a revision with the title and facts of the current one and new, sanitised `html`.

    Draft and state stay as they are, and it may be in the bin. Only `annotations.services` calls this, which also
    places annotations.
    """
    lesson = Lesson.all_objects.select_for_update(of=["self"]).select_related("current_revision").get(pk=lesson.pk)
    before = lesson.current_revision
    if before is None:
        raise NothingToPublish(_("“%(title)s” was never published.") % {"title": lesson.title})
    revision = _store_revision(lesson, html, by, change_summary, title=before.title, facts=before.facts)
    Lesson.all_objects.filter(pk=lesson.pk).update(current_revision=revision)
    index_lessons([lesson.pk])
    return revision


def _store_revision(lesson: Lesson, html: str, by: User | None, change_summary: str, **fields) -> Revision:
    revision = Revision.objects.create(
        lesson_id=lesson.pk,
        number=_next_number(lesson),
        html=html,
        text=plain_text.plain_text(html),
        sha256=plain_text.text_digest(html),
        word_count=count_words(plain_text.text_by_block(html)),
        author=by,
        change_summary=change_summary,
        **fields,
    )
    record(by=by, verb="publish", course=lesson.module.course, target=lesson, revision=revision.number)
    return revision


def prepare_html(body: str) -> str:
    """Return a draft's HTML as a revision stores it: sanitised, each heading with an id."""
    return sanitise.sanitise(sanitise.add_heading_ids(sanitise.sanitise(body)))


def _is_unchanged(revision: Revision, lesson: Lesson, digest: str) -> bool:
    return (revision.sha256, revision.title, revision.facts) == (digest, lesson.title, lesson.facts())


def _next_number(lesson: Lesson) -> int:
    last = lesson.revisions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


@transaction.atomic
def withdraw(*, lesson: Lesson, by: User, reason: str = "") -> Lesson:
    """Hide the lesson from readers, unless it is hidden; its revisions and everything that belongs to them stay."""
    if Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk).state == Lesson.State.WITHDRAWN:
        return lesson
    lesson.state = Lesson.State.WITHDRAWN
    lesson.save(update_fields=["state", "updated_at"])
    index_lessons([lesson.pk])
    record(by=by, verb="withdraw", course=lesson.module.course, target=lesson, reason=reason)
    return lesson


@transaction.atomic
def restore_draft(*, revision: Revision | DraftVersion, by: User, version: int | None = None) -> Lesson:
    """Make an earlier revision or draft the draft again, as a new version of it, without publishing it.

    version: that of the lesson as the user was shown it; if it has another now, raise EditConflict.
    """
    lesson = Lesson.objects.select_for_update(of=["self"]).select_related("module__course").get(pk=revision.lesson_id)
    if version is not None and version != lesson.version:
        raise EditConflict(resolve_subclass(lesson))
    row = resolve_subclass(lesson)
    body = revision.html if isinstance(revision, Revision) else revision.body
    fields = {"title": revision.title, "body": body, **_columns_of(row, revision.facts)}
    if all(getattr(row, name) == value for name, value in fields.items()):
        return row
    claim_version(lesson=row, version=row.version)
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*fields, "updated_at"])
    record_draft_version(lesson=row, by=by, origin=DraftVersion.Origin.RESTORE)
    restored: dict[str, Any] = {"draft": revision.pk}
    if isinstance(revision, Revision):
        restored = {"revision": revision.number}
    record(by=by, verb="restore", course=lesson.module.course, target=lesson, **restored)
    return row


def _columns_of(lesson: Lesson, facts: dict) -> dict[str, str]:
    """Return the columns of the lesson that its `facts()` were made from. One that is a list has an item a line."""
    names = {field.name for field in lesson._meta.concrete_fields} & (facts.keys() - {"kind"})
    texts = {name: "\n".join(value) if isinstance(value := facts[name], list) else value for name in names}
    before = lesson.facts()
    return {name: text for name, text in texts.items() if before[name] != facts[name]}


def set_module_state(*, module: Module, state: str, by: User | None) -> Module:
    """Publish, hide or archive a module, if it is not in that state yet. Its lessons keep their own state."""
    with memoizing():
        if state != Module.State.DRAFT:
            prepare_lessons(Lesson.objects.filter(module=module.pk, state=Lesson.State.PUBLISHED))
        return _set_module_state(module, state, by)


@transaction.atomic
def _set_module_state(module: Module, state: str, by: User | None) -> Module:
    if Module.objects.select_for_update(no_key=True).get(pk=module.pk).state == state:
        return module
    module.state = state
    module.save(update_fields=["state", "updated_at"])
    index_modules([module.pk])
    record(by=by, verb=f"module {state}", course=module.course, target=module)
    return module


def lock_module(pk: int) -> None:
    """Lock the module that something is added to, so that it stays out of the bin. Raise Module.DoesNotExist."""
    Module.objects.select_for_update(no_key=True).only("pk").get(pk=pk)


def next_position(rows: QuerySet[Any]) -> int:
    """Return the position after the last of the rows. One query."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def place_prompt(*, prompt: Prompt, after: Prompt | None) -> None:
    """Put the prompt after another one of its module, or first."""
    lock_module(prompt.module_id)
    others = list(Prompt.objects.filter(module=prompt.module_id).exclude(pk=prompt.pk).order_by("position", "pk"))
    index = others.index(after) + 1 if after in others else 0
    prompts = [*others[:index], prompt, *others[index:]]
    for n, row in enumerate(prompts):
        row.position = n
    Prompt.objects.bulk_update(prompts, ["position"])


class OrderConflict(ValueError):
    """Somebody else has changed the order of the rows; `saved` and `submitted` are both orders, complete."""

    def __init__(self, saved: list[Any], submitted: list[Any]):
        super().__init__(_("Somebody else has changed the order since you opened the page."))
        self.saved, self.submitted = saved, submitted


@transaction.atomic
def reorder_lessons(*, module: Module, lesson_ids: list[int], shown_ids: list[int] | None = None) -> None:
    """Put the module's lessons in the order of `lesson_ids`; those not listed follow in their old order.

    shown_ids: the order that the editor saw; if it is neither this nor the new one any more, raise OrderConflict.
    """
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    _reorder(Lesson.objects.filter(module=module), lesson_ids, shown_ids)


@transaction.atomic
def reorder_modules(*, course: Course, module_ids: list[int], shown_ids: list[int] | None = None) -> None:
    """Do for the modules of a course what `reorder_lessons` does for the lessons of a module."""
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    _reorder(Module.objects.filter(course=course), module_ids, shown_ids)


def _reorder(rows: QuerySet[Any], ids: list[int], shown_ids: list[int] | None) -> None:
    saved = list(rows.order_by("position", "pk"))
    ranks = {pk: n for n, pk in enumerate(ids)}
    ordered = sorted(saved, key=lambda row: ranks.get(row.pk, len(ranks)))
    if shown_ids is not None and [row.pk for row in saved] != shown_ids and saved != ordered:
        raise OrderConflict(saved, ordered)
    for n, row in enumerate(ordered):
        row.position = n
    rows.model._default_manager.bulk_update(ordered, ["position"])


@transaction.atomic
def claim_version(*, lesson: Lesson, version: int) -> None:
    """Claim the right to save over `version`, and increase it; raise EditConflict if it is not the current one.

    Call `record_draft_version` once the draft is saved.
    """
    if not Lesson.objects.filter(pk=lesson.pk, version=version).update(version=F("version") + 1):
        raise EditConflict(resolve_subclass(Lesson.objects.get(pk=lesson.pk)))
    record_unrecorded_draft(lesson=lesson, version=version)


def record_unrecorded_draft(*, lesson: Lesson, version: int) -> None:
    """Record the draft that is about to be replaced if its history lacks it: other code wrote it. One query."""
    last = DraftVersion.objects.filter(lesson=OuterRef("pk")).order_by("-pk")
    rows = Lesson.objects.select_related("casestudy").annotate(last_digest=Subquery(last.values("digest")[:1]))
    saved = rows.get(pk=lesson.pk)
    draft = getattr(saved, "casestudy", saved)
    row = draft_version(draft, by=None, origin=DraftVersion.Origin.EARLIER, version=version)
    if row.digest != saved.last_digest:
        row.created_at = saved.updated_at
        row.save()


def record_draft_version(*, lesson: Lesson, by: User | None, origin: str) -> None:
    """Keep the lesson's draft, which was just saved, in its history. Call it in the transaction that saves it.

    origin: a DraftVersion.Origin. A draft that equals the last version is not stored again.
    """
    record_draft_versions(lessons=[lesson], by=by, origin=origin)


@transaction.atomic
def record_draft_versions(*, lessons: Iterable[Lesson], by: User | None, origin: str) -> None:
    """Do what `record_draft_version` does, for any number of lessons. At most four queries."""
    by_id = {lesson.pk: lesson for lesson in lessons}
    case_studies = CaseStudy.all_objects.in_bulk([pk for pk, row in by_id.items() if not isinstance(row, CaseStudy)])
    last = DraftVersion.objects.filter(lesson=OuterRef("pk")).order_by("-pk")
    rows = Lesson.all_objects.filter(pk__in=by_id).annotate(
        last_id=Subquery(last.values("pk")[:1]), last_digest=Subquery(last.values("digest")[:1])
    )
    new, same = [], []
    for pk, version, last_id, last_digest in rows.values_list("pk", "version", "last_id", "last_digest"):
        row = draft_version(case_studies.get(pk, by_id[pk]), by=by, origin=origin, version=version)
        if row.digest == last_digest:
            same.append(DraftVersion(pk=last_id, last_version=version))
        else:
            new.append(row)
    DraftVersion.objects.bulk_create(new)
    DraftVersion.objects.bulk_update(same, ["last_version"])


def draft_version(lesson: Lesson, *, by: User | None, origin: str, version: int) -> DraftVersion:
    """Return an unsaved version of the lesson's draft. lesson: as `resolve_subclass` returns it."""
    title, facts, body = lesson.title, lesson.facts(), lesson.body
    return DraftVersion(
        lesson_id=lesson.pk,
        title=title,
        facts=facts,
        body=body,
        digest=plain_text.text_digest(json.dumps([title, facts, body], sort_keys=True)),
        author=by,
        origin=origin,
        first_version=version,
        last_version=version,
    )


def unique_slug(title: str, taken: set[str]) -> str:
    """Return a slug of at most MAX_SLUG_LENGTH characters that is not in `taken`."""
    stem = slugify(title, allow_unicode=True)[: MAX_SLUG_LENGTH - 5].strip("-") or "text"
    name, n = stem, 2
    while name in taken:
        name, n = f"{stem}-{n}", n + 1
    return name


class AssetInUse(ValueError):
    """The image is shown in a text."""


@contextmanager
def stored_image(image: EncodedImage) -> Iterator[Asset]:
    """Write the file of an image before the block, in whose transaction `add_asset` is called: others wait for that.

    The file is deleted if there is no row with it in the end.
    """
    asset = Asset(width=image.width, height=image.height)
    asset.file.save("image.webp", ContentFile(image.data), save=False)
    try:
        yield asset
    finally:
        if not Asset.objects.filter(uid=asset.uid).exists():
            asset.file.delete(save=False)


@transaction.atomic
def add_asset(*, asset: Asset, course: Course, alt: str, by: User) -> Asset:
    """Add an image, whose file is written already, to the course."""
    asset.course, asset.alt, asset.uploaded_by = course, alt, by
    asset.save()
    record(by=by, verb="add image", course=course, target=asset)
    return asset


@transaction.atomic
def delete_asset(*, asset: Asset, by: User) -> None:
    """Delete the image, and its file once the transaction is committed; raise AssetInUse."""
    if is_asset_in_use(asset):
        raise AssetInUse
    record(by=by, verb="delete image", course=asset.course, target=asset)
    name, storage = asset.file.name or "", asset.file.storage
    asset.delete()
    transaction.on_commit(lambda: storage.delete(name))


def is_asset_in_use(asset: Asset) -> bool:
    """Return whether a draft or a revision shows the image, even in the bin. Two queries over all texts."""
    uid = str(asset.uid)
    return (
        Revision.objects.filter(html__contains=uid).exists() or Lesson.all_objects.filter(body__contains=uid).exists()
    )
