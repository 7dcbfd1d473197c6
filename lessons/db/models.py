"""What is kept about forms: those that were submitted, so that they do their work once, and what was not sent yet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmittedForm(models.Model):
    """A form that has done its work: see `idempotency`. It is deleted after `idempotency.KEPT_FOR`.

    `form` names the view, `key` identifies the one time that the form was shown; `digest` is that of its content, and
    `result` the address to which it led: empty only within the transaction that does the work.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="submitted_forms",
        verbose_name=_("person"),
        db_index=False,
    )
    form = models.CharField(_("form"), max_length=100)
    key = models.UUIDField(_("key"))
    digest = models.CharField(_("digest"), max_length=64)
    result = models.CharField(_("result"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("submitted form")
        verbose_name_plural = _("submitted forms")
        constraints = [models.UniqueConstraint(fields=["user", "form", "key"], name="unique_submitted_form")]

    def __str__(self):
        return f"{self.form} {self.key}"


class UnsentText(models.Model):
    """What somebody has written in a form and not sent: see `unsent_texts`.

    `draft_key` names the form, such as `thread-7`. `fields` has what it contains by name: a string, or a list of them
    for a field with several values; nothing of it is validated.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="unsent_texts", verbose_name=_("person"), db_index=False
    )
    draft_key = models.CharField(_("form"), max_length=80)
    fields = models.JSONField(_("fields"), default=dict)
    updated_at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("unsent text")
        verbose_name_plural = _("unsent texts")
        constraints = [models.UniqueConstraint(fields=["user", "draft_key"], name="unique_unsent_text_per_form")]

    def __str__(self):
        return f"{self.user}: {self.draft_key}"
