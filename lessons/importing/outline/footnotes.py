"""Footnotes stand at the end of a page; an article that is cut into lessons takes each to where it is referred to."""

import re

from lessons.importing.blocks import Outline

ADDRESS = re.compile(r"<li[^>]*\bid=\"([^\"]+)\"")


def bring_home(outline: Outline) -> None:
    """Moves every footnote to the end of the section that refers to it; one that nobody refers to stays."""
    places = [outline.blocks, *(section.blocks for section in outline.walk())]
    notes = [(place, block) for place in places for block in place if block.type == "footnote"]
    if not notes:
        return
    htmls = ["".join(block.html for block in place if block.type != "footnote") for place in places]
    for place, note in notes:
        address = ADDRESS.search(note.html)
        home = next((at for at, html in enumerate(htmls) if address and f'href="#{address[1]}"' in html), None)
        if home is not None:
            place.remove(note)
            places[home].append(note)
