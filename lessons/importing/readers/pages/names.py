"""Normalise the class names and the id of an element."""

import re

from selectolax.lexbor import LexborNode

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def joined_names(node: LexborNode) -> str:
    """Return the class names and the id in kebab case, each between hyphens: `-post-meta--header-`."""
    attributes = node.attributes
    names = [*(attributes.get("class") or "").split(), attributes.get("id") or ""]
    return "-" + "--".join("-".join(WORD.findall(name[:80])).lower() for name in names[:20] if name) + "-"
