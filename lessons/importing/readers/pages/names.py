"""Return the class names of an element, and normalise them with its id."""

import re

from selectolax.lexbor import LexborNode

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def class_names(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def joined_names(node: LexborNode, *, with_id: bool = True) -> str:
    """Return the class names and the id in kebab case, each between hyphens: `-post-meta--header-`."""
    names = [*class_names(node), (node.attributes.get("id") or "") if with_id else ""]
    return "-" + "--".join("-".join(WORD.findall(name[:80])).lower() for name in names[:20] if name) + "-"
