"""An article on its way to becoming a module: its source, and the review as far as it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArticleImportQuerySet(models.QuerySet):
    def editable_by(self, user):
        """Imports into courses whose texts the person may write."""
        courses = self.model._meta.get_field("course").related_model
        return self.filter(course__in=courses.objects.editable_by(user))

    def open(self):
        """Those that have not made a module yet."""
        return self.filter(module=None)


class ArticleImport(models.Model):
    """`review` is its JSON document (see `review`); `version` counts its savings, so that no tab overwrites another."""

    course = models.ForeignKey("courses.Course", models.CASCADE, related_name="imports", verbose_name=_("course"))
    author = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("who imports")
    )
    module = models.ForeignKey(
        "lessons.Module", models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name=_("module")
    )
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reimports",
        verbose_name=_("the same article before"),
    )
    source_name = models.CharField(_("file"), max_length=200, blank=True)
    source = models.TextField(_("source as it came"))
    sha256 = models.CharField(max_length=64, db_index=True)
    review = models.JSONField(_("review"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ArticleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("imported article")
        verbose_name_plural = _("imported articles")

    def __str__(self):
        return self.review.get("title") or self.review.get("found_title") or self.source_name


class ImportedLesson(models.Model):
    """What a lesson was made of at an import, so that the same article, when it comes again, finds it.

    `fingerprint` holds, by field, what the article says: title, sha256 of the body, facts of a case study. A draft that
    differs was edited here. `lesson` is null once somebody has deleted it. `heading` is the article's own.
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
        verbose_name = _("text of an imported article")
        verbose_name_plural = _("texts of imported articles")
        constraints = [models.UniqueConstraint(fields=["article", "lesson"], name="unique_lesson_per_import")]

    def __str__(self):
        return self.heading
