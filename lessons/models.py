"""The core: the texts of a course. Lesson has the draft; Revision has what was published and never changes."""

import uuid
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from taggit.managers import TaggableManager

from lessons import dates
from lessons.courses.models import Course, readable_by
from lessons.db.fields import NormalisedSlugField
from lessons.markup import plain_text, sanitise
from lessons.tagging.models import AbstractTagThrough, NormalisedKeyField

NOT_IN_BIN = models.Q(bin_entry=None)


class NotInBinManager(models.Manager):
    """Leaves out what is in the bin. Foreign keys are followed, and rows are deleted, without this manager."""

    def get_queryset(self):
        return super().get_queryset().filter(bin_entry=None)


class SoftDeletable(models.Model):
    """Something that is moved to its course's bin when it is deleted.

    `objects` and related managers leave out what is in the bin; `all_objects` includes it. So do joins that start at
    another model: they filter by `state`, which readers do not see while something is in the bin.
    """

    # RESTRICT: an entry cannot be deleted alone, but is deleted with its course.
    bin_entry = models.ForeignKey("BinEntry", models.RESTRICT, null=True, blank=True, editable=False, related_name="+")

    all_objects = models.Manager()

    class Meta:
        abstract = True


class ModuleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the modules the user may read, with `membership_role`. Archived ones stay readable."""
        return readable_by(self.exclude(state=Module.State.DRAFT), user, "course")

    def editable_by(self, user):
        return self.filter(course__in=Course.objects.editable_by(user))


class Module(SoftDeletable):  # type: ignore[django-manager-missing]  # taggit has no types
    """A part of a course: lessons and case studies, with their glossary terms, timeline events and prompts."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules", verbose_name=_("course"))
    title = models.CharField(_("title"), max_length=200)
    slug = NormalisedSlugField(_("slug"), max_length=80)
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences."))
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    licence = models.CharField(_("licence"), max_length=80, blank=True, help_text=_("For example: CC BY 4.0"))
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Where the text comes from."))
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Who wrote it."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    tags = TaggableManager(through="lessons.ModuleTag", blank=True, verbose_name=_("tags"))
    objects = NotInBinManager.from_queryset(ModuleQuerySet)()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "slug"],
                condition=NOT_IN_BIN,
                name="unique_module_slug_per_course",
                violation_error_message=_("This course already has a module with this address."),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("reading:module", args=[self.course.slug, self.slug])


def lesson_url_slug(slug: str) -> str:
    """Return the slug that follows the id in a lesson's URL; those of its other pages are reserved."""
    return "lesson" if slug in ("", "preview", "progress", "comments", "notes", "annotations") else slug


class LessonQuerySet(models.QuerySet):
    def published(self):
        """Return what readers see: published lessons of modules that are not drafts."""
        return self.filter(state=Lesson.State.PUBLISHED, current_revision__isnull=False).exclude(
            module__state=Module.State.DRAFT
        )

    def visible_to(self, user):
        """Return the published lessons of courses the user may read, with `membership_role`."""
        return readable_by(self.published(), user, "module__course")

    def editable_by(self, user):
        return self.filter(module__course__in=Course.objects.editable_by(user))

    def with_course(self):
        """Join module, course and current revision in one query."""
        return self.select_related("module__course", "current_revision")


