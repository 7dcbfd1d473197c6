"""An article that is being made into a module: its source, and its review so far."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course


class ArticleImportQuerySet(models.QuerySet):
    def editable_by(self, user):
        """Return imports into courses whose content the user may edit."""
        return self.filter(course__in=Course.objects.editable_by(user))

    def open(self):
        """Return those that have not made a module yet."""
        return self.filter(module=None)


class ArticleImport(models.Model):
    """An imported article. `review` is its JSON document, described in the package `review`.

    `version` counts how often the review was saved, so that no window overwrites what another one saved.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="imports", verbose_name=_("course"))
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("imported by"))
    module = models.ForeignKey(
        "lessons.Module", models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name=_("module")
    )
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reimports",
        verbose_name=_("previous import of the same article"),
    )
    source_name = models.CharField(_("file name"), max_length=200, blank=True)
    source = models.TextField(_("original source"))
    sha256 = models.CharField(max_length=64, db_index=True)
    review = models.JSONField(_("review"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = ArticleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("imported article")
        verbose_name_plural = _("imported articles")

    def __str__(self):
        return self.review.get("title") or self.review.get("original_title") or self.source_name


class ImportedLesson(models.Model):
    """What an import made a lesson from, so that the lesson is found when the article is imported again.

    `fingerprint` maps field names to what the article says: title, SHA-256 of the body, facts of a case study. A
    draft that differs from it was edited here. `heading` is the article's own. `lesson` is null once it was deleted.
    """

    article = models.ForeignKey(
        ArticleImport, models.CASCADE, related_name="imported_lessons", verbose_name=_("article")
    )
    lesson = models.ForeignKey(
        "lessons.Lesson", models.SET_NULL, null=True, related_name="import_records", verbose_name=_("lesson")
    )
    heading = models.CharField(_("heading"), max_length=200)
    fingerprint = models.JSONField(default=dict)
    in_article = models.BooleanField(_("still in the article"), default=True)
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("lesson of an imported article")
        verbose_name_plural = _("lessons of imported articles")
        constraints = [models.UniqueConstraint(fields=["article", "lesson"], name="unique_lesson_per_import")]

    def __str__(self):
        return self.heading
