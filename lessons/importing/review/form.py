"""Apply the whole review as one HTML form, so that it works without JavaScript.

Fields: `title`, `summary`; `section-ID-heading`, `-kind`, `-location`, `-began`, `-ended`, `-parties`, `-outcome`;
`block-ID-markdown` or `-html`; `image-UID-alt`, `-decorative`; `glossary-ID-term`, `-definition`; `timeline-ID-date`,
`-event`; `tags-ID-name`; `prompts-ID-text`; and for each of these four the checkbox `KIND-ID-accepted`. A checkbox
counts only if a text field of the same item was sent with it. For an article that was imported before: `reimport`,
update or new, and `version-ID`, draft or article. Missing fields change nothing. `selected` has the ids of the
selected sections with commas between them, `selected-kind` what they are to become.

Last, `action` is the value of the button that was pressed:

    promote:ID demote:ID up:ID down:ID merge:ID omit:ID split:ID:BLOCK leave-out:ID:BLOCK original:BLOCK
    restore:OMISSION restore:OMISSION:BLOCK accept:KIND reject:KIND
    selected:omit selected:merge selected:promote selected:demote selected:up selected:down selected:kind

and, without a change of their own, save, edit:BLOCK, done:BLOCK, show:ID, show:ID:BLOCK and show-all:PART.
"""

from collections.abc import Callable, Mapping
from inspect import signature

from lessons.importing.review import blocks as block_edits
from lessons.importing.review import images, omissions, reimport_choice, sections, selection, suggestions
from lessons.importing.review.blocks import Blocks
from lessons.importing.review.errors import UnknownPart
from lessons.importing.review.paragraph_text import HTML, MARKDOWN, editable_text, html_of

TEXT_FIELDS = {"heading", *sections.FACT_FIELDS, *(n for names in suggestions.EDITABLE_FIELDS.values() for n in names)}
TEXT_FIELDS |= {"alt", MARKDOWN, HTML}
WITHOUT_CHANGE = {"", "save", "edit", "done", "show", "show-all"}
EDITORS = {"section", "block", "image", *suggestions.EDITABLE_FIELDS}


class UnknownAction(ValueError):
    """The form requests something that is not possible, or concerns a part that no longer exists."""


def apply_fields(review: dict, data: Mapping[str, str], blocks: Blocks, *, shown: dict | None = None) -> dict:
    """Return the review with the fields of the form applied, without its action.

    shown: the review that the form was made from, if it has changed since: only what differs from it is applied.
    Raise UnknownAction, and InvalidText for a paragraph.
    """
    before = shown or review
    title, summary = data.get("title", before["title"]), data.get("summary", before["summary"]).strip()
    if title != before["title"]:
        review = sections.set_title(review, title)
    if summary != before["summary"]:
        review = {**review, "summary": summary}
    for kind, item_id, fields in _items(data):
        if kind in EDITORS:
            review = _checked(_EDITORS[kind], review, kind, item_id, fields, before, blocks)
    return _apply_reimport_choice(review, data) if "reimport" in review else review


def run_action(review: dict, data: Mapping[str, str], blocks: Blocks) -> dict:
    """Return the review after the action of the form. Raise UnknownAction."""
    name, _colon, subject = data.get("action", "").partition(":")
    if name in WITHOUT_CHANGE:
        return review
    if name == "selected":
        selected = [section for section in data.get("selected", "").split(",") if section]
        arguments = [data.get("selected-kind", "")] if subject == "kind" else []
        if subject not in selection.CHANGES:
            raise UnknownAction(data["action"])
        return _checked(selection.CHANGES[subject], review, selected, *arguments)
    if name in ACTIONS_WITH_BLOCKS:
        return _checked(ACTIONS_WITH_BLOCKS[name], review, block_edits.current(review, blocks), *subject.split(":"))
    if name not in ACTIONS:
        raise UnknownAction(data["action"])
    return _checked(ACTIONS[name], review, *subject.split(":"))


def form_texts(review: dict) -> dict[str, str]:
    """Return the texts of the review by the names of their fields in the form."""
    texts = {"title": review["title"], "summary": review["summary"]}
    for section in review["sections"]:
        texts[f"section-{section['id']}-heading"] = section["heading"]
        texts |= {f"section-{section['id']}-{name}": section["facts"][name] for name in sections.FACT_FIELDS}
    for kind, names in suggestions.EDITABLE_FIELDS.items():
        texts |= {f"{kind}-{item['id']}-{name}": item[name] for item in review[kind] for name in names}
    return texts | {f"image-{uid}-alt": image["alt"] for uid, image in review["images"].items()}


def is_text_field(name: str) -> bool:
    """Return whether a field of the form contains text that somebody may have typed."""
    prefix, _dash, last = name.rpartition("-")
    return last in TEXT_FIELDS if prefix else name in ("title", "summary")


