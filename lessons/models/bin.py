"""The bin of a course: what is deleted from it, and can be restored."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Course

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
    bin_entry = models.ForeignKey(
        "lessons.BinEntry", models.RESTRICT, null=True, blank=True, editable=False, related_name="+"
    )

    all_objects = models.Manager()

    class Meta:
        abstract = True


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