class Lesson(SoftDeletable):  # type: ignore[django-manager-missing]  # taggit has no types
    """A text in a module. `body` is the draft; readers see `current_revision`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = "lesson"

    module = models.ForeignKey(Module, models.CASCADE, related_name="lessons", verbose_name=_("module"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("One sentence, shown under the title."))
    body = ProseEditorField(_("text"), blank=True, extensions=sanitise.EDITOR_EXTENSIONS, sanitize=sanitise.clean_html)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    due_at = models.DateTimeField(_("due date"), null=True, blank=True)
    # RESTRICT: the current revision cannot be deleted alone, but is deleted with its lesson.
    current_revision = models.ForeignKey(
        "Revision", models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    tags = TaggableManager(through="lessons.LessonTag", blank=True, verbose_name=_("tags"))
    objects = NotInBinManager.from_queryset(LessonQuerySet)()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("reading:lesson", args=[self.pk, lesson_url_slug(self.slug)])

    def facts(self) -> dict:
        """Return what a revision stores besides the text, as JSON."""
        return {"kind": self.kind, "summary": self.summary}


class CaseStudy(Lesson):  # type: ignore[django-manager-missing]  # taggit has no types
    """A lesson about one case, with its facts."""

    kind = "case_study"

    location = models.CharField(_("where"), max_length=200, blank=True)
    began = dates.EDTFField(_("began"), blank=True)
    ended = dates.EDTFField(_("ended"), blank=True)
    parties = models.TextField(_("parties"), blank=True, help_text=_("One per line."))
    outcome = models.TextField(_("outcome"), blank=True)
    questions = models.TextField(_("questions to discuss"), blank=True, help_text=_("One per line."))

    objects = NotInBinManager.from_queryset(LessonQuerySet)()  # type: ignore[misc]  # of case studies

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")

    def facts(self) -> dict:
        return super().facts() | {
            "location": self.location,
            "began": self.began,
            "ended": self.ended,
            "parties": nonblank_lines(self.parties),
            "outcome": self.outcome,
            "questions": nonblank_lines(self.questions),
        }


class Revision(models.Model):
    """A published version of a lesson. The database refuses to change it (see `db/triggers.py`).

    `text` equals the `textContent` of an element that contains `html`; offsets into it are code points.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="revisions", verbose_name=_("lesson"))
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    facts = models.JSONField(_("facts"), default=dict)
    html = models.TextField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    word_count = models.PositiveIntegerField(_("word count"))
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    change_summary = models.CharField(_("change summary"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["lesson", "number"], name="unique_revision_number_per_lesson")]

    def __str__(self):
        return f"{self.title} ({self.number})"

    @property
    def reading_minutes(self) -> int:
        return plain_text.reading_minutes(self.word_count)


class ModuleItem(SoftDeletable):
    """Something that belongs to a module and may refer to one of its lessons."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="%(class)ss", verbose_name=_("module"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="%(class)ss", verbose_name=_("lesson")
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = NotInBinManager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.lesson and self.module_id and self.lesson.module_id != self.module_id:
            raise ValidationError({"lesson": _("This lesson is in another module. Choose one of this module.")})


class GlossaryTerm(ModuleItem):
    term = models.CharField(_("term"), max_length=120)
    key = NormalisedKeyField(of="term", max_length=360)
    definition = models.TextField(_("definition"))

    class Meta:
        ordering = ["term"]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        constraints = [
            models.UniqueConstraint(
                fields=["module", "key"],
                condition=NOT_IN_BIN,
                name="unique_term_per_module",
                violation_error_message=_("This module already has this term."),
            )
        ]

    def __str__(self):
        return self.term


class TimelineEvent(ModuleItem):
    date = dates.EDTFField(_("date"), help_text=_("1949, 1949-04, 1949-04-04, 1999-03-24/1999-06-10, 1949~, -0431"))
    sort_key = models.BigIntegerField(editable=False, db_index=True)
    event = models.CharField(_("event"), max_length=300)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self):
        return self.event

    def clean(self):
        """Derive `sort_key`, too: always clean an event before saving it. The field itself refuses invalid dates."""
        super().clean()
        with suppress(ValueError):
            self.sort_key = dates.sort_key(self.date)


class Prompt(ModuleItem):
    """A question to start a discussion with."""

    text = models.TextField(_("question"))
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("discussion prompt")
        verbose_name_plural = _("discussion prompts")

    def __str__(self):
        return self.text[:80]


def asset_path(asset: "Asset", filename: str) -> str:
    return f"assets/{asset.uid}.webp"


class Asset(models.Model):
    """An uploaded image, re-encoded; whoever may read the course may see it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="assets", verbose_name=_("course"))
    file = models.FileField(_("image"), upload_to=asset_path)
    alt = models.CharField(_("alternative text"), max_length=300, help_text=_("What the image shows, in a sentence."))
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    uploaded_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self):
        return self.alt

    def get_absolute_url(self):
        return reverse("reading:asset", args=[self.uid])


class ModuleTag(AbstractTagThrough):
    content_object = models.ForeignKey(Module, models.CASCADE, related_name="tagged")


class LessonTag(AbstractTagThrough):
    """The tag of a lesson or a case study."""

    content_object = models.ForeignKey(Lesson, models.CASCADE, related_name="tagged")


