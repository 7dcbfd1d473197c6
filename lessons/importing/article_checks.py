"""Checks of articles. An article and its review have them as code of the language “check”; its lessons have checks.

What an article says and what a lesson has are compared as code, written in one way.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.importing.document import element
from lessons.markup.lesson_markdown import CHECK
from lessons.markup.sanitise import CHECK_PLACE, InvalidText
from lessons.memo import memoized
from lessons.models import Lesson
from lessons.practice.check_text import CheckReader, read_check, write_check
from lessons.practice.checks import Check
from lessons.practice.places import place_of, with_uids
from lessons.practice.transfer import load_checks

CODE = re.compile(rf'<pre><code class="language-{CHECK}">([^<]*)</code></pre>')


@memoized
def with_uniform_checks(html: str) -> str:
    """Return sanitised HTML whose checks are written as `write_check` writes them; what is no check stays as it is."""
    return _replaced(html, lambda code: _code(read_check(code)))


def with_checks_as_code(html: str, checks: Mapping[str, Check]) -> str:
    """Return the text of a lesson with its checks as code. checks: by their uids."""
    return CHECK_PLACE.sub(lambda found: _code(checks[found[1]]) if found[1] in checks else "", html)


def _code(check: Check) -> SafeString:
    return element("pre", element("code", write_check(check), class_=f"language-{CHECK}"))


def _replaced(html: str, replacement: Callable[[str], str]) -> str:
    """Return HTML with something else in the place of code, unless `replacement` raises InvalidText for it."""

    def replaced(found: re.Match[str]) -> str:
        try:
            return replacement(unescape(found[1]))
        except InvalidText:
            return found[0]

    return CODE.sub(replaced, html)


def place_checks(lesson: Lesson, html: str) -> str:
    """Return the HTML of an article with checks of the lesson in the place of code. See `load_checks`."""
    reader = CheckReader()
    placed = _replaced(html, lambda code: place_of(reader.uid(code)))
    return with_uids(placed, load_checks(lesson=lesson, checks=reader.checks).uids)


def place_checks_of(lessons: Iterable[Lesson]) -> None:
    """Place the checks of new lessons, whose texts have them as code. Some queries for each lesson that has checks."""
    found = [lesson for lesson in lessons if CODE.search(lesson.body)]
    for lesson in found:
        lesson.body = place_checks(lesson, lesson.body)
    if found:
        Lesson.objects.bulk_update([Lesson(pk=lesson.pk, body=lesson.body) for lesson in found], ["body"])


def check_notices(texts: Iterable[str]) -> list[str]:
    """Return a sentence for each block of code that should be a check and is none. texts: HTML, in order."""
    notices = []
    for number, code in enumerate((code for html in texts for code in CODE.findall(html)), 1):
        try:
            read_check(unescape(code))
        except InvalidText as error:
            message = _("Check %(number)s stays a block of code until it is mended: %(problem)s")
            notices.append(message % {"number": number, "problem": error})
    return notices
