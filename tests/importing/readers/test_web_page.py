"""Web pages: only the article is imported; what is left out has a reason, and can be put back in place."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.outline import build_outline
from lessons.importing.readers import read_paste, read_upload
from tests.importing.articles import tree, types

FIRST = "Rain falls when the drops in a cloud have become too heavy for the air to carry, which may take an hour."
SECOND = "In the mountains it falls more often, because the air has to rise there, and cools while it is rising."
THIRD = "Most of it comes from the sea, and after some weeks or some thousand years all of it returns to the sea."
ARTICLE = f'<p id="n">{FIRST}</p><h2 id="m">Mountains</h2><p>{SECOND}</p><p id="o">{THIRD}</p>'
LINK_LIST = "".join(f'<li><a href="/{n}">Another story, number {n}</a></li>' for n in range(5))


def page(body, head="<title>Rain | The Weather Post</title>"):
    return read_upload(
        "page.html", f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode()
    )


def texts(parsed):
    return [block.text for block in parsed.blocks]


BOILERPLATE = {
    "share bar": '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="/f">Facebook</a></li></ul></div>',
    "related posts": f'<div class="yarpp-related"><h3>Related posts</h3><ul>{LINK_LIST}</ul></div>',
    "related, without a name": f"<h3>You may also like</h3><ul>{LINK_LIST}</ul>",
    "comments": '<div id="comments"><h2>3 thoughts</h2><ol class="commentlist"><li>I like rain.</li></ol></div>',
    "archive": f'<aside class="widget widget_archive"><h2>Archives</h2><ul>{LINK_LIST}</ul></aside>',
    "contents": '<div id="toc"><h2>Contents</h2><ul><li><a href="#m">1 Mountains</a></li></ul></div>',
    "contents below a line": '<p>Contents</p><div class="toc"><ul><li><a href="#m">1 Mountains</a></li></ul></div>',
    "contents, without a name": "<ul>" + "".join(f'<li><a href="#{n}">Go</a></li>' for n in "mno") + "</ul>",
    "cookie notice": f'<div class="cookie-notice"><p>We use cookies. {SECOND}</p><button>Accept all</button></div>',
    "newsletter": '<div class="newsletter-signup"><h3>Never miss a drop</h3><p>Sign up for our letter.</p></div>',
    "author box": '<div class="author-box"><h4>About Ann Ho</h4><p>Ann Ho writes about rain.</p></div>',
    "advertisement": '<div class="advert"><p>Buy an umbrella today and get one free.</p></div>',
    "tags": '<p class="entry-meta">Posted in <a href="/t">Weather</a> on 3 May</p>',
    "breadcrumbs": '<ol class="breadcrumb"><li><a href="/">Home</a></li><li>Weather</li></ol>',
    "pages before and after": '<div class="post-navigation"><a href="/p">Fog</a> <a href="/n">Snow</a></div>',
    "form": '<form action="/s"><label>Search the archive</label><input name="q"><button>Go</button></form>',
    "pointer": '<div role="note" class="hatnote">Main article: <a href="/wiki/Drizzle">Drizzle</a></div>',
    "infobox": '<table class="infobox"><tr><th colspan="2">Rain</th></tr><tr><td>Kind</td><td>Water</td></tr></table>',
    "hidden": '<div style="display: none"><p>Only for machines to read, not for people.</p></div>',
}


@pytest.mark.parametrize("where", ["{boilerplate}{article}", "{article}{boilerplate}"], ids=["before", "after"])
@pytest.mark.parametrize("boilerplate", BOILERPLATE.values(), ids=BOILERPLATE)
def test_boilerplate_is_left_out_and_nothing_else(boilerplate, where):
    parsed = page(f"<nav>Home</nav><main><h1>Rain</h1>{where.format(boilerplate=boilerplate, article=ARTICLE)}</main>")
    assert parsed.title == "Rain"
    assert texts(parsed) == [FIRST, "Mountains", SECOND, THIRD]
    assert analyse(parsed).missing == []


def test_what_is_left_out_can_be_put_back_where_it_was():
    parsed = page(f'<h1>Rain</h1><p>{FIRST}</p><div class="advert"><p>Buy this.</p></div><p>{SECOND}</p>')
    omission = next(one for one in parsed.omissions if one.text == "Buy this.")
    assert omission.position == 1
    assert omission.block.html == "<p>Buy this.</p>"
    assert "advertisement" in str(omission.reason)


def test_an_infobox_is_one_table_among_what_is_left_out():
    rows = "".join(f"<tr><th>Fact {n}</th><td><ul><li>value {n}</li></ul></td></tr>" for n in range(9))
    parsed = page(f'<h1>Rain</h1><table class="infobox"><tr><td>Rain</td></tr>{rows}</table>{ARTICLE}')
    boxes = [one.block for one in parsed.omissions if "infobox" in str(one.reason)]
    assert types(boxes) == ["table"]
    assert boxes[0].paragraphs[1] == "Fact 0 | value 0"


def test_a_page_made_of_elements_named_widget_keeps_its_text():
    pieces = "".join(f'<div class="builder-widget widget"><p>{text}</p></div>' for text in (FIRST, SECOND, THIRD))
    assert texts(page(f"<nav>Home</nav><h1>Rain</h1>{pieces}")) == [FIRST, SECOND, THIRD]


def test_a_form_around_the_whole_page_does_not_count_as_a_form():
    assert texts(page(f'<form id="aspnetForm"><nav>Home</nav><h1>Rain</h1>{ARTICLE}</form>'))[0] == FIRST


HEADINGS = {
    "Wikipedia": (
        '<h2><span class="mw-headline" id="Sea">Sea</span><span class="mw-editsection"><span>[</span>'
        '<a href="/w/edit">edit</a><span>]</span></span></h2>'
    ),
    "Sphinx": '<h2>Sea<a class="headerlink" href="#sea" title="Permalink to this heading">¶</a></h2>',
    "MkDocs": '<h2 id="sea">Sea<a class="headerlink" href="#sea">#</a></h2>',
    "GitHub": '<h2><a id="sea" class="anchor" href="#sea" aria-hidden="true"><svg></svg></a>Sea</h2>',
    "Docusaurus": '<h2 id="sea">Sea<a href="#sea" class="hash-link" aria-label="Direct link to Sea">\u200b</a></h2>',
}


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
def test_links_to_a_heading_itself_are_not_part_of_it(heading):
    parsed = page(f"<nav>Home</nav><h1>Rain</h1>{ARTICLE}{heading}<p>{THIRD}</p>")
    assert tree(build_outline(parsed))[-1][2] == "Sea"
    assert analyse(parsed).missing == []


TITLES = {
    "<title>Rain | The Weather Post</title>": "Rain",
    "<title>The Weather Post – Rain</title><meta property='og:site_name' content='The Weather Post'>": "Rain",
    "<title>Rain: a history - Weather</title><meta property='og:title' content='Rain: a history'>": "Rain: a history",
    "<title>Rain</title>": "Rain",
}


@pytest.mark.parametrize(("head", "title"), TITLES.items(), ids=range(len(TITLES)))
def test_the_name_of_the_site_is_not_part_of_the_title(head, title):
    assert page(f"<h2>Start</h2><p>{FIRST}</p><h2>Mountains</h2><p>{SECOND}</p>", head).title == title


def test_the_heading_that_is_in_the_metadata_is_the_title():
    parsed = page(f"<nav>Home</nav><div class='head'><h1>The Weather Post</h1></div><h1>Rain</h1>{ARTICLE}")
    assert parsed.title == "Rain"
    assert "The Weather Post" not in texts(parsed)


def test_a_button_in_a_sentence_keeps_its_text_and_its_definition_is_suggested():
    parsed = page(
        f'<h1>Rain</h1>{ARTICLE}<p>The <button class="glossary-term" aria-describedby="t1">water cycle</button> '
        'goes on and <dfn title="water that falls from clouds">rain</dfn> <my-term>falls</my-term>.</p>'
        '<div class="glossary"><template id="t1"><div><p>The way of water from sea to sea.</p>'
        "<button><span>Close</span></button></div></template></div>"
    )
    assert not analyse(parsed).missing
    assert texts(parsed)[-1] == "The water cycle goes on and rain falls."
    assert parsed.definitions == [
        ("water cycle", "The way of water from sea to sea."),
        ("rain", "water that falls from clouds"),
    ]
    assert "glossary" in next(str(one.reason) for one in parsed.omissions if one.text.startswith("The way of water"))


def test_the_copy_of_an_image_for_browsers_without_scripts_is_listed():
    copy = '<noscript><img src="a.png" alt="A map"></noscript>'
    parsed = page(f'<h1>Rain</h1>{ARTICLE}<p><img data-src="a.png" alt="A map">{copy}</p><p>{copy}</p>')
    assert texts(parsed)[-2:] == ["[Image: A map]"] * 2
    assert [o.text for o in parsed.omissions if "copy" in str(o.reason)] == ["A map"]
    assert not analyse(parsed).missing


def test_a_button_beside_the_text_is_left_out():
    assert texts(page(f"<h1>Rain</h1>{ARTICLE}<button>Print this page now</button>"))[-1] == THIRD


def test_what_was_copied_from_a_page_is_kept_even_if_it_is_short():
    parsed = read_paste("", "<h2>Tide</h2><p>Short.</p><div class='sharedaddy'>Share</div><p>Ends.</p>")
    assert texts(parsed) == ["Tide", "Short.", "Ends."]


def test_soft_hyphens_are_not_part_of_words():
    assert texts(page("<p>wa\xadter&shy;fall and rain</p>")) == ["waterfall and rain"]


def test_a_page_with_an_invalid_byte_is_read():
    parsed = read_upload(
        "page.html", f"<title>Süß</title><p>Größe, Übung und Bär: {FIRST}</p>".encode() + b"<i>K\xfcche</i>"
    )
    assert parsed.blocks[0].text.startswith("Größe")
    assert any("could not be read" in str(one.reason) for one in parsed.omissions)


def test_the_encoding_declared_after_a_long_script_is_used():
    head = f"<script>{'x' * 20_000}</script><meta charset='iso-8859-2'>"
    parsed = read_upload("page.html", f"{head}<p>Zażółć gęślą jaźń</p>".encode("iso-8859-2"))
    assert parsed.blocks[0].text == "Zażółć gęślą jaźń"


def test_a_paragraph_from_word_does_not_make_a_web_page_a_document_of_word():
    pasted = f'<p class="MsoNormal">{FIRST}</p><div class="comments">I agree.</div>'
    parsed = page(f"<nav>Home</nav><h1>Rain</h1>{ARTICLE}{pasted}")
    assert texts(parsed) == [FIRST, "Mountains", SECOND, THIRD, FIRST]


def test_readings_above_characters_are_shown_but_do_not_divide_words():
    ruby = "<ruby>海<rt>うみ</rt></ruby>の<ruby>水<rt>みず</rt></ruby>"
    parsed = page(f"<h1>{ruby}</h1><p>{ruby}は<ruby>青<rp>(</rp><rt>あお</rt><rp>)</rp></ruby>い。</p>", "")
    assert (parsed.title, texts(parsed)) == ("海の水", ["海の水は青(あお)い。"])
    assert "<rt>うみ</rt>" in parsed.blocks[0].html
    assert analyse(parsed).missing == []
    assert "うみ みず うみ みず" in [omission.text for omission in parsed.omissions]


def test_a_short_sentence_below_the_title_is_kept_but_not_a_name_or_date():
    head = "<h1>Rain</h1><h3>Ann Ho, Oslo</h3><h3>You can read this in Norwegian.</h3>"
    parsed = page(f"<nav>Home</nav><header>{head}</header><article>{ARTICLE}</article>")
    assert texts(parsed) == ["You can read this in Norwegian.", FIRST, "Mountains", SECOND, THIRD]


def test_a_short_list_in_the_middle_of_the_text_is_kept_unless_it_is_of_links():
    facts = "<dl><dt>Where</dt><dd>Bergen</dd></dl>"
    links = '<ul><li><a href="/fog">Fog</a></li><li><a href="/snow">Snow</a></li></ul>'
    parsed = page(f"<nav>Home</nav><h1>Rain</h1><div><p>{FIRST}</p></div>{facts}{links}<div>{ARTICLE}</div>")
    assert texts(parsed)[:3] == [FIRST, "Where: Bergen", FIRST]


def test_a_component_is_not_taken_for_a_notice_about_cookies():
    parsed = page(f'<nav>Home</nav><h1>Rain</h1><div class="cmp_text">{FIRST}</div><article>{ARTICLE}</article>')
    assert texts(parsed)[0] == FIRST


def test_links_below_a_line_that_announces_other_articles_are_left_out_with_it():
    link = '<p><a href="/fog">Fog: why it stays in the valleys until noon</a></p>'
    line = "<p>Diese Artikel könnten dich ebenfalls interessieren:</p>"
    parsed = page(f"<nav>Home</nav><h1>Rain</h1><div><p>{FIRST}</p>{line}{link}{link}<p>{SECOND}</p>{link}</div>")
    assert texts(parsed)[:2] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "boilerplate",
    [
        "<h2 id='rail'>Rail</h2><p>{0}</p>",
        "<section id='navigation'><h2>Navigation<a class='headerlink' href='#n'>¶</a></h2><p>{0}</p></section>",
        "<section id='comments' class='level2'><h2>Comments</h2><p>{0}</p></section>",
        "<div role='tablist'><button role='tab'>Inland</button></div><div role='tabpanel' hidden><p>{0}</p></div>",
    ],
)
def test_what_is_named_by_its_heading_or_hidden_in_a_tab_is_part_of_the_article(boilerplate):
    prose = "The railway brought the carts of clay to the dyke in four days, where the boats had taken three weeks."
    parsed = page(f"<nav><a href='/'>Home</a></nav><main><h1>Rain</h1>{ARTICLE}{boilerplate.format(prose)}</main>")
    assert prose in texts(parsed)


def test_a_section_of_comments_is_no_part_of_the_article():
    parsed = page(f"<main><h1>Rain</h1>{ARTICLE}</main><section id='comments'><h2>Comments</h2><p>Nice!</p></section>")
    assert "Nice!" not in texts(parsed)


@pytest.mark.parametrize(
    "second",
    ["<hgroup><h1>Rain</h1><h2>And snow</h2></hgroup>", "<h1>Rain</h1><h2 class='post__subtitle'>And snow</h2>"],
)
def test_the_second_line_of_a_title_is_no_section(second):
    outline = build_outline(
        page(f"{second}<p>It falls from clouds.</p><h2>Mountains</h2><p>There it falls often.</p>")
    )
    assert (outline.title, tree(outline)) == ("Rain", [(1, "lesson", "Mountains")])
    assert outline.blocks[0].text == "And snow"


def test_headings_that_all_have_the_name_of_a_subtitle_stay_headings():
    body = "<h1>Rain</h1><h2 class='subtitle'>Air</h2><p>It cools.</p><h2 class='subtitle'>Sea</h2><p>It warms.</p>"
    assert tree(build_outline(page(body))) == [(1, "lesson", "Air"), (1, "lesson", "Sea")]


def test_the_heading_of_the_article_is_the_title_where_that_of_the_page_is_the_site():
    body = f"<div id='header'><h1>Coast Notes</h1></div><div><h3 class='entry-title'>Rain</h3>{ARTICLE}</div>"
    assert page(body, "<title>Coast Notes: Rain</title>").title == "Rain"


@pytest.mark.parametrize("head", ["<title>Rain</title>", "<title>Rain - Coast docs</title>"])
def test_a_title_that_the_head_and_the_text_have_is_no_hole(head):
    parsed = page(f"<nav><a href='/'>Coast</a></nav><h1>Rain</h1>{ARTICLE}<ul><li>Rain</li></ul>", head)
    assert analyse(parsed).missing == []
    assert page(f"<h1>Rain</h1>{ARTICLE}", head).omissions[0].text == head[7:-8]


def test_raised_numbers_of_a_heading_stay_apart():
    parsed = page(
        "<h2>10<sup>3</sup> drops of H<sub>2</sub>O</h2><p>It rains.</p><h2>The 2<sup>nd</sup></h2><p>So.</p>"
    )
    assert [block.text for block in parsed.blocks if block.type == "heading"] == ["10³ drops of H₂O", "The 2nd"]


def test_a_lede_below_the_title_is_no_teaser_of_another_article():
    lede = "<p class='teaser'>Where the water goes.</p>"
    other = "<div class='teaser'><p>Snow in the north, and how long it stays.</p></div>"
    kept = texts(page(f"<nav><a href='/'>Home</a></nav><main><h1>Rain</h1>{lede}{ARTICLE}</main>{other}"))
    assert "Where the water goes." in kept
    assert not any("Snow" in text for text in kept)
