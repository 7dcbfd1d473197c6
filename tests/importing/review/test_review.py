"""The review: pure changes of one document, none of which loses a block of the article."""

from copy import deepcopy

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.document import Block, Omission, ParsedArticle, paragraph_block
from lessons.importing.review import blocks as block_edits
from lessons.importing.review import omissions, sections, selection, suggestions
from lessons.importing.review.completeness import completeness, is_complete, missing_texts
from lessons.importing.review.history import focus_after, packed, step_name, unpacked
from lessons.importing.review.paragraph_text import editable_text, html_of
from lessons.importing.review.state import initial_review
from lessons.importing.review.texts import problems, reviewed_lessons
from lessons.markup.sanitise import InvalidText
from tests.importing.articles import read

HEADINGS = [
    "Introduction",
    "Understanding Bees in Town",
    "Main Duties of Bees in Town",
    "Watching for Disease",
    "Calming the Neighbours",
    "Case Studies of Bees in Town",
    "Alder Street Apiary",
    "Harbour Roof Project",
    "Future Questions about Bees in Town",
]


def start_review(name="bees.txt"):
    parsed = read(name)
    return initial_review(analyse(parsed), parsed)


@pytest.fixture(scope="module")
def started():
    return start_review()


@pytest.fixture
def review(started):
    return deepcopy(started.review)


@pytest.fixture
def blocks(started):
    return started.blocks


def headings(review):
    return [one["heading"] for one in review["sections"]]


def section(review, section_id):
    return next(one for one in review["sections"] if one["id"] == section_id)


def text_of(review, blocks):
    """Return the text of all sections, block by block."""
    current = block_edits.current(review, blocks)
    return [current[block]["text"] for one in review["sections"] for block in one["blocks"]]


def test_a_review_begins_with_everything_the_article_has(review, blocks):
    assert headings(review) == HEADINGS
    assert [one["id"] for one in review["sections"]] == [f"s{n}" for n in range(9)]
    assert section(review, "s6")["facts"]["location"] == "Lower Marwick"
    assert {item["section"] for item in review["timeline"]} == {"s6", "s7"}
    assert completeness(review, blocks).startswith("All ")


def third_block(review, section_id):
    return section(review, section_id)["blocks"][2]


