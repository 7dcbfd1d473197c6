"""The record of submitted forms, so that one submitted twice does its work once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmittedForm(models.Model):
    """A form that has done its work: see `idempotency`. It is deleted after `idempotency.KEPT_FOR`.

    `form` names the view, `key` identifies the one time that the form was shown; `digest` is that of its content, and
    `result` the address to which it led: empty only within the transaction that does the work.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="submitted_forms", verbose_name=_("person")
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
