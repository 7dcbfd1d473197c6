"""Pure: the pre-publish report, which lists what readers would notice in a text. It never prevents publishing.

What the site knows comes in: see `site_knowledge`. Only links within the site are judged: nothing is requested from
other sites. Contrast needs no check, because a text has no colours of its own: the sanitiser removes them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.markup.plain_text import has_visible_text
from lessons.markup.scripts import count_words

MAX_PARAGRAPH_WORDS = 250
SHOWN_LENGTH = 60  # characters
HEADINGS = {"h2": 2, "h3": 3, "h4": 4}
TERM_FRAGMENT = "#term-"


class Level(TextChoices):
    """Whether readers lose something, or may stumble."""

    FIX = "fix", gettext_lazy("Fix")
    CHECK = "check", gettext_lazy("Check")


class LinkState(Enum):
    """What the site knows about a link to a page of its own."""

    WORKS = "works"
    DEAD = "dead"
    DEAD_ANCHOR = "dead anchor"
    UNKNOWN_TERM = "unknown term"
    NOT_PUBLISHED = "not published"
    OTHER_COURSE = "other course"
    STAFF_ONLY = "staff only"


@dataclass(frozen=True)
class SiteKnowledge:
    """What the site knows of a text's links, by address, and of its images: their descriptions, by address.

    A link without a state leads to another site. An image without a description does not exist.
    """

    links: Mapping[str, LinkState] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where an item is: the n-th (from 0) element of the kind that has this `text`; for an image, its address.

    heading_id: the heading before it, for a link to the preview.
    """

    kind: str
    text: str = ""
    number: int = 0
    heading_id: str = ""


@dataclass(frozen=True)
class ReportItem:
    """One thing that readers would notice. action: what a link to the place says."""

    level: Level
    message: str
    action: str
    place: Place


@dataclass(frozen=True)
class Report:
    """The items in the order of the text, those to fix first; `passed`: what was looked at and is in order."""

    items: list[ReportItem]
    passed: list[str]

    @property
    def fixes(self) -> int:
        return sum(item.level == Level.FIX for item in self.items)


def pre_publish_report(html: str, site: SiteKnowledge) -> Report:
    """Return the report on a text as it would be published, see `services.prepare_html`. Linear in its length."""
    reporter = _Reporter(site)
    items = reporter.report(html)
    return Report(sorted(items, key=lambda item: item.level != Level.FIX), reporter.passed())


def addresses(html: str) -> tuple[set[str], set[str]]:
    """Return the addresses of the links and of the images in a text."""
    page = LexborHTMLParser(f"<body>{html}")
    links = {node.attributes.get("href") or "" for node in page.css("a")}
    images = {node.attributes.get("src") or "" for node in page.css("img")}
    return links, images


