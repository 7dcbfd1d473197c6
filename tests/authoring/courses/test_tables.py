"""The glossary and the timeline of a module, edited as tables."""

import re

import pytest
from django.urls import reverse

from lessons.courses.models import AuditEntry
from lessons.db.unsent_texts import save_unsent_text
from lessons.models import BinEntry, GlossaryTerm, TimelineEvent
from lessons.unsent.form_pages import find_form_page
from tests import factories

FIELD = re.compile(r'name="((?:row|new)-\d+-\w+)"[^>]*?value="([^"]*)"')


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def page(module, table="glossary", suffix=""):
    return reverse(f"admin:lessons_module_{table}{suffix}", args=[module.pk])


def version(client, module, row, table="glossary"):
    """Return the version that the page shows of a row."""
    html = client.get(page(module, table)).content.decode()
    return re.search(rf'name="row-{row.pk}-version" value="(\w+)"', html)[1]


def fields(prefix, **values):
    return {f"{prefix}-{name}": value for name, value in values.items()}


def edit(client, module, row, table="glossary", **values):
    """Return what the form submits of a row, whose other fields are unchanged."""
    columns = ("term", "definition") if table == "glossary" else ("date", "event", "detail")
    shown = {name: getattr(row, name) for name in columns} | {"lesson": row.lesson_id or ""}
    return fields(f"row-{row.pk}", **shown | {"version": version(client, module, row, table)} | values)


def test_rows_are_added_changed_and_deleted_at_once(client, module, lesson):
    ebb, flood = factories.make_term(module, "ebb"), factories.make_term(module, "flood")
    data = edit(client, module, ebb, definition="The sea goes.", lesson=lesson.pk)
    data |= edit(client, module, flood, delete="on") | fields(
        "new-0", term="neap tide", definition="A small one.", lesson=""
    )
    data |= fields("new-1", term=" ", definition="", lesson="")
    html = client.post(page(module), data, follow=True).content.decode()
    assert "Saved: 1 new, 1 changed, 1 deleted." in html
    assert html.count("for 30 days") == 1
    rows = list(GlossaryTerm.objects.order_by("term").values_list("term", "definition", "lesson", "key"))
    assert rows == [("ebb", "The sea goes.", lesson.pk, "ebb"), ("neap tide", "A small one.", None, "neap tide")]
    entry = AuditEntry.objects.get(verb="edit glossary")
    assert entry.detail == {"new": 1, "changed": 1, "deleted": 1}
    assert BinEntry.objects.get().title == "flood"


def test_events_are_sorted_by_their_new_dates(client, module):
    late = factories.make_event(module, "1953", "The North Sea floods.")
    factories.make_event(module, "1607-01-30")
    data = edit(client, module, late, "timeline", date="-0431", detail="Long ago.")
    assert client.post(page(module, "timeline"), data).status_code == 302
    assert [event.date for event in TimelineEvent.objects.all()] == ["-0431", "1607-01-30"]


@pytest.mark.parametrize(
    ("table", "values", "message"),
    [
        ("glossary", {"term": "", "definition": "No name."}, "Enter the term."),
        ("glossary", {"term": "bore", "definition": " "}, "Enter the definition."),
        ("glossary", {"term": "EBB", "definition": "Again."}, "This module already has this term."),
        ("glossary", {"term": "bore", "definition": "A wave.", "lesson": "999999"}, "Choose one of this module"),
        ("timeline", {"date": "04.04.1949", "event": "A treaty"}, "is not a date in a supported format"),
        ("timeline", {"date": "", "event": "A treaty"}, "Enter the date"),
        ("timeline", {"date": "1949", "event": ""}, "Enter the event."),
    ],
)
def test_a_wrong_row_says_why_and_nothing_is_saved_or_lost(client, module, table, values, message):
    ebb = factories.make_term(module, "ebb")
    data = fields("new-0", **values)
    if table == "glossary":
        data |= edit(client, module, ebb, definition="The sea goes.")
    response = client.post(page(module, table), data)
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert all(value in html for value in values.values() if value != "999999")
    ebb.refresh_from_db()
    assert ebb.definition == "A tide of great range."
    assert (GlossaryTerm.objects.count(), TimelineEvent.objects.count()) == (1, 0)


def test_two_terms_exchange_their_names(client, module):
    ebb, flood = factories.make_term(module, "ebb"), factories.make_term(module, "flood")
    data = edit(client, module, ebb, term="flood") | edit(client, module, flood, term="ebb")
    assert client.post(page(module), data).status_code == 302
    assert dict(GlossaryTerm.objects.values_list("pk", "key")) == {ebb.pk: "flood", flood.pk: "ebb"}


