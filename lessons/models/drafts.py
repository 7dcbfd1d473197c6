"""What is kept about a draft: its earlier versions, who is editing it, and when it is to be published."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.models.texts import Lesson


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

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+", verbose_name=_("lesson"), db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("user"))
    seen_at = models.DateTimeField(_("seen"), db_index=True)

    class Meta:
        verbose_name = _("person editing a lesson")
        verbose_name_plural = _("people editing lessons")
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="unique_presence_per_lesson_and_user")]

    def __str__(self):
        return f"{self.user}: {self.lesson}"


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

    lesson = models.ForeignKey(
        Lesson, models.CASCADE, related_name="schedules", verbose_name=_("lesson"), db_index=False
    )
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
