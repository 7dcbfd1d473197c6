"""The structures that Markdown has beyond CommonMark, in articles, lessons and posts."""

import pytest

from lessons.importing.readers import read_upload
from lessons.importing.readers.contents_title import is_contents_title
from lessons.markup.lesson_markdown import render_markdown
from lessons.markup.markdown_callouts import container_name, find_containers
from lessons.markup.markdown_structures import code_info
from lessons.markup.post_markdown import render_post
from lessons.markup.sanitise import InvalidText


def article(text):
    return read_upload("a.md", text.encode())


def parts(text):
    return [(block.type, block.text) for block in article(text).blocks]


STRUCTURES = {
    "definitions": ("neap\n: a small tide\n: a weak one", [("list", "neap: a small tide\na weak one")]),
    "callout": (":::note\nMind.\n:::", [("quote", "Note\nMind.")]),
    "callout with a title": ("::: warning The mud\nMind.\n:::", [("quote", "The mud\nMind.")]),
    "callouts in each other": (
        ":::note\na\n:::tip\nb\n:::\nc\n:::",
        [("quote", "Note\na\nTip\nb\nc")],
    ),
    "group": ("::: {.columns}\nleft\n:::\n\nright", [("paragraph", "left"), ("paragraph", "right")]),
    "colons in code": ("```\n:::note\n```\n\n:::\n", [("code", ":::note"), ("paragraph", ":::")]),
    "a callout without an end": (":::note\ntext", [("paragraph", ":::note text")]),
    "alert": ("> [!IMPORTANT]\n> Read.\n>\n> - a", [("quote", "Important\nRead.\na")]),
    "alert with a title": ("> [!tip]- Own *title*\n> Read.", [("quote", "Own title\nRead.")]),
    "indented callout": ('!!! danger "Stop"\n    Here.\n', [("quote", "Stop\nHere.")]),
    "directive": ("```{tip} Own\nGo.\n\n~~~js\nx\n~~~\n```\n\nend", [("quote", "Own\nGo.\nx"), ("paragraph", "end")]),
    "directive with options": (
        "```{admonition} Own\n:class: tip\n:name: x\n\nGo.\n```\n\n:::{admonition} Own\n:class: tip\nGo.\n:::",
        [("quote", "Own\nGo."), ("quote", "Own\nGo.")],
    ),
    "callout without options": (":::note\n:a: Go.\n:::", [("quote", "Note\n:a: Go.")]),
    "formula in a fence": (
        "```math\na+b\n```\n\n```{math}\n:label: x\na-b\n```",
        [("formula", "a+b"), ("formula", "a−b")],
    ),
    "formula between backticks": ("$`a+b`$ costs $`` ` ``", [("paragraph", "a+b costs $`")]),
    "chunk of code": ("```{r}\nx\n```", [("code", "x")]),
    "letters": ("a) *one* x\nb) two", [("list", "a. one x\nb. two")]),
    "sentences in letters": ("a) It ran. It fell.\nb) two", [("list", "a. It ran. It fell.\nb. two")]),
    "escaped letters": ("a\\) one\nb\\) two", [("paragraph", "a) one b) two")]),
    "Roman numerals": ("(i) one\n(ii) two\n(iii) c", [("list", "i. one\nii. two\niii. c")]),
    "no series": ("A. Smith\nB. Jones\nA. Smith", [("paragraph", "A. Smith B. Jones A. Smith")]),
    "tasks": ("- [ ] a\n- [x] b\n- [y] c", [("list", "☐ a\n☑ b\n[y] c")]),
    "years": ("1949. a\n1955. b\n1956. c", [("list", "1949. a\n1955. b\n1956. c")]),
    "the same number each time": ("1. a\n1. b\n1. c", [("list", "1. a\n2. b\n3. c")]),
    "identifier": (
        "# Title\n\n## Ports {#ports .x}\n\ntext {#y}\n",
        [("heading", "Ports"), ("paragraph", "text")],
    ),
    "identifier after closing marks": ("# T\n\n## Ports ## {#ports}\n\na", [("heading", "Ports"), ("paragraph", "a")]),
    "class on a line": ("text\n{: .lead}", [("paragraph", "text")]),
    "class on the first line": ("{: .lead}\ntext\n\n{1}\ntext", [("paragraph", "text"), ("paragraph", "{1} text")]),
    "braces in a sentence": ("the set {1} or{.x} f{#y}", [("paragraph", "the set {1} or{.x} f{#y}")]),
    "span": ("[small]{.smallcaps} `c`{.py} {a}", [("paragraph", "small c {a}")]),
    "code with a title": ('```python title="a.py"\nx\n```', [("paragraph", "a.py"), ("code", "x")]),
    "code keeps its spaces": ("    if x:\n        y\n", [("code", "if x:\n    y")]),
    "wiki links": ("[[Page|words]] [[Other]] [[1]](#a)", [("paragraph", "words Other [1]")]),
    "wiki images": (
        "see ![[a.png]] ![[b.png|300]] ![[c.png|A boat]].",
        [("paragraph", "see [Image: a.png] [Image: b.png] [Image: A boat].")],
    ),
    "lines of Chinese": ("潮水每天\n两次。\nAnd so\non.", [("paragraph", "潮水每天两次。 And so on.")]),
    "sub- and superscript": ("H~2~O, 10^3^, ~5", [("paragraph", "H2O, 103, ~5")]),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_is_read(name):
    source, expected = STRUCTURES[name]
    assert parts(source) == expected


def test_the_html_of_structures():
    source = "1949. a\n1955. b\n\n```{.python}\nx\n```\n\n![](a.png){alt=x}\n\nH~2~O"
    html = "".join(block.html for block in article(source).blocks)
    assert '<ol start="1949">' in html
    assert '<li value="1955">' in html
    assert '<code class="language-python">' in html
    assert "H<sub>2</sub>O" in html


COMMANDS = {
    "{/* a comment */}": "a comment",
    "## Head {/* #id */}": "#id",
    "text {/* over\ntwo lines */} more": "over two lines",
    "| a |\n|---|\n| text {/* cell */} |\n\nb": "cell",
    "{% raw %}\n\ntext": "{% raw %}",
    "{{< figure src=a >}}": "{{< figure src=a >}}",
    "import A from 'a';\n\ntext": "import A from 'a';",
    "<Foo bar={1} />\n\ntext": "<Foo bar={1} />",
    "[TOC]\n\ntext": "[TOC]",
}


@pytest.mark.parametrize("source", COMMANDS)
def test_commands_are_left_out_and_listed(source):
    parsed = article(f"# Title\n\n{source}\n\nLast.")
    (omission,) = [o for o in parsed.omissions if "instruction" in str(o.reason)]
    assert omission.text == COMMANDS[source]
    text = " ".join(block.text for block in parsed.blocks)
    assert omission.text not in text
    assert text.endswith("Last.")
    assert ("text" in text) == ("text" in source)


def test_several_comments_of_a_line_are_left_out():
    parsed = article("# Title\n\none {/* a */} two {/* b */} `{/* c */}` {/* d")
    assert [block.text for block in parsed.blocks] == ["one two {/* c */} {/* d"]
    assert [omission.text for omission in parsed.omissions] == ["a", "b"]


def test_commands_in_code_are_code():
    assert parts("`{% raw %}` and\n\n```\n{/* x */}\n```") == [("paragraph", "{% raw %} and"), ("code", "{/* x */}")]


def test_a_comment_without_an_end_is_text():
    assert "{/* never" in parts("{/* never\nended")[0][1]


CONTENTS = "Table of Contents:\n===\n\n- [A](#a)\n- [B](#b)\n- [C](#c)\n\n"


def test_a_table_of_contents_is_neither_title_nor_text():
    parsed = article(CONTENTS + "# The Tides\n\n## A\n\nwords")
    assert parsed.title == "The Tides"
    assert [block.text for block in parsed.blocks] == ["A", "words"]
    assert {o.text for o in parsed.omissions} == {"Table of Contents:", "A\nB\nC"}


@pytest.mark.parametrize(
    "contents",
    [
        "## Contents\n\n1. Ships\n2. Ports",
        "**Spis treści**\n\n- Ships\n- Ports",
        "Contents: [Ships](#ships) | [Ports](#ports)",
    ],
)
def test_a_list_of_the_headings_is_a_table_of_contents_below_its_title(contents):
    parsed = article(f"# Tides\n\n{contents}\n\n## Ships\n\na\n\n## Ports\n\nb")
    assert [block.text for block in parsed.blocks] == ["Ships", "a", "Ports", "b"]


def test_a_list_below_contents_that_names_no_headings_is_text():
    texts = ["Contents", "tea\ncoffee", "Lid", "a"]
    assert [text for _type, text in parts("# Box\n\n## Contents\n\n- tea\n- coffee\n\n## Lid\n\na")] == texts


def test_what_is_left_out_keeps_its_place_after_a_table_of_contents():
    source = "# Tides\n\nInhalt:\n\n- [A](#a)\n- [B](#b)\n\n## A\n\none\n\n<p hidden>two</p>\n\nthree\n\n## B\n\nfour"
    parsed = article(source)
    assert [block.text for block in parsed.blocks] == ["A", "one", "three", "B", "four"]
    assert [(o.text, o.position) for o in parsed.omissions] == [("Inhalt:", 0), ("A\nB", 0), ("two", 2)]


def test_a_title_of_contents_that_a_program_makes_is_left_out():
    parsed = article("# Tides\n\n## Contents\n\n[toc]\n\n## A\n\none")
    assert [block.text for block in parsed.blocks] == ["A", "one"]
    assert "Contents" in {omission.text for omission in parsed.omissions}


@pytest.mark.parametrize(
    ("text", "is_title"),
    [("* Table of Contents *", True), ("目 次", True), ("תוכן העניינים:", True), ("Contents of a hold", False)],
)
def test_the_titles_of_tables_of_contents(text, is_title):
    assert is_contents_title(text) == is_title


def test_links_to_other_pages_are_not_a_table_of_contents():
    assert parts("- [A](https://example.org/#a)\n- [B](b.md)\n- [C](c.md)")[0][0] == "list"


@pytest.mark.parametrize("fence", ["+++", "---"])
def test_front_matter_is_read_in_both_languages(fence):
    data = 'title = "The Tides"' if fence == "+++" else "title: The Tides"
    parsed = article(f"{fence}\n{data}\n{fence}\n\nwords")
    assert parsed.title == "The Tides"
    assert [block.text for block in parsed.blocks] == ["words"]
    assert parsed.source.split() == [*data.split(), "words"]


def test_front_matter_that_cannot_be_read_is_text():
    assert "title = =" in article("+++\ntitle = =\n+++\n\nwords").blocks[0].text


INFO = {
    "python": ("python", ""),
    'python title="a b.py" {1,3}': ("python", "a b.py"),
    "{.python .numberLines}": ("python", ""),
    "{r, echo=FALSE}": ("r", ""),
    "js:src/a.js": ("js", "src/a.js"),
    "c++": ("c++", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("info", INFO)
def test_languages_and_titles_of_code(info):
    assert code_info(info) == INFO[info]


NAMES = {
    "note": ("note", ""),
    "note Mind the gap": ("note", "Mind the gap"),
    "tip[Own title]": ("tip", "Own title"),
    "{note} Own": ("note", "Own"),
    '{.callout-warning title="Own"}': ("warning", "Own"),
    "{#id .x .tip}": ("tip", ""),
}


@pytest.mark.parametrize("words", NAMES)
def test_names_and_titles_of_callouts(words):
    assert container_name(words) == NAMES[words]


def test_containers_that_are_too_deep_in_others_are_text():
    assert len(find_containers(":::a\n" * 50 + ":::\n" * 50)) == 20


def test_lessons_and_posts_have_the_same_structures():
    source = "neap\n: small\n\n> [!TIP]\n> Go.\n\n- [x] a\n\n1949. b\n1955. c\n\n10^3^"
    for html in (render_markdown(source), render_post(source)):
        assert "<dl>" in html
        assert '<aside class="callout callout-tip">' in html
        assert '<li class="task">☑ a</li>' in html
        assert '<li value="1955">c</li>' in html
        assert "10<sup>3</sup>" in html


@pytest.mark.thorough
def test_a_book_may_have_more_lines_than_a_lesson():
    book = "words of a line\n" * 25_000
    assert len(article(book).source.split()) == 100_000
    with pytest.raises(InvalidText, match="too many lines"):
        render_markdown(book)
