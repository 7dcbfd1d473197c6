"""The documents lead through the site: who does what they say finds the buttons that they name."""

import re

import pytest

from tests.browser.conftest import ROOT

ARTICLE = "# Reading the tide\n\n## Ebb\n\nThe water leaves twice a day.\n\n## Flood\n\nIt comes back."
STEPS = re.compile(r"^\d\. (.*?)(?=^\d\. |\n\n)", re.MULTILINE | re.DOTALL)
WORDS = re.compile(r"\*([^*]+)\*")
# What the steps name only to explain it.
EXPLAINED = {"Promote", "Demote", "Merge into the previous section", "Leave out"}


def named_in(section):
    """Return the words of the interface in the steps of a section of the teachers' document, in order."""
    text = (ROOT / "docs" / "teachers.md").read_text().partition(f"## {section}\n\n")[2]
    return [
        re.sub(r"\s+", " ", words)
        for step in STEPS.findall(text.partition("\n## ")[0])
        for words in WORDS.findall(step)
    ]


def follow(page, words):
    """Press what is called so, or see that it is there."""
    name = re.compile("^" + re.escape(words).replace("…", r"\d+") + "$")
    control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    control = control.or_(page.get_by_label(words)).or_(page.get_by_role("heading", name=words))
    if words in EXPLAINED or control.first.evaluate("e => e.matches('select, h1, h2')"):
        return control.first.wait_for()
    return control.first.click()


@pytest.mark.thorough
def test_a_first_course_is_made_as_the_document_for_teachers_says(page, sign_in_as):
    words = named_in("The first course in ten minutes")
    assert len(words) > 10
    sign_in_as(page, "instructor")
    page.goto("/admin/")
    for name in words:
        if name == "Create course":
            page.get_by_label("Title").fill("Tides")
        if name == "Continue":
            page.get_by_role("textbox", name="Paste the article").fill(ARTICLE)
        follow(page, name)
    page.get_by_text("/invitations/").first.wait_for()
