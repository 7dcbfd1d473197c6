"""The links of a page: to places on it, or absolute; without the detours by which sites count who follows them."""

import re
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission
from lessons.markup.sanitise import ASSET_URL

# Which browsers write at the start of a page that they save.
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s<>\"]{1,2000})")
NO_ADDRESS = _("The address of a link, which leads nowhere from here: the page does not say where it was.")
NO_PLACE = _("The address of a link to a place that the page does not have.")
UNSAFE = _("The address of a link that leads to no page.")
LINKED = ("http", "https", "mailto")
MAX_LENGTH = 2_000
# Where a site leads through its own counter: host, path, and the parameter with the address.
DETOURS: list[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]]] = [
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), re.compile(r"/url|/imgres"), ("q", "url", "imgurl")),
    (re.compile(r"lm?\.(?:facebook|instagram)\.com"), re.compile(r"/l\.php|/"), ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com"), re.compile(r"/redirect"), ("q",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), re.compile(r"/redir/.*|/safety/go"), ("url",)),
    (re.compile(r"[\w.-]+\.safelinks\.protection\.outlook\.com"), re.compile(r"/.*"), ("url",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com"), re.compile(r"/l/?"), ("uddg",)),
    (
        re.compile(r"(?:out\.reddit|slack-redir|t\.umblr|steamcommunity)\.(?:com|net)"),
        re.compile(r"/.*"),
        ("url", "z"),
    ),
    (re.compile(r"vk\.com"), re.compile(r"/away\.php"), ("to",)),
]
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hs(?:enc|mi)")


def resolve(page: LexborHTMLParser, html: str, *, is_whole: bool) -> list[Omission]:
    """Make links absolute, or links to a place on the page; unlink the others and list their addresses.

    is_whole: `page` is all there is, so that a link to a place it does not have leads nowhere.
    """
    address = page_address(page, html)
    base = base_address(page, address)
    places = {node.attributes.get(name) for name in ("id", "name") for node in page.css(f"[{name}]")}
    omissions: list[Omission] = []
    for link in page.css("a[href], area[href]"):
        href = "".join((link.attributes["href"] or "").split("\n")).strip()
        resolved = _resolve(href, address, base, places)
        if resolved.startswith("#") and is_whole and resolved != "#" and unquote(resolved[1:]) not in places:
            omissions += _unlink(link, href, NO_PLACE)
        elif not resolved or resolved == "#":
            omissions += _unlink(link, href, UNSAFE if _has_scheme(href) else NO_ADDRESS)
        else:
            link.attrs["href"] = resolved
    return omissions


def page_address(page: LexborHTMLParser, html: str) -> str:
    """Return where the page was, as it says itself or the browser that saved it; empty if unknown."""
    for selector, attribute in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        node = page.css_first(selector)
        address = (node.attributes.get(attribute) or "").strip() if node else ""
        if address.startswith(("http://", "https://")):
            return address
    saved = SAVED_FROM.search(html[: MAX_LENGTH * 2])
    return saved[1] if saved else ""


def base_address(page: LexborHTMLParser, address: str) -> str:
    """Return what relative addresses of the page start from; empty if unknown."""
    node = page.css_first("base[href]")
    base = _join(address, (node.attributes["href"] or "").strip()) if node else address
    return base if base.startswith(("http://", "https://")) else ""


def absolute(base: str, address: str) -> str:
    """Return the absolute address, empty if there is none."""
    address = address.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    joined = _join(base, address) if base else address
    return joined if joined.startswith(("http://", "https://")) else ""


def _resolve(href: str, address: str, base: str, places: set[str | None]) -> str:
    if not href or len(href) > MAX_LENGTH:
        return ""
    if href.startswith("#") or ASSET_URL.fullmatch(href) or href.lower().startswith("mailto:"):
        return href
    if _has_scheme(href) and not href.lower().startswith(("http:", "https:")):
        return ""
    target = _without_tracking(_direct(absolute(base, href)))
    page, place = urldefrag(target) if "#" in target else (target, "")
    if place and unquote(place) in places and (not address or _same_page(page, address)):
        return f"#{place}"
    return target


def _has_scheme(href: str) -> bool:
    return bool(re.match(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}:", href))


def _same_page(one: str, other: str) -> bool:
    first, second = (urldefrag(address).url.partition("://")[2].rstrip("/") for address in (one, other))
    return unquote(first).casefold() == unquote(second).casefold()


def _direct(address: str) -> str:
    """Return where the address leads in the end, if that stands in it."""
    for _again in range(3):
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return ""
        values = dict(parse_qsl(parts.query)) if parts.query else {}
        inner = next(
            (
                values[name]
                for hosts, paths, names in DETOURS
                if hosts.fullmatch(host) and paths.fullmatch(parts.path)
                for name in names
                if values.get(name, "").startswith(("http://", "https://"))
            ),
            "",
        )
        if not inner:
            return address
        address = inner
    return address


def _without_tracking(address: str) -> str:
    if "?" not in address:
        return address
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
    return address if len(kept) == len(pairs) else urlunsplit(parts._replace(query=urlencode(kept)))


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _unlink(link: LexborNode, href: str, reason: str | Promise) -> list[Omission]:
    """Make the link plain text. Its address is listed if a person could make something of it."""
    del link.attrs["href"]
    is_of_use = href.strip("#/. ") and not href.lower().startswith(("javascript:", "data:", "about:"))
    return [Omission(href[:MAX_LENGTH], reason)] if is_of_use else []
