"""Models of an article on its way to becoming a module: its file, its text, its review and the undo steps."""

import uuid

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.importing.document import PASTED_PAGE, PASTED_TEXT

UPLOAD_FOLDER = "article-uploads"


def upload_path(article: "ArticleImport", filename: str) -> str:
    return f"{UPLOAD_FOLDER}/{uuid.uuid4()}"


class ArticleImportQuerySet(models.QuerySet):
    def editable_by(self, user):
        """Return imports into courses whose content the user may edit."""
        return self.filter(course__in=Course.objects.editable_by(user))

    def open(self):
        """Return those that have not made a module yet."""
        return self.filter(module=None)

    def for_list(self):
        """Load the fields that a list shows, with the `title`, but not the whole review."""
        titles = KeyTextTransform("title", "review")
        return self.defer("review").annotate(title=titles).select_related("course", "author")


class ArticleImport(models.Model):
    """An imported article. `review` is its JSON document, described in the package `review`.

    `version` counts the saves of the review, so that no window overwrites the changes of another. `upload` is the
    uploaded file, kept until the module is created. A long one is read in the background: `state` and `progress` (0 to
    100) tell how far that is, `claim` and `claimed_until` which process does so, `error` why it could not be read.
    `encoding` is the one that the instructor chose, if any.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        READING = "reading", _("Being read")
        READY = "ready", _("Ready for review")
        FAILED = "failed", _("Could not be read")

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
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READY)
    upload = models.FileField(_("uploaded file"), upload_to=upload_path, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    error = models.CharField(_("why it could not be read"), max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
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
        return self.review.get("title") or self.review.get("original_title") or self.file_label

    @property
    def is_pasted(self) -> bool:
        """Return whether `upload` holds a pasted article that is read in the background."""
        return self.source_name in (PASTED_TEXT, PASTED_PAGE)

    @property
    def file_label(self) -> str:
        """Return the name that the interface shows for the file."""
        return str(_("pasted article")) if self.is_pasted else self.source_name

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY


class ArticleText(models.Model):
    """The text of an imported article, which the review arranges and never changes.

    `blocks` maps the id of each block, including those that the reader left out, to its type, text and HTML;
    `word_counts` maps it to its number of words. `original` is the input as text.
    """

    article = models.OneToOneField(ArticleImport, models.CASCADE, primary_key=True, related_name="text")
    original = models.TextField(_("original source"))
    blocks = models.JSONField(default=dict)
    word_counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("text of an imported article")
        verbose_name_plural = _("texts of imported articles")

    def __str__(self):
        return str(self.article)


class ReviewStep(models.Model):
    """One change to a review, which can be undone and then redone.

    `document` is the review on the other side of the step, compressed: before it, or after it once it is undone.
    `version` is the review's version before the step, null if the history has branched since; `window` names the page
    that sent it. Steps of one window with the same `key`, such as typing in one heading, are merged into one.
    """

    article = models.ForeignKey(ArticleImport, models.CASCADE, related_name="steps")
    version = models.PositiveIntegerField(_("version"), null=True)
    window = models.CharField(max_length=36, blank=True)
    key = models.CharField(max_length=100, blank=True)
    label = models.CharField(_("change"), max_length=200)
    document = models.BinaryField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")

    def __str__(self):
        return self.label


class ImportedImage(models.Model):
    """An image of an imported article. `sha256` is that of the file in the article, so that it is stored once."""

    article = models.ForeignKey(ArticleImport, models.CASCADE, related_name="images", db_index=False)
    asset = models.ForeignKey("lessons.Asset", models.CASCADE, related_name="imports")
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("image of an imported article")
        verbose_name_plural = _("images of imported articles")
        indexes = [models.Index(fields=["sha256"], name="imported_images_by_digest")]
        constraints = [models.UniqueConstraint(fields=["article", "asset"], name="unique_image_per_import")]

    def __str__(self):
        return str(self.asset)


class ImportedLesson(models.Model):
    """A record of a lesson made by an import, to find the lesson when the article is imported again.

    `fingerprint` maps field names to the article's values: title, SHA-256 of the body, facts of a case study. A
    draft that differs from it was edited here. `heading` is the article's own. `lesson` is null once it was deleted.
    """

    article = models.ForeignKey(
        ArticleImport, models.CASCADE, related_name="imported_lessons", verbose_name=_("article"), db_index=False
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
