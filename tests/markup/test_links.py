"""Only text meant as an address becomes a link: in posts, in lessons, and in the source of a module."""

import re

import pytest

from lessons.markup.lesson_markdown import link_addresses, render_markdown
from lessons.markup.post_markdown import has_links, render_post

RENDERERS = (render_post, render_markdown, link_addresses)


@pytest.mark.parametrize(
    "text",
    [
        "I agree.It was so.",
        "See example.com/path, file.py and node.js",
        "ftp://example.org",
        "//example.org",
        "www.it",
        "a.www.example.org",
        "1.2.3.4 and e.g.this",
        "@lea",
        "lea@localhost and lea@home.1",
    ],
)
def test_text_that_only_looks_like_an_address_is_not_linked(text):
    for render in RENDERERS:
        assert "<a " not in render(text)
    assert not has_links(render_post(text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a?b=c.", "https://example.org/a?b=c"),
        ("HTTP://localhost:8000/lessons/3/", "HTTP://localhost:8000/lessons/3/"),
        ("(www.example.org)", "http://www.example.org"),
        ("WWW.Example.org/a", "http://WWW.Example.org/a"),
        ("lea.b@example.org", "mailto:lea.b@example.org"),
        ("(lea@uni.berlin).", "mailto:lea@uni.berlin"),
        ("lea@a.photography, Otto", "mailto:lea@a.photography"),
    ],
)
def test_an_address_is_linked(text, address):
    for render in RENDERERS:
        assert re.findall('href="([^"]+)"', render(text)) == [address]
    assert has_links(render_post(text))


def test_links_within_this_site_do_not_count_as_links():
    assert not has_links(render_post("[x](/lessons/3/) and [y](#sec-a)"))
    assert has_links(render_post("[x](//example.org/)"))


def test_plain_text_is_escaped_around_its_links():
    assert link_addresses('<b> https://example.org/"> & c') == (
        '&lt;b&gt; <a href="https://example.org/">https://example.org/</a>&quot;&gt; &amp; c'
    )
