"""Notes on a lesson of the sample course, made in the server's database by its own code."""

import json

MAKE = """
import json
from uuid import uuid4
from lessons.annotations.actions.making import annotate, passage
from lessons.annotations.models import KINDS
from lessons.discussions.actions.writing import written
from lessons.models import Lesson
from lessons.accounts.models import User

kinds = {kind.key: kind for kind in KINDS}
lesson = Lesson.objects.with_course().get(title=TITLE)
text = lesson.current_revision.text
sentences = [(n, n + 24) for n in (text.index(p) for p in text.split("\\n") if len(p) > 60)]


def note(who, span, kind, source):
    key = uuid4()
    words = written(source, course=lesson.module.course, key=key)
    there = passage(lesson.current_revision, start=span[0], end=span[1])
    made = annotate(by=User.objects.get(email=f"{who}@example.org"), lesson=lesson, passage=there,
                    kind=kinds[kind], words=words, key=key, audience="course")
    return {"id": made.pk, "uid": str(made.uid), "exact": made.exact, "start": made.start, "end": made.end}


start, end = sentences[0]
print(json.dumps({
    "lesson": lesson.pk, "address": lesson.get_absolute_url(), "text": text,
    "note": note("learner-b", (start, end), "note", "Is this *so*?"),
    "question": note("instructor", (start + 30, end + 20), "question", "What does it promise?"),
    "last": note("learner-b", sentences[-1], "idea", "The last word."),
}))
"""


def lesson_with_notes(shell, title):
    """Its address and text, and three notes: two on the first paragraph, one on the last. Each file of tests has a
    lesson of its own."""
    return json.loads(shell(f"TITLE = {title!r}\n{MAKE}"))


def until(page, expression):
    """Waits for what a page's policy lets nobody evaluate there again and again."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def painted(page, layer):
    """The words in a layer."""
    return page.evaluate(
        "name => [...(CSS.highlights.get(`annotation-${name}`) ?? [])].map((r) => { const live = new Range();"
        "live.setStart(r.startContainer, r.startOffset); live.setEnd(r.endContainer, r.endOffset);"
        "return live.toString() })",
        layer,
    )
