"""The class names and the id of an element, in one form."""

import re

from selectolax.lexbor import LexborNode

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def joined_names(node: LexborNode, *, with_id: bool = True) -> str:
    """Return the words of the class names and of the id, each name between hyphens: `-post-meta--header-`."""
    attributes = node.attributes
    names = [*(attributes.get("class") or "").split(), (attributes.get("id") or "") if with_id else ""]
    return "-" + "--".join("-".join(WORD.findall(name[:80])).lower() for name in names[:20] if name) + "-"
