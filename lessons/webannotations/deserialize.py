"""Pure: check one incoming annotation. None of its values is trusted to have any type."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.markup import plain_text, sanitise
from lessons.markup.characters import clean_text
from lessons.markup.plain_text import has_visible_text, single_line
from lessons.markup.sanitise import InvalidText
from lessons.webannotations.access import parse_access
from lessons.webannotations.serialize import TOMBSTONE

MAX_TAGS = 20
MAX_TAG = 60
MAX_IRI = 2_000
MAX_QUOTE = 100_000
# Ten times what a post holds: longer HTML is refused anyway, so it is not cleaned first.
MAX_HTML = 200_000
LAST_OFFSET = 2**31 - 1
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# The text of a revision, on this site or another of its kind: the lesson, and the revision number.
REVISION_IRI = re.compile(r"(.*/lessons/[0-9]{1,18})/revisions/([0-9]{1,9})/(?:#text)?")
EMPTY_QUOTE: dict[str, Any] = {"exact": "", "prefix": "", "suffix": "", "start": None, "end": None}


class QuoteTarget(NamedTuple):
    """A passage of the text that `source` names. What is missing is empty or None."""

    source: str
    exact: str
    prefix: str
    suffix: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class IncomingAnnotation:
    """An annotation that may be created here. What is missing is empty or None.

    `current_target` is its passage in a later revision than that of its `source`; `is_deleted` says that its comment
    was deleted, `is_withheld` that it was hidden, flagged or moderated. None of these matters for recognising one that
    was imported before. `audience` is not checked: it may be one that is unknown here.
    """

    iri: str
    via: str
    canonical: str
    motivations: tuple[str, ...]
    label: str
    text: str
    tags: tuple[str, ...]
    creator: str
    created: datetime | None
    audience: str
    group: str
    source: str
    exact: str
    prefix: str
    suffix: str
    start: int | None
    end: int | None
    current_target: QuoteTarget | None = field(default=None, repr=False)
    is_deleted: bool = field(default=False, repr=False)
    is_withheld: bool = field(default=False, repr=False)

    @property
    def quotes(self) -> list[QuoteTarget]:
        """Return its passage as it was annotated, and as it was later."""
        original = QuoteTarget(self.source, self.exact, self.prefix, self.suffix, self.start, self.end)
        return [original, self.current_target] if self.current_target else [original]

    @property
    def is_reply(self) -> bool:
        return "replying" in self.motivations

    @property
    def is_moderation(self) -> bool:
        """Return whether it is a moderator's judgement of what it targets."""
        return "moderating" in self.motivations

    @property
    def is_question(self) -> bool:
        return "questioning" in self.motivations

    @property
    def origin(self) -> str:
        """Return the IRI that stays the same however often it is passed on."""
        return self.canonical or self.via or self.iri


def deserialize(annotation: object) -> IncomingAnnotation:
    """Return a checked annotation. Raise InvalidText with a sentence that says what is wrong."""
    if not isinstance(annotation, dict):
        raise InvalidText(_("An annotation is a JSON object."))
    types = _strings(_value(annotation, "type"))
    if "Annotation" not in types:
        raise InvalidText(_("An annotation has the type “Annotation”."))
    text, tags, label, purposes = _bodies(annotation)
    access = parse_access(annotation)
    via = _strings(annotation.get("via"))
    return IncomingAnnotation(
        iri=_iri(_value(annotation, "id")),
        via=_iri(via[0]) if via else "",
        canonical=_iri(annotation.get("canonical")),
        motivations=tuple(_short_name(name) for name in _strings(annotation.get("motivation")) or purposes),
        label=label,
        text=text,
        tags=tags,
        creator=_name(annotation.get("creator")),
        created=_timestamp(annotation.get("created")),
        audience=_string(access.audience),
        group=_string(access.group),
        is_deleted=TOMBSTONE in types,
        is_withheld=access.is_withheld,
        **_target(annotation.get("target")),
    )


def _value(data: dict, name: str) -> object:
    """Return a member by its name in the context, or else by JSON-LD's keyword, such as `@id`."""
    return data.get(name, data.get(f"@{name}"))


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidText(_("An annotation in this file has a number or an object where text belongs."))
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value if c > "\ud7ff"):
        raise InvalidText(_("An annotation in this file has invalid characters (NUL or lone surrogates)."))
    return clean_text(value)


def _strings(value: object) -> list[str]:
    return [_string(item) for item in (value if isinstance(value, list) else [value]) if item is not None]


def _short_name(motivation: str) -> str:
    return motivation.removeprefix("http://www.w3.org/ns/oa#").removeprefix("oa:")


def _iri(value: object) -> str:
    iri = _string(value)
    if len(iri) > MAX_IRI or any(c.isspace() or unicodedata.category(c) == "Cc" for c in iri):
        raise InvalidText(_("An annotation in this file has an invalid address: too long, or with spaces."))
    return iri


