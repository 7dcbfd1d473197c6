"""Pure: the annotations that a document holds, whoever wrote it: a collection, a page, a list, one alone, or what
Hypothesis exports."""

import json

from django.utils.translation import gettext as _

from lessons.markup.sanitise import InvalidText

MAX_ITEMS = 5_000
HYPOTHESIS = "https://hypothes.is/a/"


def parse_json(raw: bytes) -> object:
    """JSON from UTF-8. Raises UnreadableText."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise InvalidText(_("This is not text in UTF-8. Send the file as it was exported.")) from None
    except (ValueError, RecursionError):
        raise InvalidText(_("This is not JSON, or only a part of it. Send the file as it was exported.")) from None


def _no_number(name: str):
    raise ValueError(name)


def extract_annotations(document: object) -> list[dict]:
    """Each as the W3C's model has it, not looked into yet. Raises UnreadableText."""
    found = _listed(document)
    if not found:
        raise InvalidText(
            _("There are no annotations in this file. Export them as a Web Annotation collection (JSON-LD).")
        )
    if len(found) > MAX_ITEMS:
        raise InvalidText(
            _("This file has %(n)s annotations; %(most)s is the most. Split it and send the parts one by one.")
            % {"n": f"{len(found):,}", "most": f"{MAX_ITEMS:,}"}
        )
    for number, item in enumerate(found, 1):
        if not isinstance(item, dict):
            raise InvalidText(_("Entry %(n)s of this file is not an annotation.") % {"n": number})
    return [_from_hypothesis(item) if _is_hypothesis(item) else item for item in found]


def _listed(document: object) -> list:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return []
    for holder in (document, document.get("first")):
        for name in ("items", "annotations", "rows", "@graph"):
            if isinstance(holder, dict) and isinstance(holder.get(name), list):
                _reject_partial(document, holder)
                return holder[name]
    is_one = "Annotation" in _types(document) or _is_hypothesis(document)
    return [document] if is_one else []


def _reject_partial(document: dict, page: dict) -> None:
    """What continues on another page would be taken in part: nothing is fetched for anybody."""
    if page.get("next"):
        raise InvalidText(_("This is one page of a longer collection. Export it whole, in one file."))


def _types(item: dict) -> list:
    types = item.get("type", item.get("@type"))
    return types if isinstance(types, list) else [types]


def _is_hypothesis(item: dict) -> bool:
    return "type" not in item and "uri" in item and ("text" in item or "target" in item)


def _from_hypothesis(item: dict) -> dict:
    """As Hypothesis' API and its client's export write an annotation: `references` are its ancestors, the last one
    is what it answers."""
    references, tags = item.get("references") or [], item.get("tags") or []
    if not isinstance(references, list) or not isinstance(tags, list):
        raise InvalidText(_("An annotation of Hypothesis in this file has tags or references that are no lists."))
    info, text = item.get("user_info"), item.get("text") or ""
    name = info.get("display_name") if isinstance(info, dict) else None
    name = name or str(item.get("user") or "").removeprefix("acct:").partition("@")[0]
    words = [{"type": "TextualBody", "value": text}] if text else []
    return {
        "type": "Annotation",
        "id": f"{HYPOTHESIS}{item.get('id') or ''}" if item.get("id") else "",
        "motivation": "replying" if references else "commenting" if text else "highlighting",
        "creator": {"name": name},
        "created": item.get("created"),
        "body": words + [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags],
        "target": f"{HYPOTHESIS}{references[-1]}" if references else item.get("target"),
    }
