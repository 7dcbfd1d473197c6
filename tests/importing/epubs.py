"""Build EPUB books for the tests."""

from tests.importing.archives import zipped

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
XHTML = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title>Page</title></head><body{attributes}>{body}</body></html>"""


def page(body, attributes=""):
    return XHTML.format(body=body, attributes=f" {attributes}" if attributes else "")


def book(pages, *, nav="", ncx="", title="The Shore", spine=None, guide="", others=None):
    """Return an EPUB of `pages`, bodies by file name, in their order or in that of `spine`.

    nav: the body of its navigation document (EPUB 3). ncx: the points of its map (EPUB 2). others: more members.
    """
    names = list(pages)
    items = [f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names]
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    members |= {f"OEBPS/{name}": body if body.startswith("<?xml") else page(body) for name, body in pages.items()}
    if nav:
        items.append('<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>')
        members["OEBPS/nav.xhtml"] = page(nav)
    if ncx:
        items.append('<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
        members["OEBPS/toc.ncx"] = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{ncx}</navMap></ncx>'
    references = "".join(f'<itemref idref="{name}"/>' for name in spine or names)
    members["OEBPS/book.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">'
        f"<metadata><dc:title>{title}</dc:title><dc:language>en-GB</dc:language></metadata>"
        f'<manifest>{"".join(items)}</manifest><spine toc="ncx">{references}</spine>{guide}</package>'
    )
    return zipped(members | (others or {}))
