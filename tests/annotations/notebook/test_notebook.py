"""My notebook: my own notes and nobody else's, found by words, and taken along."""

import csv
import io
import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.actions import publish
from lessons.annotations.actions.making import remove
from lessons.annotations.models import Annotation, Label
from lessons.annotations.notebook import entries
from lessons.annotations.notebook.exports import defused
from lessons.annotations.notebook.wishes import pattern_of
from lessons.models import Lesson
from lessons.people.actions import leave
from lessons.people.models import User
from lessons.permissions import can_keep
from tests import factories
from tests.annotations.make import mark_by, note_by
from tests.discussions.make import post_by


@pytest.fixture
def notebook(sign_in, learner):
    return lambda query="": sign_in(learner).get(f"/notebook/{query}").content.decode()


@pytest.fixture
def export(sign_in, learner):
    def exported(format, query=""):
        return b"".join(sign_in(learner).get(f"/notebook/export/{format}/{query}").streaming_content)

    return exported


@pytest.fixture
def other_lesson(instructor):
    """In another course."""
    module = factories.make_module(factories.make_course(title="Salt marshes", slug="marshes"))
    body = "<p>Zostera à l’ÉTÉ grows where the Straße ends.</p>"
    return factories.make_published(factories.make_lesson(module, title="What grows there", body=body), by=instructor)


def seated(user, lesson):
    factories.seat(user=user, course=lesson.module.course, by=user)
    return User.objects.get(pk=user.pk)


def test_it_shows_what_i_marked_and_wrote_by_lesson(notebook, lesson, case_study, learner, other_learner):
    note = note_by(learner, lesson, source="Which *pulls* harder?", tags=["moon"])
    post_by(other_learner, note.thread, "The moon, as I hear.")
    mark_by(learner, case_study, "Neap tides follow.")
    html = notebook()
    assert html.index("Why tides come") < html.index("The flood of 1607")
    for words in (
        "<em>pulls</em>",
        "sun and moon",
        "Neap tides follow.",
        "1 reply",
        "Highlight",
        ">moon<",
        "Only you",
    ):
        assert words in html
    assert f'href="/notes/{note.pk}/"' in html
    assert f'href="/threads/{note.thread_id}/"' in html
    assert "as I hear" not in html


def test_nobody_elses_notes_ever(notebook, export, lesson, learner, other_learner, instructor):
    for by in (other_learner, instructor):
        note_by(by, lesson, source="Words of others")
        mark_by(by, lesson, kind="question", audience="course")
    mine = note_by(learner, lesson, source="Mine")
    post_by(other_learner, mine.thread, "Words of others in reply")
    for shown in (notebook(), notebook("?q=others"), *(export(f).decode() for f in ("md", "csv", "jsonld"))):
        assert "Words of others" not in shown
    assert notebook().count('class="kept-note"') == 1


def test_what_i_wrote_anonymously_is_in_mine_and_in_nobody_elses(notebook, sign_in, lesson, learner, other_learner):
    note_by(learner, lesson, source="Who said it?", anonymous=True)
    assert "Who said it?" in notebook()
    assert "Who said it?" not in sign_in(other_learner).get("/notebook/").content.decode()


def test_a_deleted_note_is_gone(notebook, lesson, learner):
    remove(annotation=note_by(learner, lesson, source="Rash words"), by=learner)
    assert "Rash words" not in notebook()
    assert "Nothing here yet" in notebook()


def test_after_leaving_the_course_what_was_for_me_alone_stays(notebook, export, lesson, learner):
    note_by(learner, lesson, source="For all to read")
    note_by(learner, lesson, source="For my eyes", audience="me")
    mark_by(learner, lesson, "Neap tides follow.")
    leave(user=learner, course=lesson.module.course)
    html = notebook()
    assert "For my eyes" in html
    assert "Neap tides follow." in html
    assert "For all to read" not in html
    assert "you cannot open this lesson now" in html
    assert "/notes/" not in html
    assert "For all to read" not in export("csv").decode()


