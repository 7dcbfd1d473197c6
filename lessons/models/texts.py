"""Modules, and their texts. Lesson has the draft; Revision has what was published and never changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from taggit.managers import TaggableManager

from lessons import dates
from lessons.courses.models import Course, readable_by
from lessons.db.fields import NormalisedSlugField
from lessons.markup import plain_text, sanitise
from lessons.markup.row_templates import url
from lessons.models.bin import NOT_IN_BIN, NotInBinManager, SoftDeletable
from lessons.tagging.models import AbstractTagThrough


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
        return url("reading:module", self.course.slug, self.slug)


def lesson_url_slug(slug: str) -> str:
    """Return the slug that follows the id in a lesson's URL; those of its other pages are reserved."""
    return "lesson" if slug in ("", "preview", "progress", "checks", "comments", "notes", "annotations") else slug


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
        return url("reading:lesson", self.pk, lesson_url_slug(self.slug))

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


def nonblank_lines(value: str) -> list[str]:
    """Return the lines that are not blank, trimmed."""
    return [line.strip() for line in value.splitlines() if line.strip()]


class Revision(models.Model):
    """A published version of a lesson. The database refuses to change it (see `db/triggers.py`).

    `text` equals the `textContent` of an element that contains `html`; offsets into it are code points.
    """

    lesson = models.ForeignKey(
        Lesson, models.CASCADE, related_name="revisions", verbose_name=_("lesson"), db_index=False
    )
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
        # When a lesson was published is asked without reading its texts.
        indexes = [models.Index(fields=["lesson", "published_at"], name="revisions_by_time")]

    def __str__(self):
        return f"{self.title} ({self.number})"

    @property
    def reading_minutes(self) -> int:
        return plain_text.reading_minutes(self.word_count)


class ModuleTag(AbstractTagThrough):
    content_object = models.ForeignKey(Module, models.CASCADE, related_name="tagged", db_index=False)


class LessonTag(AbstractTagThrough):
    """The tag of a lesson or a case study."""

    content_object = models.ForeignKey(Lesson, models.CASCADE, related_name="tagged", db_index=False)
