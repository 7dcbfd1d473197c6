"""A lesson's HTML as Markdown: it is read back as the same text, and a person would have written it like that."""

import re
from random import Random

import pytest

from lessons.markup.formulas import formula
from lessons.markup.html_to_markdown import as_html, blocks_of, is_same_text, to_markdown
from lessons.markup.lesson_markdown import render_lesson
from lessons.markup.sanitise import sanitise
from tests.articles import build
from tests.importing.articles import ARTICLES, read
from tests.structures import STRUCTURES

IMAGE = "/assets/0b6f6d7a-0000-4000-8000-000000000001/"
EXAMPLES = {
    "Water [sic] H<sub>2</sub>O &amp; <em>not</em> <strong>salt</strong>.": "Water [sic] H~2~O & *not* **salt**.",
    "<strong>Bold </strong>word": "**Bold** word",
    "<strong>“Bold”</strong>word": "<strong>“Bold”</strong>word",
    "<em><sub>2</sub>He</em>": "<em>~2~He</em>",
    "2 * 3 * 4 and snake_case and _x_": r"2 \* 3 \* 4 and snake_case and \_x\_",
    "1. May": r"1\. May",
    "- no list": r"\- no list",
    "# no heading": r"\# no heading",
    "$5 or $6": r"\$5 or \$6",
    "from $5": "from $5",
    "[x](y) &lt;b&gt; &amp;amp;": r"\[x\](y) \<b> \&amp;",
    "https://example.org/a and a@example.org": r"https\://example.org/a and a\@example.org",
    '<a href="https://example.org/a">https://example.org/a</a>': "<https://example.org/a>",
    '<a href="#sec-where" title="A &quot;q&quot;">there</a>': r'[there](#sec-where "A \"q\"")',
    '<a href="https://example.org/a_(b)">there</a>': "[there](<https://example.org/a_(b)>)",
    f'<img src="{IMAGE}" alt="A wave [left]">': rf"![A wave \[left\]]({IMAGE})",
    "<code>a`b</code> and <kbd>Tab</kbd>": "``a`b`` and <kbd>Tab</kbd>",
    formula(r"E=mc^2"): "$E=mc^2$",
    formula(r"E=mc^2", display=True): "$$E=mc^2$$",
    "a<br>b": "a\\\nb",
    "one\ntwo": "one\ntwo",
}
BLOCKS = {
    "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul>": "- a\n- b\n  - c",
    "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>": "- a\n\n  b\n\n- c",
    "<ul><li>a</li></ul><ul><li>b</li></ul>": "- a\n\n* b",
    '<ol start="3"><li>a</li><li value="7">b</li></ol>': "3. a\n7. b",
    '<ol type="a"><li>x</li><li>y</li></ol>': "a) x\nb) y",
    "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>": "> a\n\n<!-- -->\n\n> b",
    "<table><tr><th><p>a</p></th><th>b|c</th></tr><tr><td><p>1</p></td><td><p></p></td></tr></table>": (
        "| a | b\\|c |\n|---|---|\n| 1 | |"
    ),
    '<table><tr><th>a</th><th class="align-end">b</th></tr><tr><td>1</td><td class="align-end">2</td></tr></table>': (
        "| a | b |\n|---|--:|\n| 1 | 2 |"
    ),
    '<h2 id="sec-a">A</h2><h3 id="sec-other">B</h3>': "## A\n\n### B {#sec-other}",
    '<p lang="de">Ebbe *</p>': '<p lang="de">Ebbe *</p>',
    "<pre><code>```\n\nx\n```</code></pre>": "````\n```\n\nx\n```\n````",
    f'<figure><img src="{IMAGE}" alt="x"><figcaption>Y</figcaption></figure>': (
        f'<figure>\n<img src="{IMAGE}" alt="x">\n<figcaption>Y</figcaption>\n</figure>'
    ),
    '<aside class="callout callout-note"><p>a</p></aside>': '<aside class="callout callout-note">\n\na\n\n</aside>',
    '<aside class="callout callout-tip"><p><strong>Mind!</strong></p><p>a</p></aside>': ":::tip Mind!\n\na\n\n:::",
}

