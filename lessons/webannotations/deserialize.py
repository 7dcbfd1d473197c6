"""Pure: one annotation as it came, checked. No value of it is trusted to be of any type."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.markup import plain_text, sanitise
from lessons.markup.plain_text import has_visible_text, single_line
from lessons.markup.sanitise import InvalidText
from lessons.webannotations.serialize import TOMBSTONE

MAX_TAGS = 20
MAX_TAG = 60
MAX_IRI = 2_000
MAX_QUOTE = 100_000
# Ten times what a post holds: beyond, it is not worth cleaning only to be refused.
MAX_HTML = 200_000
LAST_OFFSET = 2**31 - 1
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# The text of a revision, on this site or on another one like it: its lesson, and its number.
REVISION_IRI = re.compile(r"(.*/lessons/\d{1,18})/revisions/(\d{1,9})/(?:#text)?")
EMPTY_QUOTE = {"exact": "", "prefix": "", "suffix": "", "start": None, "end": None}


class QuoteTarget(NamedTuple):
    """A passage of the text that `source` names. What was not said of it is empty or None."""

    source: str
    exact: str
    prefix: str
    suffix: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class IncomingAnnotation:
    """An annotation that may be made here. What it did not say is empty or None.

    `now` is where it stood in a later revision than that of its `source`; `is_gone` says that its words were deleted.
    Neither counts for telling by what an annotation says whether it came before.
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

    @property
    def quotes(self) -> list[QuoteTarget]:
        """Its passage as it was marked, and as it stood later."""
        made = QuoteTarget(self.source, self.exact, self.prefix, self.suffix, self.start, self.end)
        return [made, self.current_target] if self.current_target else [made]

    @property
    def is_reply(self) -> bool:
        return "replying" in self.motivations

    @property
    def is_question(self) -> bool:
        return "questioning" in self.motivations

    @property
    def origin(self) -> str:
        """What stays the same however often it is handed on."""
        return self.canonical or self.via or self.iri


def deserialize(annotation: object) -> IncomingAnnotation:
    """Raises UnreadableText with a sentence that says what is wrong."""
    if not isinstance(annotation, dict):
        raise InvalidText(_("An annotation is a JSON object."))
    types = _strings(_value(annotation, "type"))
    if "Annotation" not in types:
        raise InvalidText(_("An annotation has the type “Annotation”."))
    words, tags, label, purposes = _bodies(annotation)
    audience, group = _audience(annotation.get("audience"))
    via = _strings(annotation.get("via"))
    return IncomingAnnotation(
        iri=_iri(_value(annotation, "id")),
        via=_iri(via[0]) if via else "",
        canonical=_iri(annotation.get("canonical")),
        motivations=tuple(_short(one) for one in _strings(annotation.get("motivation")) or purposes),
        label=label,
        text=words,
        tags=tags,
        creator=_name(annotation.get("creator")),
        created=_moment(annotation.get("created")),
        audience=audience,
        group=group,
        is_deleted=TOMBSTONE in types,
        **_target(annotation.get("target")),
    )


def _value(given: dict, name: str) -> object:
    """JSON-LD's own name for it where the context's is missing."""
    return given.get(name, given.get(f"@{name}"))


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidText(_("An annotation in this file has a number or an object where words belong."))
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value if c > "\ud7ff"):
        raise InvalidText(_("An annotation in this file has characters that no text has (NUL, half characters)."))
    return value


def _strings(value: object) -> list[str]:
    return [_string(one) for one in (value if isinstance(value, list) else [value]) if one is not None]


def _short(motivation: str) -> str:
    return motivation.removeprefix("http://www.w3.org/ns/oa#").removeprefix("oa:")


def _iri(value: object) -> str:
    iri = _string(value)
    if len(iri) > MAX_IRI or any(c.isspace() or unicodedata.category(c) == "Cc" for c in iri):
        raise InvalidText(_("An annotation in this file has an address that is none: too long, or with spaces."))
    return iri


def _name(creator: object) -> str:
    """Of the first creator, on one line."""
    first = creator[0] if isinstance(creator, list) and creator else creator
    name = (first.get("name") or first.get("nickname")) if isinstance(first, dict) else None
    name = " ".join(_strings(name)) if isinstance(name, list) else _string(name)
    return single_line(name)[:80] if has_visible_text(name) else ""


