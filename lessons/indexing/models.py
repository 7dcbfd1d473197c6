"""The passages in the index of texts. The tables of the indexes and of the vocabulary have no models."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextEntry(models.Model):
    """A passage of a text that can be found. Its id is the number of its row in `indexes.TEXTS`.

    `kind` and `object_id` name the text: a lesson, a term of the glossary, an event of the timeline. `number` counts
    the passages of one text from 0, in order. `start` and `end` are its offsets in the text of the revision (code
    points), for a lesson, and `anchor` is the id of the element at which a hit opens. A check of a lesson is a
    passage, too, at the offset where it stands.

    What is found is stored, too, so that a hit is shown without its text being read again: `title` is that of the
    lesson, the term, or the event; `heading` the headings that the passage stands under, or when the event was;
    `text` the passage on one line. `language` is that of the course, `scope` the row's tokens in order.

    `object_id` is no foreign key, because this package is below the texts.
    """

    class Kind(models.TextChoices):
        LESSON = "lesson", _("lesson")
        TERM = "term", _("glossary term")
        EVENT = "event", _("timeline event")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    object_id = models.BigIntegerField(_("object"))
    number = models.PositiveIntegerField(_("number"), default=0)
    start = models.PositiveIntegerField(_("start"), default=0)
    end = models.PositiveIntegerField(_("end"), default=0)
    anchor = models.CharField(_("anchor"), max_length=220, blank=True)
    title = models.TextField(_("title"), default="")
    heading = models.TextField(_("heading"), default="", blank=True)
    text = models.TextField(_("text"), default="", blank=True)
    language = models.CharField(_("language"), max_length=12, default="")
    scope = models.TextField(_("scope"), default="")

    class Meta:
        verbose_name = _("passage in the search index")
        verbose_name_plural = _("passages in the search index")
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "number"], name="unique_text_entry")]

    def __str__(self):
        return f"{self.kind} {self.object_id}, {self.number}"
