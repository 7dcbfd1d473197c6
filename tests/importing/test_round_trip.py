"""A lesson with every structure: published, read, compared, and imported again."""

from lessons.importing.readers import html
from lessons.markup.plain_text import plain_text, text_by_block
from lessons.markup.text_diff import diff_paragraphs
from lessons.reading.enrichment import enrich
from lessons.services import prepare_html
from tests.structures import STRUCTURES


def test_publishing_changes_nothing():
    assert prepare_html(STRUCTURES) == STRUCTURES


def test_reading_adds_no_text():
    page = enrich(STRUCTURES, (), "/notes/new/?revision=1").html
    assert plain_text(page) == plain_text(STRUCTURES)


def test_import_finds_each_structure_and_keeps_its_html():
    blocks = html.read(STRUCTURES).blocks
    kinds = "heading paragraph code list quote quote quote list list list quote table heading paragraph footnote"
    assert [block.type for block in blocks] == kinds.split()
    whole = "\n".join(block.html for block in blocks)
    for part in STRUCTURES.split("\n<"):
        if not part.startswith(("h2", "<h2", "h3", "hr", "section")) and "#fn1" not in part:
            assert part in whole
    assert "1949. First survey\n1955. Second survey" in [block.text for block in blocks]
    assert "c. c\n  i. i in c\nb. b" in [block.text for block in blocks]


def test_a_page_of_the_site_that_is_imported_again_gives_the_same_blocks():
    page = enrich(STRUCTURES, (), "").html
    assert 'class="hl-' in page
    again, first = ([(b.type, b.text, b.html) for b in html.read(source).blocks] for source in (page, STRUCTURES))
    assert again == first


def test_a_comparison_has_a_paragraph_for_each_part_of_a_structure():
    assert "How many tides has a day?\nTwo, as a rule." in text_by_block(STRUCTURES)
    assert "Warning\nMind the mud.\nwade()\nTip" in text_by_block(STRUCTURES)
    diff = diff_paragraphs(STRUCTURES, STRUCTURES.replace("Mind the mud.", "Mind the deep mud."))
    assert "Mind the <ins>" in diff
