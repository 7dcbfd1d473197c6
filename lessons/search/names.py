"""Find the tokens of what a search is narrowed to by name: tags, authors, and lessons or modules."""

from collections.abc import Iterable

from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.indexing import tokens
from lessons.indexing.folded import folded_line, starts_word
from lessons.indexing.terms import words_of
from lessons.models import Lesson
from lessons.permissions import is_site_administrator
from lessons.tagging.models import Tag

MAX_AUTHORS = 20
# So many titles are compared with a name, those of the newest lessons.
MAX_TITLES = 5000
MYSELF = "me"


def tags_named(names: Iterable[str]) -> list[frozenset[str]]:
    """Return for each name the tokens of the tags with this name or slug. A query a name."""
    named = (Tag.objects.named(name, folded_line(name)).values_list("pk", flat=True) for name in names)
    return [frozenset(map(tokens.tag, pks)) for pks in named]


def authors_named(names: Iterable[str], user, course: Course | None) -> list[frozenset[str]]:
    """Return for each name the tokens of the posts that members of the course, or of the user's courses, have written
    whose name or handle has words that begin with all its words. A query a name.
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
    words = folded_line(name).split()
    for word in words:
        members = members.filter(starts_word("user__folded_name", word) | starts_word("folded_handle", word))
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
