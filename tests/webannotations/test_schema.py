"""Everything serialize_rows obeys the W3C's model, whatever people annotate and write."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.annotations.models import DEFAULT_LABELS, Annotation
from lessons.annotations.passages import locate_passage
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import annotate, delete_annotation
from lessons.discussions.models import Post, Thread
from lessons.discussions.services.posting import prepare_post
from lessons.markup import sanitise
from lessons.markup.plain_text import has_visible_text
from lessons.models import Lesson
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import known, post_by
from tests.environment import examples
from tests.webannotations import w3c
from tests.webannotations.test_container import DESCRIPTIONS, IRIS, MINIMAL, prefer
from tests.webannotations.test_exchange import export, import_file, items

BODY = (
    "<p>Plain words, then 𝒜stral 🦑 ones and 👩‍👩‍👧 a family.</p><p>المد والجزر يأتيان مرتين.</p>"
    "<ul><li>e\u0301 combined</li></ul><table><tr><td>In a table</td></tr></table><pre>a &lt; b\n\tc</pre>"
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
NOTE = st.fixed_dictionaries(
    {
        "place": st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 40)),
        "words": st.one_of(
            st.none(), WORDS, st.sampled_from(["مرحبا", "🦑" * 30, "</script>", "\u202eevil", "a\n\n- b"])
        ),
        "kind": st.sampled_from(DEFAULT_LABELS),
        "audience": st.sampled_from(["me", "staff", "group", "course"]),
        "anonymous": st.booleans(),
        "tags": st.lists(st.sampled_from(["moon", "المد", "🦑"]), max_size=2, unique=True),
        "replies": st.integers(0, 2),
        "removed": st.booleans(),
    }
)


@pytest.fixture
def odd_lesson(module, instructor):
    lesson = Lesson.objects.create(module=module, title="Odd “words” 🦑", slug="odd", body=sanitise.sanitise(BODY))
    publish(lesson=lesson, by=instructor)
    return Lesson.objects.with_course().get(pk=lesson.pk)


def create_annotation(lesson, by, answering, group, note):
    """Create the annotation as people could; return None where they could not."""
    at, length = note["place"]
    whole, words = lesson.current_revision.text, None
    start = int(at * len(whole))
    if not whole[start : start + length].strip():
        return None
    if note["words"] and has_visible_text(note["words"]):
        words = prepare_post(f"x{note['words']}", course=lesson.module.course)
    audience = note["audience"] if words or note["kind"].is_question else "me"
    there = locate_passage(lesson.current_revision, start=start, end=min(len(whole), start + length))
    more = {"group": group, "tags": note["tags"], "anonymous": note["anonymous"]}
    key = prepare_post("x", course=lesson.module.course).key
    one = annotate(
        by=by, lesson=lesson, passage=there, label=note["kind"], key=key, prepared=words, audience=audience, **more
    )
    for _ in range(note["replies"] if words and audience == "course" else 0):
        post_by(answering, one.thread, anonymous=note["anonymous"])
    if note["removed"]:
        delete_annotation(annotation=one, by=by)
    return one


@pytest.mark.thorough
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(notes=st.lists(NOTE, min_size=1, max_size=5))
def test_everything_serialized_is_a_web_annotation(
    odd_lesson, learner, other_learner, instructor, group_a, sign_in, monkeypatch, notes
):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    Annotation.objects.all().delete()
    Thread.objects.all().delete()
    for note in notes:
        create_annotation(odd_lesson, known(learner), other_learner, group_a, note)
    for reader in (learner, instructor):
        check_all(sign_in(reader), odd_lesson)


def check_all(client, lesson):
    where, texts = f"/lessons/{lesson.pk}/annotations/", dict(lesson.revisions.values_list("number", "text"))
    for wishes in ((DESCRIPTIONS,), (IRIS,), (MINIMAL,)):
        w3c.check(client.get(where, headers=prefer(*wishes)).json(), w3c.COLLECTION)
    said = export(client, lesson)
    w3c.check(said, w3c.COLLECTION)
    ids = set()
    for one in items(said) if said["total"] else ():
        ids.add(one["id"])
        if isinstance(one["target"], str):
            assert one["motivation"] == "replying"
            assert one["target"] in ids
            continue
        targets = one["target"] if isinstance(one["target"], list) else [one["target"]]
        assert len({check_passage(target, texts) for target in targets}) == len(targets)
    assert len(ids) == said["total"]


def check_passage(target, texts):
    """Return the number of the revision whose text the selectors fit."""
    number = int(re.search(r"/revisions/(\d+)/#text$", target["source"])[1])
    whole, (position, quote) = texts[number], target["selector"]
    assert position["start"] < position["end"]
    assert whole[position["start"] : position["end"]] == quote["exact"]
    assert whole[: position["start"]].endswith(quote["prefix"])
    assert whole[position["end"] :].startswith(quote["suffix"])
    return number


@pytest.mark.thorough
def test_edge_cases_are_web_annotations_too(lesson, learner, other_learner, instructor, sign_in):
    """Check an orphaned note, one whose author left, one deleted with replies, one that was imported."""
    gone, left, answered = (note_by(learner, lesson, exact="Neap tides follow.") for _ in range(3))
    post_by(other_learner, answered.thread)
    delete_annotation(annotation=answered, by=learner)
    highlight_by(other_learner, lesson, label="confused", audience="course")
    Annotation.objects.filter(pk=left.pk).update(author=None)
    Post.objects.filter(thread=left.thread).update(author=None)
    Thread.objects.filter(pk=left.thread_id).update(author=None)
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    client = sign_in(instructor)
    check_all(client, lesson)
    said = {one["id"].split("/")[-2]: one for one in items(export(client, lesson))}
    assert said[str(left.uid)]["creator"]["name"] == "Former member"
    assert said[str(gone.uid)]["target"]["selector"][1]["exact"] == "Neap tides follow."
    import_file(client, lesson, [one | {"id": f"urn:x:{n}"} for n, one in enumerate(said.values())])
    check_all(client, Lesson.objects.with_course().get(pk=lesson.pk))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("id"),
        lambda said: said.update(type="Person"),
        lambda said: said.update(creator={"type": "Person", "name": "Lea", "id": "https://x.example/lea"}),
        lambda said: said["target"]["selector"].pop(),
        lambda said: said["target"]["selector"][0].update(start="1"),
        lambda said: said["body"][0].update(format="text/html"),
        lambda said: said.update(created="yesterday"),
        lambda said: said.update(email="lea@example.org"),
    ],
)
def test_schema_finds_what_is_wrong(lesson, learner, sign_in, change):
    note = note_by(learner, lesson)
    said = sign_in(learner).get(f"/annotations/{note.uid}/").json()
    w3c.check(said, w3c.ANNOTATION)
    change(said)
    with pytest.raises(AssertionError):
        w3c.check(said, w3c.ANNOTATION)
