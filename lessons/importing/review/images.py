"""Edit the alternative texts of an article's images. Pure.

"images": {uid: {"alt", "is_decorative"}}
"""

import re
from html import escape

from lessons.importing.review.errors import UnknownPart

IMAGE = re.compile(r'<img\b[^>]*?\bsrc="/assets/([0-9a-f-]{36})/?"[^>]*>')
ALT = re.compile(r'\salt="[^"]*"')
MAX_ALT = 300


def describe(review: dict, uid: str, alt: str, is_decorative: bool) -> dict:
    """Set the description of an image, or mark it as decorative, so that it needs none."""
    if uid not in review["images"]:
        raise UnknownPart(uid)
    image = {"alt": " ".join(alt.split())[:MAX_ALT], "is_decorative": is_decorative}
    return {**review, "images": {**review["images"], uid: image}}


def without_description(review: dict) -> list[str]:
    """Return the images that need a description and have none."""
    return [uid for uid, image in review["images"].items() if not image["alt"] and not image["is_decorative"]]


def with_descriptions(html: str, images: dict[str, dict]) -> str:
    """Return the HTML of a block with the alternative texts of the review. `html` is sanitised."""
    return IMAGE.sub(lambda match: _described(match, images), html) if "<img" in html else html


def _described(match: re.Match[str], images: dict[str, dict]) -> str:
    image = images.get(match[1])
    if image is None:
        return match[0]
    alt = "" if image["is_decorative"] else image["alt"]
    return ALT.sub("", match[0]).removesuffix(">") + f' alt="{escape(alt)}">'


def uids(html: str) -> list[str]:
    """Return the uids of the images in a block."""
    return IMAGE.findall(html) if "<img" in html else []
