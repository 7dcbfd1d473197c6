"""The images of a course."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Course


def asset_path(asset: "Asset", filename: str) -> str:
    return f"assets/{asset.uid}.webp"


class Asset(models.Model):
    """An uploaded image, re-encoded; whoever may read the course may see it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="assets", verbose_name=_("course"))
    file = models.FileField(_("image"), upload_to=asset_path)
    alt = models.CharField(_("alternative text"), max_length=300, help_text=_("What the image shows, in a sentence."))
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    uploaded_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self):
        return self.alt

    def get_absolute_url(self):
        return reverse("reading:asset", args=[self.uid])
