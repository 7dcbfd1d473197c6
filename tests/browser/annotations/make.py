"""Notes on a lesson of the sample course, created in the server's database by its own code."""

import json

MAKE = """
import json
from uuid import uuid4
from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.passages import locate_passage
from lessons.annotations.services.annotate import annotate
from lessons.discussions.services.posting import prepare_post
from lessons.models import Lesson

labels = {label.key: label for label in DEFAULT_LABELS}
lesson = Lesson.objects.with_course().get(title=TITLE)
text = lesson.current_revision.text
sentences = [(n, n + 24) for n in (text.index(p) for p in text.split("\\n") if len(p) > 60)]


def note(who, span, label, source):
    key = uuid4()
    prepared = prepare_post(source, course=lesson.module.course, key=key)
    passage = locate_passage(lesson.current_revision, start=span[0], end=span[1])
    made = annotate(by=User.objects.get(email=f"{who}@example.org"), lesson=lesson, passage=passage,
                    label=labels[label], prepared=prepared, key=key, audience="course")
    return {"id": made.pk, "uid": str(made.uid), "exact": made.exact, "start": made.start, "end": made.end}


start, end = sentences[0]
for n in range(CROWD):
    note("learner-b", (start, end), "note", f"One more, the {n}th.")
print(json.dumps({
    "lesson": lesson.pk, "url": lesson.get_absolute_url(), "text": text,
    "note": note("learner-b", (start, end), "note", "Is this *so*?"),
    "question": note("instructor", (start + 30, end + 20), "question", "What does it promise?"),
    "last": note("learner-b", sentences[-1], "idea", "The last word."),
}))
"""


def lesson_with_notes(shell, title, crowd=0):
    """Return its URL and text, and three notes: two on the first paragraph, one on the last. Each file of tests uses a
    lesson of its own. `crowd` is the number of further notes on the first paragraph.
    """
    return json.loads(shell(f"TITLE = {title!r}\nCROWD = {crowd}\n{MAKE}"))


def until(page, expression):
    """Wait until an expression is true: the page's content security policy forbids `wait_for_function`."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def painted(page, layer):
    """Return the passages painted in a layer."""
    return page.evaluate(
        "name => [...(CSS.highlights.get(`annotation-${name}`) ?? [])].map((r) => { const live = new Range();"
        "live.setStart(r.startContainer, r.startOffset); live.setEnd(r.endContainer, r.endOffset);"
        "return live.toString() })",
        layer,
    )