def test_rule_and_filter_agree(lesson, learner, other_learner, instructor, administrator, outsider, other_lesson):
    gone = seated(learner, other_lesson)
    for by, at, words in (
        (learner, lesson, "sun and moon"),
        (other_learner, lesson, "sun"),
        (gone, other_lesson, "grows"),
    ):
        for audience in ("me", "staff", "course"):
            note_by(by, at, words, audience=audience)
            mark_by(by, at, words, kind="question", audience=audience)
    leave(user=gone, course=other_lesson.module.course)
    everything = list(Annotation.objects.select_related("thread", "lesson__module__course"))
    for pk in (learner.pk, other_learner.pk, instructor.pk, administrator.pk, outsider.pk):
        person = User.objects.get(pk=pk)
        assert set(Annotation.objects.kept_by(person)) == {one for one in everything if can_keep(person, one)}, person
    assert Annotation.objects.kept_by(User.objects.get(pk=learner.pk)).count() == 8


def test_filters(notebook, lesson, learner, other_lesson):
    learner = seated(learner, other_lesson)
    Label.objects.create(course=other_lesson.module.course, key="idea", name="Spark")
    note_by(learner, lesson, source="First", tags=["Émile"])
    note_by(learner, other_lesson, "grows", source="Second", kind="idea")
    course = other_lesson.module.course_id
    for query in (f"?course={course}", f"?lesson={other_lesson.pk}", "?label=idea", "?q=second", "?q=GROWS"):
        html = notebook(query)
        assert "Second" in html, query
        assert "First" not in html, query
    assert "Spark" in notebook()
    for query in ("?tag=émile", "?tag=ÉMILE", "?q=first+moon"):
        html = notebook(query)
        assert "First" in html, query
        assert "Second" not in html, query
    assert "No note fits" in notebook("?q=nothing+of+that")
    for nonsense in ("?course=x", "?lesson=-1", f"?course={'9' * 30}", "?after=abc"):
        assert "First" in notebook(nonsense), nonsense


@pytest.mark.parametrize("words", ["été", "ÉTÉ", "Été", "e\u0301te\u0301", "l’été", "STRASSE", "straße", "zoSTera"])
def test_search_folds_letters_beyond_ascii(notebook, learner, other_lesson, words):
    learner = seated(learner, other_lesson)
    mark_by(learner, other_lesson, "Zostera à l’ÉTÉ grows where the Straße ends.")
    note_by(learner, other_lesson, "grows", source="Nothing of it")
    assert notebook(f"?q={words}").count('class="kept-note"') == 1


def test_search_finds_what_is_written_with_its_accent_apart(notebook, lesson, learner):
    note_by(learner, lesson, source="Un e\u0301te\u0301 chaud")
    assert notebook("?q=ÉTÉ").count('class="kept-note"') == 1


@pytest.mark.parametrize(
    "words", ["(", "[a", "a{2", "\\", "*", "***:a", "(?i)a", "^", "$", "|", "%", "_", "#", "é(", "~&-"]
)
def test_what_is_searched_for_is_no_pattern(notebook, lesson, learner, words):
    note_by(learner, lesson, source=f"before {words} behind")
    note_by(learner, lesson, source="plain")
    html = notebook("?" + urlencode({"q": words}))
    assert html.count('class="kept-note"') == 1


def test_pattern_of_plain_words_is_plain():
    assert pattern_of("Tide") == "tide"


