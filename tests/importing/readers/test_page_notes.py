"""Footnotes of pages of any program are converted to one form, and placed where the text refers to them."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.outline import build_outline
from lessons.importing.readers import html
from tests.importing.articles import types

KINDS = {
    "Wikipedia": (
        'wet<sup id="cite_ref-Ho_1-0" class="reference"><a href="#cite_note-Ho-1"><span>[</span>1<span>'
        "]</span></a></sup>",
        '<div class="reflist"><ol class="references"><li id="cite_note-Ho-1"><span class="mw-cite-backlink">^ '
        '<a href="#cite_ref-Ho_1-0"><sup><i><b>a</b></i></sup></a> <a href="#cite_ref-Ho_1-1"><sup><i>'
        "<b>b</b></i></sup></a>"
        '</span> <span class="reference-text">Ho, <i>Rain</i>, p. 4.</span></li></ol></div>',
    ),
    "Word": (
        'wet<a style="x" href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference>[1]</span></a>',
        '<div><br clear=all><hr><div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1" title="">'
        "<span class=MsoFootnoteReference>[1]</span></a> Ho, <i>Rain</i>, p. 4.</p></div></div>",
    ),
    "LibreOffice": (
        'wet<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>',
        '<div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" '
        'href="#sdfootnote1anc">1</a> Ho, <i>Rain</i>, p. 4.</p></div>',
    ),
    "Google Docs": (
        'wet<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>',
        '<hr><div><p class="c2"><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Ho, <i>Rain</i>'
        ", p. 4.</span></p></div>",
    ),
    "Pandoc": (
        'wet<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>',
        '<section class="footnotes" role="doc-endnotes"><hr><ol><li id="fn1"><p>Ho, <i>Rain</i>, p. 4.'
        '<a href="#fnref1" class="footnote-back" role="doc-backlink">↩︎</a></p></li></ol></section>',
    ),
    "kramdown": (
        'wet<sup id="fnref:1" role="doc-noteref"><a href="#fn:1" class="footnote" rel="footnote">1</a></sup>',
        '<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1" role="doc-endnote"><p>Ho, <i>Rain</i>, p. 4. '
        '<a href="#fnref:1" class="reversefootnote" role="doc-backlink">&#8617;</a></p></li></ol></div>',
    ),
    "Sphinx": (
        'wet<a class="footnote-reference brackets" href="#id2" id="id1" role="doc-noteref"><span>'
        "[</span>1<span>]</span></a>",
        '<aside class="footnote brackets" id="id2" role="doc-footnote"><span class="label"><span>[</span>'
        '<a role="doc-backlink" href="#id1">1</a><span>]</span></span><p>Ho, <i>Rain</i>, p. 4.</p></aside>',
    ),
    "old Sphinx": (
        'wet<a class="footnote-reference" href="#id2" id="id1">[1]</a>',
        '<table class="docutils footnote" id="id2"><colgroup><col></colgroup><tbody><tr><td class="label">'
        '<a class="fn-backref" href="#id1">[1]</a></td><td>Ho, <i>Rain</i>, p. 4.</td></tr></tbody></table>',
    ),
    "definition list": (
        'wet<a class="footnote-reference brackets" href="#id2" id="id1">1</a>',
        '<dl class="footnote brackets"><dt class="label" id="id2"><span class="brackets"><a class="fn-backref" '
        'href="#id1">1</a></span></dt><dd><p>Ho, <i>Rain</i>, p. 4.</p></dd></dl>',
    ),
    "WordPress": (
        'wet<sup data-fn="a1-b2" class="fn"><a href="#a1-b2" id="a1-b2-link">1</a></sup>',
        '<ol class="wp-block-footnotes"><li id="a1-b2">Ho, <i>Rain</i>'
        ', p. 4. <a href="#a1-b2-link" aria-label="Back">↩︎</a>'
        "</li></ol>",
    ),
    "Pressbooks": (
        'wet<a class="footnote" title="Ho, Rain, p. 4." id="return-footnote-3-1" href="#footnote-3-1" '
        'aria-label="Footnote 1">'
        '<sup class="footnote">[1]</sup></a>',
        '<hr class="before-footnotes clear"><div class="footnotes"><ol><li id="footnote-3-1">Ho, <i>Rain</i>, p. 4. '
        '<a href="#return-footnote-3-1" class="return-footnote" aria-label="Return to footnote 1">↵</a>'
        "</li></ol></div>",
    ),
    "old page": (
        'wet<a name="r1"></a><a href="#n1"><sup>1</sup></a>',
        '<p><a name="n1"></a><a href="#r1">1.</a> Ho, <i>Rain</i>, p. 4.</p>',
    ),
    "no links": ("wet<sup>1</sup>", '<div class="footnotes"><p>1. Ho, <i>Rain</i>, p. 4.</p></div>'),
    "anchor only": ('wet<a href="#n1"><sup>[1]</sup></a>', '<p id="n1">[1] Ho, <i>Rain</i>, p. 4.</p>'),
}


def read(body):
    return html.read(f"<h1>Rain</h1>{body}")


@pytest.mark.parametrize(("reference", "note"), KINDS.values(), ids=KINDS)
def test_a_note_has_one_form_whoever_wrote_it(reference, note):
    parsed = read(f"<p>Rain is {reference} and cold.</p><p>Snow is too.</p>{note}")
    paragraph, _snow, footnote = parsed.blocks
    key = footnote.html.partition('id="')[2].partition('"')[0]
    assert key.startswith("fn-")
    assert paragraph.text == "Rain is wet[1] and cold."
    assert f'wet<sup class="footnote-ref"><a href="#{key}"' in paragraph.html
    assert footnote.type == "footnote"
    assert footnote.text.removeprefix("[1]").removeprefix("1.").removeprefix("1").strip() == "Ho, Rain, p. 4."
    assert "Ho, <i>Rain</i>, p. 4." in footnote.html
    assert "1." not in footnote.html
    assert "↩" not in footnote.html
    assert "[" not in footnote.html


def test_a_list_in_a_note_occurs_once_and_a_note_in_a_note_keeps_its_reference():
    parsed = read(
        '<p>Rain<sup><a href="#n1" id="r1">1</a></sup> falls.</p><ol class="footnotes">'
        '<li id="n1">Kinds: <ul><li>drizzle</li><li>shower<sup><a href="#n2" id="r2">2</a></sup></li></ul></li>'
        '<li id="n2">Short. <a href="#r2">^</a></li></ol>'
    )
    assert [block.text for block in parsed.blocks] == ["Rain[1] falls.", "Kinds: drizzle shower[2]", "Short."]
    assert 'href="#fn-n2"' in parsed.blocks[1].html


def test_a_note_to_a_heading_is_placed_below_it_and_leaves_no_mark():
    parsed = read(
        '<h2>Snow<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup></h2><p>Snow is cold.</p>'
        '<section class="footnotes"><ol><li id="fn1"><p>Frozen. <a href="#fnref1">↩</a></p></li></ol></section>'
    )
    outline = build_outline(parsed)
    assert outline.sections[0].heading == "Snow"
    assert {block.text for block in outline.sections[0].blocks} == {"Snow is cold.", "Frozen."}
    assert "[1]" in [omission.text for omission in parsed.omissions]


def test_a_note_that_nothing_refers_to_is_kept():
    parsed = read('<p>Rain.</p><div class="footnotes"><p>1. Ho, p. 4.</p><p>* Rain is wet.</p></div>')
    assert [(block.type, block.text) for block in parsed.blocks] == [
        ("paragraph", "Rain."),
        ("footnote", "1. Ho, p. 4."),
        ("footnote", "* Rain is wet."),
    ]


def test_several_references_lead_to_one_note():
    parsed = read(
        '<p>One<sup><a id="a1" href="#n1">1</a></sup>, two<sup><a id="a2" href="#n1">1</a></sup>.</p>'
        '<ol class="references"><li id="n1">^ <a href="#a1">a</a> <a href="#a2">b</a> Ho.</li></ol>'
    )
    assert types(parsed.blocks) == ["paragraph", "footnote"]
    assert parsed.blocks[0].html.count('href="#fn-n1"') == 2
    assert 'id="fnref-n1-2"' in parsed.blocks[0].html


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="#a">A</a> <a href="#b">B</a></p><div id="a"><p>Ash <a href="#top">top</a></p></div>'
        '<div id="b">Beech</div>',
        '<p>See section <a href="#two">2</a>.</p><h2 id="two">Two</h2><p>Text.</p>',
        "<p>Water is H<sub>2</sub>O, and 10<sup>3</sup> of it.</p><div class='footnotes'><p>Notes follow.</p></div>",
    ],
)
def test_other_links_and_exponents_are_not_notes(body):
    parsed = read(f'<p id="top">Trees.</p>{body}')
    assert "footnote" not in types(parsed.blocks)
    assert "footnote-ref" not in "".join(block.html for block in parsed.blocks)


def test_the_heading_above_the_notes_is_left_out():
    parsed = read(
        '<p>Rain<sup><a id="a1" href="#n1">1</a></sup>.</p><h2>References</h2>'
        '<ol class="references"><li id="n1"><a href="#a1">^</a> Ho.</li></ol><h2>Snow</h2><p>Cold.</p>'
    )
    assert [section.heading for section in build_outline(parsed).sections] == ["Snow"]
    assert "References" in [omission.text for omission in parsed.omissions]


@pytest.mark.parametrize(
    "note",
    [
        '<label for="s" class="margin-toggle sidenote-number"></label><input type="checkbox" id="s">'
        '<span class="sidenote">By the <em>cart</em>.</span>',
        '<label for="m">⊕</label><input type="checkbox" id="m"><span class="marginnote">By the <em>cart</em>.</span>',
        "<d-footnote>By the <em>cart</em>.</d-footnote>",
    ],
)
def test_a_note_in_the_sentence_is_a_footnote_with_a_reference(note):
    parsed = read(
        f"<ul><li>Clay was sold{note} and paid.</li></ul><h2>Sand{note.replace('cart', 'ton')}</h2><p>Dry.</p>"
    )
    listed, first, _heading, second, _text = parsed.blocks
    assert listed.text == "Clay was sold[1] and paid."
    assert [first.html, second.html] == [
        '<li id="fn-sidenote-1">By the <em>cart</em>.</li>', '<li id="fn-sidenote-2">By the <em>ton</em>.</li>'
    ]  # fmt: skip
    assert 'href="#fn-sidenote-1"' in listed.html
    assert analyse(parsed).missing == []
