"""Where the pages of insight lead to."""

from functools import lru_cache
from urllib.parse import quote, urlencode

from lessons.insight.board import BoardLesson
from lessons.insight.counted import FigureFilter
from lessons.markup.row_templates import url
from lessons.models import lesson_url_slug

FRAGMENT_WORDS = 8
FRAGMENT_CHARACTERS = 60


def lesson_url(pk: int, slug: str) -> str:
    return url("reading:lesson", pk, lesson_url_slug(slug))


@lru_cache(maxsize=8192)
def place_url(page: str, anchor: str, words: str) -> str:
    """Return the address of a passage in the page of its lesson: browsers that know text fragments go to its first
    words, others to its section.
    """
    first = " ".join(words.rstrip("…").split()[:FRAGMENT_WORDS])
    directive = f":~:text={quote(first, safe='').replace('-', '%2D')}" if first else ""
    return f"{page}#{quote(anchor)}{directive}"


def edit_url(lesson: BoardLesson) -> str:
    return url(f"admin:lessons_{'casestudy' if lesson.is_case_study else 'lesson'}_change", lesson.pk)


def edit_passage_url(lesson: BoardLesson, words: str) -> str:
    """Return the address of the editor at a passage of the draft, which begins with these words."""
    first = "".join(words.partition(" · ")[0].rstrip("…").split())[:FRAGMENT_CHARACTERS]
    return f"{edit_url(lesson)}#place=passage:{quote(first, safe='')}"


def edit_check_url(lesson: BoardLesson, uid: str) -> str:
    """Return the address of the form of a check, which needs no script."""
    return url(f"admin:lessons_{'casestudy' if lesson.is_case_study else 'lesson'}_check", lesson.pk, uid)


def discussion_url(lesson: BoardLesson, words: str) -> str:
    """Return the address of the form for a discussion about the lesson, with a passage quoted."""
    return f"{url('discussions:lesson_comments', lesson.pk)}?{urlencode({'quote': words})}#write"


def answer_url(course_slug: str, thread: int) -> str:
    return f"{url('discussions:moderator_inbox', course_slug)}?question={thread}#q{thread}"


@lru_cache(maxsize=4096)
def query_string(filters: FigureFilter, **more: object) -> str:
    """Return the query of a page with the filter; `?` without one."""
    fields = {"group": filters.group, "label": filters.label, **more}
    return f"?{urlencode({name: value for name, value in fields.items() if value})}"
