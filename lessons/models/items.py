"""What belongs to a module beside its texts: glossary terms, timeline events and discussion prompts."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from lessons import dates
from lessons.models.bin import NOT_IN_BIN, NotInBinManager, SoftDeletable
from lessons.models.texts import Lesson, Module
from lessons.tagging.models import NormalisedKeyField


class ModuleItem(SoftDeletable):
    """Something that belongs to a module and may refer to one of its lessons."""

    module = models.ForeignKey(Module, models.CASCADE, related_name="%(class)ss", verbose_name=_("module"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="%(class)ss", verbose_name=_("lesson")
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = NotInBinManager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.lesson and self.module_id and self.lesson.module_id != self.module_id:
            raise ValidationError({"lesson": _("This lesson is in another module. Choose one of this module.")})


class GlossaryTerm(ModuleItem):
    term = models.CharField(_("term"), max_length=120)
    key = NormalisedKeyField(of="term", max_length=360)
    definition = models.TextField(_("definition"))

    class Meta:
        ordering = ["term"]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        constraints = [
            models.UniqueConstraint(
                fields=["module", "key"],
                condition=NOT_IN_BIN,
                name="unique_term_per_module",
                violation_error_message=_("This module already has this term."),
            )
        ]

    def __str__(self):
        return self.term


class TimelineEvent(ModuleItem):
    date = dates.EDTFField(_("date"), help_text=_("1949, 1949-04, 1949-04-04, 1999-03-24/1999-06-10, 1949~, -0431"))
    sort_key = models.BigIntegerField(editable=False, db_index=True)
    event = models.CharField(_("event"), max_length=300)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self):
        return self.event

    def clean(self):
        """Derive `sort_key`, too: always clean an event before saving it. The field itself refuses invalid dates."""
        super().clean()
        with suppress(ValueError):
            self.sort_key = dates.sort_key(self.date)


class Prompt(ModuleItem):
    """A question to start a discussion with."""

    text = models.TextField(_("question"))
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("discussion prompt")
        verbose_name_plural = _("discussion prompts")

    def __str__(self):
        return Truncator(self.text).chars(80)
