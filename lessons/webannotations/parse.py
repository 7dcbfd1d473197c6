"""Pure: extract the annotations from a document: a collection, a page, a list, a single one, or an export from
Hypothesis."""

import json

from django.utils.translation import gettext as _

from lessons.markup.sanitise import InvalidText
from lessons.webannotations.access import CONTAINERS, access_words

MAX_ITEMS = 5_000
HYPOTHESIS = "https://hypothes.is/a/"


def parse_json(raw: bytes) -> object:
    """Return the JSON in UTF-8 bytes. Raise InvalidText."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_reject_constant)
    except UnicodeDecodeError:
        raise InvalidText(_("This file is not UTF-8 text. Upload it as it was exported.")) from None
    except (ValueError, RecursionError):
        raise InvalidText(_("This file is not complete JSON. Upload it as it was exported.")) from None


def _reject_constant(name: str):
    raise ValueError(name)


def extract_annotations(document: object) -> list[dict]:
    """Return the annotations in the W3C's model, not checked yet. Raise InvalidText."""
    items = _list_items(document)
    if not items:
        raise InvalidText(
            _("This file contains no annotations. Export them as a Web Annotation collection (JSON-LD).")
        )
    if len(items) > MAX_ITEMS:
        raise InvalidText(
            _("This file has %(n)s annotations; the limit is %(limit)s. Split it and upload the parts one by one.")
            % {"n": f"{len(items):,}", "limit": f"{MAX_ITEMS:,}"}
        )
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise InvalidText(_("Entry %(n)s of this file is not an annotation.") % {"n": number})
    annotations = [_from_hypothesis(item) if _is_hypothesis(item) else item for item in items]
    containers = _access_of_containers(document, items)
    return [item | {CONTAINERS: containers} for item in annotations] if containers else annotations


def _access_of_containers(document: object, items: list) -> list[dict]:
    """Return what the collection and its page say about the readers of all that they contain."""
    if not isinstance(document, dict) or items == [document]:
        return []
    holders = (document, document.get("first"))
    return [words for holder in holders if isinstance(holder, dict) and (words := access_words(holder))]


def _list_items(document: object) -> list:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return []
    for holder in (document, document.get("first")):
        for name in ("items", "annotations", "rows", "@graph"):
            if isinstance(holder, dict) and isinstance(holder.get(name), list):
                _reject_partial(document, holder)
                return holder[name]
    is_single = "Annotation" in _types(document) or _is_hypothesis(document)
    return [document] if is_single else []


def _reject_partial(document: dict, page: dict) -> None:
    """Raise InvalidText for one page of several: the others are not fetched."""
    if page.get("next"):
        raise InvalidText(_("This is one page of a longer collection. Export the whole collection in one file."))


def _types(item: dict) -> list:
    types = item.get("type", item.get("@type"))
    return types if isinstance(types, list) else [types]


def _is_hypothesis(item: dict) -> bool:
    return "type" not in item and "uri" in item and ("text" in item or "target" in item)


def _from_hypothesis(item: dict) -> dict:
    """Convert an annotation from Hypothesis's API or export to the W3C's model: `references` are its ancestors, the
    last one is what it replies to."""
    references, tags = item.get("references") or [], item.get("tags") or []
    if not isinstance(references, list) or not isinstance(tags, list):
        raise InvalidText(_("A Hypothesis annotation in this file has tags or references that are not lists."))
    info, text = item.get("user_info"), item.get("text") or ""
    name = info.get("display_name") if isinstance(info, dict) else None
    name = name or str(item.get("user") or "").removeprefix("acct:").partition("@")[0]
    comment = [{"type": "TextualBody", "value": text}] if text else []
    return {
        "type": "Annotation",
        "id": f"{HYPOTHESIS}{item.get('id') or ''}" if item.get("id") else "",
        "motivation": "replying" if references else "commenting" if text else "highlighting",
        "creator": {"name": name},
        "created": item.get("created"),
        "body": comment + [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags],
        "target": f"{HYPOTHESIS}{references[-1]}" if references else item.get("target"),
        **access_words(item),
    }