def _name(creator: object) -> str:
    """Return the name of the first creator, on one line."""
    first = creator[0] if isinstance(creator, list) and creator else creator
    name = (first.get("name") or first.get("nickname")) if isinstance(first, dict) else None
    name = " ".join(_strings(name)) if isinstance(name, list) else _string(name)
    return single_line(name)[:80] if has_visible_text(name) else ""


def _timestamp(value: object) -> datetime | None:
    """Return a time with its zone, not before the web began and not in the future; None for anything else."""
    try:
        time = datetime.fromisoformat(_string(value))
        return time if time.tzinfo and EARLIEST <= time <= timezone.now() else None
    except (ValueError, OverflowError):
        return None


def _bodies(annotation: dict) -> tuple[str, tuple[str, ...], str, list[str]]:
    """Return the comment as Markdown, the tags, the label, and the purposes of the comment."""
    bodies = annotation.get("body")
    bodies = [] if bodies is None else bodies if isinstance(bodies, list) else [bodies]
    texts, tags, label, purposes = [_string(annotation.get("bodyValue"))], [], "", []
    for body in bodies:
        if not isinstance(body, dict) or "value" not in body:
            raise InvalidText(_("A note holds text: external bodies, images and choices are not supported."))
        value, body_purposes = _string(body["value"]), [_short_name(name) for name in _strings(body.get("purpose"))]
        if "tagging" in body_purposes:
            tags.append(single_line(value)[:MAX_TAG])
        elif "classifying" in body_purposes:
            label = single_line(value)[:20]
        else:
            texts.append(_markdown(value, _string(body.get("format"))))
            purposes += body_purposes
    tags = [tag for tag in dict.fromkeys(tags) if has_visible_text(tag)]
    if len(tags) > MAX_TAGS:
        raise InvalidText(_("An annotation in this file has more than twenty tags."))
    return "\n\n".join(text for text in texts if has_visible_text(text)), tuple(tags), label, purposes


def _markdown(value: str, media_type: str) -> str:
    """Return the plain text of HTML, and anything else unchanged."""
    is_html = media_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
    if not is_html or len(value) > MAX_HTML:
        return value
    return plain_text.text_by_block(sanitise.sanitise(value))


def _target(value: object) -> dict:
    """Return the source, and what the selectors say together. Two targets are one passage in two revisions of a
    text."""
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, list) and len(value) == 2 and all(isinstance(target, dict) for target in value):
        return _targets_in_two_revisions(*map(_single_target, value))
    return _single_target(value)


def _targets_in_two_revisions(*passages: dict) -> dict:
    """Return the passage of the earlier revision, with that of the later one as `current_target`."""
    lessons, by_number = set(), []
    for passage in passages:
        match = REVISION_IRI.fullmatch(passage["source"])
        if match:
            lessons.add(match[1])
            by_number.append((int(match[2]), passage))
    if len(lessons) != 1 or len(by_number) != len(passages):
        raise InvalidText(_("An annotation has one target: a passage of the text, or what it replies to."))
    (_number, target), (_later, current) = sorted(by_number, key=lambda pair: pair[0])
    return target | {"current_target": QuoteTarget(**current)}


def _single_target(value: object) -> dict:
    if isinstance(value, str):
        return {"source": _iri(value), **EMPTY_QUOTE}
    if not isinstance(value, dict):
        raise InvalidText(_("An annotation has one target: a passage of the text, or what it replies to."))
    source = value.get("source", _value(value, "id"))
    source = _iri(_value(source, "id") if isinstance(source, dict) else source)
    selectors = value.get("selector")
    quote = dict(EMPTY_QUOTE)
    for selector in selectors if isinstance(selectors, list) else [selectors]:
        if selector is not None:
            quote |= _parse_selector(selector)
    start, end = quote["start"], quote["end"]
    if (start is None) != (end is None) or (end or 1) <= (start or 0):
        raise InvalidText(_("A position must end after its start."))
    return {"source": source, **quote}


def _parse_selector(selector: object) -> dict:
    if not isinstance(selector, dict):
        raise InvalidText(_("A selector is a JSON object."))
    types = _strings(_value(selector, "type"))
    if "TextQuoteSelector" in types:
        quote = {name: _string(selector.get(name)) for name in ("exact", "prefix", "suffix")}
        if max(map(len, quote.values())) > MAX_QUOTE:
            raise InvalidText(_("A quote in this file is longer than a note’s passage can be."))
        return quote
    if "TextPositionSelector" in types:
        return {name: _offset(selector.get(name)) for name in ("start", "end")}
    return {}


def _offset(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_OFFSET:
        raise InvalidText(_("A position must be a whole number of characters, zero or more."))
    return value
