"""The results of a search as its page and the panel under its box show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lessons.courses.models import Course
from lessons.indexing.models import TextEntry
from lessons.search import filters as kinds
from lessons.search.filters import SearchFilter
from lessons.search.find import Found, find
from lessons.search.post_results import (
    NoteResult,
    PostRow,
    ThreadResult,
    by_thread,
    note_results,
    readable_rows,
    thread_results,
)
from lessons.search.text_results import FoundText, TextResult, readable_texts, text_results

# How many results of each kind are shown where all kinds are, and how many of one kind on a page.
FEW = 5
PAGE_SIZE = 20
# How many of the few texts may be terms and events, whose short texts are always found first, if lessons are found.
FEW_ITEMS = 2
# So many posts are looked at for one discussion, several of whose posts may match.
POSTS_PER_THREAD = 2
MAX_PASSAGES = 20


@dataclass(frozen=True)
class Results:
    """The results to show of each kind, and the threads that they are in; `has_more` if there is another page.

    Where few of each kind are shown, `longer` are the kinds of which there are more.
    """

    texts: Sequence[TextResult] = ()
    discussions: Sequence[ThreadResult] = ()
    notes: Sequence[NoteResult] = ()
    thread_ids: Sequence[int] = ()
    has_more: bool = False
    longer: frozenset[str] = frozenset()


def load_results(user, course: Course | None, found: Found, filters: SearchFilter, *, few: int = FEW) -> Results:
    """Return the page of results that `filters` name, or `few` of each kind. What the user may no longer read is left
    out, whatever the index says. Two queries at most.
    """
    is_few, patterns = filters.kind in (kinds.ALL, kinds.MINE), found.match.patterns
    size, first = (few, 0) if is_few else (PAGE_SIZE, PAGE_SIZE * (filters.page - 1))
    texts = readable_texts(user, found.texts)
    texts = _mixed(texts, few) if filters.kind == kinds.ALL else texts
    passages = MAX_PASSAGES if filters.lesson else 1
    threads, notes = found.discussions, found.notes
    posts_in_threads = size * POSTS_PER_THREAD if is_few else size
    shown_threads, shown_notes = threads[first : first + posts_in_threads], notes[first : first + size]
    rows = readable_rows(user, course, [*shown_threads, *shown_notes])
    discussions = by_thread(_of(rows, shown_threads))
    is_longer = {
        kinds.TEXTS: any(text.row.kind == TextEntry.Kind.LESSON for text in texts[size:]),
        kinds.DISCUSSIONS: len(threads) > len(shown_threads) or len(discussions) > size,
        kinds.NOTES: len(notes) > size,
    }
    return Results(
        text_results(user, texts[first : first + size], patterns, max_passages=passages),
        thread_results(discussions[:size], user.pk or 0, patterns),
        note_results(_of(rows, shown_notes), user.pk or 0, patterns),
        thread_ids=list(dict.fromkeys(row.thread for row in rows)),
        has_more=not is_few and any(len(ids) > first + size for ids in (texts, threads, notes)),
        longer=frozenset(kind for kind, is_true in is_longer.items() if is_true) if is_few else frozenset(),
    )


def _mixed(texts: list[FoundText], few: int) -> list[FoundText]:
    """Return the texts with no more than FEW_ITEMS terms and events among the first `few`, unless there are too few
    lessons.
    """
    lessons = sum(text.row.kind == TextEntry.Kind.LESSON for text in texts)
    room = max(FEW_ITEMS, few - lessons)
    first, later = list[FoundText](), list[FoundText]()
    for text in texts:
        is_item = text.row.kind != TextEntry.Kind.LESSON
        (later if is_item and not room else first).append(text)
        room -= is_item and room > 0
    return first + later


def suggest(
    user, course: Course, text: str, *, few: int = FEW, is_typing: bool = True, is_any_word_enough: bool = False
) -> tuple[Found, Results]:
    """Return `few` results of each kind for a text that somebody has begun to write in a course, as the search page
    would show them: for the panel under the box of the course bar and, if any of its words is enough, for the title
    of a question. While they are typing, the last word may be the beginning of one.
    """
    filters = SearchFilter(text=text)
    found = find(
        user,
        course,
        filters,
        languages=[course.language],
        is_typing=is_typing,
        is_any_word_enough=is_any_word_enough,
    )
    return found, load_results(user, course, found, filters, few=few)


def _of(rows: list[PostRow], pks: Sequence[int]) -> list[PostRow]:
    wanted = set(pks)
    return [row for row in rows if row.pk in wanted]
