"""`Revision.text` equals the browser's `textContent`, character for character: the offsets of notes depend on it."""

import random
import sqlite3
from pathlib import Path

import pytest

from lessons.markup import plain_text
from lessons.services import prepare_html
from tests.browser.lesson_text import LESSON_TEXT
from tests.environment import sample

PIECES = [
    "<p>", "</p>", "<h2>", "</h2>", "<h1>", "</h1>", "<ul>", "<li>", "</li>", "</ul>", "<ol start=3>", "</ol>",
    "<table>", "<tr>", "<td>", "</td>", "<th scope=col>", "</table>", "<caption>c</caption>", "<thead>", "<tbody>",
    "<pre>", "\n", "\n\n", "</pre>", "<code>", "</code>", "<blockquote>", "</blockquote>", "<em>", "</em>", "<b>",
    "</b>", "<a href='/x'>", "</a>", "<br>", "<hr>", "<dl>", "<dt>", "<dd>", "</dl>", "&amp;", "&lt;b&gt;", "&nbsp;",
    "&#13;", "&zwj;", "&hellip;", "&notit;", "&ampamp", "&#x1F600;", "😀", "👩‍👩‍👧", "𝔘", "e\u0301", "שלום", "مرحبا",
    "\u202e",
    "\u00ad", "  ", "\t", "\r\n", "\r", "\x00", "\x0b", "x", "word ", "<section>", "</section>", "<sup id=fnref1>",
    "<figure>", "<figcaption>", "</figure>", "<script>1</script>", "<style>p{}</style>", "<!-- c -->", "<svg>",
    "</svg>", "<div>", "</div>", "<span>", "<u>", "</u>", "<select><option>o", "<textarea>\n t</textarea>",
    "<p dir=rtl>", "<b><p></b>", "<math alttext='a&lt;b'>", "</math>", "<mi>", "</mi>", "<mtext>", "</mtext>",
    "<mo>&lt;</mo>", "<annotation>", "<semantics>", "<mglyph>",
]  # fmt: skip


def generated(seed):
    pick = random.Random(seed)
    return "".join(pick.choice(PIECES) for _ in range(pick.randint(5, 60)))


@pytest.fixture(scope="module")
def blank(browser):
    page = browser.new_page()
    page.set_content("<!doctype html><div data-revision></div>")
    yield page
    page.close()


def shown(page, html):
    """Return the browser's textContent of a page that has this HTML in the element of a revision."""
    page.set_content(f"<!doctype html><meta charset=utf-8><body><div data-revision>{html}</div>")
    return page.evaluate("document.querySelector('[data-revision]').textContent")


@pytest.mark.sampled
@pytest.mark.parametrize("start", sample(range(0, 200, 50), parts=4))
def test_text_of_generated_documents_equals_the_browsers(blank, start):
    for seed in range(start, start + 50):
        html = prepare_html(generated(seed))
        assert shown(blank, html) == plain_text.plain_text(html), (seed, html)


@pytest.mark.thorough
def test_text_of_published_lessons_equals_the_browsers_glossary_links_included(page, environment):
    database = sqlite3.connect(Path(environment["DATA_DIR"]) / "db.sqlite3")
    query = "SELECT l.id, l.slug, r.text FROM lessons_lesson l JOIN lessons_revision r ON r.id = l.current_revision_id"
    query += " ORDER BY l.id LIMIT 15"  # the sample's; other tests write more
    rows = database.execute(query).fetchall()
    database.close()
    assert len(rows) == 15
    for pk, slug, words in rows:
        page.goto(f"/lessons/{pk}/{slug}/")
        assert page.evaluate(LESSON_TEXT) == words
        assert page.locator("[data-revision] .term").count() > 0
