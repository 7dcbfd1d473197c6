"""Imported annotations reach nobody who could not read them before, however their file expresses who could."""

import json

import pytest

from lessons.annotations.models import Annotation
from lessons.discussions.models import Thread
from lessons.webannotations.deserialize import deserialize
from lessons.webannotations.parse import extract_annotations
from tests import factories
from tests.annotations.make import note_by
from tests.webannotations.test_container import annotation, send
from tests.webannotations.test_exchange import import_file, preview_import

ALL, ME, A = ("course", None), ("me", None), ("group", "Group A")
WORLD = {"read": ["group:__world__"]}


def schema(audience, group=None):
    return {"type": "Audience", "schema:audienceType": audience} | ({"schema:name": group} if group else {})


# The words of a file, and who may read the note that is made of it.
READERS = [
    ({}, ALL),
    ({"permissions": WORLD, "group": "__world__", "hidden": False, "flagged": False}, ALL),
    ({"permissions": WORLD, "moderation": {"flagCount": 0}, "moderation_status": "APPROVED"}, ALL),
    ({"permissions": {"read": ["acct:a@example.org"]}}, ME),
    ({"permissions": {"read": ["acct:a@example.org"]}, "group": "__world__"}, ME),
    ({"permissions": {"read": ["acct:a@example.org", "acct:b@example.org"]}}, ME),
    ({"permissions": {"read": []}}, ME),
    ({"permissions": {}}, ME),
    ({"permissions": "public"}, ME),
    ({"permissions": {"read": ["group:Group A"]}, "group": "Group A"}, A),
    ({"permissions": {"read": ["group:x1Y2z3"]}, "group": "x1Y2z3"}, ME),
    ({"permissions": {"read": ["group:Group A", "group:x1Y2z3"]}}, ME),
    ({"permissions": WORLD, "group": "x1Y2z3"}, ME),
    ({"group": "Group A"}, A),
    ({"group": {"id": "x1Y2z3", "name": "Group A"}}, A),
    ({"group": {"id": "__world__", "name": "Public"}}, ALL),
    ({"group": 4}, ME),
    ({"private": True}, ME),
    ({"audience": schema("course")}, ALL),
    ({"audience": schema("staff")}, ("staff", None)),
    ({"audience": schema("me")}, ME),
    ({"audience": schema("group", "Group A")}, A),
    ({"audience": schema("group", "Group Z")}, ME),
    ({"audience": schema("group")}, ME),
    ({"audience": [schema("course"), schema("staff")]}, ("staff", None)),
    ({"audience": [schema("group", "Group A"), schema("group", "Group B")]}, ME),
    ({"audience": []}, ME),
    ({"audience": {"type": "schema:EducationalAudience", "schema:educationalRole": "teacher"}}, ME),
    ({"audience": "http://example.edu/roles/teacher"}, ME),
    ({"audience": schema("course"), "permissions": {"read": ["acct:a@example.org"]}}, ME),
    ({"audience": schema("course"), "schema:audience": schema("me")}, ME),
    ({"http://schema.org/audience": {"https://schema.org/audienceType": "staff"}}, ("staff", None)),
    ({"audience": schema("course") | {"audienceType": "staff"}}, ("staff", None)),
    ({"Permissions": {"read": ["acct:a@example.org"]}}, ME),
    ({"shared": True, "public": "yes", "visibility": "public"}, ALL),
    ({"shared": False}, ME),
    ({"isPublic": "false"}, ME),
    ({"visibility": "private"}, ME),
    ({"group_id": "x1Y2z3"}, ME),
]
WITHHELD = [
    {"hidden": True},
    {"hidden": "true"},
    {"flagged": True},
    {"moderation": {"flagCount": 2}},
    {"moderation": {"status": "PENDING"}},
    {"moderation_status": "DENIED"},
    {"moderationStatus": "SPAM"},
    {"moderation_status": 4},
    {"flag_count": 1},
    {"isHidden": True},
    {"deleted": True},
    {"motivation": "moderating"},
    {"motivation": ["commenting", "oa:moderating"]},
]


def in_w3c(lesson, number, words):
    return annotation(lesson, body=f"Note {number}", id=f"urn:x:{number}") | {"audience": None} | words


def in_hypothesis(lesson, number, words):
    quote = {"type": "TextQuoteSelector", "exact": "sun and moon", "prefix": "", "suffix": ""}
    target = [{"source": "https://example.org/", "selector": [quote]}]
    return {"id": f"h{number}", "uri": "x", "user": "acct:a@x", "text": f"Note {number}", "target": target} | words


@pytest.fixture
def groups(next_term):
    return [factories.make_group(next_term.module.course, name) for name in ("Group A", "Group B")]