class DraftVersion(models.Model):
    """A draft of a lesson as it was saved. `services.record_draft_version` adds one; a job thins out old ones.

    It was the draft while the lesson's `version` was from `first_version` to `last_version`: tags, a due date and the
    like may be saved, too, without a change of the draft.
    """

    class Origin(models.TextChoices):
        FORM = "form", _("Saved")
        AUTOSAVE = "autosave", _("Saved automatically")
        BEFORE_MERGE = "before merge", _("As sent, before it was merged")
        MERGE = "merge", _("Merged with somebody else’s changes")
        RESTORE = "restore", _("Restored")
        IMPORT = "import", _("Imported")
        COPY = "copy", _("Copied")
        MOVE = "move", _("Moved to another course")
        EARLIER = "earlier", _("Saved by other means")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="draft_versions", verbose_name=_("lesson"))
    title = models.CharField(_("title"), max_length=200)
    facts = models.JSONField(_("facts"), default=dict)
    body = models.TextField(_("text"), blank=True)
    digest = models.CharField(max_length=64)
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    origin = models.CharField(_("origin"), max_length=12, choices=Origin, default=Origin.FORM)
    first_version = models.PositiveIntegerField()
    last_version = models.PositiveIntegerField()
    created_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("draft version")
        verbose_name_plural = _("draft versions")

    def __str__(self):
        return self.title


class EditingPresence(models.Model):
    """Somebody has a lesson open for editing. The page says so every 20 seconds; a job deletes old rows."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+", verbose_name=_("lesson"))
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("user"))
    seen_at = models.DateTimeField(_("seen"), db_index=True)

    class Meta:
        verbose_name = _("person editing a lesson")
        verbose_name_plural = _("people editing lessons")
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="unique_presence_per_lesson_and_user")]

    def __str__(self):
        return f"{self.user}: {self.lesson}"


class BinEntry(models.Model):
    """A module, lesson or item of a module that was deleted. It can be restored until a job deletes it for good.

    The rows refer to their entry, and so does what was in a module. What is restored no longer has an entry.
    """

    class Kind(models.TextChoices):
        MODULE = "module", _("Module")
        LESSON = "lesson", _("Lesson")
        TERM = "glossaryterm", _("Glossary term")
        EVENT = "timelineevent", _("Event")
        PROMPT = "prompt", _("Discussion prompt")

    course = models.ForeignKey(Course, models.CASCADE, related_name="bin_entries", verbose_name=_("course"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    state = models.CharField(_("state"), max_length=12, blank=True, help_text=_("The state to restore."))
    deleted_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("deleted by")
    )
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-deleted_at", "-pk"]
        verbose_name = _("item in the bin")
        verbose_name_plural = _("bin")

    def __str__(self):
        return self.title


def nonblank_lines(value: str) -> list[str]:
    """Return the lines that are not blank, trimmed."""
    return [line.strip() for line in value.splitlines() if line.strip()]


class PublicationSchedule(models.Model):
    """A lesson is to be published, or withdrawn, at a time; the scheduler deletes the row when it has done so.

    What could not be done stays with `failure` until somebody chooses another time or dismisses it. `change_summary`
    is that of the revision; for a withdrawal it is the reason. `placements`: of notes placed by hand, see
    `authoring/publishing/placement_session.py`.
    """

    class Action(models.TextChoices):
        PUBLISH = "publish", _("Publish")
        WITHDRAW = "withdraw", _("Withdraw")

    class Failure(models.TextChoices):
        NO_TEXT = "no_text", _("The draft had no text.")
        COURSE_CLOSED = "course_closed", _("The course was closed.")
        DELETED = "deleted", _("The lesson, or its module, was deleted.")
        NOT_ALLOWED = "not_allowed", _("The person who scheduled it could no longer edit the course.")
        ERROR = "error", _("Something went wrong on the site. Its administrators find the reason in the log.")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="schedules", verbose_name=_("lesson"))
    action = models.CharField(_("action"), max_length=12, choices=Action)
    due_at = models.DateTimeField(_("time"))
    change_summary = models.CharField(_("change summary"), max_length=300, blank=True)
    publishes_module = models.BooleanField(_("publish the module, too"), default=False)
    placements = models.JSONField(default=dict, blank=True)
    scheduled_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("scheduled"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(_("failure"), max_length=16, choices=Failure, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("scheduled publication")
        verbose_name_plural = _("scheduled publications")
        constraints = [models.UniqueConstraint(fields=["lesson", "action"], name="one_schedule_per_lesson_and_action")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(failure=""), name="schedules_that_wait")]

    def __str__(self):
        return f"{self.get_action_display()}: {self.lesson}"
