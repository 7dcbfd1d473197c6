"""The exports of a notebook: Markdown, CSV and JSON-LD."""

import csv
import io
import json

import pytest

from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.courses.services import leave
from lessons.markup.csv_text import escape_formula
from lessons.markup.formulas import formula
from lessons.markup.plain_text import plain_text
from lessons.models import Lesson
from lessons.notebook import entries
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by

PRICE = r"\text{5 \$}"


def test_markdown_byte_by_byte(export, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="Which *pulls* harder?\n\n- sun\n- moon", tags=["moon", "sun"])
    mark = highlight_by(learner, lesson, "Neap tides follow.")
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
    words = "1. [x](y) *a* _b_ $c$\n# no heading\n- no list <b>"
    body = f"<pre>{words.replace('<', '&lt;')}</pre>"
    lesson = factories.make_published(factories.make_lesson(module, title="# Title", body=body), by=instructor)
    highlight_by(learner, lesson, words)
    lines = export("md").decode().split("\n")
    assert "### \\# Title" in lines
    assert "> 1\\. \\[x\\](y) \\*a\\* \\_b\\_ \\$c\\$" in lines
    assert "> \\# no heading" in lines
    assert "> \\- no list \\<b\\>" in lines


def test_formulas_of_quotes_are_tex_in_markdown(export, module, instructor, learner):
    body = f"<p>A_1 is {formula('x_1^2')}, and {formula(PRICE)}.</p>"
    lesson = factories.make_published(factories.make_lesson(module, title="Waves", body=body), by=instructor)
    highlight_by(learner, lesson, plain_text(body))
    assert rf"> A\_1 is $x_1^2$, and \({PRICE}\)." in export("md").decode().split("\n")


def test_csv_byte_by_byte(export, lesson, learner):
    note = note_by(learner, lesson, source='=HYPERLINK("x"),\nsaid', tags=["moon"])
    made = f"{note.created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert export("csv") == (
        b"\xef\xbb\xbfcourse,lesson,label,passage,note,tags,audience,state,replies,written,URL,thread\r\n"
        b'Tides and shores,Why tides come,Note,sun and moon,"\'=HYPERLINK(""x""),\nsaid",moon,Everybody in the course,'
        + f"exact,0,{made},http://testserver/notes/{note.pk}/,http://testserver/threads/{note.thread_id}/\r\n".encode()
    )


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_escaped(cell):
    assert escape_formula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "x", "a=1", " =", "'=1"])
def test_other_cells_stay_as_they_are(cell):
    assert escape_formula(cell) == cell


def test_export_is_filtered_and_batched(export, lesson, learner, monkeypatch):
    monkeypatch.setattr(entries, "BATCH_SIZE", 2)
    for n in range(5):
        note_by(learner, lesson, source=f"Number {n}", tags=["moon"] if n else [])
    rows = list(csv.DictReader(io.StringIO(export("csv").decode("utf-8-sig"))))
    assert [row["note"] for row in rows] == [f"Number {n}" for n in range(5)]
    assert b"Number 0" not in export("csv", "?tag=moon")
    assert b"Number 4" in export("csv", "?tag=moon")


def test_json_ld_is_a_collection_of_my_notes_without_replies(export, lesson, learner, other_learner, monkeypatch):
    monkeypatch.setattr(entries, "BATCH_SIZE", 2)
    notes = [note_by(learner, lesson, source=f"Number {n}", tags=["moon"]) for n in range(3)]
    mark = highlight_by(learner, lesson, "Neap tides follow.")
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


def test_json_ld_has_no_newer_text_for_former_members(export, lesson, learner, instructor):
    note_by(learner, lesson, "the range is greatest", audience="me")
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body.replace("range is", "span is"))
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert "the span is greatest" in export("jsonld").decode()
    Course.objects.update(visibility=Course.Visibility.MEMBERS)
    assert "the span is greatest" in export("jsonld").decode()
    leave(user=learner, course=lesson.module.course)
    assert "the range is greatest" in export("jsonld").decode()
    assert "the span is greatest" not in export("jsonld").decode()


def test_json_ld_of_an_empty_notebook(export):
    collection = json.loads(export("jsonld"))
    assert (collection["total"], collection["first"]["items"]) == (0, [])


def test_unknown_format_is_not_found(sign_in, learner):
    assert sign_in(learner).get("/notebook/export/pdf/").status_code == 404
