"""Who has asked about a passage is told that it was rewritten, and says where they read it that it is clear now."""

import json

import pytest

from tests.browser.axe import violations

ASK = """
import json
from uuid import uuid4
from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.passages import locate_passage
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import annotate
from lessons.discussions.services.posting import prepare_post
from lessons.discussions.services.questions import answer_question
from lessons.models import Lesson

asker, teacher = (User.objects.get(email=f"{who}@example.org") for who in ("learner-a", "instructor"))
lesson, key = Lesson.objects.with_course().get(title="Cyber defence"), uuid4()
course, (question,) = lesson.module.course, [label for label in DEFAULT_LABELS if label.key == "question"]
text = lesson.current_revision.text
start = text.index(". ") + 2
asked = annotate(by=asker, lesson=lesson, label=question, key=key, audience="course",
                 passage=locate_passage(lesson.current_revision, start=start, end=start + 30),
                 prepared=prepare_post("What does this mean?", course=course, key=key))
Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body.replace(asked.exact, f"In other words: {asked.exact}", 1))
publish(lesson=Lesson.objects.get(pk=lesson.pk), by=teacher)
answer_question(thread=asked.thread, by=teacher, prepared=prepare_post("It says so now.", course=course, key=uuid4()))
print(json.dumps({"id": asked.pk, "uid": str(asked.uid), "thread": asked.thread_id}))
"""


@pytest.mark.thorough
def test_who_asked_says_that_it_is_clear_where_they_read_it(page, sign_in_as, shell):
    asked = json.loads(shell(ASK))
    sign_in_as(page, "learner-a")
    page.goto("/notifications/")
    assert violations(page) == []
    page.get_by_role("link", name="rewrote a passage you asked about").first.click()
    page.get_by_text("In other words:").wait_for()
    assert violations(page, narrow=True) == []
    page.get_by_role("button", name="Clear now").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("status").filter(has_text="Your question is open again.").wait_for()

    page.goto(f"/threads/{asked['thread']}/")
    page.get_by_text("Is this clear to you now?").wait_for()
    page.get_by_role("button", name="Clear now").click()
    page.get_by_role("status").filter(has_text="You said that this is clear now.").wait_for()
    assert page.get_by_text("Is this clear to you now?").count() == 0

    page.goto(f"/notes/{asked['id']}/")
    clear = page.locator(f"#note-{asked['uid']}").get_by_role("button", name="Clear now")
    clear.and_(page.locator("[aria-pressed=true]")).click()
    clear.and_(page.locator("[aria-pressed=false]")).wait_for()
    page.goto("/courses/alliances-and-diplomacy/work/?kind=notes")
    page.get_by_text("What does this mean?").first.wait_for()
    assert violations(page, narrow=True) == []
