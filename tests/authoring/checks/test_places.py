"""Where a check is put into a text without the editor."""

from uuid import uuid4

import pytest

from lessons.authoring.checks.places import END, START, insert_place, section_of_checks, sections
from lessons.practice.places import place_of

UID = str(uuid4())
PARTS = [
    "<p>Tides.</p>",
    "<h2>Moon</h2><p>It <em>pulls</em>.</p>",
    "<h3>Summary</h3><ul><li>One</li></ul>",
    "<h2>Sun &amp; wind</h2><p>So does it.</p>",
    "<h3>Summary</h3><p>Two.</p>",
    '<section class="footnotes"><ol><li id="fn1"><p>See there.</p></li></ol></section>',
]
HTML = "".join(PARTS)


def test_the_sections_of_a_text_are_named_by_their_headings():
    found = sections(HTML)
    assert [(part.heading, part.level) for part in found] == [
        ("Moon", 2),
        ("Summary", 3),
        ("Sun & wind", 2),
        ("Summary", 3),
    ]
    assert len({part.key for part in found}) == 4


@pytest.mark.parametrize("n", range(4))
def test_a_check_is_put_at_the_end_of_a_section(n):
    after = n + 2
    found = insert_place(HTML, UID, sections(HTML)[n].key)
    assert found == "".join([*PARTS[:after], place_of(UID), *PARTS[after:]])
    assert section_of_checks(found) == {UID: sections(HTML)[n].heading}


@pytest.mark.parametrize(("key", "after"), [(START, 1), (END, 5), ("a section that is gone", 5)])
def test_a_check_is_put_before_the_headings_or_the_footnotes(key, after):
    assert insert_place(HTML, UID, key) == "".join([*PARTS[:after], place_of(UID), *PARTS[after:]])


@pytest.mark.parametrize("key", [START, END])
def test_an_empty_text_can_have_a_check(key):
    assert insert_place("", UID, key) == place_of(UID)
    assert section_of_checks(place_of(UID)) == {UID: ""}
