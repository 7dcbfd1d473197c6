"""One tag a word: `key` (case-folded, NFC) makes `Émile` and `émile` the same, on SQLite and PostgreSQL alike."""

import unicodedata

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, TagBase

MAX_TAG_LENGTH = 100


def normalise_tag(name: str) -> str:
    """The name as it is compared: NFC, case-folded, white space folded. `É` and `E` stay different letters."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


class NormalisedKeyField(models.CharField):
    """`tag_key` of the column `of`, kept by the field itself: with a unique constraint, one row a word.

    SQLite's LOWER knows only ASCII, so that a constraint on it would let `Élan` and `élan` stand side by side.
    """

    def __init__(self, *args, of: str, **kwargs):
        self.of = of
        super().__init__(*args, **{"editable": False, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance, add):
        key = normalise_tag(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key


class TagQuerySet(models.QuerySet):
    def named(self, name: str):
        """The tag that is written like `name`, made if there is none yet. At most two queries, four when it is new."""
        name = " ".join(unicodedata.normalize("NFC", name).split())[:MAX_TAG_LENGTH]
        tag, _made = self.get_or_create(key=normalise_tag(name), defaults={"name": name})
        return tag


class Tag(TagBase):
    name = models.CharField(_("name"), max_length=MAX_TAG_LENGTH)
    key = models.CharField(_("key"), max_length=3 * MAX_TAG_LENGTH, unique=True, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def slugify(self, tag, i=None):
        """As taggit's, but never empty (`++`, `🦑`) and with room for the number that tells equal ones apart."""
        words = slugify(tag, allow_unicode=True)[: MAX_TAG_LENGTH - 8] or "tag"
        return words if i is None else f"{words}_{i}"


class NormalisedTagManager(_TaggableManager):
    """taggit's manager, but names are matched by `Tag.key`."""

    def _to_tag_model_instances(self, tags, tag_kwargs):
        tags = [Tag.objects.named(t) if isinstance(t, str) else t for t in tags if not isinstance(t, str) or t.strip()]
        return super()._to_tag_model_instances(tags, tag_kwargs)


class AbstractTagThrough(ItemBase):
    """Joins a tag to a text. An owner makes it concrete with `content_object`, a foreign key to itself."""

    tag = models.ForeignKey(Tag, related_name="%(class)ss", on_delete=models.CASCADE)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="unique_%(class)s")]
