"""Queued e-mails and, for some days, those that were sent or given up."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Priority(models.IntegerChoices):
    """Which e-mails go first, and who sends them: web processes send all but the last, the scheduler sends all."""

    NOW = 0, _("now: somebody waits for it")
    SOON = 1, _("soon")
    SCHEDULED = 2, _("with the next run of the scheduler")


class OutgoingEmailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=OutgoingEmail.State.WAITING)

    def due(self, now: datetime, up_to: int):
        """Return the e-mails to be sent now, with a priority of at most `up_to`, in the order of sending."""
        due = self.waiting().filter(due_at__lte=now, priority__lte=up_to)
        return due.order_by("priority", "due_at", "pk")


class OutgoingEmail(models.Model):
    """An e-mail to one address. It is due at `due_at`, which also is when the claim of a process that died expires.

    Either `content` is the e-mail, encrypted (see `encryption`); or it is built when it is sent, from the row with the
    id `reference`, by the function registered for its `kind`. At most one of the same kind and reference waits. The
    content is deleted as soon as the e-mail is sent or given up, the row some days later.

    `recipient_id` is the account's id, without a foreign key, because this package is below `accounts`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    kind = models.CharField(_("kind"), max_length=60)
    to = models.CharField(_("to"), max_length=320, db_index=True)
    recipient_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    reference = models.BigIntegerField(null=True, blank=True)
    content = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NOW)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("queued"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    claimed_by = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(_("sent or given up"), null=True, blank=True)
    error = models.CharField(_("latest error"), max_length=300, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing e-mail")
        verbose_name_plural = _("outgoing e-mails")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"],
                condition=models.Q(state="waiting", reference__isnull=False),
                name="one_waiting_email_per_reference",
            )
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"], condition=models.Q(state="waiting"), name="waiting_emails"
            ),
            models.Index(fields=["finished_at"], name="finished_emails"),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
