"""Checks as they are written and as they are published, answers to them, and what comes back for review."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.models import GlossaryTerm, Lesson, Revision
from lessons.practice.checks import Check, Closeness, Kind


class KnowledgeCheck(models.Model):
    """A check as its author has it. It stands where the draft of its lesson has `<hr data-check="UID">`.

    `version` counts the edits of `definition`: an answer belongs to the version that it was given to. A deleted check
    keeps its answers. `published_version` is set by publishing the lesson.
    """

    KINDS = {
        Kind.SINGLE: _("One right answer"),
        Kind.SEVERAL: _("Several right answers"),
        Kind.SHORT: _("Short answer"),
        Kind.ORDER: _("Put in order"),
        Kind.EXPLAIN: _("In your own words"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="checks", verbose_name=_("lesson"))
    definition = models.JSONField(_("definition"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # Of the lesson's current revision; None if that does not have the check.
    published_version = models.PositiveIntegerField(_("published version"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("check")
        verbose_name_plural = _("checks")

    def __str__(self):
        return str(self.definition["question"])[:80]

    @property
    def parsed(self) -> Check:
        return Check.from_json(self.definition)

    def frozen(self) -> dict:
        """Return what a revision keeps of it."""
        return {"uid": str(self.uid), "version": self.version, **self.definition}


class PublishedChecks(models.Model):
    """The checks of a revision, frozen with it. `checks` is a list in the order of the text of `to_json` of each check
    with its `uid` and `version`, for instance [{"uid": "…", "version": 2, "kind": "short", …}].
    """

    revision = models.OneToOneField(Revision, models.CASCADE, related_name="published_checks", primary_key=True)
    checks = models.JSONField(_("checks"))

    class Meta:
        verbose_name = _("published checks")
        verbose_name_plural = _("published checks")

    def __str__(self):
        return f"{self.revision_id}: {len(self.checks)}"


class Answer(models.Model):
    """What somebody answered to a version of a check: the first attempt, which is kept, and the last.

    A response is a list of the texts of options, or a text. `is_right` is None for an answer in one's own words, for
    which the learner says how close it is.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="answers", verbose_name=_("person"), db_index=False)
    question = models.ForeignKey(
        KnowledgeCheck, models.CASCADE, related_name="answers", verbose_name=_("check"), db_index=False
    )
    version = models.PositiveIntegerField(_("version"))
    first_response = models.JSONField(_("first answer"))
    first_is_right = models.BooleanField(_("first answer is right"), null=True)
    first_at = models.DateTimeField(_("first answered"), default=timezone.now)
    last_response = models.JSONField(_("last answer"))
    last_is_right = models.BooleanField(_("last answer is right"), null=True)
    last_at = models.DateTimeField(_("last answered"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    closeness = models.CharField(
        _("how close to the model answer"), max_length=8, blank=True, choices=[(c.value, c.value) for c in Closeness]
    )
    # Of the form that was sent last: the same form sent again is no further attempt.
    last_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["user", "question", "version"], name="unique_answer")]
        indexes = [models.Index(fields=["question", "version"], name="answers_by_question")]

    def __str__(self):
        return f"{self.user_id} on {self.question_id}"


class ReviewCard(models.Model):
    """What somebody reviews: a check that they have answered, or a glossary term of a lesson that they have read.

    `stability` (in days) and `difficulty` are FSRS's estimates; None until the first review. One that is suspended
    does not come back until its owner takes it in again.
    """

    user = models.ForeignKey(
        User, models.CASCADE, related_name="review_cards", verbose_name=_("person"), db_index=False
    )
    question = models.ForeignKey(
        KnowledgeCheck, models.CASCADE, null=True, blank=True, related_name="review_cards", verbose_name=_("check")
    )
    term = models.ForeignKey(
        GlossaryTerm, models.CASCADE, null=True, blank=True, related_name="review_cards", verbose_name=_("term")
    )
    stability = models.FloatField(_("stability"), null=True)
    difficulty = models.FloatField(_("difficulty"), null=True)
    reviewed_at = models.DateTimeField(_("last reviewed"), null=True)
    due_at = models.DateTimeField(_("due"))
    reviews = models.PositiveIntegerField(_("reviews"), default=0)
    is_suspended = models.BooleanField(_("left out"), default=False)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")
        constraints = [
            models.UniqueConstraint(fields=["user", "question"], name="unique_review_of_check"),
            models.UniqueConstraint(fields=["user", "term"], name="unique_review_of_term"),
            models.CheckConstraint(
                condition=Q(question=None, term__isnull=False) | Q(question__isnull=False, term=None),
                name="review_of_check_xor_term",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "due_at"], condition=Q(is_suspended=False), name="due_reviews"),
        ]

    def __str__(self):
        return f"{self.user_id}: {self.question_id or self.term_id}"


class ReviewPreference(models.Model):
    """Whether somebody has turned review off, and when a digest reminded them of what was due."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="review_preference")
    is_paused = models.BooleanField(_("review is off"), default=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)

    class Meta:
        verbose_name = _("review preference")
        verbose_name_plural = _("review preferences")

    def __str__(self):
        return f"{self.user_id}: {'off' if self.is_paused else 'on'}"
