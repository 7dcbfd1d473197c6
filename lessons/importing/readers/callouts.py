"""Convert callouts (notes, warnings) and task lists of a page to the form they have in lessons."""

import re

from django.utils.safestring import SafeString
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import element
from lessons.importing.readers.pages.names import class_names
from lessons.markup.markdown_callouts import CALLOUT_KIND_OF
from lessons.markup.markdown_structures import DONE_TASK, OPEN_TASK

# Elements that may be callouts, by class: those of Sphinx, MkDocs, Docusaurus, VuePress, GitHub, Quarto, Asciidoctor,
# Pressbooks, LibreTexts, OpenStax, MDN and Bootstrap.
CANDIDATES = (
    "div[class], aside[class], section[class], blockquote[class], table.admonitionblock, div[data-type], "
    "aside[data-type]"
)
CALLOUT_CLASS = re.compile(
    r"(?P<base>admonition|callout|markdown-alert|alert|notecard|admonitionblock|textbox|theme-admonition|custom-block|"
    r"custom-container|hint-container|callout-box|bs-callout|bcc-box|box|md-alert|sd-card|notice|panel|infobox-note)"
    r"(?:[-_]{1,2}(?P<kind>\w[\w-]*))?",
    re.IGNORECASE,
)
# Suffixes of the class names of parts of callouts.
PART = re.compile(r"(?:content|body|title|header|heading|icon|container|inner|text|legend|label|link)s?(?:[-_]|\Z)")
SURE = set(
    "admonition callout markdown-alert notecard admonitionblock textbox theme-admonition custom-block "
    "hint-container bs-callout bcc-box".split()
)
# Class names that are enough: others, such as "info", are also used for quite different parts of a page.
ALONE = set("note tip warning caution important danger hint attention seealso example exercise".split())
TITLES = (
    ".admonition-title, .admonition-heading, .markdown-alert-title, .callout-title, .callout-header, .textbox__title, "
    ".textbox__header, .custom-block-title, .hint-container-title, .custom-container-title, .box-legend, "
    ".callout-heading"
)
HEADINGS = "h1, h2, h3, h4, h5, h6"
ICONS = "svg, .icon, .callout-icon-container, .callout-icon"
CHECKBOX = "input[type=checkbox]"
TASKS = "li[role=checkbox], li[aria-checked], li[data-checked], li[data-task]"
MAX_SHARE = 0.5


def normalise(page: LexborHTMLParser) -> None:
    """Convert callouts to `<aside class="callout callout-KIND">` with a bold title, and mark the items of tasks."""
    _mark_tasks(page)
    if page.body is None:
        return
    limit = MAX_SHARE * len(page.body.text(deep=True))
    candidates = [(node, kind) for node in page.css(CANDIDATES) if (kind := _kind(node, limit))]
    for node, kind in reversed(candidates):
        if len(node.css(HEADINGS)) < 2:
            _replace(node, kind)


def _kind(node: LexborNode, limit: float) -> str:
    """Return the kind of a callout, empty for any other element.

    limit: an element with a longer text is not a callout if only a common word among its classes suggests it.
    """
    names = [*map(str.lower, class_names(node)), (node.attributes.get("data-type") or "").lower()]
    matches = [
        match for name in names if (match := CALLOUT_CLASS.fullmatch(name)) and not PART.match(match["kind"] or "")
    ]
    words = [match["kind"] for match in matches if match["kind"]]
    words += [name for name in names if name in ALONE or matches]
    kind = next((CALLOUT_KIND_OF[word] for word in words if word in CALLOUT_KIND_OF), "")
    if any(match["base"] in SURE for match in matches):
        return kind or "note"
    return kind if kind and len(node.text(deep=True)) <= limit else ""


def _replace(node: LexborNode, kind: str) -> None:
    """Replace an element by a callout."""
    for icon in node.css(ICONS):
        if not _words_of(icon):
            icon.decompose()
    title, content = node.css_first(TITLES) or _leading_heading(node), node
    icon_cell, content_cell = node.css_first("td.icon"), node.css_first("td.content")
    if icon_cell is not None and content_cell is not None:  # Asciidoctor
        title, content = icon_cell, content_cell
    text = _words_of(title) if title is not None else ""
    if title is not None:
        title.decompose()
    lead = element("p", element("strong", text)) if text else ""
    html = element("aside", lead, SafeString(content.inner_html or ""), class_=f"callout callout-{kind}")
    new = LexborHTMLParser(f"<!doctype html><body>{html}").css_first("aside")
    if new is None:
        return
    name = node.attributes.get("id")
    if name:
        new.attrs["id"] = name
    node.replace_with(new)


def _words_of(node: LexborNode) -> str:
    """Return the text of a title or an icon; the alternative text if it is only an image."""
    text = " ".join(node.text(deep=True).split())
    images = [node] if node.tag == "img" else node.css("img")
    return text or " ".join(" ".join(filter(None, (image.attributes.get("alt") for image in images))).split())


def _leading_heading(node: LexborNode) -> LexborNode | None:
    """Return the heading at the start of a callout."""
    heading = node.css_first(HEADINGS)
    if heading is None:
        return None
    before = heading
    while before.parent is not None and before.mem_id != node.mem_id:
        previous = before.prev
        while previous is not None:
            if previous.text(deep=True).strip():
                return None
            previous = previous.prev
        before = before.parent
    return heading


def is_callout(node: LexborNode) -> bool:
    return node.tag == "aside" and "callout" in class_names(node)


def _mark_tasks(page: LexborHTMLParser) -> None:
    """Replace the checkbox of each task by a box character, ticked or not, before its text."""
    for box in page.css(CHECKBOX):
        item = box.parent
        while item is not None and item.tag in ("label", "p", "span", "div"):
            item = item.parent
        if item is not None and item.tag == "li" and _may_be_task(item, box):
            is_done = "checked" in box.attributes
            box.decompose()
            _mark_task(item, is_done)
    for item in page.css(TASKS):
        if "task" not in class_names(item) and item.attributes.get("role") in (None, "checkbox"):
            values = [item.attributes.get(name) for name in ("aria-checked", "data-checked", "data-task")]
            _mark_task(item, any(value in ("true", "x", "X", "checked") for value in values))


def _may_be_task(item: LexborNode, box: LexborNode) -> bool:
    """Return whether an item with a checkbox is a task, and not an entry of a collapsible menu."""
    names = " ".join(class_names(item) + (class_names(item.parent) if item.parent is not None else []))
    is_named = any(word in names.lower() for word in ("task", "todo", "check"))
    return "disabled" in box.attributes or is_named or item.css_first("ul, ol, a") is None


def _mark_task(item: LexborNode, is_done: bool) -> None:
    for node in item.traverse(include_text=True):
        text = node.text(deep=False) if node.is_text_node else ""
        if text.strip():
            node.replace_with(f"{DONE_TASK if is_done else OPEN_TASK} {text.lstrip()}")
            item.attrs["class"] = "task"
            return
