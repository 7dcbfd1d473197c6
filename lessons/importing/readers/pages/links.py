"""Resolve the links of a page: within it, or absolute; without redirects and parameters for tracking."""

import re
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser

from lessons.importing.document import Omission
from lessons.markup.sanitise import ASSET_URL

# The comment that browsers write at the start of a page that they save.
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s<>\"]{1,2000})")
MAX_LENGTH = 2_000
# Tracking redirects: host, path, and the parameter with the target URL.
REDIRECTS: list[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]]] = [
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
# What leads to a file of the computer or starts a program, and is not only of use to the page itself.
OTHER_SCHEME = re.compile(r"(?!(?:https?|mailto|javascript|data|about|blob):)[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
OTHER_PROGRAMS = _("A link to a file on a computer, or to a program. Its text was kept.")
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_hs(?:enc|mi)")


def resolve(page: LexborHTMLParser, html: str) -> list[Omission]:
    """Make links absolute, or links within the page. Others are left for the outline to unlink.

    Return the links that no lesson may have.
    """
    omissions: list[Omission] = []
    address = page_address(page, html)
    base = base_address(page, address)
    places = {node.attributes.get(name) for name in ("id", "name") for node in page.css(f"[{name}]")}
    for link in page.css("a[href], area[href]"):
        href = "".join((link.attributes["href"] or "").split("\n")).strip()
        link.attrs["href"] = _resolve(href, address, base, places)
        if OTHER_SCHEME.match(href):
            words = " ".join(link.text(deep=True).split())
            omissions.append(Omission(f"{words} ({href[:MAX_LENGTH]})", OTHER_PROGRAMS))
    return omissions


def page_address(page: LexborHTMLParser, html: str) -> str:
    """Return the page's original URL, as stated in it or by the browser that saved it; empty if unknown."""
    for selector, attribute in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        node = page.css_first(selector)
        address = (node.attributes.get(attribute) or "").strip() if node else ""
        if address.startswith(("http://", "https://")):
            return address
    saved = SAVED_FROM.search(html[: MAX_LENGTH * 2])
    return saved[1] if saved else ""


def base_address(page: LexborHTMLParser, address: str) -> str:
    """Return the base URL of the page's relative URLs; empty if unknown."""
    node = page.css_first("base[href]")
    base = _join(address, (node.attributes["href"] or "").strip()) if node else address
    return base if base.startswith(("http://", "https://")) else ""


def absolute(base: str, address: str) -> str:
    """Return the absolute URL, empty if there is none."""
    address = address.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    joined = _join(base, address) if base else address
    return joined if joined.startswith(("http://", "https://")) else ""


def _resolve(href: str, address: str, base: str, places: set[str | None]) -> str:
    if len(href) > MAX_LENGTH or href.startswith("#") or ASSET_URL.fullmatch(href):
        return href
    if _has_scheme(href) and not href.lower().startswith(("http:", "https:")):
        return href
    target = _without_tracking(_redirect_target(absolute(base, href)))
    page, place = urldefrag(target) if "#" in target else (target, "")
    if place and unquote(place) in places and (not address or _same_page(page, address)):
        return f"#{place}"
    return target or href


def _has_scheme(href: str) -> bool:
    return bool(re.match(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}:", href))


def _same_page(one: str, other: str) -> bool:
    first, second = (urldefrag(address).url.partition("://")[2].rstrip("/") for address in (one, other))
    return unquote(first).casefold() == unquote(second).casefold()


def _redirect_target(address: str) -> str:
    """Return the target of a redirect if the URL contains it."""
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
                for hosts, paths, names in REDIRECTS
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
