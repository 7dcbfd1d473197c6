"""What can be imported: files of other programs, and files that are invalid."""

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.annotations.models import Annotation, Origin
from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post
from lessons.markup.sanitise import InvalidText
from lessons.webannotations import deserialize, parse
from tests.environment import examples
from tests.webannotations.test_container import annotation
from tests.webannotations.test_exchange import import_file, preview_import

pytestmark = pytest.mark.django_db


def test_hypothesis_exports_are_imported(lesson, instructor, sign_in):
    quote = {"type": "TextQuoteSelector", "exact": "sun and moon", "prefix": "When ", "suffix": " pull"}
    range_selector = {"type": "RangeSelector", "startContainer": "/p[1]", "startOffset": 0}
    target = [{"source": "https://example.org/tides", "selector": [range_selector, quote]}]
    one = {"id": "aB3", "created": "2026-05-03T10:00:00.123+00:00", "user": "acct:lea@hypothes.is", "uri": "x"}
    first = one | {"text": "Which?", "tags": ["moon"], "target": target, "user_info": {"display_name": "Lea *L*"}}
    reply = one | {"id": "cD4", "text": "The moon.", "references": ["aB3"], "target": [{"source": "x"}]}
    page_note = one | {"id": "eF5", "text": "On all of it", "target": [{"source": "x"}]}
    client = sign_in(instructor)
    for holder in ("annotations", "rows"):
        import_file(client, lesson, {"export_date": "2026-05-04", holder: [reply, first, page_note]})
    made = Annotation.objects.get()
    sources = list(made.thread.posts.order_by("seq").values_list("source", flat=True))
    assert sources == ["*From Lea \\*L\\*, 3 May 2026:*\n\nWhich?", "*From lea, 3 May 2026:*\n\nThe moon."]
    assert "<em>From Lea *L*, 3 May 2026:</em>" in made.thread.posts.get(seq=1).html
    assert made.origin.via == "https://hypothes.is/a/aB3"
    assert made.thread.created_at.isoformat().startswith("2026-05-03T10:00")


def test_lists_and_single_annotations_are_imported(lesson, instructor, sign_in):
    client = sign_in(instructor)
    import_file(client, lesson, [annotation(lesson, id="urn:x:1")])
    import_file(client, lesson, annotation(lesson, id="urn:x:2"))
    import_file(client, lesson, {"@graph": [annotation(lesson, id="urn:x:2"), annotation(lesson)]})
    assert Annotation.objects.count() == 3


def test_script_in_a_body_is_text_or_nothing(lesson, instructor, sign_in):
    html = {"type": "TextualBody", "format": "text/html", "value": "<p onclick=x()>Well</p><script>alert(1)</script>"}
    plain = {"type": "TextualBody", "value": "<script>alert(2)</script><img src=x onerror=alert(3)>"}
    name = {"name": "<script>alert(4)</script>"}
    bad = [annotation(lesson) | {"id": one["value"][:2], "body": one, "creator": name} for one in (html, plain)]
    client = sign_in(instructor)
    page = preview_import(client, lesson, bad).content.decode()
    assert "<script>alert" not in page
    import_file(client, lesson, bad)
    rendered = "".join(Post.objects.values_list("html", flat=True))
    assert "Well" in rendered
    assert "alert(1)" not in rendered
    assert not re.search(r"<(script|img)|<[^>]+on\w+=", rendered)


def test_impossible_times_are_ignored(lesson, instructor, sign_in):
    moments = ["3026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday", "2026-05-03", "9999-12-31T23:59:59-23:59"]
    data = [annotation(lesson, id=f"urn:x:{n}", created=moment) for n, moment in enumerate(moments)]
    import_file(sign_in(instructor), lesson, data)
    assert {made.year for made in Annotation.objects.values_list("created_at", flat=True)} == {
        AuditEntry.objects.first().created_at.year
    }


def test_circular_and_orphaned_replies_are_skipped(lesson, instructor, sign_in):
    def reply(n, to):
        ids = {"id": f"urn:x:{n}", "target": f"urn:x:{to}"}
        return {"type": "Annotation", "motivation": "replying", "bodyValue": f"Reply {n}", **ids}

    data = [reply(*pair) for pair in ((1, 2), (2, 1), (3, 99), (4, 4), (6, 5), (5, 0))]
    data.append(annotation(lesson, id="urn:x:0"))
    client = sign_in(instructor)
    assert "4 more will be skipped" in preview_import(client, lesson, data).content.decode()
    import_file(client, lesson, data)
    assert sorted(Post.objects.filter(seq__gt=1).values_list("source", "reply_to__seq"))[0][0].endswith("Reply 5")
    assert Post.objects.filter(reply_to__seq__gt=1).count() == 1


