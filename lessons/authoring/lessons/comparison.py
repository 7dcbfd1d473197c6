"""What differs between two versions of a lesson: title, summary, facts of a case study, and the text."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.authoring.lessons.history import Version
from lessons.markup.comparison import Comparison, Segment, compare, compare_words
from lessons.markup.sanitise import CHECK_ATTRIBUTE
from lessons.models import CaseStudy, Revision
from lessons.practice.described import with_described_checks
from lessons.practice.transfer import checks_in, checks_of_revisions


class ComparedField(NamedTuple):
    label: str
    segments: list[Segment]


class ComparedVersions(NamedTuple):
    fields: list[ComparedField]
    text: Comparison

    @property
    def is_same(self) -> bool:
        return not self.fields and self.text.is_same


def compare_versions(old: Version | None, new: Version) -> ComparedVersions:
    """Compare two versions; without `old` everything is new. Slow for long texts: call it outside of transactions."""
    return ComparedVersions(list(_fields(old, new)), compare(described_html(old) if old else "", described_html(new)))


def described_html(version: Version) -> str:
    """Return the version's HTML with its checks: of a revision as they were published, else as they are now. A query,
    none without checks.
    """
    if CHECK_ATTRIBUTE not in version.html:
        return version.html
    row = version.row
    if isinstance(row, Revision):
        checks = checks_of_revisions([row.pk]).get(row.pk, {})
    else:
        checks = checks_in(row.body, row.lesson_id)
    return with_described_checks(version.html, checks)


def _fields(old: Version | None, new: Version) -> Iterator[ComparedField]:
    before = {"title": old.row.title, **old.row.facts} if old else {}
    after = {"title": new.row.title, **new.row.facts}
    for name in dict.fromkeys([*after, *before]):
        texts = _text(before.get(name)), _text(after.get(name))
        if texts[0] != texts[1] and name != "kind":
            yield ComparedField(_label(name), compare_words(*texts))


def shown_fields(version: Version) -> list[tuple[str, str]]:
    """Return the labels and texts of a version's fields that are not empty, without title and text."""
    fields = ((name, _text(value)) for name, value in version.row.facts.items() if name != "kind")
    return [(_label(name), text) for name, text in fields if text]


def _text(value: str | list[str] | None) -> str:
    return "\n".join(value) if isinstance(value, list) else value or ""


def _label(name: str) -> str:
    """Return what the form calls a field; a revision may have facts that lessons no longer have."""
    names = {field.name: field.verbose_name for field in CaseStudy._meta.concrete_fields}
    return str(names.get(name, _("another fact")))