START = start_review()
BLOCKS = section(START.review, "s4")["blocks"]
CHANGES = {
    "rename": lambda review: sections.rename(review, "s1", "Bees, Understood"),
    "title": lambda review: sections.set_title(review, "Town Bees"),
    "kind": lambda review: sections.set_kind(review, "s3", "lesson"),
    "promote": lambda review: sections.promote(review, "s3"),
    "demote": lambda review: sections.demote(review, "s1"),
    "up": lambda review: sections.move(review, "s5", -1),
    "down": lambda review: sections.move(review, "s2", 1),
    "merge": lambda review: sections.merge(review, "s3"),
    "merge a renamed one": lambda review: sections.merge(sections.rename(review, "s3", "X"), "s3"),
    "merge the introduction": lambda review: sections.merge(review, "s0"),
    "split": lambda review: sections.split(review, "s4", third_block(review, "s4"), START.blocks),
    "omit": lambda review: sections.omit(review, "s2"),
    "omit the introduction": lambda review: sections.omit(review, "s0"),
    "omit and restore": lambda review: omissions.restore(sections.omit(review, "s6"), "o1", START.blocks),
    "merge and restore": lambda review: omissions.restore(sections.merge(review, "s6"), "o1", START.blocks),
    "omit a block": lambda review: omissions.omit_block(review, "s4", third_block(review, "s4")),
    "edit": lambda review: block_edits.edit(review, "b3", "<p>Other words.</p>", START.blocks),
    "omit several": lambda review: selection.omit(review, ["s2", "s6"]),
    "merge several": lambda review: selection.merge(review, ["s2", "s3", "s6"]),
    "demote several": lambda review: selection.demote(review, ["s1", "s2"]),
    "facts": lambda review: sections.set_facts(review, "s6", location="The roof"),
    "accept": lambda review: suggestions.accept(review, "tags", "k1") if review["tags"] else review,
    "all": lambda review: suggestions.accept_all(review, "glossary", False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_loses_a_block_or_changes_the_old_document(review, blocks, name):
    before = deepcopy(review)
    changed = CHANGES[name](review)
    assert review == before
    assert is_complete(changed, blocks)
    assert reviewed_lessons(changed, blocks)
    assert unpacked(packed(changed), review) == changed


def test_an_empty_heading_changes_nothing(review):
    assert headings(sections.rename(review, "s1", "  "))[1] == HEADINGS[1]


def test_promoting_a_section_makes_it_a_lesson_and_demoting_undoes_it(review):
    up = sections.promote(review, "s4")
    assert (section(up, "s4")["level"], section(up, "s4")["kind"]) == (1, "lesson")
    assert sections.demote(up, "s4")["sections"] == review["sections"]


def test_a_case_study_stays_one_when_it_is_promoted(review):
    assert section(sections.promote(review, "s6"), "s6")["kind"] == "case_study"


def test_the_first_section_cannot_be_demoted_and_the_top_not_promoted(review):
    assert sections.demote(review, "s0") == review
    assert sections.promote(review, "s1") == review


def test_children_move_with_their_parent(review):
    moved = sections.move(review, "s5", -1)
    assert headings(moved)[2:6] == [HEADINGS[5], HEADINGS[6], HEADINGS[7], HEADINGS[2]]
    assert sections.move(moved, "s5", 1)["sections"] == review["sections"]


def test_nothing_moves_past_the_ends_or_out_of_its_parent(review):
    assert sections.move(review, "s8", 1) == review
    assert sections.move(review, "s0", -1) == review
    assert sections.move(review, "s3", -1) == review


def test_merging_extends_the_section_before_and_lists_the_heading_as_omitted(review):
    merged = sections.merge(review, "s4")
    assert len(section(merged, "s3")["blocks"]) == 6
    assert merged["omissions"][-1]["heading"]["heading"] == "Calming the Neighbours"


def test_suggestions_of_a_merged_section_go_to_the_one_before(review):
    merged = sections.merge(review, "s7")
    assert {item["section"] for item in merged["timeline"]} == {"s6"}


def test_splitting_makes_a_section_of_the_rest(review, blocks):
    new = section(sections.split(review, "s4", third_block(review, "s4"), blocks), "s9")
    assert (new["level"], len(new["blocks"])) == (2, 2)


def test_subsections_of_an_omitted_section_move_up(review):
    omitted = sections.omit(sections.omit(review, "s0"), "s1")
    omitted = sections.omit(omitted, "s2")
    assert (omitted["sections"][0]["id"], omitted["sections"][0]["level"]) == ("s3", 1)
    assert omitted["omissions"][-1]["section"]["heading"] == "Main Duties of Bees in Town"


def test_an_omitted_section_is_restored_where_it_was(review, blocks):
    omitted = sections.omit(review, "s6")
    assert "Alder" not in " ".join(headings(omitted))
    assert headings(omissions.restore(omitted, "o1", blocks)) == HEADINGS


def test_a_merged_heading_comes_back_with_its_kind_and_text(review, blocks):
    merged = sections.merge(sections.rename(review, "s6", "Alder Street"), "s6")
    assert "Alder Street" not in headings(merged)
    restored = omissions.restore(merged, "o1", blocks)
    assert section(restored, "s6") == section(sections.rename(review, "s6", "Alder Street"), "s6")
    assert restored["omissions"] == []


def test_a_section_is_put_back_block_by_block_at_its_former_position(review, blocks):
    before = text_of(review, blocks)
    pieces = section(review, "s4")["blocks"]
    changed = sections.omit(review, "s4")
    for piece in [pieces[2], pieces[0], pieces[3], pieces[1]]:
        changed = omissions.restore(changed, "o1", blocks, piece)
    assert text_of(changed, blocks) == before
    assert changed["omissions"][0]["section"]["heading"] == "Calming the Neighbours"


def test_a_block_is_left_out_and_put_back_even_if_its_neighbours_are_gone(review, blocks):
    before, (first, second, *_others) = text_of(review, blocks), section(review, "s4")["blocks"]
    changed = omissions.omit_block(omissions.omit_block(review, "s4", second), "s4", first)
    assert len(text_of(changed, blocks)) == len(before) - 2
    changed = omissions.restore(omissions.restore(changed, "o1", blocks), "o2", blocks)
    assert text_of(changed, blocks) == before
    assert section(changed, "s4")["blocks"][0] == first


def test_what_was_left_out_after_a_footnote_stays_in_its_section():
    first = Block("paragraph", "See1.", '<p>See<sup class="footnote-ref"><a href="#fn-1">1</a></sup>.</p>')
    heading, last = Block("heading", "Second", level=2), paragraph_block("End.")
    note = Block("footnote", "A note.", '<li id="fn-1">A note.</li>')
    menu = Omission("Menu", "Navigation", position=4)
    parsed = ParsedArticle([first, heading, last, note], "See1. Second End. A note.", title="Notes", omissions=[menu])
    review, blocks = initial_review(analyse(parsed), parsed)
    assert text_of(omissions.restore(review, "o1", blocks), blocks) == ["See1.", "A note.", "End.", "Menu"]


def test_what_the_reader_left_out_is_put_back_in_its_place_line_by_line():
    first, second, third = (paragraph_block(text) for text in ("One is here.", "Two is here.", "Three is here."))
    omitted = [Omission("Skip\nMenu", "Navigation", position=1), Omission("©", "Notice", third, position=2)]
    parsed = ParsedArticle([first, second], "One is here. Two is here.", title="Numbers", omissions=omitted)
    review, blocks = initial_review(analyse(parsed), parsed)
    changed = omissions.restore(review, "o1", blocks, "x2")
    changed = omissions.restore(changed, "o2", blocks)
    assert text_of(changed, blocks) == ["One is here.", "Menu", "Two is here.", "Three is here."]
    assert omissions.restore(changed, "o1", blocks)["omissions"] == []
    everything_out = sections.omit(review, review["sections"][0]["id"])
    assert text_of(omissions.restore(everything_out, "o1", blocks, "x1"), blocks) == ["Skip"]


def test_a_block_that_is_in_no_section_and_no_list_is_missing(review, blocks):
    shortened = sections.replaced(review, 4, blocks=section(review, "s4")["blocks"][1:])
    assert missing_texts(shortened, blocks) == [blocks[section(review, "s4")["blocks"][0]]["text"]]
    assert completeness(shortened, blocks) == "Words of the article are missing in 1 place."
    assert not is_complete({**review, "missing": ["The force is … by law."]}, blocks)


def test_several_sections_are_moved_together_and_keep_their_order(review):
    up = selection.move(review, ["s2", "s5"], -1)
    top = [one["id"] for one in up["sections"] if one["level"] == 1]
    assert top == ["s0", "s2", "s5", "s1", "s8"]
    assert selection.move(selection.move(up, ["s2", "s5"], -1), ["s2", "s5"], -1)["sections"][0]["id"] == "s2"
    down = selection.move(review, ["s5", "s8"], 1)
    assert down["sections"] == review["sections"]


def test_several_sections_are_merged_demoted_and_given_a_kind(review):
    assert headings(selection.merge(review, ["s2", "s3", "s4", "s6"])) == HEADINGS[:3] + HEADINGS[5:]
    demoted = selection.demote(review, ["s1", "s2"])
    assert [one["level"] for one in demoted["sections"][:5]] == [1, 2, 2, 3, 3]
    assert selection.promote(demoted, ["s1", "s2"])["sections"] == review["sections"]
    kinds = selection.set_kind(review, ["s1", "s3"], "case_study")
    assert {section(kinds, one)["kind"] for one in ("s1", "s3")} == {"case_study"}
    with pytest.raises(KeyError):
        selection.omit(review, ["s1", "s99"])


def test_an_edited_paragraph_keeps_the_original(review, blocks):
    edited = block_edits.edit(review, "b3", "<p>Other <script>x</script><em>words</em>.</p>", blocks)
    assert block_edits.current(edited, blocks)["b3"]["text"] == "Other words."
    assert "Other <em>words</em>." in "".join(lesson.html() for lesson in reviewed_lessons(edited, blocks))
    assert block_edits.undo_edit(edited, "b3") == review
    assert block_edits.edit(edited, "b3", blocks["b3"]["html"], blocks) == review
    with pytest.raises(InvalidText, match="Leave out"):
        block_edits.edit(review, "b3", "<p> </p>", blocks)


SHOWN_AS = {
    "<p>In 1949, a <em>treaty</em> &amp; <b>more</b>.</p>": "In 1949, a *treaty* & **more**.",
    "<p>1949. It was * a_b.</p>": "1949\\. It was \\* a\\_b.",
    "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>": "- a\n  - b\n- c",
    '<ol start="3"><li>one</li><li>two</li></ol>': "3. one\n4. two",
    "<blockquote><p>Quote</p><p>More</p></blockquote>": "> Quote\n>\n> More",
}


@pytest.mark.parametrize("html", SHOWN_AS)
def test_a_paragraph_is_edited_as_markdown(html):
    text, text_format = editable_text(html)
    assert (text, text_format) == (SHOWN_AS[html], "markdown")
    assert editable_text(html_of(text, text_format)).text == text


@pytest.mark.parametrize(
    "html",
    [
        "<p>E = mc<sup>2</sup></p>",
        '<li id="fn-1">Note</li>',
        '<p>It is <math alttext="x"><mi>x</mi></math>.</p>',
        '<pre><code class="language-python">a</code></pre>',
        "<table><tbody><tr><td>a</td></tr></tbody></table>",
    ],
)
def test_what_markdown_would_lose_is_edited_as_html(html):
    assert editable_text(html) == (html, "html")


@pytest.mark.parametrize(
    ("action", "change", "focus"),
    [
        ("merge:s3", lambda review: sections.merge(review, "s3"), "s2"),
        ("merge:s6", lambda review: sections.merge(review, "s6"), "s5"),
        ("omit:s2", lambda review: sections.omit(review, "s2"), "s3"),
        ("omit:s8", lambda review: sections.omit(review, "s8"), "s7"),
        ("up:s5", lambda review: sections.move(review, "s5", -1), "s5"),
        ("split:s4", lambda review: sections.split(review, "s4", third_block(review, "s4"), START.blocks), "s9"),
        ("selected:omit", lambda review: selection.omit(review, ["s2", "s3"]), "l-s4"),
        ("selected:merge", lambda review: selection.merge(review, ["s2", "s3"]), "l-s2"),
        (f"leave-out:s4:{BLOCKS[1]}", lambda review: review, BLOCKS[2]),
        (f"leave-out:s4:{BLOCKS[3]}", lambda review: review, BLOCKS[2]),
        ("reject:tags", lambda review: review, "tags"),
    ],
)
def test_the_focus_stays_where_the_work_was(review, action, change, focus):
    assert focus_after(action, review, change(review), "s2,s3") == focus


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("selected:merge", "Merge 2 sections"),
        ("selected:up", "Move 2 sections up"),
        ("selected:kind", "Change 2 sections"),
        ("promote:s3", "Promote “{}”"),
        ("save", "Edit"),
    ],
)
def test_a_step_is_named_after_its_action(review, action, name):
    assert step_name(action, {"selected": "s2,s3"}, review) == name.format(section(review, "s3")["heading"])