# What Markdown has no way to write, with the Markdown inside it, and what is normalised.
OTHERS = {
    '<h2 lang="de">Ebbe</h2>': '<h2 lang="de">Ebbe</h2>',
    '<blockquote lang="de"><p>a</p></blockquote>': '<blockquote lang="de">\n\na\n\n</blockquote>',
    "<blockquote></blockquote>": "<blockquote>\n\n</blockquote>",
    "<details><p>a</p></details>": "<details>\n\na\n\n</details>",
    "<details open><summary>S</summary><p>a</p></details>": (
        '<details open="">\n<summary>S</summary>\n\na\n\n</details>'
    ),
    "<details><summary>[x</summary><p>a</p></details>": "<details>\n<summary>[x</summary>\n\na\n\n</details>",
    '<aside class="callout callout-tip"><p><strong>[Mind</strong></p><p>a</p></aside>': (
        '<aside class="callout callout-tip">\n\n**[Mind**\n\na\n\n</aside>'
    ),
    '<section class="footnotes"><p>a</p></section>': '<section class="footnotes">\n  <p>a</p>\n</section>',
    '<ol start="-3"><li>a</li></ol>': '<ol start="-3">\n  <li>a</li>\n</ol>',
    '<ol start="0"><li value="0">a</li></ol>': "0. a",
    '<ol><li>a</li><li value="1">b</li></ol>': '<ol>\n  <li>a</li>\n  <li value="1">b</li>\n</ol>',
    '<ol type="1"><li value="4">a</li></ol>': "4. a",
    '<ol type="a" start="3"><li>a</li></ol>': '<ol type="a" start="3">\n  <li>a</li>\n</ol>',
    "<ol reversed><li>a</li></ol>": '<ol reversed="">\n  <li>a</li>\n</ol>',
    '<ul lang="de"><li><p>a</p><p>b</p></li></ul>': '<ul lang="de">\n<li>\n\na\n\nb\n\n</li>\n</ul>',
    "<dl><dd>b</dd></dl>": "<dl>\n  <dd>b</dd>\n</dl>",
    "<p><s>a~b</s> <s>~c</s> <code> </code></p>": "<s>a~b</s> <s>~c</s> <code> </code>",
    f'<p><img src="{IMAGE}" alt="x" width="3"></p>': f'<img src="{IMAGE}" alt="x" width="3">',
    '<p><a>x</a> <a href="#y" title="">z</a></p>': "x [z](#y)",
    '<table><thead><tr><th scope="col" colspan="1">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>': (
        "| a |\n|---|\n| b |"
    ),
    "<pre><code></code></pre>": "```\n\n```",
    "<pre><code><b>x</b></code></pre>": "<pre><code><b>x</b></code></pre>",
}


def back(markdown):
    return render_lesson(markdown, {}.get)


def test_removed_blocks_do_not_touch_beside_a_picture():
    html = '<ul><li><div>one</div><div>two <img src="x.png"></div></li></ul>'
    assert back(html) == "<ul><li>one<br>two </li></ul>"


@pytest.mark.parametrize(("html", "markdown"), [(f"<p>{html}</p>", text) for html, text in EXAMPLES.items()])
def test_a_paragraph_is_written_as_a_person_would(html, markdown):
    assert to_markdown(html) == f"{markdown}\n"
    assert is_same_text(back(markdown), sanitise(html))


@pytest.mark.parametrize(("html", "markdown"), [*BLOCKS.items(), *OTHERS.items()])
def test_a_block_is_written_as_a_person_would(html, markdown):
    assert to_markdown(html) == f"{markdown}\n"
    assert is_same_text(back(markdown), sanitise(html))


def test_a_text_is_written_as_html_without_being_read_again():
    html = '<p>a *b*</p><p><a href="/x/">y</a></p>'
    assert as_html(html, {"/x/": "z.md"}) == '<p>a *b*</p>\n\n<p><a href="z.md">y</a></p>\n'


def test_every_structure_comes_back():
    markdown = to_markdown(STRUCTURES)
    assert blocks_of(back(markdown)) == blocks_of(STRUCTURES)
    assert to_markdown(back(markdown)) == markdown
    assert "[^1]: A footnote." in markdown


@pytest.mark.parametrize("note", ["<sup>a</sup>", '<sup class="footnote-ref"><a href="#fn-b">*</a></sup>'])
def test_notes_that_markdown_cannot_say_stay_as_they_are(note):
    notes = '<section class="footnotes"><ol><li id="fn-b"><p>One</p></li><li id="fn-c">Two</li></ol></section>'
    html = sanitise(f"<p>See{note}.</p>{notes}")
    assert blocks_of(back(to_markdown(html))) == blocks_of(html)


def test_addresses_are_written_as_those_of_files():
    html = f'<p><a href="/lessons/1/silt/#sec-a">x</a> <img src="{IMAGE}" alt="y"></p>'
    images = {"images/y.webp": IMAGE}
    addresses = {"/lessons/1/silt/#sec-a": "01-silt.md#sec-a", IMAGE: "images/y.webp"}
    assert to_markdown(html, addresses, images) == "[x](01-silt.md#sec-a) ![y](images/y.webp)\n"


def test_markdown_that_would_take_long_to_read_is_html():
    html = "<p>" + "[a " * 6000 + "</p>"
    markdown = to_markdown(html)
    assert blocks_of(back(markdown)) == blocks_of(html)


NAMES = sorted(path.name for path in ARTICLES.iterdir() if path.is_file() and path.suffix != ".py")
SAMPLES = [name for name in NAMES if name not in build.TROUBLES]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "tides.md" else pytest.mark.thorough) for name in SAMPLES]
)
def test_every_sample_comes_back(name):
    html = sanitise("\n".join(block.html or f"<h2>{block.text}</h2>" for block in read(name).blocks))
    assert blocks_of(back(to_markdown(html))) == blocks_of(html)