def _items(data: Mapping[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    """Return (kind, id, fields) of each part in the form."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, value in data.items():
        prefix, _dash, field = name.rpartition("-")
        kind, _dash, item_id = prefix.partition("-")
        if item_id:
            found.setdefault((kind, item_id), {})[field] = value
    return [(kind, item_id, fields) for (kind, item_id), fields in found.items()]


def _apply_reimport_choice(review: dict, data: Mapping[str, str]) -> dict:
    if "reimport" in data:
        review = _checked(reimport_choice.choose, review, data["reimport"])
    for name, version in data.items():
        if name.startswith("version-"):
            review = _checked(reimport_choice.choose_version, review, name.removeprefix("version-"), version)
    return review


def _edit_section(review: dict, _kind: str, section_id: str, fields: dict, shown: dict, _blocks: Blocks) -> dict:
    """Apply the fields that differ from those shown. Ignore a section that has been removed in the meantime."""
    before = _by_id(shown["sections"], section_id)
    if before is None or _by_id(review["sections"], section_id) is None:
        return review
    heading, kind = fields.get("heading", "").strip(), fields.get("kind", before["kind"])
    if heading and heading != before["heading"]:
        review = sections.rename(review, section_id, heading)
    if kind != before["kind"]:
        review = sections.set_kind(review, section_id, kind)
    facts = {name: fields[name] for name in sections.FACT_FIELDS if name in fields}
    facts = {name: value for name, value in facts.items() if before["facts"][name] != value.strip()}
    return sections.set_facts(review, section_id, **facts) if facts else review


def _edit_suggestion(review: dict, kind: str, item_id: str, fields: dict, shown: dict, _blocks: Blocks) -> dict:
    before = _by_id(shown[kind], item_id)
    texts = {name: fields[name].strip() for name in suggestions.EDITABLE_FIELDS[kind] if name in fields}
    if before is None or not texts:
        return review
    changes: dict = {name: text for name, text in texts.items() if text and text != before[name]}
    if ("accepted" in fields) != before["accepted"]:
        changes["accepted"] = "accepted" in fields
    if not changes:
        return review
    return {**review, kind: [{**item, **changes} if item["id"] == item_id else item for item in review[kind]]}


def _edit_block(review: dict, _kind: str, block_id: str, fields: dict, shown: dict, blocks: Blocks) -> dict:
    if block_id not in blocks:
        raise UnknownPart(block_id)
    before = editable_text(block_edits.current(shown, blocks)[block_id]["html"])
    for text_format in (MARKDOWN, HTML):
        text = fields.get(text_format)
        if text is not None and (text.strip(), text_format) != (before.text.strip(), before.format):
            review = block_edits.edit(review, block_id, html_of(text, text_format), blocks)
    return review


def _edit_image(review: dict, _kind: str, uid: str, fields: dict, shown: dict, _blocks: Blocks) -> dict:
    if "alt" not in fields or uid not in shown["images"]:
        return review
    alt, is_decorative = " ".join(fields["alt"].split()), "decorative" in fields
    before = shown["images"][uid]
    if (alt, is_decorative) == (before["alt"], before["is_decorative"]):
        return review
    return images.describe(review, uid, alt, is_decorative)


def _by_id(items: list[dict], item_id: str) -> dict | None:
    return next((item for item in items if item["id"] == item_id), None)


def _checked(change: Callable[..., dict], review: dict, *arguments) -> dict:
    """Return what `change` returns. Raise UnknownAction for a part that the review does not have, and for a number
    of arguments that it does not take; any other error is a bug."""
    try:
        signature(change).bind(review, *arguments)
    except TypeError:
        raise UnknownAction(str(arguments)) from None
    try:
        return change(review, *arguments)
    except UnknownPart as error:
        raise UnknownAction(str(error)) from error


_EDITORS: dict[str, Callable[..., dict]] = {
    "section": _edit_section,
    "block": _edit_block,
    "image": _edit_image,
    **dict.fromkeys(suggestions.EDITABLE_FIELDS, _edit_suggestion),
}
ACTIONS: dict[str, Callable[..., dict]] = {
    "promote": sections.promote,
    "demote": sections.demote,
    "up": lambda review, section: sections.move(review, section, -1),
    "down": lambda review, section: sections.move(review, section, 1),
    "merge": sections.merge,
    "omit": sections.omit,
    "leave-out": omissions.omit_block,
    "original": block_edits.undo_edit,
    "accept": lambda review, kind: suggestions.accept_all(review, kind),
    "reject": lambda review, kind: suggestions.accept_all(review, kind, accepted=False),
}
# These need the blocks of the article, as they were edited.
ACTIONS_WITH_BLOCKS: dict[str, Callable[..., dict]] = {
    "split": lambda review, blocks, section, block: sections.split(review, section, block, blocks),
    "restore": lambda review, blocks, omission, block="": omissions.restore(review, omission, blocks, block),
}
