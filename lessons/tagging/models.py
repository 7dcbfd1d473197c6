"""Tags, compared by a normalised key: `Émile` and `émile` are the same on SQLite and PostgreSQL alike."""

import unicodedata
from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from lessons.indexing.folded import FoldedField, FoldedModel
from lessons.markup.characters import comparison_key, visible_characters

MAX_TAG_LENGTH = 100


MAX_KEY_LENGTH = 3 * MAX_TAG_LENGTH


def normalise_tag(name: str) -> str:
    """Return the `comparison_key` of the name, cut to MAX_KEY_LENGTH: some letters become several."""
    return comparison_key(name)[:MAX_KEY_LENGTH]


class NormalisedKeyField(models.CharField):
    """Store `normalise_tag` of the column `of`: with a unique constraint, one row however a name is written.

    SQLite's LOWER knows only ASCII, so that a constraint on it would allow both `Élan` and `élan`.
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
    def named(self, name: str, folded: str):
        """Return the tag with this slug, or else those with this name, whatever its case, accents and width. `folded`
        is the `folded_line` of the name.
        """
        has_slug = Exists(Tag.objects.filter(slug=name))
        return self.filter(Q(slug=name) | Q(~has_slug, folded_name=folded))

    def get_or_create_named(self, name: str) -> "Tag":
        """Return the tag that is written like `name`, created if there is none. At most two queries, four if new."""
        return self.get_or_create(name=name)[0]

    def get_or_create(self, defaults=None, **kwargs):
        """Match a `name` by its key, so that taggit, which creates tags by name, finds the same one in other case."""
        if "name" in kwargs:
            name = visible_characters(unicodedata.normalize("NFC", kwargs.pop("name")))[:MAX_TAG_LENGTH]
            defaults, kwargs["key"] = {**(defaults or {}), "name": name}, normalise_tag(name)
        return super().get_or_create(defaults, **kwargs)


class Tag(TagBase, FoldedModel):  # type: ignore[django-manager-missing]  # taggit has no types
    name = models.CharField(_("name"), max_length=MAX_TAG_LENGTH)
    folded_name = FoldedField(of="name")
    key = models.CharField(_("key"), max_length=MAX_KEY_LENGTH, unique=True, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def slugify(self, tag, i=None):
        """Return a slug that is never empty (`++`, `🦑`), with room for the number that makes equal ones unique."""
        slug = slugify(tag, allow_unicode=True)[: MAX_TAG_LENGTH - 8] or "tag"
        return slug if i is None else f"{slug}_{i}"


def without_blank(names: Iterable[str]) -> list[str]:
    """Return the names that have something visible."""
    return [name for name in names if normalise_tag(name)]


class AbstractTagThrough(ItemBase):
    """Joins a tag to a text. An owner makes it concrete with `content_object`, a foreign key to itself."""

    tag = models.ForeignKey(Tag, related_name="%(class)ss", on_delete=models.CASCADE)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="unique_%(class)s")]
