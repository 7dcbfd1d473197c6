"""Fields of models that normalise what is saved and what is looked up."""

import unicodedata

from django.db import models


class NormalisedSlugField(models.SlugField):
    """A slug of any script in NFKC: full-width letters make no second address that looks like the first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"allow_unicode": True, **kwargs})

    def to_python(self, value):
        value = super().to_python(value)
        return unicodedata.normalize("NFKC", value) if value else value

    def get_prep_value(self, value):
        return super().get_prep_value(self.to_python(value) if isinstance(value, str) else value)

    def pre_save(self, model_instance, add):
        slug = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, slug)
        return slug