def readers(lesson):
    return {
        thread.posts.get(seq=1).source.split()[-1]: (thread.audience, thread.group and thread.group.name)
        for thread in Thread.objects.filter(lesson=lesson)
    }


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.parametrize("write", [in_w3c, in_hypothesis])
def test_no_access_field_of_a_file_widens_an_audience(write, next_term, instructor, groups, sign_in):
    data = [write(next_term, number, words) for number, (words, _readers) in enumerate(READERS)]
    import_file(sign_in(instructor), next_term, data)
    found = readers(next_term)
    assert {str(number): found.get(str(number)) for number in range(len(READERS))} == {
        str(number): expected for number, (_words, expected) in enumerate(READERS)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("write", [in_w3c, in_hypothesis])
def test_moderated_annotations_are_listed_and_left_out(write, next_term, instructor, sign_in):
    words = [one for one in WITHHELD if write is in_w3c or "motivation" not in one]
    data = [write(next_term, number, one) for number, one in enumerate(words)]
    judgement = {"type": "Annotation", "motivation": "moderating", "target": "urn:x:99", "bodyValue": "Rude"}
    data += [write(next_term, 99, {})] + ([judgement] if write is in_w3c else [])
    client = sign_in(instructor)
    page = preview_import(client, next_term, data).content.decode()
    for number in range(len(words)):
        assert f"Note {number}</q> It was hidden, flagged or moderated." in page
    import_file(client, next_term, data)
    assert set(readers(next_term)) == (set() if write is in_w3c else {"99"})


@pytest.mark.parametrize("words", [{"audience": schema("me")}, {"permissions": {"read": ["acct:a@example.org"]}}])
def test_what_a_collection_page_or_body_says_holds_for_the_annotation(words):
    body = {"type": "TextualBody", "value": "y"}
    one = {"type": "Annotation", "body": body, "target": "z"}
    documents = [
        {"items": [one], **words},
        {"first": {"items": [one], **words}},
        {"rows": [{"uri": "x", "text": "y", "target": "z"}], **words},
        [one | {"body": [body, body | words]}],
    ]
    assert [deserialize(extract_annotations(document)[0]).audience for document in documents] == ["me"] * 4


@pytest.mark.django_db
def test_reply_is_left_out_where_more_people_would_read_it(next_term, instructor, groups, sign_in):
    def reply(to, words):
        return {"id": f"r{to}", "uri": "x", "text": f"Reply to {to}", "references": [f"h{to}"]} | words

    private, own_group = {"permissions": {"read": ["acct:a@x"]}}, {"group": "Group A"}
    data = [
        in_hypothesis(next_term, number, words) for number, words in enumerate([{}, private, own_group, own_group])
    ]
    data += [reply(0, private), reply(1, private), reply(2, own_group), reply(3, {"group": "Group B"})]
    client = sign_in(instructor)
    page = preview_import(client, next_term, data).content.decode()
    import_file(client, next_term, data)
    threads = Thread.objects.filter(lesson=next_term, last_seq=2)
    assert sorted(thread.posts.get(seq=2).source[-1] for thread in threads) == ["1", "2"]
    for to in (0, 3):
        assert f"Reply to {to}</q> Fewer people could read it than what it replies to." in page
    later = [reply(0, private), reply(0, {}) | {"id": "later"}]
    import_file(client, next_term, later)
    assert Thread.objects.get(lesson=next_term, audience="course").posts.count() == 2


@pytest.mark.thorough
@pytest.mark.django_db
def test_private_notes_of_others_are_treated_as_missing(lesson, learner, instructor, assistant, sign_in):
    secret = note_by(learner, lesson, audience="me")
    opening = secret.thread.posts.get()
    root = f"http://testserver/lessons/{lesson.pk}/annotations"
    for iri in (f"{root}/{secret.uid}/", f"{root}/{opening.pk}/", f"{root}/{opening.pk + 999}/"):
        reply = {"type": "Annotation", "motivation": "replying", "target": iri, "bodyValue": "Seen", "id": "urn:x:r"}
        page = preview_import(sign_in(instructor), lesson, [reply])
        assert page.context["plan"].skipped[0].reason == "What it replies to is not in this file."
    data = [in_w3c(lesson, 1, {"audience": schema("me")})]
    for person in (instructor, assistant, assistant):
        import_file(sign_in(person), lesson, data)
    made = Annotation.objects.filter(origin__via="urn:x:1").order_by("pk")
    assert [one.author for one in made] == [instructor, assistant]


def test_access_fields_of_a_wrong_type_are_refused_or_read_as_private():
    for word in ("permissions", "group", "audience", "hidden", "moderation"):
        for value in (4, True, "x", [], {}, [4], {"read": 4}, {"id": {}}, None):
            [data] = extract_annotations([{"uri": "x", "text": "y", "target": "z", word: value}])
            read = deserialize(json.loads(json.dumps(data)))
            assert read.audience != "course" or read.is_withheld


@pytest.mark.django_db
def test_the_protocol_refuses_audiences_that_it_cannot_store(lesson, learner, group_a, group_b, sign_in):
    client, note = sign_in(learner), note_by(learner, lesson)
    iri = f"http://testserver/lessons/{lesson.pk}/annotations/{note.uid}/"
    reply = {"type": "Annotation", "motivation": "replying", "target": iri, "bodyValue": "Yes"}
    for words in ({"audience": schema("staff")}, {"audience": schema("group", "Group A")}, {"hidden": True}):
        assert send(client, lesson, reply | words).status_code == 422
    refused = [{"audience": schema("group", "Group B")}, {"audience": "everybody"}, {"flagged": True}]
    for words in (*refused, {"audience": schema("course"), "permissions": {"read": ["group:x"]}}):
        assert send(client, lesson, annotation(lesson) | words).status_code == 422
    assert (Annotation.objects.count(), note.thread.posts.count()) == (1, 1)
    address = iri.removeprefix("http://testserver")
    got = client.get(address)
    sent = json.dumps(got.json() | {"audience": schema("course", "Group B")})
    answer = client.put(address, sent, content_type=got["Content-Type"], HTTP_IF_MATCH=got["ETag"])
    assert answer.status_code == 409
