"""Links and footnotes in the lessons made from a review."""

from lessons.importing.analysis import analyse
from lessons.importing.document import Block, ParsedArticle
from lessons.importing.review import sections
from lessons.importing.review.state import initial_review
from lessons.importing.review.texts import reviewed_lessons


def block(html, *anchors, kind="paragraph"):
    return Block(kind, html, html, anchors=anchors)


def heading(text, *anchors):
    return Block("heading", text, level=1, anchors=anchors)


def note(key, text):
    return block(f'<li id="{key}">{text}</li>', kind="footnote")


def reference(key, label):
    return f'<sup class="footnote-ref"><a href="#{key}" rel="noopener noreferrer">{label}</a></sup>'


def review_of(*blocks):
    return initial_review(analyse(parsed := ParsedArticle(list(blocks), "", "The Shore")), parsed)


def bodies(review, blocks):
    return [lesson.html() for lesson in reviewed_lessons(review, blocks)]


def test_links_lead_to_headings_and_blocks_of_the_same_lesson_or_another():
    review, blocks = review_of(
        heading("Mud"),
        block('<p><a href="#sand">Sand</a>, <a href="#far">far</a>, <a href="#near">near</a></p>', "near"),
        heading("Sand", "sand"),
        block("<p>Sand.</p>"),
        block("<p>Far.</p>", "far"),
    )
    mud, sand = bodies(review, blocks)
    assert 'href="#lesson:s2"' in mud
    assert 'href="#lesson:s2:sec-far"' in mud
    assert 'href="#sec-near"' in mud
    assert mud.startswith('<p id="sec-near">')
    assert '<p id="sec-far">Far.</p>' in sand

    merged = sections.merge(review, "s2")
    (both,) = bodies(merged, blocks)
    assert both.count('href="#sec-') == 3
    assert '<p id="sec-sand">Sand.</p>' in both

    review = sections.set_kind(review, "s2", "section")
    (both,) = bodies(review, blocks)
    assert '<h2 id="sec-sand">Sand</h2>' in both


def test_a_link_to_what_is_left_out_becomes_plain_text():
    review, blocks = review_of(
        heading("Mud"), block('<p>See <a href="#sand">the sand</a>.</p>'), heading("Sand", "sand"), block("<p>S.</p>")
    )
    assert bodies(sections.omit(review, "s2"), blocks) == ["<p>See the sand.</p>"]


def test_a_note_is_in_each_lesson_that_refers_to_it_and_numbered_there():
    review, blocks = review_of(
        heading("Mud"),
        block(f"<p>Mud{reference('fn-b', '7')} and{reference('fn-a', '[3]')}</p>"),
        heading("Sand"),
        block(f"<p>Sand{reference('fn-a', '3')} again{reference('fn-a', '3')} not{reference('fn-x', '9')}</p>"),
        note("fn-a", "A."),
        note("fn-b", "B."),
        note("fn-c", "Nobody refers to this."),
    )
    mud, sand = bodies(review, blocks)
    assert mud.index("B.") < mud.index("A.")
    assert f"Mud{reference('fn-b', '1')} and{reference('fn-a', '2')}" in mud
    assert sand.count("A.") == 1
    assert f"Sand{reference('fn-a', '1')} again{reference('fn-a', '1')} not" in sand
    assert "fn-x" not in sand
    assert sand.count("Nobody refers to this.") == 1
    assert "Nobody" not in mud


def test_ids_are_unique_in_a_lesson():
    review, blocks = review_of(
        heading("Mud"),
        block('<p id="sec-far">A. <a href="#far">Far</a></p>'),
        block('<p id="sec-far">B.</p>'),
        block("<p>C.</p>", "far"),
    )
    (body,) = bodies(review, blocks)
    assert body.count('id="sec-far"') == 1
    assert '<p id="sec-far-2">C.</p>' in body
    assert 'href="#sec-far-2"' in body
