"""Links within an article, and dead links."""

from lessons.importing.document import Block, ParsedArticle
from lessons.importing.outline import build_outline


def outline_of(*parsed):
    return build_outline(ParsedArticle(list(parsed), "", "The Shore"))


def blocks(outline):
    return [*outline.blocks, *(block for section in outline.walk() for block in section.blocks)]


def test_the_anchors_of_headings_move_to_the_block_below_and_survive_every_change_of_sections():
    outline = outline_of(
        Block("heading", "Mud", level=1, anchors=("mud",)),
        Block("heading", "Wet", level=2, anchors=("wet",)),
        Block("paragraph", "Soft.", "<p>Soft.</p>"),
        Block("paragraph", "See", '<p><a href="#mud">mud</a> <a href="#wet">wet</a></p>', anchors=("here",)),
    )
    assert [block.anchors for block in blocks(outline)] == [("mud", "wet"), ("here",)]
    assert outline.omissions == []


def test_links_to_missing_passages_pages_and_files_become_plain_text_and_are_listed_once():
    html = (
        '<p>See <a href="#nowhere" rel="x">the <b>end</b></a>, <a href="../setup.md">setup</a> and '
        '<a title="T" href="/wiki/X?a=1&amp;b=2">X</a>, again <a href="#nowhere">the <b>end</b></a>, '
        '<a href="https://example.org/">elsewhere</a>, <a href="/lessons/7/mud/">here</a>, <a href="#fn-1">1</a>.</p>'
    )
    outline = outline_of(Block("paragraph", "See", html))
    assert blocks(outline)[0].html.startswith("<p>See the <b>end</b>, setup and X, again the <b>end</b>, <a href=")
    assert blocks(outline)[0].html.count("<a ") == 3
    (omission,) = outline.omissions
    assert omission.text == "the end (#nowhere)\nsetup (../setup.md)\nX (/wiki/X?a=1&b=2)"


def test_a_block_without_links_is_the_same_object():
    block = Block("paragraph", "Mud", "<p>Mud</p>")
    assert build_outline(ParsedArticle([block], "Mud")).blocks[0] is block
