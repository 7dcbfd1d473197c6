"""The title of a page: its main heading or, without one, its metadata; without the name of the site."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from lessons.importing.document import Block

SEPARATOR = re.compile(r"\s+[|–—·•:»«/\\<>~-]+\s+|\s*[|»«]\s*|\s*::\s*")
NOT_WORD = re.compile(r"[\W_]+")
TITLES = "meta[property='og:title'], meta[name='twitter:title'], meta[name='citation_title'], meta[name='DC.title']"
SITES = "meta[property='og:site_name'], meta[name='application-name'], meta[name='apple-mobile-web-app-title']"
MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class PageTitle:
    """browser: the `<title>`. own: the titles of the metadata. sites: the names of the site."""

    browser: str
    own: tuple[str, ...]
    sites: tuple[str, ...]

    def rank(self, text: str) -> int:
        """Return 3 if `text` is the title, 2 or 1 if it is its beginning or its end, before the site's name; or 0."""
        key = _key(text)
        if not key or key in {_key(site) for site in self.sites}:
            return 0
        return max((_rank(key, title) for title in (*self.own, self.browser)), default=0)

    def without_site(self) -> str:
        """Return the title without the name of the site, on whichever side that stands."""
        sites = {_key(site) for site in self.sites}
        for title in (*self.own, self.browser):
            if title and _key(title) not in sites:
                return _without(title, sites, is_browser_title=title == self.browser)
        return self.browser


def read(page: LexborHTMLParser) -> PageTitle:
    """Return the titles that the head of the page gives."""
    node = page.css_first("head > title")
    browser = " ".join(node.text(deep=True).split()) if node else ""
    return PageTitle(browser[:MAX_LENGTH], _contents(page, TITLES), _contents(page, SITES))


def find_heading(blocks: list[Block], title: PageTitle) -> int | None:
    """Return the index of the heading that is the title.

    That is one that the metadata names; otherwise the only heading of the first level, if it is the first heading.
    """
    headings = [n for n, block in enumerate(blocks) if block.type == "heading"]
    if not headings:
        return None
    named = best(headings, blocks, title)
    if named:
        # A heading with the title may stand in the page's head and again above the article.
        return next((n for n in named if blocks[n].level == 1), named[0] if named[0] == headings[0] else None)
    top = [n for n in headings if blocks[n].level == 1]
    return top[0] if len(top) == 1 and top[0] == headings[0] else None


def best(indexes: list[int], blocks: list[Block], title: PageTitle) -> list[int]:
    """Return those of the headings at `indexes` that are most like the title; none if none is."""
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

    The browser's title of a site without a known name loses all that follows the last separator.
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
