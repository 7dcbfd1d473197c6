"""The lifecycle of a note: created, replied to, edited, re-anchored in a new text, found, exported, deleted.

How something is pressed, written or found depends on the input method (`input_methods.py`).
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

WORDS, WORDS_NOW = "drink what comes over them", "drink nearly all that comes over them"
BEGINS = "<h2>Walls</h2><p>A wall keeps the sea out for a while.</p>"
OLD = f"{BEGINS}<p>Dunes {WORDS}, and give it back by day. Nobody has to pay for that.</p>"
NEW = f"{BEGINS}<p>No wall lasts.</p><p>Dunes {WORDS_NOW}, and give it back by day. Nobody has to pay for that.</p>"
LESSON = """
from lessons.annotations.services import publish
from lessons.models import Lesson, Module
from lessons.accounts.models import User
from lessons.courses.models import Course
fields = {"title": %(title)r, "slug": %(slug)r}
course = Course.objects.get(slug="alliances-and-diplomacy")
module = Module.objects.create(course=course, state="published", position=99, **fields)
lesson = Lesson.objects.create(module=module, body=%(old)r, **fields)
publish(lesson=lesson, by=User.objects.get(email="instructor@example.org"))
lesson = Lesson.objects.get(pk=lesson.pk)
lesson.body = %(new)r
lesson.save()
print(lesson.get_absolute_url())
"""
ASKED, ANSWER = "Like a sponge?", "Like sand, which it is."
DELETED = "This post was deleted by its author."
NOTE, READERS, REPLY = "Leïla Benali, Question", "Post to Group A", "Reply to Group A"


class Lesson(NamedTuple):
    """A lesson in a module of its own, published with WORDS in it; its draft has WORDS_NOW instead."""

    title: str
    address: str

    @property
    def edited(self):
        """Return the final text of the note, unique among its author's notes."""
        return f"Like a sponge, as in {self.title}?"


def lesson_of(title, shell):
    slug = re.sub(r"[^a-z]+", "-", title.lower())
    code = LESSON % {"title": title, "slug": slug, "old": OLD, "new": NEW}
    return Lesson(title, shell(code).strip())


def run_lifecycle(author, teacher, lesson):
    """Go through the whole lifecycle. `author` is learner-a, `teacher` the instructor."""
    make(author, lesson)
    answer(teacher, lesson)
    edit(author, lesson)
    publish(teacher, lesson)
    find(author, lesson)
    export(author, lesson)
    delete(author, lesson)
    teacher.page.goto(lesson.address)
    wait_for_tombstone(teacher.to_card(NOTE), lesson)


def make(author, lesson):
    author.page.goto(lesson.address)
    form = author.mark(WORDS, "Question")
    author.write("Your text", ASKED, form)
    author.press("button", "Preview", form)
    form.locator(".preview").get_by_text(ASKED).wait_for()
    author.send_to(READERS, form)
    author.wait_for_status("Note created.")
    author.to_card(NOTE).get_by_text(ASKED).wait_for()


def answer(teacher, lesson):
    teacher.page.goto(lesson.address)
    card = teacher.to_card(NOTE)
    card.get_by_text(ASKED).wait_for()
    teacher.thank(card)
    teacher.press("link", "Reply: Leïla Benali", card)
    form = teacher.form_in(card)
    teacher.write("Your text", ANSWER, form)
    teacher.press("button", REPLY, form)
    teacher.wait_for_reply(card, ANSWER)


def edit(author, lesson):
    author.page.goto(lesson.address)
    card = author.to_card(NOTE)
    card.get_by_text(ANSWER).wait_for()
    author.open_menu(card)
    author.press("link", "Change label", card)
    author.page.get_by_role("button", name="Question", pressed=True).wait_for()
    author.press("link", "Edit text")
    author.write("Your text", lesson.edited)
    author.press("button", "Save")
    author.wait_for_status("Your change has been saved.")
    author.to_card(NOTE).get_by_text(lesson.edited).wait_for()


def publish(teacher, lesson):
    """Publish from the lesson's page, after the preview of what happens to the notes."""
    page = teacher.page
    teacher.press("link", "Edit", page.get_by_role("banner"))
    teacher.write("What changed", "More is said of dunes")
    teacher.press("button", "Publish")
    page.get_by_role("heading", name="What happens to the notes").wait_for()
    summary = page.get_by_role("main").inner_text()
    assert "0 unchanged 1 changed 0 lose their passages" in " ".join(summary.split())
    assert "Leïla Benali" in summary
    assert lesson.edited in summary
    page.get_by_role("insertion").filter(has_text="nearly all that").wait_for()
    teacher.press("button", "Publish")
    page.get_by_text("Revision 2 is published. Readers see it now.").wait_for()


def find(author, lesson):
    """Find the note in the notebook, and go from there to the text."""
    open_notebook(author)
    search(author, lesson)
    kept = author.page.get_by_role("listitem").filter(has_text=lesson.edited)
    kept.get_by_text("the passage has changed since").wait_for()
    author.press("link", WORDS, kept)
    card = author.wait_at_passage(NOTE, WORDS_NOW)
    card.get_by_text("The text has changed. It was:").wait_for()
    card.get_by_role("deletion").filter(has_text="what").wait_for()
    card.get_by_role("insertion").filter(has_text="nearly all that").wait_for()


def open_notebook(author):
    author.press("button", "Account of Leïla Benali (LB)")
    author.press("link", "My notebook", author.page.get_by_role("navigation", name="Account"))


def search(author, lesson):
    author.write("Text in a passage or note", lesson.edited)
    author.press("button", "Show")
    author.page.wait_for_url("**/notebook/?q=*")


def export(author, lesson):
    """Export the lesson's notes as JSON-LD with the replies, and the search result of the notebook as Markdown."""
    author.to_list()
    author.press("link", "Export notes")
    collection = json.loads(downloaded(author, "Download notes"))
    items = {words_of(item): item for item in collection["first"]["items"]}
    assert set(items) == {lesson.edited, ANSWER}
    assert WORDS in json.dumps(items[lesson.edited]["target"])
    assert items[lesson.edited]["id"] in json.dumps(items[ANSWER]["target"])
    open_notebook(author)
    search(author, lesson)
    notebook = downloaded(author, "Markdown")
    assert f"> {WORDS}" in notebook
    assert lesson.edited in notebook


def words_of(annotation):
    body = annotation["body"]
    return (body[0] if isinstance(body, list) else body)["value"]


def downloaded(author, name):
    with author.page.expect_download() as coming:
        author.press("link", name)
    return Path(coming.value.path()).read_text(encoding="utf-8")


def delete(author, lesson):
    """Delete the note from the notebook; the reply stays at its passage."""
    author.press("link", WORDS)
    card = author.wait_at_passage(NOTE, WORDS_NOW)
    author.open_menu(card)
    author.press("link", "Change label", card)
    author.press("button", "Delete note")
    author.wait_for_status("Your text is deleted; the replies stay.")
    wait_for_tombstone(author.to_card(NOTE), lesson)


def wait_for_tombstone(card, lesson):
    """Wait for the reply, under the tombstone of the note."""
    card.get_by_text(ANSWER).wait_for()
    card.get_by_text(DELETED).wait_for()
    assert card.get_by_text(lesson.edited).count() == 0
