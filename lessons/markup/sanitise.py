"""Pure: sanitise HTML, as everything does that stores HTML, and add ids to headings.

`sanitise` is idempotent: `sanitise(sanitise(x)) == sanitise(x)`.
"""

import re
from collections import Counter

import nh3
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser

from lessons.markup import mathml
from lessons.markup.blocks import BLOCK_TAGS, HEADINGS, tag_name
from lessons.markup.blocks import TAG as CLEAN_TAG
from lessons.markup.characters import clean_text
from lessons.memo import memoized

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 100
# The parser silently drops elements nested deeper than its own limit, so ours is lower.
PARSER_DEPTH = 3 * MAX_DEPTH

TAGS = set(
    "h2 h3 h4 p ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td a img figure figcaption "
    "strong em b i s u sub sup code pre kbd q cite abbr br hr section aside details summary ruby rt rp".split()
)
TAGS |= mathml.ELEMENTS
REMOVED_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "title"}
REMOVED_WITH_CONTENT |= mathml.HIDDEN_ELEMENTS
CHECK_ATTRIBUTE = "data-check"
ATTRIBUTES = mathml.ATTRIBUTES | {
    "*": {"dir", "lang", "id"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "aside": {"class"},
    "code": {"class"},
    "details": {"open"},
    "hr": {CHECK_ATTRIBUTE},
    "img": {"src", "alt", "width", "height"},
    "li": {"value", "class"},
    "ol": {"start", "reversed", "type"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "scope", "class"},
}
# Ids that we generate; any other could clash with an element of the page.
GENERATED_ID = re.compile(r"(sec|fn|fnref)-?[\w:-]{1,200}")
UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Where a check stands in a text: no text is in it, and what knows nothing of checks shows a line.
CHECK_PLACE = re.compile(rf'<hr {CHECK_ATTRIBUTE}="({UID.pattern})">')
# The kinds of callouts, each with a style of its own: `<aside class="callout callout-KIND">`.
CALLOUT_KINDS = ("note", "tip", "important", "warning", "caution", "example")
# Of the cells of a table's column.
ALIGNMENTS = {"align-center", "align-end"}
CLASSES = {
    "aside": {"callout", *(f"callout-{kind}" for kind in CALLOUT_KINDS)},
    "li": {"task"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    **dict.fromkeys(("td", "th"), ALIGNMENTS),
}
CODE_LANGUAGE = re.compile(r"language-[a-z0-9_+#.-]{1,40}")
BOOLEAN_ATTRIBUTES = {"open", "reversed"}
ATTRIBUTE_VALUES = {
    "start": re.compile(r"-?\d{1,9}", re.ASCII),
    "value": re.compile(r"-?\d{1,9}", re.ASCII),
    "type": re.compile(r"[1aAiI]"),
    "colspan": re.compile(r"\d{1,4}", re.ASCII),
    "rowspan": re.compile(r"\d{1,5}", re.ASCII),
    "id": GENERATED_ID,
    CHECK_ATTRIBUTE: UID,
}
MAX_PASSES = 5
ASSETS = "/assets/"
ASSET_URL = re.compile(rf"{ASSETS}[0-9a-f-]{{36}}/?")
# An image without a source, as nh3 writes its attributes.
IMAGE_WITHOUT_SOURCE = re.compile(r'<img(?!(?:\s[\w-]+="[^"]*")*?\ssrc=")(?:[^>"]|"[^"]*")*>')
# Elements with an optional end tag do not count towards the depth.
OPTIONAL_END_TAGS = set(
    "p li dt dd td th tr thead tbody tfoot option colgroup "
    "area base br col embed hr img input link meta source track wbr param".split()
)
RUBY_TAGS = {"rt", "rp"}
REPLACEMENT_HEADINGS = {"1": "h2", "5": "h4", "6": "h4"}
UNSUPPORTED_HEADING = re.compile(r"(</?)h([156])\b", re.IGNORECASE)
# nh3 takes quadratic time in the number of ampersands.
MAX_AMPERSANDS = 100_000
# Block elements that are removed, though not their content, which must not touch what stands beside them; also those
# that parsers remove, cells and captions outside a table.
REMOVED_BLOCKS = set(
    "div center address article main header footer hgroup nav search form fieldset legend menu dir dialog textarea "
    "option optgroup listing xmp plaintext marquee frameset noframes td th caption".split()
)
REMOVED_BLOCK = re.compile(rf"<(/?)(?:{'|'.join(sorted(REMOVED_BLOCKS))})(?![\w-])[^<>]*+>", re.IGNORECASE)
# A control character, which no cleaned text has.
BOUNDARY = "\x1e"
PRE_START = re.compile(r"(<pre[^>]*>)\n+")
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


class InvalidText(ValueError):
    """A text that cannot be accepted; the message tells its author what to do."""


# What the editor offers; each of its elements is in TAGS.
EDITOR_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "CodeBlock": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Figure": True,
    "Image": True,
    "Caption": True,
}


def clean_html(html: str) -> str:
    """Return what `sanitise` returns; raise ValidationError, for forms."""
    try:
        return sanitise(html)
    except InvalidText as refusal:
        raise ValidationError(str(refusal)) from None


def check_size(text: str) -> None:
    """Raise InvalidText for more than MAX_CHARACTERS code points."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidText(
            _("This text has %(length)s characters; the limit is %(max)s. Split it and send the parts one by one.")
            % {"length": f"{len(text):,}", "max": f"{MAX_CHARACTERS:,}"}
        )


def check_depth(html: str) -> None:
    """Raise InvalidText if elements are nested more than MAX_DEPTH deep. Linear in length."""
    depth = 0
    open_count: Counter[str] = Counter()
    for end, name in TAG.findall(html.lower()):
        # An end tag without a start tag is ignored, as in browsers; outside <ruby>, <rt> does not end another <rt>.
        is_optional = name in OPTIONAL_END_TAGS or (name in RUBY_TAGS and open_count["ruby"])
        if is_optional or (end and not open_count[name]):
            continue
        step = -1 if end else 1
        depth, open_count[name] = depth + step, open_count[name] + step
        if depth > MAX_DEPTH:
            raise InvalidText(
                _("This text is nested more than %(n)s levels deep. Remove some of the quotes within quotes.")
                % {"n": MAX_DEPTH}
            )


@memoized
def sanitise(html: str) -> str:
    """Return `html` with only the elements allowed in a lesson, safe to show; raise InvalidText.

    Classes say what an element is: CLASSES, and the language of code. h1 becomes h2, h5 and h6 become h4; scripts,
    styles, forms and images of other sites are removed; links may be http, https, mailto or lead to this site.
    """
    html = clean_text(html.replace("\r\n", "\n").replace("\r", "\n"))
    check_size(html)
    check_depth(html)
    if html.count("&") > MAX_AMPERSANDS:
        raise InvalidText(_("This text has too many “&” characters. Split it and send the parts one by one."))
    html = UNSUPPORTED_HEADING.sub(lambda m: m[1] + REPLACEMENT_HEADINGS[m[2]], html)
    html, before = _cleaned(REMOVED_BLOCK.sub(_with_boundary, html)), html
    # Once an element is removed, a parser may read its content differently.
    for _again in range(MAX_PASSES):
        if html == before:
            break
        html, before = _cleaned(html), html
    return html


def _cleaned(html: str) -> str:
    """Clean once. Also remove line ends after `<pre>`: parsers drop one, so that every pass would change the text.

    The text is cleaned again: a reference such as `&#12;` has become a control character.
    """
    html = mathml.only_mathml(clean_text(_with_line_breaks(CLEANER.clean(html))))
    return PRE_START.sub(r"\1", IMAGE_WITHOUT_SOURCE.sub("", html)).strip()


def _with_boundary(tag: re.Match[str]) -> str:
    return BOUNDARY + tag[0] if tag[1] else tag[0] + BOUNDARY


def _with_line_breaks(html: str) -> str:
    """Replace each boundary of removed blocks between two texts by a line break, in a heading by a space."""
    if BOUNDARY not in html:
        return html
    result: list[str] = []
    is_after_text = is_due = False
    line_break = "<br>"
    for n, piece in enumerate(CLEAN_TAG.split(html)):
        if n % 2:
            name = tag_name(piece)
            if name.lstrip("/") in BLOCK_TAGS or name == "br":
                is_after_text = is_due = False
                line_break = " " if name in HEADINGS else "\n" if name == "pre" else "<br>"
            result.append(piece)
            continue
        for number, text in enumerate(piece.split(BOUNDARY)):
            is_due |= number > 0 and is_after_text
            if text.strip():
                result += [line_break, text] if is_due else [text]
                is_after_text, is_due = True, False
            else:
                result.append(text)
    return "".join(result)


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Filter attributes. Images that lose their `src` here are removed by IMAGE_WITHOUT_SOURCE."""
    value = value.replace(BOUNDARY, "")
    if name == "src":
        return value if ASSET_URL.fullmatch(value) else None
    return filter_attribute(tag, name, value)


def filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the allowed value of an attribute in lessons and posts, None to remove it."""
    if name != "id" and tag in mathml.ELEMENTS:
        return mathml.keep_attribute(tag, name, value)
    if name == "class":
        return " ".join(word for word in value.split() if is_allowed_class(tag, word)) or None
    if name in BOOLEAN_ATTRIBUTES:
        return ""
    pattern = ATTRIBUTE_VALUES.get(name)
    return value if pattern is None or pattern.fullmatch(value) else None


def is_allowed_class(tag: str, name: str) -> bool:
    """Return whether an element of a lesson may have the class."""
    return name in CLASSES.get(tag, ()) or (tag == "code" and CODE_LANGUAGE.fullmatch(name) is not None)


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=REMOVED_WITH_CONTENT,
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)


def add_heading_ids(html: str) -> str:
    """Return `html` with a unique id on every heading (`sec-` and its text); existing ids stay."""
    page = LexborHTMLParser(f"<body>{html}")
    headings = page.css("h2, h3, h4")
    taken = {name for h in headings if (name := h.attributes.get("id"))}
    numbers: Counter[str] = Counter()
    for heading in headings:
        if not heading.attributes.get("id"):
            heading.attrs["id"] = name = _unique_id(heading.text(deep=True), taken, numbers)
            taken.add(name)
    return (page.body and page.body.inner_html) or ""


def _unique_id(text: str, taken: set[str], numbers: Counter[str]) -> str:
    """Return an id not in `taken`. `numbers` has the last number of each stem, so that equal headings cost little."""
    name = stem = "sec-" + (slugify(text, allow_unicode=True)[:60].strip("-") or "part")
    while name in taken:
        numbers[stem] += 1
        name = f"{stem}-{numbers[stem] + 1}"
    return name
