"""Extract the images of a page that are in it, or in the folder saved with it. Others leave a placeholder."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, SourceImage, element, escape_html, image_placeholder
from lessons.importing.readers.pages import links
from lessons.importing.readers.pages.layout import BLOCKS, HEADINGS, is_layout, outermost
from lessons.importing.readers.pages.names import joined_names
from lessons.importing.readers.pages.page_block import PageBlock
from lessons.markup.sanitise import ASSET_URL, sanitise

ELSEWHERE = _("The address of an image that is not in the file: if you may use it, upload it to the lesson.")
COPY = _("The description of a copy of an image, for browsers without JavaScript.")
NOT_CONTENT = _("The description of a decorative image or a tracking pixel.")
LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-url", "data-orig-file")
LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
IMAGE_DATA = re.compile(r"data:image/(png|jpe?g|gif|webp|avif)(?:;[\w=-]{1,40})*?(;base64)?,", re.IGNORECASE)
PLACEHOLDER_SRC = re.compile(
    r"data:|about:|.*\b(?:blank|spacer|placeholder|transparent|pixel|1x1|loading)\.(?:gif|png|svg)", re.I
)
TRACKER = re.compile(
    r"https?://(?:[\w-]+\.)*(?:facebook\.com/tr|doubleclick\.net|google-analytics\.com|googleadservices\.com|"
    r"vgwort\.de|scorecardresearch\.com|quantserve\.com|stats\.wp\.com|ioam\.de|xiti\.com|feedburner\.com/~)"
)
# URLs of images that the browser of whoever pastes has.
EMBEDDED = ("data:", "pasted:")
EMOJI = re.compile(r"-(?:emoji|smiley|emoticon)-")
WIDTH = re.compile(r"\s(\d+(?:\.\d+)?)[wx]$")
PIXELS = re.compile(r"\s*(\d{1,5})(?:px)?\s*$")
CELLS = {"li", "td", "th"}
PARTS = CELLS | {"dd", "dt", "blockquote", "details", "figcaption", "aside"}
TRACKING_SIZE, ICON_SIZE = 2, 32
MAX_BYTES, MAX_TOTAL, MAX_COUNT = 10_000_000, 40_000_000, 500
ADDRESS = re.compile(r"/assets/([0-9a-f-]{36})/")
IMAGE = re.compile(r"<img\b[^<>]*+>")
SOURCE, ALTERNATIVE = re.compile(r'\ssrc="([^"]*)"'), re.compile(r'\salt="([^"]*)"')

# Returns the bytes of the image at a URL, None if they are not available.
Finder = Callable[[str], bytes | None]


@dataclass(slots=True)
class Images:
    """The images of a page, and what is left out. total: their size in bytes. uids: by URL."""

    images: list[SourceImage] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)
    total: int = 0
    uids: dict[str, str] = field(default_factory=dict)

    def add(self, address: str, data: bytes, alt: str) -> str:
        """Return the uid of the image, a known one if the URL is known; empty if a limit is exceeded."""
        if address in self.uids:
            return self.uids[address]
        if len(data) > MAX_BYTES or self.total + len(data) > MAX_TOTAL or len(self.images) >= MAX_COUNT:
            return ""
        uid = self.uids[address] = str(uuid4())
        self.total += len(data)
        name = "" if address.startswith("data:") else address.rpartition("/")[2][:200]
        self.images.append(SourceImage(uid, data, alt, name))
        return uid

    def add_absent(self, addresses: list[str], alt: str) -> str:
        """Return a uid for an image whose file somebody else has, its name the URL; empty if there are too many."""
        address = next((one for one in addresses if one.startswith(EMBEDDED)), addresses[0] if addresses else "")
        if len(self.images) >= MAX_COUNT:
            return ""
        uid = str(uuid4())
        self.images.append(SourceImage(uid, b"", alt, address))
        return uid


def extract(page: LexborHTMLParser, base: str, find: Finder | None) -> Images:
    """Set the `src` of each image of the page to the URL of its asset, or to nothing if its file is not available.

    find: None if no file is available and a person will add them: then each image gets an asset without data.
    """
    images = Images()
    images.omissions += _drop_copies(page)
    for image in page.css("img"):
        attributes = image.attributes
        alt = " ".join((attributes.get("alt") or attributes.get("title") or "").split())
        if EMOJI.search(joined_names(image)) and alt:
            image.replace_with(alt)
        elif _is_not_content(image, alt):
            images.omissions += [Omission(alt, NOT_CONTENT)] if alt else []
            image.decompose()
        else:
            _resolve(image, alt, base, find, images)
    return images


def _resolve(image: LexborNode, alt: str, base: str, find: Finder | None, images: Images) -> None:
    candidates = list(_candidates(image))
    address = _asset(candidates, alt, find, images)
    if address:
        image.attrs["src"] = address
        image.attrs["alt"] = alt
        _move_out_of_heading(image)
        return
    _leave_placeholder(image, alt)
    addresses = [absolute for one in candidates if (absolute := links.absolute(base, one))]
    images.omissions += [Omission(addresses[0], ELSEWHERE)] if addresses else []


def _asset(candidates: list[str], alt: str, find: Finder | None, images: Images) -> str:
    """Return the URL of the image as an asset, empty if its file is not available."""
    uid = ""
    for candidate in candidates:
        if ASSET_URL.fullmatch(candidate):
            return candidate
        if find is not None:
            data = decode_data(candidate) if candidate.startswith("data:") else find(candidate)
            uid = images.add(candidate, data, alt) if data else ""
        if uid:
            break
    if find is None:
        uid = images.add_absent(candidates, alt)
    return f"/assets/{uid}/" if uid else ""


def _move_out_of_heading(image: LexborNode) -> None:
    """Put an image below the heading that it is in: headings are text."""
    ancestor = image.parent
    while ancestor and ancestor.tag not in HEADINGS:
        ancestor = ancestor.parent
    if ancestor:
        ancestor.insert_after(image)
        image.decompose()


def _leave_placeholder(image: LexborNode, alt: str) -> None:
    """Remove the `src` of an image; inside an element that becomes one block, replace the image by text."""
    ancestor = image.parent
    while ancestor and ancestor.tag not in PARTS and ancestor.tag not in HEADINGS:
        ancestor = ancestor.parent
    if ancestor and ancestor.tag in HEADINGS:
        image.replace_with(alt)
    elif ancestor and not (ancestor.tag in CELLS and _is_in_layout(ancestor)):
        image.replace_with(image_placeholder(alt).text)
    else:
        image.attrs["src"] = ""
        image.attrs["alt"] = alt


def _is_in_layout(cell: LexborNode) -> bool:
    """Return whether a cell or an item is part of a table or list that only serves layout."""
    node: LexborNode | None = cell
    while node and node.tag not in ("table", "ul", "ol"):
        node = node.parent
    return node is not None and is_layout(node)


def _candidates(image: LexborNode) -> list[str]:
    """Return the URLs of the image, that of the real image first."""
    attributes = image.attributes
    found = [(attributes.get(name) or "").strip() for name in LAZY]
    sets = [attributes.get(name) or "" for name in LAZY_SETS]
    if image.parent and image.parent.tag == "picture":
        for source in image.parent.css("source"):
            sets += [source.attributes.get(name) or "" for name in LAZY_SETS]
    own = (attributes.get("src") or "").strip()
    has_placeholder = bool(PLACEHOLDER_SRC.match(own)) and any([*found, *sets])
    ordered = (
        [*found, *map(_largest, sets), own] if has_placeholder or not own else [own, *found, *map(_largest, sets)]
    )
    return list(dict.fromkeys(address for address in ordered if address))


def _largest(srcset: str) -> str:
    """Return the URL of the largest image in a `srcset`."""
    if srcset.lstrip().startswith("data:"):
        return ""
    choices = [choice.strip() for choice in re.split(r",\s+|,(?=https?:)", srcset[:20_000]) if choice.strip()]
    sized = [(float(match[1]) if (match := WIDTH.search(choice)) else 0.0, choice) for choice in choices]
    return max(sized, key=lambda pair: pair[0])[1].split()[0] if sized else ""


def decode_data(address: str) -> bytes | None:
    """Return the bytes of an image in a `data:` URL; None if it is invalid or too large."""
    match = IMAGE_DATA.match(address)
    if not match or len(address) > MAX_BYTES * 3:
        return None
    body = address[match.end() :]
    try:
        return b64decode("".join(body.split()) + "==") if match[2] else unquote_to_bytes(body)
    except (Base64Error, ValueError):
        return None


def _is_not_content(image: LexborNode, alt: str) -> bool:
    """Return whether the image is a tracking pixel, a spacer, or a small icon without a description."""
    attributes = image.attributes
    sizes = [int(match[1]) for name in ("width", "height") if (match := PIXELS.match(attributes.get(name) or ""))]
    if TRACKER.match((attributes.get("src") or "")[:500]) or (sizes and min(sizes) <= TRACKING_SIZE):
        return True
    is_icon = len(sizes) == 2 and max(sizes) <= ICON_SIZE
    return not alt and (is_icon or attributes.get("role") == "presentation")


def _drop_copies(page: LexborHTMLParser) -> list[Omission]:
    """Remove `<noscript>` copies of images if the images are present as well; return their text."""
    texts: list[str] = []
    copies = outermost([node for node in page.css("noscript") if node.css_first("img")])
    with_image = _around_images(page) if copies else set()
    for node in copies:
        if node.parent and node.parent.mem_id in with_image:
            texts.append(_words_of(node))
            node.decompose()
        else:
            node.unwrap()
    return [Omission(text, COPY) for text in texts if text]


def _words_of(node: LexborNode) -> str:
    """Return the text of an element, with the alternative text of each image in its place."""
    pieces = [
        inner.text(deep=False) if inner.is_text_node else inner.attributes.get("alt") or ""
        for inner in node.traverse(include_text=True)
        if inner.is_text_node or inner.tag == "img"
    ]
    return " ".join(" ".join(pieces).split())


def _around_images(page: LexborHTMLParser) -> set[int]:
    """Return the `mem_id` of each element around an image that is not in `<noscript>`."""
    found: set[int] = set()
    for image in page.css("img"):
        path: list[int] = []
        ancestor = image.parent
        while ancestor and ancestor.mem_id not in found and ancestor.tag != "noscript":
            path.append(ancestor.mem_id)
            ancestor = ancestor.parent
        if not ancestor or ancestor.tag != "noscript":
            found.update(path)
    return found


def stands_alone(node: LexborNode, before: list[str]) -> bool:
    """Return whether an inline element contains only images, and is at the start or end of its block."""
    if node.text(deep=True).strip() or not (node.tag == "img" or node.css_first("img")):
        return False
    if not any(part.strip() for part in before):
        return True
    following = node.next
    while following and following.is_text_node and not following.text(deep=False).strip():
        following = following.next
    return following is None or following.tag in BLOCKS


def has_asset(node: LexborNode) -> bool:
    return any(ASSET_URL.fullmatch(image.attributes.get("src") or "") for image in node.css("img"))


def used(images: list[SourceImage], page_blocks: list[PageBlock]) -> list[SourceImage]:
    """Return the images in the blocks, including blocks that are left out."""
    if not images:
        return []
    html = "".join(one.block.html for one in page_blocks)
    addresses = set(ADDRESS.findall(html))
    return [image for image in images if image.uid in addresses]


def blocks(node: LexborNode) -> list[Block]:
    """Return a block for each image in an element that has no other content."""
    return [block(image) for image in ([node] if node.tag == "img" else node.css("img"))]


def block(image: LexborNode) -> Block:
    """Return a block with the image or its placeholder."""
    alt, source = image.attributes.get("alt") or "", image.attributes.get("src") or ""
    if not ASSET_URL.fullmatch(source):
        return image_placeholder(alt)
    return Block("image", alt, SafeString(sanitise(element("p", element("img", src=source, alt=alt)))))


def with_placeholders(html: str) -> str:
    """Return `html` with text in place of images that are not available."""
    return IMAGE.sub(_placeholder, html) if "<img" in html else html


def _placeholder(image: re.Match[str]) -> str:
    source, alt = SOURCE.search(image[0]), ALTERNATIVE.search(image[0])
    if source and ASSET_URL.fullmatch(source[1]):
        return image[0]
    return escape_html(image_placeholder(unescape(alt[1]) if alt else "").text)
