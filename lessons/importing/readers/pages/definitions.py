"""Extract terms that a page explains in pop-ups: hidden text linked from a word, as on Pressbooks."""

import re
from html import unescape

from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission
from lessons.importing.readers.pages.layout import outermost
from lessons.importing.readers.pages.names import joined_names

REASON = _("The definition of a term, suggested for the glossary.")
POINTERS = (
    "href",
    "aria-describedby",
    "aria-controls",
    "aria-details",
    "data-target",
    "data-bs-target",
    "popovertarget",
)
TEXTS = ("data-definition", "data-cmtooltip", "data-tooltip", "data-content", "data-bs-content", "title")
TRIGGERS = ", ".join(f"[{name}]" for name in (*POINTERS[1:], *TEXTS)) + ", a[href^='#']"
NAMES = re.compile(r"-(?:glossary|definition|definitions|tooltip|tooltips|popover|glossar|term)-")
GLOSSARY = re.compile(r"-(?:glossary|glossar|definition)-")
TAG = re.compile(r"<[^<>]*>")
MAX_TERM, MAX_DEFINITION = 80, 1_500
MIN_WORDS = 3


def extract(page: LexborHTMLParser) -> tuple[list[tuple[str, str]], list[Omission]]:
    """Remove the definitions that are hidden in `page`; return them with their terms, and as omissions."""
    definitions: dict[str, str] = {}
    omissions: list[Omission] = []
    hidden = {name: node for node in page.css("[id]") if (name := node.attributes.get("id")) and _is_hidden(node)}
    taken: dict[str, str] = {}
    used: list[LexborNode] = []
    for trigger in page.css(TRIGGERS):
        term = " ".join(trigger.text(deep=True).split()).strip(" ,.;:")
        if not term or len(term) > MAX_TERM or not any(c.isalpha() for c in term):
            continue
        name = next((name for name in _pointed(trigger) if name in hidden), "")
        if name and name not in taken:
            taken[name] = _text(hidden[name])
            if _is_definition(taken[name], term):
                omissions.append(Omission(_all_text(hidden[name]), REASON))
                used.append(hidden[name])
        definition = taken[name] if name else _own_text(trigger)
        if _is_definition(definition, term):
            definitions.setdefault(term, definition)
    for node in outermost(used):
        node.decompose()
    return list(definitions.items()), omissions


def _pointed(trigger: LexborNode) -> list[str]:
    """Return the ids that an element refers to."""
    attributes = trigger.attributes
    values = [attributes.get(name) or "" for name in POINTERS]
    return [name.removeprefix("#") for value in values if not value.startswith("http") for name in value.split()]


def _is_hidden(node: LexborNode) -> bool:
    """Return whether an element is hidden, or only shown in a pop-up."""
    attributes = node.attributes
    if node.tag == "template" or attributes.get("role") == "tooltip" or "popover" in attributes:
        return True
    is_hidden = "hidden" in attributes or "display:none" in (attributes.get("style") or "").replace(" ", "")
    return bool(NAMES.search(joined_names(node))) and (is_hidden or attributes.get("role") in ("dialog", "definition"))


def _text(node: LexborNode) -> str:
    """Return the text of a definition, without the buttons in it."""
    copy = _copy(node)
    for button in copy.css("button, .screen-reader-text, .sr-only"):
        button.decompose()
    return " ".join(copy.body.text(deep=True, separator=" ").split()) if copy.body else ""


def _all_text(node: LexborNode) -> str:
    """Return the text of an element with its buttons."""
    body = _copy(node).body
    return " ".join(body.text(deep=True, separator=" ").split()) if body else ""


def _copy(node: LexborNode) -> LexborHTMLParser:
    """Return a page with a copy of the element, with a template's content made readable."""
    html = (node.html or "").replace("<template", "<div", 1)
    return LexborHTMLParser(f"<body>{html}")


def _own_text(trigger: LexborNode) -> str:
    """Return the definition in an attribute of a glossary link or a `<dfn>`."""
    if trigger.tag != "dfn" and not GLOSSARY.search(joined_names(trigger)):
        return ""
    texts = (unescape(TAG.sub(" ", trigger.attributes.get(name) or "")) for name in TEXTS)
    return next((text for one in texts if (text := " ".join(one.split()))), "")


def _is_definition(text: str, term: str) -> bool:
    return len(text) <= MAX_DEFINITION and len(text.split()) >= MIN_WORDS and text.casefold() != term.casefold()
