"""Pure: both parts of an e-mail, from one piece of HTML, so that they say the same.

tree       the HTML as elements
as_html    with the styles inline, as mail programs need it
as_text    as plain text, with its lists, tables and quotations

A template writes plain HTML, and may use these classes, whose look is defined in `as_html`:

    p.lead        grey: what the e-mail is about
    p.soft        small and grey: who did what, and when
    p.more        the same further from what is before it
    small         small and grey, in a line
    p.button      one link, the next step: in text its label, and the address on a line of its own
    p.place       the same without a button
    p.links       links only, each on a line of its own in text
    p.code        something to type
    a.place       as p.place, in the cell of a table
    .late         overdue
    blockquote.passage    the passage of a lesson that a conversation is about
    div.post      what somebody wrote: indented in text
    table.rows    rows without borders, whose first column is a label
"""

from functools import lru_cache
from typing import NamedTuple

from lessons.mail.parts import as_html, as_text
from lessons.mail.parts.tree import adapt_posts, parse
from lessons.markup.mathml import formulas_as_tex


class Parts(NamedTuple):
    """The same content twice."""

    html: str
    text: str


# Cached because many e-mails have the same sections, as when an announcement goes to everybody.
@lru_cache(maxsize=512)
def make_parts(html: str, base_url: str) -> Parts:
    """Return the parts of some blocks of trusted HTML. `base_url` makes links absolute. Linear in their length."""
    root = parse(formulas_as_tex(html))
    adapt_posts(root)
    return Parts(as_html.render(root, base_url), as_text.render(root, base_url))
