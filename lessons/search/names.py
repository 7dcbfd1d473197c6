"""Find the tokens of what a search is narrowed to by name: tags, authors, and lessons or modules."""

from collections.abc import Iterable

from django.db.models import Q

from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.indexing import tokens
from lessons.indexing.terms import words_of
from lessons.markup.folding import accentless_pattern
from lessons.models import Lesson
from lessons.permissions import is_site_administrator
from lessons.tagging.models import Tag, normalise_tag

MAX_AUTHORS = 20
# So many titles are compared with a name, those of the newest lessons.
MAX_TITLES = 5000
MYSELF = "me"


def tags_named(names: Iterable[str]) -> list[frozenset[str]]:
    """Return for each name the tokens of the tag with this name or slug. One query, none without names."""
    names = list(names)
    if not names:
        return []
    keys = {name: normalise_tag(name) for name in names}
    rows = Tag.objects.filter(Q(key__in=keys.values()) | Q(slug__in=names)).values_list("pk", "key", "slug")
    found = list(rows)
    return [
        frozenset(tokens.tag(pk) for pk, key, slug in found if key == keys[name] or slug == name) for name in names
    ]


def authors_named(names: Iterable[str], user, course: Course | None) -> list[frozenset[str]]:
    """Return for each name the tokens of the posts that members of the course, or of the user's courses, have written
    under a name or handle that has all its words. A query a name.
    """
    return [_author_tokens(name.removeprefix("@"), user, course) for name in names]


def _author_tokens(name: str, user, course: Course | None) -> frozenset[str]:
    if not user.is_authenticated:
        return frozenset()
    if name.casefold() == MYSELF and user.pk:
        return frozenset({tokens.own(user.pk)})
    members = Membership.objects.all()
    if course:
        members = members.filter(course=course)
    elif not is_site_administrator(user):
        members = members.filter(course__in=list(active_memberships(user)))
    words = [word.term for word in words_of(name)]
    for word in words:
        pattern = f"(^|[ -]){accentless_pattern(word)}"
        members = members.filter(Q(handle__regex=pattern) | Q(user__display_name__regex=pattern))
    found = members.order_by().values_list("user", flat=True).distinct()[:MAX_AUTHORS] if words else []
    return frozenset(map(tokens.written_by, found))


def places_named(names: Iterable[str], user, course: Course | None) -> list[frozenset[str]]:
    """Return for each name the tokens of the readable lessons and modules whose title has all its words. One query,
    none without names.
    """
    names = list(names)
    if not names:
        return []
    lessons = Lesson.objects.visible_to(user)
    lessons = lessons.filter(module__course=course) if course else lessons
    rows = lessons.order_by("-pk").values_list("pk", "current_revision__title", "module", "module__title")
    titles = {}
    for lesson, title, module, module_title in rows[:MAX_TITLES]:
        titles[tokens.lesson(lesson)], titles[tokens.module(module)] = title, module_title
    words = {token: _terms(title) for token, title in titles.items()}
    return [frozenset(t for t, of_title in words.items() if name and name <= of_title) for name in map(_terms, names)]


def _terms(text: str) -> frozenset[str]:
    return frozenset(word.term for word in words_of(text))