def test_a_note_whose_words_went_says_so(notebook, export, lesson, learner, instructor):
    note_by(learner, lesson, "Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert "no longer in the text" in notebook()
    assert "no longer in the text" in export("md").decode()


def test_pages_by_keyset_hold_every_note_once_in_the_order_of_reading(
    lesson, case_study, learner, monkeypatch, sign_in
):
    monkeypatch.setattr(entries, "A_PAGE", 3)
    monkeypatch.setattr(entries.page, "__defaults__", (3,))
    for n, at in enumerate([lesson, case_study, lesson, case_study, lesson, case_study, lesson]):
        mark_by(learner, at, ("greatest", "sun and moon", "Spring", "Neap")[n % 4])
    client, query, seen = sign_in(learner), "", []
    while True:
        reply = client.get(f"/notebook/{query}")
        seen += [entry.pk for entry in reply.context["entries"]]
        if not reply.context["later"]:
            break
        query = "?" + reply.context["later"]
    wanted = Annotation.objects.order_by("lesson__position", "lesson", "start", "pk").values_list("pk", flat=True)
    assert seen == list(wanted)


def test_queries_do_not_grow_with_notes(notebook, lesson, case_study, learner):
    def counted():
        with CaptureQueriesContext(connection) as seen:
            notebook()
        return len(seen)

    note_by(learner, lesson, tags=["moon"])
    few = counted()
    for at in (lesson, case_study):
        for _ in range(5):
            mark_by(learner, at)
        note_by(learner, at, tags=["moon", "sun"])
    assert counted() == few


def test_markdown_byte_by_byte(export, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="Which *pulls* harder?\n\n- sun\n- moon", tags=["moon", "sun"])
    mark = mark_by(learner, lesson, "Neap tides follow.")
    post_by(other_learner, note.thread)
    day = f"{note.created_at:%-d %b %Y}"
    assert export("md").decode() == (
        "# My notebook\n\n## Tides and shores\n\n### Why tides come\n\n"
        "> sun and moon\n\nWhich *pulls* harder?\n\n- sun\n- moon\n\n"
        f"Note · {day} · Everybody in the course · moon, sun · [in the text](http://testserver/notes/{note.pk}/) · "
        f"[1 reply](http://testserver/threads/{note.thread_id}/)\n\n"
        f"> Neap tides follow.\n\nHighlight · {day} · Only you · [in the text](http://testserver/notes/{mark.pk}/)\n"
    )


def test_quotes_stay_quotes_in_markdown(export, module, instructor, learner):
    words = "1. [x](y) *a* _b_\n# no heading\n- no list <b>"
    body = f"<pre>{words.replace('<', '&lt;')}</pre>"
    lesson = factories.make_published(factories.make_lesson(module, title="# Title", body=body), by=instructor)
    mark_by(learner, lesson, words)
    lines = export("md").decode().split("\n")
    assert "### \\# Title" in lines
    assert "> 1\\. \\[x\\](y) \\*a\\* \\_b\\_" in lines
    assert "> \\# no heading" in lines
    assert "> \\- no list \\<b\\>" in lines


def test_csv_byte_by_byte(export, lesson, learner):
    note = note_by(learner, lesson, source='=HYPERLINK("x"),\nsaid', tags=["moon"])
    made = f"{note.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert export("csv") == (
        b"\xef\xbb\xbfcourse,lesson,label,quote,words,tags,who reads it,state,replies,written,address,thread\r\n"
        b'Tides and shores,Why tides come,Note,sun and moon,"\'=HYPERLINK(""x""),\nsaid",moon,Everybody in the course,'
        + f"exact,0,{made},http://testserver/notes/{note.pk}/,http://testserver/threads/{note.thread_id}/\r\n".encode()
    )


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_defused(cell):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "x", "a=1", " =", "'=1"])
def test_what_is_no_formula_stays(cell):
    assert defused(cell) == cell


def test_export_takes_what_the_filter_shows_and_goes_in_batches(export, lesson, learner, monkeypatch):
    monkeypatch.setattr(entries, "A_BATCH", 2)
    for n in range(5):
        note_by(learner, lesson, source=f"Number {n}", tags=["moon"] if n else [])
    rows = list(csv.DictReader(io.StringIO(export("csv").decode("utf-8-sig"))))
    assert [row["words"] for row in rows] == [f"Number {n}" for n in range(5)]
    assert b"Number 0" not in export("csv", "?tag=moon")
    assert b"Number 4" in export("csv", "?tag=moon")


def test_json_ld_is_a_collection_of_my_notes_without_replies(export, lesson, learner, other_learner, monkeypatch):
    monkeypatch.setattr(entries, "A_BATCH", 2)
    notes = [note_by(learner, lesson, source=f"Number {n}", tags=["moon"]) for n in range(3)]
    mark = mark_by(learner, lesson, "Neap tides follow.")
    post_by(other_learner, notes[0].thread, "Words of others")
    note_by(other_learner, lesson, source="Words of others")
    found = export("jsonld").decode()
    collection = json.loads(found)
    assert (collection["type"], collection["total"]) == ("AnnotationCollection", 4)
    items = collection["first"]["items"]
    assert [item["id"].split("/")[-2] for item in items] == [str(one.uid) for one in (*notes, mark)]
    assert items[0]["body"][0]["value"] == "Number 0"
    assert items[3]["motivation"] == "highlighting"
    assert "Words of others" not in found


def test_json_ld_of_an_empty_notebook(export):
    collection = json.loads(export("jsonld"))
    assert (collection["total"], collection["first"]["items"]) == (0, [])


def test_an_unknown_format_is_not_there(sign_in, learner):
    assert sign_in(learner).get("/notebook/export/pdf/").status_code == 404


def test_the_account_leads_there(sign_in, learner):
    assert 'href="/notebook/"' in sign_in(learner).get("/").content.decode()
