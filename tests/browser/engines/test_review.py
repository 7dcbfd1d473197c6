"""An article from another page's clipboard, reviewed and made a module."""

from urllib.parse import quote

import pytest

pytestmark = pytest.mark.engines
ARTICLE = """<h1>Dikes seen in {0}</h1><p>Whoever lives below the sea in {0} builds walls against it.</p>
<h2>How a dike is bilt</h2><p>A core of sand carries a coat of clay. A <b>seep</b> is water that comes through it.</p>
<h2>Acknowledgements</h2><p>We thank the board of the polder.</p>
<h2>The night of 1 February 1953</h2><p>On 1 February 1953 the sea broke through. People walked along the dike.</p>"""


def test_an_article_is_pasted_reviewed_and_made_a_module(visitor, sign_in_as, engine_name):
    visitor.goto(f"data:text/html;charset=utf-8,{quote(ARTICLE.format(engine_name))}")
    visitor.click(visitor.one("p"))
    visitor.keys("Control+a", "Control+c")
    sign_in_at_site(visitor, sign_in_as)
    paste(visitor)
    review(visitor)
    visitor.press("button", "Create the module")
    visitor.wait_for("The module was created as a draft.")
    visitor.wait_for("How a dike is built")
    assert "Acknowledgements" not in visitor.text()


def sign_in_at_site(page, sign_in_as):
    page.goto("/health/live/")
    sign_in_as("instructor")
    page.goto("/admin/")


def paste(page):
    page.press("link", "New module from an article")
    page.one(".formatted-paste, article-paste textarea")
    page.click(page.find("textbox", "Paste the article"))
    page.keys("Control+v")
    page.one(".formatted-paste h2")
    page.press("button", "Continue")
    page.wait_for_path("/admin/articles/")


def review(page):
    dike = page.one("section[aria-label='How a dike is bilt']")
    page.field("Heading", "How a dike is built", dike)
    page.keys("Escape")
    page.click(page.script("return arguments[0].querySelector('option[value=case_study]')", dike))
    page.find("textbox", "Location")

    thanks = "section[aria-label=Acknowledgements]"
    page.press("button", "Leave out", page.one(f"{thanks} .section-buttons"))
    page.wait_until(lambda: not page.all(thanks))
    page.press("button", "Undo")
    page.one(thanks)
    page.press("button", "Redo")
    page.wait_until(lambda: not page.all(thanks))

    page.click(page.one("#timeline input[type=checkbox]"))
    page.wait_for("Timeline 0 of 1")
    page.press("button", "Accept all", page.one("#timeline"))
    page.wait_for("Timeline 1 of 1")