def test_unknown_sections_are_an_error(review):
    with pytest.raises(KeyError):
        sections.rename(review, "s99", "x")


def test_suggestions_are_edited_accepted_and_rejected(review):
    changed = suggestions.edit(review, "glossary", "g1", term="mite disease", definition=" ")
    changed = suggestions.accept(changed, "glossary", "g1", accepted=False)
    assert changed["glossary"][0]["term"] == "mite disease"
    assert changed["glossary"][0]["definition"] == review["glossary"][0]["definition"]
    assert suggestions.accepted(suggestions.accept_all(changed, "glossary", False), "glossary") == []
    assert all(item["accepted"] for item in suggestions.accept_everything(changed)["prompts"])


def test_sections_become_lessons_with_headings_inside(review, blocks):
    lessons = reviewed_lessons(review, blocks)
    assert [(lesson.kind, lesson.title) for lesson in lessons] == [
        ("lesson", "Introduction"),
        ("lesson", "Understanding Bees in Town"),
        ("lesson", "Main Duties of Bees in Town"),
        ("lesson", "Case Studies of Bees in Town"),
        ("case_study", "Alder Street Apiary"),
        ("case_study", "Harbour Roof Project"),
        ("lesson", "Future Questions about Bees in Town"),
    ]
    assert "<h2>Watching for Disease</h2>" in lessons[2].html()
    assert lessons[2].sections == ["s2", "s3", "s4"]


def test_footnotes_are_at_the_end_of_their_lesson():
    html = reviewed_lessons(*start_review("tides.md"))[0].html()
    assert html.endswith("</ol></section>")
    assert 'id="fn-1"' in html


def test_problems_are_listed_before_the_module_is_created(review):
    assert problems(review) == []
    bad = suggestions.edit(review, "timeline", "t1", date="some day")
    assert "some day" in problems(bad)[0]
    bad = sections.set_facts(review, "s6", began="1987-99")
    assert problems(bad)[0].startswith("Alder Street Apiary: ")
