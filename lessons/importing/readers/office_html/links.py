"""Addresses that lead through a redirect of Google or Outlook, as the addresses that they lead to."""

from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

GOOGLE_HOSTS = {"www.google.com", "google.com"}
OUTLOOK_HOST = ".safelinks.protection.outlook.com"


def unwrap_redirects(page: LexborHTMLParser) -> None:
    for node in page.css("a[href*='google.com/url?'], a[href*='safelinks.protection']"):
        node.attrs["href"] = target(node.attributes.get("href") or "")


def target(address: str) -> str:
    """Return the address that a redirect leads to; any other address as it is."""
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return address
    host = (parts.hostname or "").lower()
    names: list[str] = ["q", "url"] if host in GOOGLE_HOSTS and parts.path == "/url" else []
    names = ["url"] if host.endswith(OUTLOOK_HOST) else names
    found = next((query[name][0] for name in names if name in query), address)
    return found if found.startswith(("http://", "https://", "mailto:")) else address
