"""Find the title of a page: its main heading or else its metadata, without the name of the site."""

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser

from lessons.importing.document import Block, Omission, ParsedArticle

SEPARATOR = re.compile(r"\s+[|–—·•:»«/\\<>~-]+\s+|\s*[|»«]\s*|\s*::\s*")
NOT_WORD = re.compile(r"[\W_]+")
TITLES = "meta[property='og:title'], meta[name='twitter:title'], meta[name='citation_title'], meta[name='DC.title']"
# How publishing systems mark the heading of an article, where the heading of the page is the site's name.
MARKED = ", ".join(f"h{n}.entry-title, h{n}.post-title, h{n}[itemprop~=headline]" for n in range(1, 5))
SITES = "meta[property='og:site_name'], meta[name='application-name'], meta[name='apple-mobile-web-app-title']"
MAX_LENGTH = 500
NUMBER = re.compile(r"((?:\d{1,3}(?:\.\d{1,3}){0,5}|[IVX]{1,5})[.)]?)\s+")


@dataclass(frozen=True, slots=True)
class PageTitle:
    """The titles of a page. browser: the `<title>`. own: those in the metadata. sites: the names of the site."""

    browser: str
    own: tuple[str, ...]
    sites: tuple[str, ...]

    def rank(self, text: str) -> int:
        """Return 3 if `text` is the title, 2 if its beginning and 1 if its end, next to the site's name; else 0."""
        key = _key(text)
        if not key or key in {_key(site) for site in self.sites}:
            return 0
        return max((_rank(key, title) for title in (*self.own, self.browser)), default=0)

    def named(self, title: str) -> "PageTitle":
        """Return these titles, preceded by one that is marked in the text, if any."""
        return replace(self, own=(title, *self.own)) if title else self

    def without_site(self) -> str:
        """Return the title without the name of the site before or after it."""
        sites = {_key(site) for site in self.sites}
        for title in (*self.own, self.browser):
            if title and _key(title) not in sites:
                return _without(title, sites, is_browser_title=title == self.browser)
        return self.browser


def read(page: LexborHTMLParser) -> PageTitle:
    """Return the titles in the head of the page."""
    node = page.css_first("head > title")
    browser = " ".join(node.text(deep=True).split()) if node else ""
    own = _contents(page, TITLES)
    marked = {" ".join(heading.text(deep=True).split())[:MAX_LENGTH] for heading in page.css(MARKED)}
    if len(marked) == 1 and not own:
        own = (*marked,)
    return PageTitle(browser[:MAX_LENGTH], own, _contents(page, SITES))


def set_title(parsed: ParsedArticle, title: PageTitle) -> None:
    """Set the title to the heading that is the title, which is removed, or else to that in the metadata.

    A number before the title is that of the article in a series: it becomes an omission.
    """
    index = find_heading(parsed.blocks, title)
    if index is not None:
        text = parsed.blocks.pop(index).text
        parsed.omissions = [_moved(omission, index) for omission in parsed.omissions]
        number = _number_before(text, [block.text for block in parsed.blocks if block.type == "heading"])
        parsed.title = text.removeprefix(number).strip()
        if number:
            parsed.omissions.append(Omission(number.strip(), _("The number before the title."), position=0))
    elif any(block.type == "heading" for block in parsed.blocks):
        parsed.title = title.without_site()


def _moved(omission: Omission, removed: int) -> Omission:
    """Return the omission with its position adjusted after the removal of the block at index `removed`."""
    is_behind = omission.position is not None and omission.position > removed
    return replace(omission, position=omission.position - 1) if is_behind and omission.position else omission


def _number_before(title: str, headings: list[str]) -> str:
    """Return the number that a title begins with: `3.`, or `3` above `3.1`."""
    match = NUMBER.match(title)
    if not match or not title[match.end() :].strip():
        return ""
    number = match[1].rstrip(".)")
    is_marked = match[1] != number and not number.isalpha()
    return match[0] if is_marked or any(text.startswith(f"{number}.") for text in headings) else ""


def find_heading(blocks: list[Block], title: PageTitle) -> int | None:
    """Return the index of the heading that is the title.

    That is one that is in the metadata; otherwise the first heading, if its position or the others show that it is not
    one of several sections: it is the only one of the first level, it is directly followed by the next, or the
    others are numbered and it is not.
    """
    headings = [n for n, block in enumerate(blocks) if block.type == "heading"]
    if not headings:
        return None
    named = best(headings, blocks, title)
    if named:
        # A heading with the title may be at the top of the page and again above the article.
        return next((n for n in named if blocks[n].level == 1), named[0] if named[0] == headings[0] else None)
    top = [n for n in headings if blocks[n].level == 1]
    if not top or top[0] != headings[0]:
        return None
    others = [blocks[n].text for n in top[1:]]
    is_empty = bool(others) and top[1] == top[0] + 1
    are_numbered = len(others) > 1 and all(map(NUMBER.match, others)) and not NUMBER.match(blocks[top[0]].text)
    return top[0] if not others or is_empty or are_numbered else None


def best(indexes: list[int], blocks: list[Block], title: PageTitle) -> list[int]:
    """Return the indexes of the headings that match the title best, empty if none does."""
    ranks = {n: title.rank(blocks[n].text) for n in indexes}
    highest = max(ranks.values(), default=0)
    return [n for n in indexes if highest and ranks[n] == highest]


def _contents(page: LexborHTMLParser, selector: str) -> tuple[str, ...]:
    contents = (" ".join((node.attributes.get("content") or "").split()) for node in page.css(selector))
    return tuple(content[:MAX_LENGTH] for content in contents if content)


def _key(text: str) -> str:
    return NOT_WORD.sub("", text).casefold()


def _rank(key: str, title: str) -> int:
    if key == _key(title):
        return 3
    spans = [match.span() for match in SEPARATOR.finditer(title)]
    if any(key == _key(title[:start]) for start, _end in spans):
        return 2
    return int(any(key == _key(title[end:]) for _start, end in spans))


def _without(title: str, sites: set[str], *, is_browser_title: bool) -> str:
    """Return `title` without the parts at its ends that are a site's name.

    If the site's name is unknown, everything after the last separator is removed from a browser title.
    """
    parts = list(SEPARATOR.finditer(title))
    kept = title
    for match in parts:
        if _key(title[: match.start()]) in sites:
            kept = title[match.end() :]
        elif _key(title[match.end() :]) in sites:
            return title[: match.start()]
    if kept == title and is_browser_title and parts:
        return title[: parts[-1].start()] or title
    return kept
