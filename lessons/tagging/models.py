"""Tags, compared by a normalised key: `Émile` and `émile` are the same on SQLite and PostgreSQL alike."""

import unicodedata
from collections.abc import Iterable
from inspect import signature

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

MAX_TAG_LENGTH = 100
# The manager that taggit's field takes unless it is given another; taggit does not export it.
TagManager = signature(TaggableManager).parameters["manager"].default


def normalise_tag(name: str) -> str:
    """Return the name as it is compared: NFC, case-folded, white space collapsed. `É` and `E` stay different."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


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
    def get_or_create_named(self, name: str) -> "Tag":
        """Return the tag of this name, however it is written; create it if need be. At most two queries, or four."""
        name = " ".join(unicodedata.normalize("NFC", name).split())[:MAX_TAG_LENGTH]
        return self.get_or_create(key=normalise_tag(name), defaults={"name": name})[0]


class Tag(TagBase):
    name = models.CharField(_("name"), max_length=MAX_TAG_LENGTH)
    key = models.CharField(_("key"), max_length=3 * MAX_TAG_LENGTH, unique=True, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def slugify(self, tag, i=None):
        """Return a slug that is never empty (`++`, `🦑`), with room for the number that makes equal ones unique."""
        slug = slugify(tag, allow_unicode=True)[: MAX_TAG_LENGTH - 8] or "tag"
        return slug if i is None else f"{slug}_{i}"


class NormalisedTagManager(TagManager):
    """taggit's manager, but it matches names by `Tag.key` and leaves out blank ones."""

    def add(self, *tags, **kwargs):
        return super().add(*_as_tags(tags), **kwargs)

    def set(self, tags, **kwargs):
        return super().set(_as_tags(tags), **kwargs)


def _as_tags(tags: "Iterable[str | Tag]") -> list[Tag]:
    """Return the tags, each once, with those that are named looked up or created."""
    named = [tag for tag in tags if not isinstance(tag, str) or tag.strip()]
    return list(dict.fromkeys(Tag.objects.get_or_create_named(tag) if isinstance(tag, str) else tag for tag in named))


class AbstractTagThrough(ItemBase):
    """Joins a tag to its owner. A subclass adds `content_object`, a foreign key to the owner."""

    tag = models.ForeignKey(Tag, related_name="%(class)ss", on_delete=models.CASCADE)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="unique_%(class)s")]
