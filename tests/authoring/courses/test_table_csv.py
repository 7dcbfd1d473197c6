"""The glossary and the timeline as CSV: downloaded, changed in a spreadsheet, previewed and imported."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from django.urls import reverse

from lessons import dates
from lessons.authoring.tables.columns import GLOSSARY, TIMELINE
from lessons.authoring.tables.csv_files import plan_import, write_csv
from lessons.markup.csv_text import InvalidCSV
from lessons.models import GlossaryTerm, TimelineEvent
from lessons.tagging.models import normalise_tag
from tests import factories

LESSONS = {"7": "Tides", "8": "Walls", "9": "walls"}


def a_term(pk, term, definition="A word.", lesson_id=None):
    return GlossaryTerm(pk=pk, term=term, key=normalise_tag(term), definition=definition, lesson_id=lesson_id)


def an_event(pk, date, event, detail="", lesson_id=None):
    key = dates.sort_key(date)
    return TimelineEvent(pk=pk, date=date, event=event, detail=detail, sort_key=key, lesson_id=lesson_id)


def by_id(*rows):
    return {row.pk: row for row in rows}


def plan(text, *rows, table=GLOSSARY):
    return plan_import(table, text, by_id(*rows), LESSONS)


def kinds(text, *rows, table=GLOSSARY):
    return [row.kind for row in plan(text, *rows, table=table).rows]


ROWS = {
    "glossary": [a_term(1, "ebb", "=1+1", 7), a_term(2, "flood", "Two\nlines, “quoted”", 8), a_term(3, "-x", "@sum")],
    "timeline": [
        an_event(1, "-0431", "War; begins", "Long ago", 7),
        an_event(2, "1949~", "+1"),
        an_event(3, "1949~", "+1"),
    ],
}


@pytest.mark.parametrize("table", [GLOSSARY, TIMELINE], ids=lambda table: table.name)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_downloaded_changes_nothing_when_imported(table, delimiter):
    rows = ROWS[table.name]
    text = write_csv(table, rows, LESSONS)
    cells = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "-", "@"))]
    again = StringIO()
    csv.writer(again, delimiter=delimiter).writerows(cells)
    assert kinds(again.getvalue(), *rows, table=table) == ["same"] * 3


def test_rows_are_found_by_their_id_then_by_their_name():
    text = "id,term,definition\n1,ebb tide,A word.\n,FLOOD,Another.\n99,neap,New.\n"
    found = plan(text, a_term(1, "ebb"), a_term(2, "flood"))
    assert [(row.kind, row.saved and row.saved.pk) for row in found.rows] == [
        ("changed", 1),
        ("changed", 2),
        ("new", None),
    ]
    assert [(c.label, c.before, c.after) for c in found.rows[0].changes] == [("Term", "ebb", "ebb tide")]


def test_a_missing_column_changes_nothing_and_an_empty_cell_empties_its_field():
    row = an_event(1, "1949", "A treaty", "Signed", 7)
    assert kinds("date,event\n1949,a treaty\n", row, table=TIMELINE) == ["changed"]
    assert kinds("date,event\n1949,A treaty\n", row, table=TIMELINE) == ["same"]
    [change] = plan("date,event,detail\n1949,A treaty,\n", row, table=TIMELINE).rows[0].changes
    assert change == ("Detail", "Signed", "")


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        (GLOSSARY, ",A word.,", "Enter the term."),
        (GLOSSARY, "ebb,,", "Enter the definition."),
        (GLOSSARY, "ebb,A word.,Sand", "This module has no lesson “Sand”"),
        (GLOSSARY, "ebb,A word.,Walls", "Several lessons are called “Walls”"),
        (GLOSSARY, "ebb,A word,Tides,more", "more cells than the first"),
        (GLOSSARY, "Flood,A word.,\nflood,Again.,", "already on line 2"),
        (TIMELINE, "04/04/1949,A treaty,,", "is not a date in a supported format"),
        (TIMELINE, "1949,,,", "Enter the event."),
    ],
)
def test_a_wrong_row_says_why(table, line, message):
    header = "term,definition,lesson\n" if table is GLOSSARY else "date,event,detail,lesson\n"
    invalid = plan(header + line + "\n", table=table).invalid
    assert [message in " ".join(row.errors) for row in invalid] == [True]


def test_a_lesson_is_named_by_its_title_or_its_number():
    text = "Begriff;Bedeutung;Lektion\nebb;Goes;TIDES\nflood;Comes;9\n"
    assert [row.form.cleaned_data["lesson"] for row in plan(text).rows] == ["7", "9"]


def test_headings_that_are_not_understood_are_named_and_columns_without_headings_are_assumed():
    assert plan("Term,Definition,Page,Term\nebb,A word.,7,x\n").ignored == ["Page", "Term"]
    assumed = plan("ebb,The sea goes.\nflood,The sea comes.\n")
    assert [column.name for column in assumed.assumed] == ["term", "definition", "lesson"]
    assert [row.values["term"] for row in assumed.new] == ["ebb", "flood"]


@pytest.mark.parametrize(
    "text", ["", "\n \n", "term,definition\n", "term,lesson\nebb,Tides\n", 'term,definition\n"ebb,x\n']
)
def test_a_text_that_is_no_table_is_refused(text):
    with pytest.raises(InvalidCSV):
        plan(text)


def test_a_term_cannot_get_the_name_of_another():
    assert kinds("id,term,definition\n1,flood,A word.\n", a_term(1, "ebb"), a_term(2, "flood")) == ["invalid"]


# --- The pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def page(module, suffix="_import", table="glossary"):
    return reverse(f"admin:lessons_module_{table}{suffix}", args=[module.pk])


def confirm(client, module, response, **changes):
    html = response.content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', html)[1]
    data = {"text": response.context["text"], "digest": digest, "confirm": "true"}
    return client.post(page(module), data | changes)


def test_a_file_is_previewed_then_imported(client, module, lesson):
    factories.make_term(module, "ebb", lesson=lesson)
    data = client.get(page(module, "_csv")).content.decode("utf-8-sig")
    data = data.replace("A tide of great range.", "La marée descend.") + "flot,La marée monte.,,\n,Sans nom,,\n"
    file = BytesIO(data.encode("cp1252"))
    file.name = "glossary.csv"
    response = client.post(page(module), {"file": file})
    html = response.content.decode()
    assert "1 new, 1 changed, 0 unchanged, 1 invalid" in html
    assert "it was read as" in html
    assert GlossaryTerm.objects.get().definition == "A tide of great range."
    response = confirm(client, module, response)
    assert response.url == page(module, "")
    assert dict(GlossaryTerm.objects.values_list("term", "definition")) == {
        "ebb": "La marée descend.",
        "flot": "La marée monte.",
    }
    assert GlossaryTerm.objects.get(term="ebb").lesson_id == lesson.pk


def test_an_outdated_preview_imports_nothing(client, module):
    term = factories.make_term(module, "ebb")
    response = client.post(page(module), {"text": "term,definition\nebb,Mine.\n"})
    GlossaryTerm.objects.filter(pk=term.pk).update(definition="Theirs.")
    response = confirm(client, module, response)
    assert response.status_code == 409
    assert "Somebody has changed the table since this preview." in response.content.decode()
    assert GlossaryTerm.objects.get().definition == "Theirs."
    confirm(client, module, response)
    assert GlossaryTerm.objects.get().definition == "Mine."


def test_a_file_that_is_not_csv_is_refused(client, module):
    file = BytesIO(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9)
    file.name = "x.csv"
    response = client.post(page(module), {"file": file})
    assert response.status_code == 422
    assert "CSV UTF-8" in response.content.decode()
