"""Serialise a parsed article for the pipe from the child process: JSON, then the images.

Not with pickle, because a malicious file may have taken control of the child process.
"""

import json
from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.functional import Promise

from lessons.importing.document import Block, Omission, ParsedArticle, SourceImage

LENGTH_BYTES = 8


def dump(parsed: ParsedArticle) -> bytes:
    """Return the article as `load` reads it."""
    return dump_object(parsed, b"".join(image.data for image in parsed.images))


def dump_object(value: Any, rest: bytes = b"") -> bytes:
    """Return `value` as JSON with its length before it, and `rest` after it."""
    document = json.dumps(value, default=_as_json).encode()
    return b"".join([len(document).to_bytes(LENGTH_BYTES, "big"), document, rest])


def split_object(data: bytes) -> tuple[Any, bytes]:
    """Return what `dump_object` was given. Raise ValueError for anything else."""
    length = int.from_bytes(data[:LENGTH_BYTES], "big")
    document, rest = data[LENGTH_BYTES : LENGTH_BYTES + length], data[LENGTH_BYTES + length :]
    if len(data) < LENGTH_BYTES or len(document) < length:
        raise ValueError("cut short")
    return json.loads(document), rest


def _as_json(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(type(value))


def load(document: dict, image_data: bytes) -> ParsedArticle:
    """Return the article that `dump` wrote. Raise ValueError, TypeError or KeyError for anything else."""
    omissions = [
        Omission(**{**omission, "block": omission["block"] and _block(omission["block"])})
        for omission in document["omissions"]
    ]
    images, start = [], 0
    for image in document["images"]:
        end = start + image["data"]
        images.append(SourceImage(**{**image, "data": image_data[start:end]}))
        start = end
    blocks = [_block(block) for block in document["blocks"]]
    definitions = [(term, definition) for term, definition in document["definitions"]]
    made = {"blocks": blocks, "omissions": omissions, "images": images, "definitions": definitions}
    return ParsedArticle(**{**document, **made})


def _block(document: dict) -> Block:
    return Block(**{**document, "anchors": tuple(document["anchors"])})
