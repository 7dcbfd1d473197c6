"""The MUST rules of the Web Annotation Data Model (W3C Recommendation of 2017-02-23), as a JSON schema of our own for
what we serialize, and as much of JSON Schema as checking it takes."""

import re

from lessons.webannotations.serialize import CONTEXT

IRI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
OFFSET = {"type": "integer", "minimum": 0}
PURPOSE = ["commenting", "questioning", "highlighting", "replying", "tagging", "classifying"]


def record(required, optional=None, **more):
    """Return the schema of an object with these members and no others."""
    members = required | (optional or {})
    return {"type": "object", "required": list(required), "properties": members, "extra": False, **more}


def one_type(name):
    return {"const": name}


TEXTUAL_BODY = record(
    {
        "type": one_type("TextualBody"),
        "value": {"type": "string"},
        "format": {"enum": ["text/markdown", "text/plain"]},
        "purpose": {"enum": PURPOSE},
    },
    {
        "language": {"type": "string", "pattern": "^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$"},
        "textDirection": one_type("auto"),
    },
)
POSITION = record({"type": one_type("TextPositionSelector"), "start": OFFSET, "end": OFFSET})
QUOTE = record(
    {"type": one_type("TextQuoteSelector"), "exact": {"type": "string", "pattern": r"(?s)."}},
    {"prefix": {"type": "string"}, "suffix": {"type": "string"}},
)
PASSAGE = record(
    {
        "type": one_type("SpecificResource"),
        "source": IRI,
        "selector": {"type": "array", "items": {"any": [POSITION, QUOTE]}, "length": 2},
    },
    {"scope": IRI},
)
PERSON = record({"type": one_type("Person"), "name": {"type": "string", "pattern": r"\S"}})
AUDIENCE = record(
    {"type": one_type("Audience"), "schema:audienceType": {"enum": ["me", "staff", "group", "course"]}},
    {"schema:name": {"type": "string"}},
)
ANNOTATION = record(
    {
        "@context": {"const": CONTEXT},
        "id": IRI,
        "type": {"any": [one_type("Annotation"), {"const": ["Annotation", "as:Tombstone"]}]},
        "motivation": {"enum": ["commenting", "questioning", "highlighting", "replying"]},
        "target": {"any": [IRI, PASSAGE, {"type": "array", "items": PASSAGE, "length": 2}]},
        "created": MOMENT,
        "audience": AUDIENCE,
    },
    {
        "body": {"any": [TEXTUAL_BODY, {"type": "array", "items": TEXTUAL_BODY}]},
        "creator": PERSON,
        "modified": MOMENT,
        "via": IRI,
        "canonical": IRI,
    },
)
PAGE = record(
    {
        "id": IRI,
        "type": one_type("AnnotationPage"),
        "partOf": {"any": [IRI, record({"id": IRI, "type": one_type("AnnotationCollection"), "total": OFFSET})]},
        "items": {"any": [{"type": "array", "items": ANNOTATION}, {"type": "array", "items": IRI}]},
    },
    {"@context": {"const": CONTEXT}, "next": IRI, "prev": IRI, "startIndex": OFFSET},
)
COLLECTION = record(
    {"id": IRI, "label": {"type": "string"}, "total": OFFSET},
    {
        "@context": {"any": [{"const": CONTEXT}, {"const": [CONTEXT, "http://www.w3.org/ns/ldp.jsonld"]}]},
        "type": {"any": [one_type("AnnotationCollection"), {"const": ["BasicContainer", "AnnotationCollection"]}]},
        "first": {"any": [IRI, PAGE]},
        "last": IRI,
    },
)
TYPES = {"string": str, "integer": int, "object": dict, "array": list}


def check(value, schema, where="$"):
    """Raise an AssertionError that says where a value is wrong."""
    assert not wrong(value, schema, where), wrong(value, schema, where)


def wrong(value, schema, where):
    """Return the first deviation from the schema, an empty string where there is none."""
    if "any" in schema:
        found = [wrong(value, one, where) for one in schema["any"]]
        return "" if "" in found else " or ".join(found)
    if "const" in schema and value != schema["const"]:
        return f"{where} is {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is {value!r}"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or isinstance(value, bool)):
        return f"{where} is no {kind}: {value!r}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{where} does not look like it: {value!r}"
    if "minimum" in schema and value < schema["minimum"]:
        return f"{where} is less than {schema['minimum']}"
    if kind == "array":
        return _wrong_item(value, schema, where)
    return _wrong_member(value, schema, where) if kind == "object" else ""


def _wrong_item(value, schema, where):
    if len(value) != schema.get("length", len(value)):
        return f"{where} has {len(value)} items"
    found = (wrong(item, schema["items"], f"{where}[{n}]") for n, item in enumerate(value))
    return next(filter(None, found), "")


def _wrong_member(value, schema, where):
    missing, more = set(schema["required"]) - set(value), set(value) - set(schema["properties"])
    if missing or more:
        return f"{where} lacks {sorted(missing)}, has {sorted(more)} too"
    found = (wrong(value[name], schema["properties"][name], f"{where}.{name}") for name in value)
    return next(filter(None, found), "")
