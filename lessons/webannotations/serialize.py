"""Pure: rows of annotations and replies in the W3C's Web Annotation Data Model (Recommendation of 2017-02-23).

People appear only as `display_identity` shows them: by name, or by pseudonym where they are anonymous.
"""

from datetime import UTC, datetime, timedelta

from lessons.annotations.models import HIGHLIGHT
from lessons.discussions.identity import display_identity
from lessons.webannotations import iris

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MARKDOWN = "text/markdown"
# The ActivityStreams type of a placeholder for something deleted; the context defines its prefix.
TOMBSTONE = "as:Tombstone"
# The label that each motivation implies; any other is in a body with the purpose "classifying".
LABEL_OF_MOTIVATION = {"highlighting": HIGHLIGHT, "commenting": "note", "questioning": "question"}
# The two timestamps of a new row come from two readings of the clock.
CLOCK_TOLERANCE = timedelta(seconds=1)


def serialize_annotation(row: dict, opening: dict | None, tags: list[str], *, reader: int, root: str) -> dict:
    """Return an annotation as JSON-LD. `row` has the columns ANNOTATION_FIELDS, `opening` POST_FIELDS, None where
    there is no comment to show; `row["current"]` is its passage in the published revision, None if that is the passage
    it was made on.

    A deleted note has no creator.
    """
    motivation = motivation_of(row["label"], row["is_question"])
    is_highlight = row["thread_id"] is None
    target = _passage(row, row, root)
    edited = opening["edited_at"] if opening and opening["edited_at"] else row["updated_at"]
    return _without_empty(
        {
            "@context": CONTEXT,
            "id": iris.annotation_iri(root, row["lesson_id"], row["uid"]),
            "type": "Annotation" if opening or is_highlight else ["Annotation", TOMBSTONE],
            "motivation": motivation,
            "creator": _person(opening or row, reader) if opening or is_highlight else None,
            "created": _timestamp(row["created_at"]),
            "modified": _modified(row["created_at"], max(edited, row["updated_at"])),
            "body": _bodies(row, opening, tags, motivation),
            "target": [target, _passage(row, row["current"], root)] if row["current"] else target,
            "audience": _audience(
                row["audience"] if is_highlight else row["thread__audience"],
                row["group__name"] if is_highlight else row["thread__group__name"],
            ),
            "via": row["origin__via"],
            "canonical": row["origin__canonical"],
        }
    )


def serialize_reply(row: dict, *, reader: int, root: str) -> dict:
    """Return a reply as JSON-LD. `row` has the columns REPLY_FIELDS. A reply to a deleted post has the note as its
    target."""
    lesson, uid = row["thread__annotation__lesson_id"], row["thread__annotation__uid"]
    has_parent = row["parent"] and row["reply_to__seq"] != 1
    language = row["thread__annotation__lesson__module__course__language"]
    return _without_empty(
        {
            "@context": CONTEXT,
            "id": iris.reply_iri(root, lesson, row["pk"]),
            "type": "Annotation",
            "motivation": "replying",
            "creator": _person(row, reader),
            "created": _timestamp(row["created_at"]),
            "modified": _modified(row["created_at"], row["edited_at"]),
            "body": _textual_body(row["source"], "replying", language),
            "target": iris.reply_iri(root, lesson, row["parent"])
            if has_parent
            else iris.annotation_iri(root, lesson, uid),
            "audience": _audience(row["thread__audience"], row["thread__group__name"]),
            "via": row["origin__via"],
            "canonical": row["origin__canonical"],
        }
    )


def motivation_of(label: str, is_question: bool) -> str:
    """Return the motivation that a label stands for."""
    if label == HIGHLIGHT:
        return "highlighting"
    return "questioning" if is_question else "commenting"


def _bodies(row: dict, opening: dict | None, tags: list[str], motivation: str) -> list[dict]:
    bodies = [_textual_body(opening["source"], motivation, row["lesson__module__course__language"])] if opening else []
    if LABEL_OF_MOTIVATION[motivation] != row["label"]:
        bodies.append({"type": "TextualBody", "value": row["label"], "format": "text/plain", "purpose": "classifying"})
    if opening:
        bodies += [{"type": "TextualBody", "value": tag, "format": "text/plain", "purpose": "tagging"} for tag in tags]
    return bodies


def _textual_body(source: str, purpose: str, language: str) -> dict:
    return {
        "type": "TextualBody",
        "value": source,
        "format": MARKDOWN,
        "language": language,
        "textDirection": "auto",
        "purpose": purpose,
    }


def _passage(row: dict, passage: dict, root: str) -> dict:
    quote = {name: passage[name] for name in ("exact", "prefix", "suffix")}
    position = {name: passage[name] for name in ("start", "end")}
    return {
        "type": "SpecificResource",
        "source": iris.source_iri(root, row["lesson_id"], passage["revision__number"]),
        "scope": iris.lesson_iri(root, row["lesson_id"], row["lesson__slug"]),
        "selector": [{"type": "TextPositionSelector", **position}, {"type": "TextQuoteSelector", **quote}],
    }


def _person(row: dict, reader: int) -> dict:
    name, alias = row["author__display_name"], row.get("alias__name")
    return {
        "type": "Person",
        "name": display_identity(author=row["author_id"], name=name, alias=alias, reader=reader).name,
    }


def _audience(audience: str, group: str | None) -> dict:
    """Return the audience in the terms of schema.org: `me`, `staff`, `group` with its name, `course`."""
    return {"type": "Audience", "schema:audienceType": audience} | ({"schema:name": group} if group else {})


def _modified(created: datetime, changed: datetime | None) -> str:
    return _timestamp(changed) if changed and changed - created > CLOCK_TOLERANCE else ""


def _timestamp(time: datetime) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _without_empty(document: dict) -> dict:
    return {name: value for name, value in document.items() if value not in ("", None, [])}