class _Reporter:
    """Looks at the elements of a text in order."""

    def __init__(self, site: SiteKnowledge):
        self.site = site
        self.heading_id = ""
        self.level = 1  # of the last heading; the title of the page is the first
        self.ids: set[str] = set()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.found: Counter[str] = Counter()
        self.with_items: set[str] = set()

    def report(self, html: str) -> list[ReportItem]:
        page = LexborHTMLParser(f"<body>{html}")
        body = page.body
        if body is None or not has_visible_text(body.text(deep=True)):
            return [ReportItem(Level.FIX, _("there is no text yet."), _("Write it"), Place("text"))]
        self.ids = {node.attributes.get("id") or "" for node in page.css("[id]")}
        checks = {"img": self._image, "a": self._link, "p": self._paragraph, "table": self._table}
        checks |= dict.fromkeys(HEADINGS, self._heading)
        items = []
        for node in page.css("img, a, p, table, h2, h3, h4"):
            name = node.tag or ""
            self.found[name if name not in HEADINGS else "heading"] += 1
            place = self._place(node)
            new = list(checks[name](node, place))
            if new:
                self.with_items.add(place.kind)
            items += new
        return items

    def passed(self) -> list[str]:
        """Return sentences about the kinds of elements that the text has, and that are all in order."""
        sentences = {
            "image": ("img", _("Every image has a description.")),
            "heading": ("heading", _("No heading level is skipped.")),
            "link": ("a", _("No link is empty, and none within the site is dead.")),
            "table": ("table", _("Every table has a header.")),
        }
        return [text for kind, (name, text) in sentences.items() if self.found[name] and kind not in self.with_items]

    def _place(self, node: LexborNode) -> Place:
        kind = {"img": "image", "a": "link", "p": "paragraph", "table": "table"}.get(node.tag or "", "heading")
        if kind == "heading":
            self.heading_id = node.attributes.get("id") or ""
        text = (node.attributes.get("src") or "") if kind == "image" else _start(node)
        number = self.seen[kind, text]
        self.seen[kind, text] += 1
        return Place(kind, text, number, self.heading_id)

    def _image(self, node: LexborNode, place: Place) -> Iterator[ReportItem]:
        address = node.attributes.get("src") or ""
        name = self.site.images.get(address)
        if name is None:
            message = _("an image was deleted, or belongs to another course.")
            yield ReportItem(Level.FIX, message, _("Choose another"), place)
        elif not (node.attributes.get("alt") or "").strip():
            message = _("the image “%(name)s” has no description for people who cannot see it.") % {"name": name}
            yield ReportItem(Level.FIX, message, _("Describe it"), place)

    def _heading(self, node: LexborNode, place: Place) -> Iterator[ReportItem]:
        level = HEADINGS[node.tag or "h2"]
        if not has_visible_text(node.text(deep=True)) and not node.css_first("img, math"):
            yield ReportItem(Level.FIX, _("a heading is empty."), _("Remove it"), place)
            return
        if level > self.level + 1:
            message = _("the heading “%(text)s” skips a level: it has level %(level)s, the one above it %(above)s.")
            values = {"text": _shown(node), "above": self.level, "level": level}
            if self.level == 1:
                message = _("the heading “%(text)s” has level %(level)s, but there is no heading above it.")
            yield ReportItem(Level.FIX, message % values, _("Change its level"), place)
        self.level = level

    def _link(self, node: LexborNode, place: Place) -> Iterator[ReportItem]:
        address = (node.attributes.get("href") or "").strip()
        image = node.css_first("img")
        has_name = has_visible_text(node.text(deep=True)) or (image and (image.attributes.get("alt") or "").strip())
        if not has_name and not (node.attributes.get("id") and not address):  # an anchor that others lead to
            message = _("a link has no text, so nobody can follow it: %(address)s") % {"address": address or "–"}
            yield ReportItem(Level.FIX, message, _("Add its text"), place)
        elif not address or address == "#":
            if not node.attributes.get("id"):
                message = _("the link “%(text)s” leads nowhere: it has no address.") % {"text": _shown(node)}
                yield ReportItem(Level.FIX, message, _("Add its address"), place)
        else:
            yield from self._target(node, address, place)

    def _target(self, node: LexborNode, address: str, place: Place) -> Iterator[ReportItem]:
        state = self.site.links.get(address, LinkState.WORKS)
        if address.startswith("#") and not address.startswith(TERM_FRAGMENT) and address[1:] not in self.ids:
            state = LinkState.DEAD_ANCHOR
        if state in LINK_MESSAGES:
            level, message = LINK_MESSAGES[state]
            yield ReportItem(level, str(message) % {"text": _shown(node)}, _("Change the link"), place)

    def _paragraph(self, node: LexborNode, place: Place) -> Iterator[ReportItem]:
        count = count_words(node.text(deep=True))
        if count > MAX_PARAGRAPH_WORDS:
            message = _("the paragraph “%(text)s” has %(count)s words. Shorter ones are easier to read and discuss.")
            values = {"text": _shown(node), "count": count}
            yield ReportItem(Level.CHECK, message % values, _("Split it"), place)

    def _table(self, node: LexborNode, place: Place) -> Iterator[ReportItem]:
        if not node.css_first("th"):
            message = _("a table has no header cells, which screen readers need: “%(text)s”.") % {"text": _shown(node)}
            yield ReportItem(Level.CHECK, message, _("Make its first row a header"), place)


LINK_MESSAGES = {
    LinkState.DEAD: (Level.FIX, gettext_lazy("the link “%(text)s” is dead: there is no such page on this site.")),
    LinkState.DEAD_ANCHOR: (
        Level.FIX,
        gettext_lazy("the link “%(text)s” leads to a part that does not exist."),
    ),
    LinkState.UNKNOWN_TERM: (Level.FIX, gettext_lazy("the glossary has no such term: “%(text)s”.")),
    LinkState.NOT_PUBLISHED: (Level.CHECK, gettext_lazy("the link “%(text)s” leads to what readers do not see yet.")),
    LinkState.OTHER_COURSE: (
        Level.CHECK,
        gettext_lazy("the link “%(text)s” leads to another course, which only its members can read."),
    ),
    LinkState.STAFF_ONLY: (
        Level.CHECK,
        gettext_lazy("the link “%(text)s” leads to a page that only instructors can open."),
    ),
}


def _start(node: LexborNode) -> str:
    """Return the beginning of the element's text, without the white space that editors change."""
    return "".join(node.text(deep=True)[: 4 * SHOWN_LENGTH].split())[:SHOWN_LENGTH]


def _shown(node: LexborNode) -> str:
    separator = " " if node.tag == "table" else ""
    text = " ".join(node.text(deep=True, separator=separator)[: 4 * SHOWN_LENGTH].split())
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH].rstrip()}…"
