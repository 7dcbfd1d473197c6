"""The targets of links on a page are anchors of its blocks."""

import pytest

from lessons.importing.readers import html


@pytest.mark.parametrize(
    "place",
    [
        '<h2 id="x">Wet</h2>',
        '<h2><a name="x"></a>Wet</h2>',
        '<h2><a id="x" class="anchor" href="#x">¶</a> Wet</h2>',
        '<h2><a id="y"></a><a id="x"></a> Wet </h2>',
        '<p><b id="x"></b></p><p>Wet</p>',
        '<ul><li>Dry</li><li id="x">Wet</li></ul>',
        '<div id="x"><div><p>Wet</p></div></div>',
        '<table><tr><td>Dry</td><td><a id="x"></a>Wet</td></tr></table>',
        '<pre id="x">Wet</pre>',
    ],
)
def test_the_target_of_a_link_is_an_anchor_of_its_block(place):
    blocks = html.read(f'<p>Read <a href="#x">on</a>, <a href="#nowhere">or</a> not.</p>{place}<p>End.</p>').blocks
    assert [block.anchors for block in blocks] == [(), ("x",), ()]
    assert "Wet" in blocks[1].text
    assert "\ue0f0" not in "".join(block.text + block.html for block in blocks)
    assert not blocks[1].text.endswith(" ")
