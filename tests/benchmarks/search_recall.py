"""Ask the forty questions of `search_questions`, and print for which the right passage is not among the first three.

By hand, in a site that has the sample course (`manage.py quickstart --no-serve`):

    python manage.py shell < tests/benchmarks/search_recall.py

The goal is 36 of 40. Everybody may read the course, so that a visitor asks.
"""

from django.contrib.auth.models import AnonymousUser

from lessons.courses.models import Course
from lessons.indexing.models import TextEntry
from lessons.markup.blocks import text_blocks
from lessons.models import GlossaryTerm, Lesson, TimelineEvent
from lessons.search.filters import SearchFilter
from lessons.search.find import find
from tests.benchmarks.search_questions import QUESTIONS

FIRST, GOAL = 3, 36
course = Course.objects.get(slug="alliances-and-diplomacy")
lessons = {
    lesson.slug: (lesson.pk, text_blocks(lesson.current_revision.html))
    for lesson in Lesson.objects.published().filter(module__course=course).select_related("current_revision")
}
terms = dict(GlossaryTerm.objects.filter(module__course=course).values_list("term", "pk"))
events = dict(TimelineEvent.objects.filter(module__course=course).values_list("date", "pk"))


def is_answer(entry, answer):
    """Return whether the row of the index is this term or event, or has the beginning of this block."""
    where, what = answer
    if where == "term":
        return (entry.kind, entry.object_id) == (TextEntry.Kind.TERM, terms[what])
    if where == "event":
        return (entry.kind, entry.object_id) == (TextEntry.Kind.EVENT, events[what])
    pk, blocks = lessons[where]
    is_lesson = (entry.kind, entry.object_id) == (TextEntry.Kind.LESSON, pk)
    return is_lesson and entry.start <= blocks[what].start < entry.end


def ranks(found, answers):
    """Return at which places of what was found the answers are, from 1."""
    entries = TextEntry.objects.in_bulk(found)
    return [n for n, pk in enumerate(found, 1) if any(is_answer(entries[pk], answer) for answer in answers)]


answered = 0
for question, answers in QUESTIONS:
    found = find(AnonymousUser(), course, SearchFilter(text=question), languages=[course.language]).texts
    places = ranks(found, answers)
    if places and places[0] <= FIRST:
        answered += 1
    else:
        what = f"is at place {places[0]}" if places else "was not found"
        print(f"{question!r}: of {len(found)} passages, the right one {what}.")
print(
    f"{answered} of {len(QUESTIONS)} questions are answered by one of the first {FIRST} passages; the goal is {GOAL}."
)
