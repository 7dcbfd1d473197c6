"""The package of a book: its chapters, their order, its navigation, and what is encrypted."""

from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from lxml import etree

from lessons.importing.readers.archives import Archive
from lessons.importing.readers.epub import xml
from lessons.markup.sanitise import InvalidText

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
# These only obfuscate the book's fonts.
FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
PAGE_EXTENSIONS = (".xhtml", ".html", ".htm", ".xml")
MAX_NAVIGATION = 10_000
MAX_DEPTH = 6


class NavigationPoint(NamedTuple):
    """An entry of the book's table of contents. path and anchor: of its target. level: from 1."""

    label: str
    path: str
    anchor: str
    level: int


@dataclass(slots=True)
class Package:
    """A book as its package describes it. roles: what a page is ("cover", "toc", …), by its path."""

    title: str = ""
    language: str = ""
    pages: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    navigation: list[NavigationPoint] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)


def resolve(base: str, href: str) -> tuple[str, str]:
    """Return the path and the anchor of `href` in the document `base`; an empty path for external URLs."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return "", ""
    if parts.scheme or parts.netloc:
        return "", ""
    path = normpath(join(dirname(base), unquote(parts.path))) if parts.path else base
    return path, unquote(parts.fragment)


def read_package(archive: Archive) -> Package:
    """Return the package. Raise InvalidText for a book that is encrypted, or has no readable package."""
    refuse_encrypted(archive)
    path = _package_path(archive)
    root = xml.parse(archive.read(path)) if path else None
    if root is None:
        raise InvalidText(_("This book is damaged: it does not say what it contains. Copy the text and paste it."))
    package = Package(_text_of(root, "title"), _text_of(root, "language").split("-")[0].lower())
    manifest = _manifest(root, path, archive)
    _read_spine(package, root, manifest, archive)
    _read_guide(package, root, path)
    _read_navigation(package, root, manifest, archive)
    return package


def refuse_encrypted(archive: Archive) -> None:
    """Raise InvalidText for a book whose text is encrypted."""
    root = xml.parse(archive.read(ENCRYPTION)) if ENCRYPTION in archive else None
    if root is None:
        return
    for data in root.iter("encrypteddata"):
        method = next(data.iter("encryptionmethod"), None)
        if method is None or method.get("Algorithm") not in FONT_OBFUSCATION:
            raise InvalidText(
                _(
                    "This book is protected against copying (DRM), so it cannot be read here. "
                    "Ask its publisher for a copy without protection."
                )
            )


def _package_path(archive: Archive) -> str:
    root = xml.parse(archive.read(CONTAINER)) if CONTAINER in archive else None
    if root is not None:
        for rootfile in root.iter("rootfile"):
            path = normpath(unquote(rootfile.get("full-path") or ""))
            if path in archive:
                return path
    return next((name for name in archive.names if name.lower().endswith(".opf")), "")


def _text_of(root: etree._Element, name: str) -> str:
    node = next((node for node in root.iter(name) if "".join(node.itertext()).strip()), None)
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


class _Item(NamedTuple):
    path: str
    media_type: str
    properties: list[str]


def _manifest(root: etree._Element, base: str, archive: Archive) -> dict[str, _Item]:
    by_folded = {name.casefold(): name for name in archive.names}
    items = {}
    for node in root.iter("item"):
        path, _anchor = resolve(base, node.get("href") or "")
        path = path if path in archive else by_folded.get(path.casefold(), path)
        items[node.get("id") or path] = _Item(
            path, node.get("media-type") or "", (node.get("properties") or "").split()
        )
    return items


def _is_page(item: _Item) -> bool:
    return item.media_type in PAGES or (not item.media_type and item.path.lower().endswith(PAGE_EXTENSIONS))


def _read_spine(package: Package, root: etree._Element, manifest: dict[str, _Item], archive: Archive) -> None:
    """Read the pages in the order of the spine; without one, in that of the manifest."""
    references = [node.get("idref") or "" for node in root.iter("itemref")]
    items = [manifest[name] for name in references if name in manifest]
    items = [item for item in items if _is_page(item)] or [item for item in manifest.values() if _is_page(item)]
    for path in dict.fromkeys(item.path for item in items):
        (package.pages if path in archive else package.missing).append(path)
    for item in manifest.values():
        if "nav" in item.properties:
            package.roles[item.path] = "toc"


def _read_guide(package: Package, root: etree._Element, base: str) -> None:
    for node in root.iter("reference"):
        path, anchor = resolve(base, node.get("href") or "")
        if path and not anchor:
            package.roles.setdefault(path, (node.get("type") or "").lower())


def _read_navigation(package: Package, root: etree._Element, manifest: dict[str, _Item], archive: Archive) -> None:
    nav = next((item.path for item in manifest.values() if "nav" in item.properties and item.path in archive), "")
    if nav and (document := xml.parse(archive.read(nav))) is not None:
        _read_nav(package, document, nav)
    if package.navigation:
        return
    named = next((manifest[name].path for spine in root.iter("spine") if (name := spine.get("toc")) in manifest), "")
    ncx = named or next((item.path for item in manifest.values() if item.path.lower().endswith(".ncx")), "")
    if ncx in archive and (document := xml.parse(archive.read(ncx))) is not None:
        top = next(document.iter("navmap"), None)
        if top is not None:
            _read_points(package, top, ncx)


def _read_nav(package: Package, document: etree._Element, base: str) -> None:
    """Read a navigation document of EPUB 3: the table of contents, and the landmarks, which name the pages' roles."""
    for nav in document.iter("nav"):
        kinds = (nav.get("epub-type") or "").split()
        if "landmarks" in kinds:
            for link in nav.iter("a"):
                path, anchor = resolve(base, link.get("href") or "")
                if path and not anchor:
                    package.roles.setdefault(path, (link.get("epub-type") or "").lower())
        elif ("toc" in kinds or not kinds) and not package.navigation:
            _read_lists(package, nav, base)


def _read_lists(package: Package, nav: etree._Element, base: str) -> None:
    for item in nav.iter("li"):
        label = next((child for child in item if child.tag in ("a", "span")), None)
        if label is None or len(package.navigation) >= MAX_NAVIGATION:
            continue
        level = sum(ancestor.tag == "li" for ancestor in item.iterancestors()) + 1
        path, anchor = resolve(base, label.get("href") or "") if label.get("href") else ("", "")
        _add_point(package, label, path, anchor, level)


def _read_points(package: Package, navmap: etree._Element, base: str) -> None:
    for point in navmap.iter("navpoint"):
        label = next(point.iterchildren("navlabel"), None)
        content = next(point.iterchildren("content"), None)
        if label is None or content is None or len(package.navigation) >= MAX_NAVIGATION:
            continue
        level = sum(ancestor.tag == "navpoint" for ancestor in point.iterancestors()) + 1
        _add_point(package, label, *resolve(base, content.get("src") or ""), level)


def _add_point(package: Package, label: etree._Element, path: str, anchor: str, level: int) -> None:
    text = " ".join("".join(label.itertext()).split())
    if text:
        package.navigation.append(NavigationPoint(text, path, anchor, min(level, MAX_DEPTH)))
