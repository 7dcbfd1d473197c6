"""Pure: rows of notes and replies as the W3C's Web Annotation Data Model has them (Recommendation of 2017-02-23).

Of the person no more is said than `identify` gives: a name, which for the anonymous is a pseudonym.
"""

from datetime import UTC, datetime, timedelta

from lessons.annotations.models import HIGHLIGHT
from lessons.discussions.identity import display_identity
from lessons.models import Lesson
from lessons.webannotations import iris

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MARKDOWN = "text/markdown"
# ActivityStreams' word, whose prefix the context knows, for what stands in the place of something deleted.
TOMBSTONE = "as:Tombstone"
# The label that each motivation stands for by itself; any other is said in a body that classifies.
LABEL_OF_MOTIVATION = {"highlighting": HIGHLIGHT, "commenting": "note", "questioning": "question"}
# The clock reads twice while a row is made.
CLOCK_TOLERANCE = timedelta(seconds=1)


def serialize_annotation(row: dict, words: dict | None, tags: list[str], *, reader: int, root: str) -> dict:
    """`row` has the fields `contents.NOTE`, `words` those of `contents.POST`, None where there are none to show; its
    `now` is where it stands in the revision on show, None if that is no other place than the one it was made at.

    What was deleted names nobody any more.
    """
    motivation = motivation_of(row["label"], row["is_question"])
    is_bare = row["thread_id"] is None
    passage = _passage(row, row, root)
    edited = words["edited_at"] if words and words["edited_at"] else row["updated_at"]
    return _without_empty(
        {
            "@context": CONTEXT,
            "id": iris.annotation_iri(root, row["lesson_id"], row["uid"]),
            "type": "Annotation" if words or is_bare else ["Annotation", TOMBSTONE],
            "motivation": motivation,
            "creator": _person(words or row, reader) if words or is_bare else None,
            "created": _timestamp(row["created_at"]),
            "modified": _modified(row["created_at"], max(edited, row["updated_at"])),
            "body": _bodies(row, words, tags, motivation),
            "target": [passage, _passage(row, row["now"], root)] if row["now"] else passage,
            "audience": _audience(
                row["audience"] if is_bare else row["thread__audience"],
                row["group__name"] if is_bare else row["thread__group__name"],
            ),
            "via": row["origin__via"],
            "canonical": row["origin__canonical"],
        }
    )


def serialize_reply(row: dict, *, reader: int, root: str) -> dict:
    """`row` has the fields `contents.REPLY`. What answers a post that is gone answers the note."""
    lesson, uid = row["thread__annotation__lesson_id"], row["thread__annotation__uid"]
    answers_post = row["answered"] and row["reply_to__seq"] != 1
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
            "body": _words(row["source"], "replying", language),
            "target": iris.reply_iri(root, lesson, row["answered"])
            if answers_post
            else iris.annotation_iri(root, lesson, uid),
            "audience": _audience(row["thread__audience"], row["thread__group__name"]),
            "via": row["origin__via"],
            "canonical": row["origin__canonical"],
        }
    )


def motivation_of(label: str, is_question: bool) -> str:
    if label == HIGHLIGHT:
        return "highlighting"
    return "questioning" if is_question else "commenting"


def _bodies(row: dict, words: dict | None, tags: list[str], motivation: str) -> list[dict]:
    bodies = [_words(words["source"], motivation, row["lesson__module__course__language"])] if words else []
    if LABEL_OF_MOTIVATION[motivation] != row["label"]:
        bodies.append({"type": "TextualBody", "value": row["label"], "format": "text/plain", "purpose": "classifying"})
    if words:
        bodies += [{"type": "TextualBody", "value": tag, "format": "text/plain", "purpose": "tagging"} for tag in tags]
    return bodies


def _words(source: str, purpose: str, language: str) -> dict:
    return {
        "type": "TextualBody",
        "value": source,
        "format": MARKDOWN,
        "language": language,
        "textDirection": "auto",
        "purpose": purpose,
    }


def _passage(row: dict, place: dict, root: str) -> dict:
    quote = {name: place[name] for name in ("exact", "prefix", "suffix")}
    position = {name: place[name] for name in ("start", "end")}
    return {
        "type": "SpecificResource",
        "source": iris.source_iri(root, row["lesson_id"], place["revision__number"]),
        "scope": root + Lesson(pk=row["lesson_id"], slug=row["lesson__slug"]).get_absolute_url(),
        "selector": [{"type": "TextPositionSelector", **position}, {"type": "TextQuoteSelector", **quote}],
    }


def _person(row: dict, reader: int) -> dict:
    name, alias = row["author__display_name"], row.get("alias__name")
    return {
        "type": "Person",
        "name": display_identity(author=row["author_id"], name=name, alias=alias, reader=reader).name,
    }


def _audience(audience: str, group: str | None) -> dict:
    """Whom it is for, in the words of schema.org: `me`, `staff`, `group` with its name, `course`."""
    return {"type": "Audience", "schema:audienceType": audience} | ({"schema:name": group} if group else {})


def _modified(made: datetime, changed: datetime | None) -> str:
    return _timestamp(changed) if changed and changed - made > CLOCK_TOLERANCE else ""


def _timestamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _without_empty(described: dict) -> dict:
    return {name: value for name, value in described.items() if value not in ("", None, [])}