def bad_files():
    good = {"type": "Annotation", "target": {"source": "x", "selector": []}}
    yield "nothing", b""
    yield "no text", b"\xff\xd8\xff\xe0"
    yield "no JSON", b"<html>"
    yield "half", b'{"type": "AnnotationCollection", "first": {"items": ['
    yield "deep", b"[" * 50_000
    yield "a number", b"5"
    yield "a huge number", b"9" * 10_000
    yield "NaN", b"[NaN]"
    yield "null", b"null"
    yield "empty list", b"[]"
    yield "not annotations", b"[1, 2]"
    yield "lists in lists", b"[[[]]]"
    yield "another thing", b'{"type": "Person", "name": "Lea"}'
    yield "items of another type", b'{"items": {"a": 1}}'
    yield "first is a page elsewhere", b'{"type": "AnnotationCollection", "first": "https://example.org/1"}'
    yield "one page of many", json.dumps({"type": "AnnotationPage", "next": "x", "items": [good]}).encode()
    for name, value in (
        ("type", 3),
        ("id", ["a", 4]),
        ("id", {"a": 1}),
        ("body", 3),
        ("body", {"value": 5}),
        ("body", {"value": "\x00"}),
        ("body", {"value": "\ud83d"}),
        ("motivation", {"a": 1}),
        ("creator", {"name": {"en": "Lea"}}),
        ("audience", {"schema:audienceType": 4}),
        ("target", None),
        ("target", [1]),
        ("target", {"source": 4}),
        ("target", {"source": "x", "selector": 4}),
        ("target", {"source": "x", "selector": [{"type": "TextQuoteSelector", "exact": {"a": 1}}]}),
        ("target", {"source": "x", "selector": [{"type": "TextPositionSelector", "start": "1", "end": 2}]}),
        ("via", [{}]),
    ):
        yield f"{name}: {value!r}"[:50], json.dumps([good | {name: value}]).encode()
    yield "Hypothesis with wrong types", json.dumps({"rows": [{"uri": "x", "text": 5, "tags": "a"}]}).encode()
    yield "Hypothesis with a number", json.dumps({"rows": [{"uri": "x", "text": 5, "target": []}]}).encode()
    yield "20,000 entries", json.dumps([good] * 20_000).encode()
    yield "5 MB", b'["' + b"x" * 5_100_000 + b'"]'


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in bad_files()])
def test_bad_file_is_refused_with_a_sentence(lesson, instructor, sign_in, data):
    page = preview_import(sign_in(instructor), lesson, data)
    assert page.status_code == 422
    [error] = page.context["form"].errors["file"]
    assert error[0].isupper()
    assert error.endswith((".", ".)", ")."))
    assert 'class="errorlist"' in page.content.decode()
    assert (Annotation.objects.count(), Origin.objects.count()) == (0, 0)


def test_uploaded_json_is_not_trusted(lesson, instructor, sign_in):
    client, where = sign_in(instructor), f"/lessons/{lesson.pk}/annotations/import/"
    for kept in ("", "{", "[1]", '[{"type": "Annotation", "body": 4}]'):
        assert client.post(where, {"uploaded_json": kept, "audience": "course", "confirm": "1"}).status_code == 422
    good = json.dumps([annotation(lesson)])
    assert client.post(where, {"uploaded_json": good, "audience": "world", "confirm": "1"}).status_code == 422
    assert not Annotation.objects.exists()


NAMES = "type id @id body value purpose format creator name created motivation target source selector exact start end"
NAMES = [*NAMES.split(), "audience", "via", "canonical", "uri", "text", "tags", "references", "user", "items", "first"]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["Annotation", "TextualBody", "TextQuoteSelector", "\ud800", "\x00", "replying"]),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda more: st.lists(more, max_size=4) | st.dictionaries(st.sampled_from(NAMES), more, max_size=6),
    max_leaves=12,
)


@pytest.mark.thorough
@settings(deadline=None, max_examples=examples(150))
@given(document=ANYTHING, members=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8))
def test_any_document_is_parsed_or_refused(document, members):
    for sent in (document, [members], [members | {"type": "Annotation"}], members | {"uri": "x"}):
        with suppress(InvalidText):
            for one in parse.extract_annotations(sent):
                deserialize.deserialize(one)


def test_lone_surrogates_in_ignored_members(lesson, instructor, sign_in):
    odd = json.dumps([annotation(lesson) | {"rights": "\ud83d", "\udc00": 1}])
    assert import_file(sign_in(instructor), lesson, odd.encode()).status_code == 302
    assert Annotation.objects.count() == 1