def _moment(value: object) -> datetime | None:
    """A time with its zone, not before there was a web and not in the future; anything else says nothing."""
    try:
        moment = datetime.fromisoformat(_string(value))
        return moment if moment.tzinfo and EARLIEST <= moment <= timezone.now() else None
    except (ValueError, OverflowError):
        return None


def _bodies(annotation: dict) -> tuple[str, tuple[str, ...], str, list[str]]:
    """Words as Markdown, tags, label, and what the words are for."""
    bodies = annotation.get("body")
    bodies = [] if bodies is None else bodies if isinstance(bodies, list) else [bodies]
    words, tags, label, purposes = [_string(annotation.get("bodyValue"))], [], "", []
    for body in bodies:
        if not isinstance(body, dict) or "value" not in body:
            raise InvalidText(_("A note holds words: bodies elsewhere, pictures and choices are not taken."))
        value, said = _string(body["value"]), [_short(one) for one in _strings(body.get("purpose"))]
        if "tagging" in said:
            tags.append(single_line(value)[:MAX_TAG])
        elif "classifying" in said:
            label = single_line(value)[:20]
        else:
            words.append(_markdown(value, _string(body.get("format"))))
            purposes += said
    tags = [tag for tag in dict.fromkeys(tags) if has_visible_text(tag)]
    if len(tags) > MAX_TAGS:
        raise InvalidText(_("An annotation in this file has more than twenty tags."))
    return "\n\n".join(one for one in words if has_visible_text(one)), tuple(tags), label, purposes


def _markdown(value: str, kind: str) -> str:
    """HTML is taken for its words alone, whatever it would do."""
    is_html = kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
    if not is_html or len(value) > MAX_HTML:
        return value
    return plain_text.text_by_block(sanitise.sanitise(value))


def _audience(value: object) -> tuple[str, str]:
    """As this site writes it; what others mean by theirs is not known here."""
    if not isinstance(value, dict):
        return "", ""
    return _string(value.get("schema:audienceType")), _string(value.get("schema:name"))


def _target(value: object) -> dict:
    """The source, and what the selectors say together. Two targets are one passage in two revisions of a text."""
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, dict) for one in value):
        return _in_two_revisions(*map(_one_target, value))
    return _one_target(value)


def _in_two_revisions(*passages: dict) -> dict:
    named = [(REVISION_IRI.fullmatch(passage["source"]), passage) for passage in passages]
    texts = {found[1] for found, _passage in named if found}
    if len(texts) != 1 or not all(found for found, _passage in named):
        raise InvalidText(_("An annotation has one target: a passage of the text, or what it answers."))
    made, now = (passage for _found, passage in sorted(named, key=lambda one: int(one[0][2])))
    return made | {"current_target": QuoteTarget(**now)}


def _one_target(value: object) -> dict:
    if isinstance(value, str):
        return {"source": _iri(value), **EMPTY_QUOTE}
    if not isinstance(value, dict):
        raise InvalidText(_("An annotation has one target: a passage of the text, or what it answers."))
    source = value.get("source", _value(value, "id"))
    source = _iri(_value(source, "id") if isinstance(source, dict) else source)
    selectors = value.get("selector")
    found = dict(EMPTY_QUOTE)
    for selector in selectors if isinstance(selectors, list) else [selectors]:
        if selector is not None:
            found |= _selected(selector)
    if (found["start"] is None) != (found["end"] is None) or (found["end"] or 1) <= (found["start"] or 0):
        raise InvalidText(_("A position ends behind its start."))
    return {"source": source, **found}


def _selected(selector: object) -> dict:
    if not isinstance(selector, dict):
        raise InvalidText(_("A selector is a JSON object."))
    kinds = _strings(_value(selector, "type"))
    if "TextQuoteSelector" in kinds:
        quote = {name: _string(selector.get(name)) for name in ("exact", "prefix", "suffix")}
        if max(map(len, quote.values())) > MAX_QUOTE:
            raise InvalidText(_("A quote in this file is longer than any passage that can be noted."))
        return quote
    if "TextPositionSelector" in kinds:
        return {name: _offset(selector.get(name)) for name in ("start", "end")}
    return {}


def _offset(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_OFFSET:
        raise InvalidText(_("A position is a whole number of characters, not below zero."))
    return value
