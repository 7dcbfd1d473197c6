"""The container of a lesson's annotations, by the Web Annotation Protocol."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.models import Annotation
from lessons.discussions.models import CommentPolicy, Post
from lessons.models import Lesson
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import known, post_by

pytestmark = pytest.mark.django_db
LD = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
ROOT = "http://testserver"
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
IRIS = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS = "http://www.w3.org/ns/oa#PreferContainedDescriptions"


def container_url(lesson, more=""):
    return f"/lessons/{lesson.pk}/annotations/{more}"


def prefer(*preferences):
    return {"Prefer": f'return=representation;include="{" ".join(preferences)}"'}


def annotation(lesson, exact="sun and moon", body="Which pulls harder?", **more):
    text = lesson.current_revision.text
    start = text.index(exact)
    selectors = [
        {"type": "TextPositionSelector", "start": start, "end": start + len(exact)},
        {"type": "TextQuoteSelector", "exact": exact, "prefix": text[:start][-20:], "suffix": ""},
    ]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": {"type": "TextualBody", "value": body, "format": "text/markdown"} if body else [],
        "target": {"source": f"{ROOT}/lessons/{lesson.pk}/revisions/1/#text", "selector": selectors},
        "audience": {"type": "Audience", "schema:audienceType": "course"},
        **more,
    }


def send(client, lesson, data, kind=LD, **more):
    data = data if isinstance(data, str | bytes) else json.dumps(data)
    return client.post(container_url(lesson), data, content_type=kind, **more)


def test_describes_itself_as_a_container(lesson, learner, sign_in):
    note_by(learner, lesson)
    answer = sign_in(learner).get(container_url(lesson))
    said = answer.json()
    assert answer["Content-Type"] == LD
    assert '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type"' in answer["Link"]
    constrained = '<http://www.w3.org/TR/annotation-protocol/>; rel="http://www.w3.org/ns/ldp#constrainedBy"'
    assert constrained in answer["Link"]
    assert answer["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert {"Accept", "Prefer", "Cookie"} <= set(answer["Vary"].replace(" ", "").split(","))
    assert answer["Accept-Post"].startswith("application/ld+json")
    assert said["id"] == answer["Content-Location"]
    assert said["id"].startswith(f"{ROOT}{container_url(lesson)}")
    assert said["type"] == ["BasicContainer", "AnnotationCollection"]
    assert said["total"] == 1
    assert said["first"]["items"][0]["body"][0]["value"] == "Which pulls harder?"


def test_empty_container_has_no_pages(lesson, learner, sign_in):
    said = sign_in(learner).get(container_url(lesson)).json()
    assert said["total"] == 0
    assert "first" not in said
    assert sign_in(learner).get(container_url(lesson, "?page=0")).status_code == 404


@pytest.mark.thorough
def test_pages_hold_everything_once_in_order(lesson, learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.webannotations.container_views.PAGE_SIZE", 2)
    notes = [note_by(learner, lesson) for _ in range(2)]
    post_by(learner, notes[0].thread)
    notes += [highlight_by(learner, lesson) for _ in range(2)]
    client = sign_in(learner)
    for wishes in ((IRIS,), (DESCRIPTIONS,), (IRIS, MINIMAL), (MINIMAL,)):
        whole = client.get(container_url(lesson), headers=prefer(*wishes)).json()
        page = whole["first"] if isinstance(whole["first"], dict) else client.get(whole["first"]).json()
        assert isinstance(whole["first"], str) == (MINIMAL in wishes)
        found, before = [], None
        while page:
            found += [item if isinstance(item, str) else item["id"] for item in page["items"]]
            assert all(isinstance(item, str) == (IRIS in wishes) for item in page["items"])
            assert page.get("prev") == before
            assert page["startIndex"] == len(found) - len(page["items"])
            before, after = page["id"], page.get("next")
            page = client.get(after).json() if after else None
            assert page is None or page["partOf"]["id"] == whole["id"]
        assert before == whole["last"]
        assert len(set(found)) == len(found) == whole["total"] == 5
    assert all(client.get(iri).json()["id"] == iri for iri in found)


@pytest.mark.thorough
def test_two_preferences_that_exclude_each_other(lesson, learner, sign_in):
    answer = sign_in(learner).get(container_url(lesson), headers=prefer(IRIS, DESCRIPTIONS))
    assert answer.status_code == 400
    assert sign_in(learner).get(container_url(lesson), headers={"Prefer": "respond-async"}).status_code == 200


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["1", "-1", "x", "9" * 30, "²", "0.0", "x.0.0", f"{10**17}.0.1", "1.2.3.4"])
def test_missing_page_is_not_found(lesson, learner, sign_in, page):
    note_by(learner, lesson)
    assert sign_in(learner).get(container_url(lesson, f"?page={page}")).status_code == 404


@pytest.mark.thorough
def test_head_options_and_304(lesson, learner, sign_in):
    note_by(learner, lesson)
    client = sign_in(learner)
    got, head, options = (
        client.get(container_url(lesson)),
        client.head(container_url(lesson)),
        client.options(container_url(lesson)),
    )
    assert head.status_code == options.status_code == 200
    assert head.content == b""
    assert head["ETag"] == got["ETag"]
    assert "Accept-Post" in options
    assert "Link" in options
    again = client.get(container_url(lesson), headers={"If-None-Match": f'"other", W/{got["ETag"]}'})
    assert again.status_code == 304
    note_by(learner, lesson)
    assert client.get(container_url(lesson), headers={"If-None-Match": got["ETag"]}).status_code == 200


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html"),
        ("application/json", 200, "application/ld+json"),
        ('application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"', 200, "application/ld+json"),
        (
            'text/html;q=0.5, application/ld+json;profile="http://x.example/y http://z.example/"',
            200,
            "application/ld+json",
        ),
        ("*/*", 200, "application/ld+json"),
        ("text/turtle", 406, "application/json"),
        ("image/png, text/plain", 406, "application/json"),
    ],
)
def test_content_negotiation(lesson, learner, sign_in, accept, status, kind):
    answer = sign_in(learner).get(container_url(lesson), headers={"Accept": accept})
    assert answer.status_code == status
    assert answer["Content-Type"].startswith(kind)
    assert "Accept" in answer["Vary"]
    assert "Link" in answer


@pytest.mark.thorough
def test_posted_annotation_is_a_note(lesson, learner, other_learner, sign_in):
    answer = send(sign_in(known(learner)), lesson, annotation(lesson, motivation="questioning"))
    said = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == said["id"]
    assert said["id"].startswith(f"{ROOT}{container_url(lesson)}")
    note = Annotation.objects.get()
    assert UUID(said["id"].split("/")[-2]) == note.uid
    assert (note.label, note.exact, note.author) == ("question", "sun and moon", learner)
    assert note.thread.posts.get().source == "Which pulls harder?"
    assert sign_in(other_learner).get(said["id"]).json()["creator"] == {"type": "Person", "name": "Lea Learner"}
    assert answer["ETag"] == sign_in(learner).get(said["id"])["ETag"]


@pytest.mark.thorough
def test_audience_is_private_by_default(lesson, learner, group_a, sign_in):
    given = annotation(lesson)
    del given["audience"]
    client = sign_in(known(learner))
    assert send(client, lesson, given).json()["audience"] == {"type": "Audience", "schema:audienceType": "me"}
    given["audience"] = {"schema:audienceType": "group"}
    assert send(client, lesson, given).json()["audience"]["schema:name"] == "Group A"
    given["audience"] = {"schema:audienceType": "group", "schema:name": "Group B"}
    assert send(client, lesson, given).status_code == 422
    given["audience"] = {"schema:audienceType": "world"}
    assert send(client, lesson, given).status_code == 422


@pytest.mark.thorough
def test_highlights_tags_and_labels(lesson, learner, sign_in):
    client = sign_in(known(learner))
    me = {"schema:audienceType": "me"}
    mark = send(client, lesson, annotation(lesson, body="", motivation="highlighting", audience=me)).json()
    assert (mark["motivation"], "body" in mark) == ("highlighting", False)
    shared = annotation(lesson, body="", motivation="highlighting")
    assert send(client, lesson, shared).status_code == 422
    bodies = [
        {"type": "TextualBody", "value": "Why?", "purpose": "commenting"},
        {"type": "TextualBody", "value": "tide", "purpose": "tagging"},
        {"type": "TextualBody", "value": "confused", "purpose": "classifying"},
    ]
    said = send(client, lesson, annotation(lesson, body=None) | {"body": bodies}).json()
    assert said["motivation"] == "questioning"
    assert {(one["value"], one["purpose"]) for one in said["body"]} == {
        ("Why?", "questioning"),
        ("tide", "tagging"),
        ("confused", "classifying"),
    }
    assert set(Annotation.objects.values_list("label", flat=True)) == {"highlight", "confused"}


@pytest.mark.thorough
def test_replies_are_annotations_too(lesson, learner, other_learner, sign_in):
    note = note_by(learner, lesson)
    client = sign_in(known(other_learner))
    iri = f"{ROOT}{container_url(lesson)}{note.uid}/"
    reply = {"type": "Annotation", "motivation": "replying", "bodyValue": "The moon.", "target": iri}
    said = send(client, lesson, reply).json()
    assert (said["motivation"], said["target"]) == ("replying", iri)
    assert client.get(said["id"]).json() == said
    answer = send(client, lesson, reply | {"target": said["id"], "bodyValue": "And the sun."}).json()
    assert answer["target"] == said["id"]
    assert note.thread.posts.get(seq=3).reply_to.seq == 2
    short = reply | {"target": f"{ROOT}/annotations/{note.uid}/"}
    assert send(client, lesson, short).status_code == 201
    assert client.get(container_url(lesson)).json()["total"] == 4


@pytest.mark.thorough
def test_reply_to_an_unreadable_note_is_refused(lesson, learner, other_learner, group_a, sign_in):
    secret = note_by(learner, lesson, audience="group", group=group_a)
    mark = highlight_by(learner, lesson)
    for target in (
        f"{ROOT}{container_url(lesson)}{secret.uid}/",
        f"{ROOT}{container_url(lesson)}{mark.uid}/",
        "https://x.example/",
    ):
        reply = {"type": "Annotation", "motivation": "replying", "bodyValue": "Hello", "target": target}
        assert send(sign_in(known(other_learner)), lesson, reply).status_code == 422
    assert Post.objects.count() == 1


@pytest.mark.thorough
def test_origin_is_stored(lesson, learner, sign_in):
    given = annotation(lesson, id="https://elsewhere.example/a/1", canonical="urn:uuid:dbfb1861-0ecf-41ad")
    said = send(sign_in(known(learner)), lesson, given).json()
    assert said["id"].startswith(ROOT)
    assert (said["via"], said["canonical"]) == (given["id"], given["canonical"])


@pytest.mark.thorough
def test_same_permissions_as_the_pages(lesson, learner, other_learner, assistant, outsider, administrator, sign_in):
    given = json.dumps(annotation(lesson))
    assert send(sign_in(outsider), lesson, given).status_code == 404
    assert send(sign_in(None), lesson, given).status_code == 401
    assert send(sign_in(administrator), lesson, given).status_code == 403
    assert not Annotation.objects.exists()
    note_by(learner, lesson, audience="staff")
    highlight_by(learner, lesson)
    assert sign_in(other_learner).get(container_url(lesson)).json()["total"] == 0
    assert sign_in(assistant).get(container_url(lesson)).json()["total"] == 1
    assert sign_in(learner).get(container_url(lesson)).json()["total"] == 2


@pytest.mark.thorough
def test_post_first_applies_to_the_container(lesson, learner, other_learner, instructor, sign_in):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    note = note_by(learner, lesson)
    mine = note_by(instructor, lesson)
    post_by(learner, mine.thread)
    seen = sign_in(other_learner).get(container_url(lesson)).json()
    assert [item["creator"]["name"] for item in seen["first"]["items"]] == ["Ines Instructor"]
    assert sign_in(other_learner).get(container_url(lesson, f"{note.uid}/")).status_code == 404
    send(sign_in(known(other_learner)), lesson, annotation(lesson))
    assert sign_in(other_learner).get(container_url(lesson)).json()["total"] == 4


@pytest.mark.thorough
def test_withdrawn_lesson_accepts_no_annotations(lesson, learner, instructor, sign_in):
    given = annotation(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    assert send(sign_in(learner), lesson, given).status_code == 404
    assert send(sign_in(instructor), lesson, given).status_code == 409


@pytest.mark.thorough
def test_held_reply_waits(lesson, learner, other_learner, sign_in):
    note = note_by(learner, lesson)
    reply = {"type": "Annotation", "motivation": "replying", "bodyValue": "See https://example.org/tide"}
    reply["target"] = f"{ROOT}{container_url(lesson)}{note.uid}/"
    answer = send(sign_in(other_learner), lesson, reply)
    assert answer.status_code == 202
    assert sign_in(learner).get(container_url(lesson)).json()["total"] == 1


@pytest.mark.thorough
def test_queries_do_not_grow(lesson, learner, other_learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    monkeypatch.setattr("lessons.webannotations.container_views.PAGE_SIZE", 4)
    client, queries = sign_in(learner), []
    for rounds, total in ((4, 12), (3, 21)):
        for _ in range(rounds):
            note = note_by(other_learner, lesson, tags=["tide", "moon"])
            post_by(learner, note.thread)
            highlight_by(learner, lesson)
        whole = client.get(container_url(lesson)).json()
        assert whole["total"] == total
        queries.append([])
        for url in (container_url(lesson), whole["first"]["next"], container_url(lesson, "export/")):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            queries[-1].append(len(captured))
    assert queries[0] == queries[1]
    assert max(queries[0]) <= 13
