"""Links of an article to places in it, and those that lead nowhere."""

from lessons.importing.document import Block, ParsedArticle
from lessons.importing.outline import build_outline
from lessons.importing.readers import html


def parse(text):
    return build_outline(html.read(text))


def blocks(outline):
    return [*outline.blocks, *(block for section in outline.walk() for block in section.blocks)]


def test_the_anchors_of_headings_stand_on_the_block_below_and_survive_every_change_of_sections():
    outline = parse(
        "<h2 id=mud>Mud</h2><h3 id=wet>Wet</h3><p>Soft.</p><p id=here>Here, see <a href='#mud'>mud</a>, "
        "<a href='#wet'>wet</a> and <a href='#here'>this</a>.</p>"
    )
    assert [block.anchors for block in blocks(outline)] == [("mud", "wet"), ("here",)]


def test_links_to_places_pages_and_files_that_are_not_there_are_plain_text_and_listed_once():
    outline = parse(
        "<h2>Mud</h2><p>See <a href='#nowhere'>the <b>end</b></a>, <a href='../setup.md'>setup</a> and "
        "<a href='/wiki/X?a=1&amp;b=2'>X</a>, again <a href='#nowhere'>the <b>end</b></a>, "
        "<a href='https://example.org/'>elsewhere</a>, <a href='/lessons/7/mud/'>here</a>.</p>"
    )
    html_of = blocks(outline)[0].html
    assert html_of.startswith("<p>See the <b>end</b>, setup and X, again the <b>end</b>, <a href=")
    assert html_of.count("<a ") == 2
    (omission,) = outline.omissions
    assert omission.text == "the end (#nowhere)\nsetup (../setup.md)\nX (/wiki/X?a=1&b=2)"


def test_a_block_without_links_is_the_same_object():
    block = Block("paragraph", "Mud", "<p>Mud</p>")
    assert build_outline(ParsedArticle([block], "Mud")).blocks[0] is block
