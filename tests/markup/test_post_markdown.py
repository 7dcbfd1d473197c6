"""What people write becomes HTML that is safe to show, whatever they write."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.markup import sanitise
from lessons.markup.plain_text import single_line
from lessons.markup.post_markdown import CLEANER, clean_source, render_post
from tests.environment import examples, sample

HOSTILE = [
    "`" * 3000,
    "> " * 5000 + "x",
    "[" * 8000,
    "![" * 6000,
    "*a_" * 6000,
    "- " * 6000 + "x",
    "[a](<" * 3000,
    "www." * 1200,
    "a@" * 2000,
    "[^1]: " * 3000,
    "|a" * 8000 + "\n" + "|-" * 8000,
    "~~" * 8000,
    "&" * 20000,
    "\\" * 20000,
]


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_markdown_becomes_html_or_is_refused(source):
    with suppress(sanitise.InvalidText):
        assert "<script" not in render_post(source)


SLOW = ["`", "> ", "[", "![", "*a_", "- ", "[a](<", "www.", "a@", "[^1]: ", "|-|", "~~", "@a", "<a ", "@李", "李@"]
# Seconds of processor, not of the clock: a parser whose time grows with the square or worse needs minutes.
BUDGET = 20
RENDER = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({budget}, {budget}))
from contextlib import suppress
import django; django.setup()
from lessons.markup import sanitise
from lessons.markup.post_markdown import MAX_BYTES, ParsedPost
for piece in {pieces!r}:
    for source in ("x " + piece * MAX_BYTES, "x\\n\\n" + (piece + "\\n") * MAX_BYTES):
        with suppress(sanitise.InvalidText):
            post = ParsedPost(source[:MAX_BYTES])
            post.render(post.mention_keys)
print("done")
"""


@pytest.mark.thorough
def test_hostile_markdown_of_the_maximum_length_takes_bounded_time():
    script = RENDER.format(budget=BUDGET, pieces=sample(SLOW, parts=4))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.stdout == "done\n", done.stderr


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://example.org/track.gif) y",
        '<img src=x onerror="alert(1)"> y',
        "<svg/onload=alert(1)> y",
        "[x](vbscript:msgbox) y",
        '<a href="x" onclick="y">z</a>',
    ],
)
def test_nothing_in_it_runs_or_calls_home(source):
    html = CLEANER.clean(render_post(source))
    assert 'href="java' not in html
    assert 'href="data' not in html
    assert 'href="vb' not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert '<a href="x" onclick' not in html


def test_links_are_marked_as_user_generated():
    html = render_post("See https://example.org and [here](http://example.org).")
    assert html.count('rel="nofollow ugc noopener noreferrer"') == 2


def test_tables_footnotes_code_and_strikethrough_are_rendered():
    html = render_post("|a|b|\n|-|-|\n|1|2|\n\n~~x~~ `y` z[^1]\n\n[^1]: Note", footnote_prefix="p7")
    for piece in ("<table>", "<s>x</s>", "<code>y</code>", 'id="fn-p7-1"', 'href="#fn-p7-1"'):
        assert piece in html


def test_a_line_end_is_a_line_break_columns_are_aligned_and_prices_stay_prices():
    html = render_post("One\ntwo 你\n好, $5 to $6, $x^2$\n\n|a|b|c|\n|:-|:-:|-:|\n|1|2|3|")
    assert "One<br>\ntwo 你<br>\n好, $5 to $6, <math" in html
    assert "<td>1</td>" in html
    assert '<td class="align-center">2</td>' in html
    assert '<td class="align-end">3</td>' in html


def test_each_block_of_a_text_in_both_directions_has_that_of_its_first_letter():
    html = render_post("1. שלום\n2. x\n\nHello\n\n> *שלום* x")
    for piece in ('<ol dir="rtl">', '<p dir="ltr">Hello', '<blockquote dir="rtl">', '<p dir="rtl"><em>'):
        assert piece in html
    assert "dir=" not in render_post("> שלום\n\nשלום")
    assert render_post("שלום\n\n12\n\nabc") == '<p dir="rtl">שלום</p>\n<p>12</p>\n<p dir="ltr">abc</p>'


def test_headings_stay_under_the_pages_own():
    assert "<h1" not in render_post("# Big\n\n## Less")


def test_only_our_own_images_stay():
    own = "/posts/images/8f14e45f-ceea-467f-a1d6-8b1b0c3d2e4f/"
    assert own in render_post(f"![A shore]({own})")
    assert "<img" not in render_post("x ![A shore](/posts/images/../../etc/)")


@settings(max_examples=examples(60), deadline=None)
@given(st.text(alphabet=st.sampled_from("ab*_`[]()!<>&#-|~^:@/\"' \n\\0"), max_size=120))
def test_the_cleaner_changes_nothing_a_second_time(source):
    try:
        html = render_post(source)
    except sanitise.InvalidText:
        return
    assert CLEANER.clean(html).strip() == html


def test_control_characters_and_lone_surrogates_are_removed():
    assert clean_source("a\x00b\ud800c") == "abc"
    assert single_line("a\u202eb\nc") == "ab c"