def test_the_second_to_save_a_row_sees_both_texts(client, module):
    ebb = factories.make_term(module, "ebb")
    mine = edit(client, module, ebb, definition="Mine.")
    client.post(page(module), edit(client, module, ebb, definition="Theirs."))
    response = client.post(page(module), mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Theirs." in html
    assert "Mine." in html
    now = re.search(rf'name="row-{ebb.pk}-version" value="(\w+)"', html)[1]
    client.post(page(module), mine | {f"row-{ebb.pk}-version": now})
    ebb.refresh_from_db()
    assert ebb.definition == "Mine."


def test_an_unchanged_row_overwrites_nothing(client, module):
    ebb, flood = factories.make_term(module, "ebb"), factories.make_term(module, "flood")
    mine = edit(client, module, ebb) | edit(client, module, flood, definition="Mine.")
    client.post(page(module), edit(client, module, ebb, definition="Theirs."))
    assert client.post(page(module), mine).status_code == 302
    assert dict(GlossaryTerm.objects.values_list("term", "definition")) == {"ebb": "Theirs.", "flood": "Mine."}


def test_a_row_changed_in_the_meantime_is_deleted_only_after_it_was_seen(client, module):
    ebb = factories.make_term(module, "ebb")
    delete = edit(client, module, ebb, delete="on")
    client.post(page(module), edit(client, module, ebb, definition="Theirs."))
    response = client.post(page(module), delete)
    assert response.status_code == 409
    assert "Theirs." in response.content.decode()
    delete[f"row-{ebb.pk}-version"] = version(client, module, ebb)
    client.post(page(module), delete)
    assert not GlossaryTerm.objects.exists()


def test_a_row_deleted_in_the_meantime_is_offered_as_a_new_one(client, module):
    ebb, flood = factories.make_term(module, "ebb"), factories.make_term(module, "flood")
    mine = edit(client, module, ebb, definition="Mine.") | edit(client, module, flood)
    GlossaryTerm.objects.all().delete()
    html = client.post(page(module), mine).content.decode()
    assert "Somebody has deleted this row in the meantime." in html
    again = fields(f"new-{ebb.pk}", term="ebb", definition="Mine.", lesson="")
    assert f'name="new-{ebb.pk}-definition"' in html
    client.post(page(module), again)
    assert [term.definition for term in GlossaryTerm.objects.all()] == ["Mine."]


def test_a_form_sent_twice_adds_its_rows_once(client, module):
    html = client.get(page(module)).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', html)[1]
    data = {"form_key": key} | fields("new-0", term="bore", definition="A wave.", lesson="")
    assert [client.post(page(module), data).status_code for _n in range(2)] == [302, 302]
    assert GlossaryTerm.objects.count() == 1


def test_more_rows_are_offered_without_saving(client, module):
    data = fields("new-0", term="bore", definition="A wave.", lesson="") | {"more": "1"}
    html = client.post(page(module), data).content.decode()
    assert 'value="bore"' in html
    assert 'name="new-9-term"' in html
    assert not GlossaryTerm.objects.exists()


def test_many_rows_take_as_many_queries_as_one(client, module, lesson, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("lessons.authoring.tables.page.MAX_ROWS", 50)
    GlossaryTerm.objects.bulk_create(
        [GlossaryTerm(module=module, term=f"term {n:03}", definition="A word.", lesson=lesson) for n in range(51)]
    )
    with django_assert_max_num_queries(8):
        html = client.get(page(module)).content.decode()
    assert html.count('data-row="row-') == 50
    assert "Page 1 of 2" in html
    assert 'value="term 050"' in client.get(page(module), {"sort": "-term"}).content.decode()
    data = {}
    for row in GlossaryTerm.objects.all():
        data |= fields(f"row-{row.pk}", term=row.term, definition="Changed.", lesson=row.lesson_id)
    with django_assert_max_num_queries(29):
        assert client.post(page(module), data).status_code == 302
    assert GlossaryTerm.objects.filter(definition="Changed.").count() == 51


@pytest.mark.parametrize("query", ["?sort=x", "?sort=-lesson", "?page=0", "?page=99999999999", "?sort=date&page=-1"])
def test_an_unknown_order_or_page_is_the_first(client, module, query):
    factories.make_event(module)
    assert client.get(page(module, "timeline") + query).status_code == 200


def test_nobody_else_opens_the_tables(sign_in, learner, stranger, module):
    for table in ("glossary", "timeline"):
        for suffix in ("", "_csv", "_import"):
            address = page(module, table, suffix)
            assert sign_in(learner).get(address).status_code == 403
            assert sign_in(stranger).get(address).status_code == 404


def test_what_was_not_saved_is_shown_again(client, instructor, module):
    ebb = factories.make_term(module, "ebb")
    written = edit(client, module, ebb, definition="Begun yesterday.") | fields("new-4", term="bore", definition="")
    save_unsent_text(user_id=instructor.pk, draft_key=f"glossary-{module.pk}", fields=written)
    assert find_form_page(instructor, f"glossary-{module.pk}").url == page(module)
    html = client.get(page(module)).content.decode()
    assert "Begun yesterday." in html
    assert 'name="new-4-term" value="bore"' in html
    assert "Enter the definition." not in html
