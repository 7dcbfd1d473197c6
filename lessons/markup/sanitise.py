"""Pure functions over texts: sanitising, plain text, Markdown, addresses of headings, checksums.

Everything that stores HTML passes `sanitise`. It is idempotent: `sanitise(sanitise(x)) == sanitise(x)`.
Nothing here touches the database or the network.
"""

import re
from collections import Counter

import nh3
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 100
# The parser drops without a word what stands deeper than its own limit: ours refuses before that.
PARSER_DEPTH = 3 * MAX_DEPTH

TAGS = set(
    "h2 h3 h4 p ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td a img figure figcaption "
    "strong em b i s u sub sup code pre kbd q cite abbr br hr section".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang", "id"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Ids that we make ourselves; any other could take the place of an element of the page.
GENERATED_ID = re.compile(r"(sec|fn|fnref)-?[\w:-]{1,200}")
MAX_PASSES = 5
ASSET_URL = re.compile(r"/assets/[0-9a-f-]{36}/?")
# An image without an address, as nh3 writes its attributes.
FOREIGN_IMAGE = re.compile(r'<img(?!(?:\s[\w-]+="[^"]*")*?\ssrc=")(?:[^>"]|"[^"]*")*>')
# Elements whose end tag HTML lets one leave out say nothing about depth.
OPTIONAL_END_TAGS = set(
    "p li dt dd td th tr thead tbody tfoot option optgroup colgroup rt rp "
    "area base br col embed hr img input link meta source track wbr param".split()
)
OWN_HEADING = {"1": "h2", "5": "h4", "6": "h4"}
FOREIGN_HEADING = re.compile(r"(</?)h([156])\b", re.IGNORECASE)
PRE_START = re.compile(r"(<pre[^>]*>)\n+")
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


class InvalidText(ValueError):
    """A text that cannot be taken in; the message is a sentence for the person who sent it."""


# What the editor offers; each element of it stands in TAGS.
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
    """`sanitise`, its refusals worded as form errors."""
    try:
        return sanitise(html)
    except InvalidText as refusal:
        raise ValidationError(str(refusal)) from None


def check_size(text: str) -> None:
    """Raises UnreadableText over MAX_CHARACTERS code points."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidText(
            _("This text has %(n)s characters; %(most)s is the most. Split it and send the parts one by one.")
            % {"n": f"{len(text):,}", "most": f"{MAX_CHARACTERS:,}"}
        )


def check_depth(html: str) -> None:
    """Raises UnreadableText where elements stand in one another more than MAX_DEPTH deep. Linear in length."""
    depth, still_open = 0, Counter()
    for end, name in TAG.findall(html.lower()):
        # An end tag of what is not open ends nothing, for a browser either.
        if name in OPTIONAL_END_TAGS or (end and not still_open[name]):
            continue
        step = -1 if end else 1
        depth, still_open[name] = depth + step, still_open[name] + step
        if depth > MAX_DEPTH:
            raise InvalidText(
                _("This text is nested more than %(n)s levels deep. Take out some of the quotes within quotes.")
                % {"n": MAX_DEPTH}
            )


def sanitise(html: str) -> str:
    """`html` with only the elements a lesson may hold, safe to show. Raises UnreadableText.

    h1 becomes h2, h5 and h6 become h4; scripts, styles, forms and foreign images go; links keep http, https, mailto
    and addresses on this site.
    """
    html = html.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    html = html.encode("utf-8", "ignore").decode()
    check_size(html)
    check_depth(html)
    html, before = _cleaned(FOREIGN_HEADING.sub(lambda m: m[1] + OWN_HEADING[m[2]], html)), html
    # Where an element is taken away, what stood in it may stand where the next parser reads it otherwise.
    for _again in range(MAX_PASSES):
        if html == before:
            break
        html, before = _cleaned(html), html
    return html


def _cleaned(html: str) -> str:
    """One pass. The line end that a parser drops behind `<pre>` goes: it would make every pass change the text."""
    return PRE_START.sub(r"\1", FOREIGN_IMAGE.sub("", CLEANER.clean(html))).strip()


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """An image that loses its `src` here is taken out by FOREIGN_IMAGE: a second parser might see others."""
    if name == "id":
        return value if GENERATED_ID.fullmatch(value) else None
    if name == "src":
        return value if ASSET_URL.fullmatch(value) else None
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
    allowed_classes={"section": {"footnotes"}, "sup": {"footnote-ref"}},
    strip_comments=True,
)


def add_heading_ids(html: str) -> str:
    """`html` with an id on every heading (`sec-` and its words), unique in the text; ids that are there stay."""
    page = LexborHTMLParser(f"<body>{html}")
    headings = page.css("h2, h3, h4")
    taken = {h.attributes["id"] for h in headings if h.attributes.get("id")}
    numbers = Counter()
    for heading in headings:
        if not heading.attributes.get("id"):
            heading.attrs["id"] = _unique_id(heading.text(deep=True), taken, numbers)
            taken.add(heading.attributes["id"])
    return page.body.inner_html or ""


def _unique_id(words: str, taken: set[str], numbers: Counter) -> str:
    """`numbers` keeps the last number behind each stem, so that many equal headings are not tried in their square."""
    name = stem = "sec-" + (slugify(words, allow_unicode=True)[:60].strip("-") or "part")
    while name in taken:
        numbers[stem] += 1
        name = f"{stem}-{numbers[stem] + 1}"
    return name


def headings(html: str) -> list[dict]:
    """`{"id", "text", "level"}` of each heading with an address, in order."""
    page = LexborHTMLParser(f"<body>{html}")
    return [
        {"id": h.attributes["id"], "text": " ".join(h.text(deep=True).split()), "level": int(h.tag[1])}
        for h in page.css("h2[id], h3[id], h4[id]")
    ]
