"""What a course's learners are asked to contribute, and what its staff decided about each of them."""

from collections.abc import Iterable
from datetime import datetime, time

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.models import Lesson, Module
from lessons.participation.requirements import REQUIREMENTS, SPREAD, Amounts


class ParticipationRuleQuerySet(models.QuerySet["ParticipationRule"]):
    def current(self):
        """Leave out deleted rules."""
        return self.filter(deleted_at=None)


class ParticipationRule(models.Model):
    """What each learner of a course is asked for, in all of it, one module or one lesson. 0 asks for nothing.

    Only what is done from `starts_on` on, a day in the course's time zone, and before `due_at` counts.
    """

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="participation_rules", verbose_name=_("course"), editable=False
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("For example: First half of the term"))
    module = models.ForeignKey(
        Module, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("module")
    )
    lesson = models.ForeignKey(
        Lesson, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("lesson")
    )
    notes = models.PositiveSmallIntegerField(_("notes"), default=0)
    note_days = models.PositiveSmallIntegerField(_("days with a note"), default=0)
    note_lessons = models.PositiveSmallIntegerField(_("lessons with a note"), default=0)
    note_sections = models.PositiveSmallIntegerField(_("sections with a note"), default=0)
    replies = models.PositiveSmallIntegerField(_("replies"), default=0)
    discussions = models.PositiveSmallIntegerField(_("discussions started"), default=0)
    lessons_read = models.PositiveSmallIntegerField(_("lessons completed"), default=0)
    checks = models.PositiveSmallIntegerField(_("checks answered"), default=0)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_at = models.DateTimeField(_("before"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = ParticipationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("participation rule")
        verbose_name_plural = _("participation rules")
        indexes = [models.Index(fields=["course"], condition=Q(deleted_at=None), name="participation_rules")]
        constraints = [
            models.CheckConstraint(condition=Q(module=None) | Q(lesson=None), name="rule_of_module_or_lesson"),
            models.CheckConstraint(condition=~Q(**dict.fromkeys(REQUIREMENTS, 0)), name="rule_asks_for_something"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__lte": F("notes") for name in SPREAD}), name="notes_for_what_they_spread_over"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def asked(self) -> Amounts:
        """Return how much the rule asks for."""
        return Amounts(*(getattr(self, name) for name in REQUIREMENTS))

    def starts_at(self) -> datetime | None:
        """Return the beginning of the first day in the course's time zone."""
        if self.starts_on is None:
            return None
        return datetime.combine(self.starts_on, time(), self.course.zone)

    def is_over(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now


def in_order_of_ends(rules: Iterable[ParticipationRule]) -> list[ParticipationRule]:
    """Return the rules by when they end; those that never do come last."""
    return sorted(rules, key=lambda rule: (rule.due_at is None, rule.due_at or rule.created_at, rule.pk))


def rule_to_show(rules: Iterable[ParticipationRule], now: datetime) -> ParticipationRule | None:
    """Return the rule that ends next or, if all are over, the last; None without rules."""
    rules = in_order_of_ends(rules)
    return next((rule for rule in rules if not rule.is_over(now)), rules[-1] if rules else None)


class ParticipationDecision(models.Model):
    """A decision by staff that somebody has met a rule, or has not, whatever is counted.

    Decisions are only added: the latest that was not withdrawn holds. Those of one form have the same `batch`, by
    which they are undone.
    """

    class Outcome(models.TextChoices):
        COMPLETE = "complete", _("Complete")
        INCOMPLETE = "incomplete", _("Not complete")
        COUNTED = "counted", _("As counted")

    rule = models.ForeignKey(
        ParticipationRule, models.CASCADE, related_name="decisions", verbose_name=_("rule"), db_index=False
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="participation_decisions", verbose_name=_("person"))
    outcome = models.CharField(_("participation"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    batch = models.UUIDField(_("form"), editable=False)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("decision about participation")
        verbose_name_plural = _("decisions about participation")
        constraints = [
            models.UniqueConstraint(fields=["rule", "user", "batch"], name="unique_decision_of_form"),
        ]
        indexes = [models.Index(fields=["batch"], name="decisions_by_form")]

    def __str__(self):
        return f"{self.user_id} in {self.rule_id}: {self.outcome}"