# Every sign that means something in Markdown, in HTML, in TeX or to the parsers of our own.
WORDS = (
    r"""
a tide été 「海」 1. - + # *x* _y_ __ $5 $x$ $$ [ ] [x] [^1] ]( ]: ![ {#id} {.c} ~ ~~ ^ ` `` \ \( \[x | : :: < > & ---
:::note http://a.b/c www.x.org a@b.org <b> &amp; &#35; === 2) I) b) (c) A. <!-- % \begin{align}
""".split()
    + ["\xa0", "\u200b", "\u202e"]
)
INLINE = ["strong", "em", "s", "u", "b", "sub", "sup", "code", "kbd", "q", 'a href="#sec-x"', 'abbr title="A *b* | c"']
BLOCK = ["p", "h2", "blockquote", "ul", "ol", "pre", "table", "dl", "details", "aside", "figure", 'p lang="de"']


def inline_of(random, depth=0):
    pieces = []
    for _ in range(random.randint(1, 4)):
        text = random.choice([" ", "", "\n"]).join(random.choices(WORDS, k=random.randint(1, 4)))
        pieces.append(text.replace("&", "&amp;").replace("<", "&lt;"))
        if depth < 2 and random.random() < 0.4:
            tag = random.choice(INLINE)
            pieces.append(f"<{tag}>{inline_of(random, depth + 1)}</{tag.split()[0]}>")
        pieces.append(random.choice(["", "", "<br>", f'<img src="{IMAGE}" alt="*a* [b]">', formula("a|b_1")]))
    return "".join(pieces)


def blocks_with(random, depth=0):
    tags = random.choices(BLOCK if depth < 2 else ["p"], k=random.randint(1, 3))
    return "".join(block_with(random, tag, depth) for tag in tags)


def block_with(random, tag, depth):
    text = inline_of(random)
    content = blocks_with(random, depth + 1) if depth < 2 and random.random() < 0.5 else inline_of(random)
    if tag in ("ul", "ol"):
        return f"<{tag}><li>{content}</li><li>{text}</li></{tag}>"
    return {
        "pre": f"<pre><code>{text}\n\n```</code></pre>",
        "table": f"<table><tr><th>{text}</th></tr><tr><td>{inline_of(random)}</td></tr></table>",
        "dl": f"<dl><dt>{text}</dt><dd>{content}</dd></dl>",
        "details": f"<details><summary>{text}</summary>{content}</details>",
        "aside": f'<aside class="callout callout-tip"><p><strong>{text}</strong></p>{content}</aside>',
        "figure": f'<figure><img src="{IMAGE}" alt="x"><figcaption>{text}</figcaption></figure>',
        "blockquote": f"<blockquote>{content}</blockquote>",
    }.get(tag, f"<{tag}>{text}</{tag.split()[0]}>")


@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 150), marks=pytest.mark.thorough)])
def test_any_text_comes_back(seeds):
    for seed in seeds:
        html = sanitise(blocks_with(Random(seed)))
        markdown = to_markdown(html)
        assert blocks_of(back(markdown)) == blocks_of(html), seed


CONTENTS = ("a: b\n", 'c: "```"\n\nd: |-\n  e\n')
CHECKS = {f"{n:08}-0000-4000-8000-000000000000": content for n, content in enumerate(CONTENTS)}


@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 150), marks=pytest.mark.thorough)])
def test_checks_come_back_at_their_places(seeds):
    uid_of, fenced = {content: uid for uid, content in CHECKS.items()}, 0
    for seed in seeds:
        random = Random(seed)

        def with_check(found, random=random):
            place = f'<hr data-check="{random.choice(list(CHECKS))}">' if random.random() < 0.5 else ""
            return place + found[0]

        html = sanitise(re.sub("^|</(?:blockquote|details|aside|li|dd|td)>|$", with_check, blocks_with(random)))
        markdown = to_markdown(html, checks=CHECKS)
        assert blocks_of(render_lesson(markdown, {}.get, uid_of.get)) == blocks_of(html), seed
        fenced += len(re.findall("^ *(?:> )*`+check$", markdown, re.MULTILINE))
    assert fenced > len(seeds) / 2


def test_what_is_not_read_back_after_so_many_attempts_is_html(monkeypatch):
    html = "<p>^<q>^</q></p>"
    assert to_markdown(html) == "&#94;<q>&#94;</q>\n"
    monkeypatch.setattr("lessons.markup.html_to_markdown.MAX_ATTEMPTS", 1)
    assert to_markdown(html) == f"{html}\n"


def test_white_space_between_the_paragraphs_of_an_item_is_no_text():
    assert is_same_text("<ul><li><p>a</p> <p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>")


def test_a_line_above_the_footnotes_is_no_difference():
    note = '<li id="fn1">Deep <a href="#fnref1">back</a></li>'
    sea = '<p>Sea<sup class="footnote-ref"><a href="#fn1">1</a></sup></p>'
    notes = f'<section class="footnotes"><ol>{note}</ol></section>'
    assert is_same_text(f"{sea}<hr>{notes}", f"{sea}{notes}")
    assert not is_same_text(f"{sea}<hr><p>b</p>{notes}", f"{sea}<p>b</p>{notes}")
