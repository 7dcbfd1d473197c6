"""All that the portal keeps of a person, layer by layer."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lessons.annotations import own as notes
from lessons.discussions.own import collecting as talk
from lessons.models import Asset, Revision
from lessons.people.models import User
from lessons.people.own import collecting as people
from lessons.people.own.collecting import Section
from lessons.reading import own as reading


def sections(user: User) -> Iterable[Section]:
    """Lazy: rows are read from the database while they are written down."""
    yield from people.sections(user)
    yield from reading.sections(user)
    yield from notes.sections(user)
    yield from talk.sections(user)
    yield Section("published", _("Texts that you published"), _published(user))
    yield Section("uploaded", _("Images that you uploaded for lessons"), _uploaded(user))


def _published(user: User):
    """The texts are the course's: here stands which they are."""
    revisions = Revision.objects.filter(author=user).order_by("pk").select_related("lesson__module__course")
    for revision in revisions.defer("html", "text", "facts").iterator(chunk_size=500):
        yield {
            "course": revision.lesson.module.course.title,
            "title": revision.title,
            "revision": revision.number,
            "what_changed": revision.note,
            "published": revision.published_at,
        }


def _uploaded(user: User):
    for asset in Asset.objects.filter(uploaded_by=user).order_by("pk").select_related("course"):
        yield {"course": asset.course.title, "shows": asset.alt, "uploaded": asset.created_at}
