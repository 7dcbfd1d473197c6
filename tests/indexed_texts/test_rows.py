"""What the index has of a course's texts, and what it does not."""

import pytest
from django.db import connection

from lessons.annotations.services import publish
from lessons.indexed_texts import index_course, index_items, index_lessons, index_modules, remove_course
from lessons.indexing.indexes import TEXTS
from lessons.indexing.models import TextEntry
from lessons.indexing.queries import Query, Scope, parts_of
from lessons.models import GlossaryTerm, TimelineEvent
from lessons.services import withdraw
from tests import factories

HEADINGS = "<h2>Tides</h2><p>Rise.</p><h3>Neap</h3><p>Fall.</p>"


def found(text, *readable):
    """Return what is found by somebody who holds these tokens: the texts, by the passages' places."""
    hits = TEXTS.search(Query(tuple(parts_of(text, ["en"]))), Scope(frozenset(readable)), limit=20)
    entries = TextEntry.objects.in_bulk([hit.pk for hit in hits])
    return [entries[hit.pk] for hit in hits]


def tokens_of(entry):
    return set(entry.scope.split())


@pytest.fixture
def rows(db):
    def rows_of(text):
        return list(TextEntry.objects.filter(object_id=text.pk).order_by("number"))

    return rows_of


def test_a_lesson_has_a_row_of_its_summary_and_one_of_each_passage(module, rows):
    lesson = factories.make_published(
        factories.make_lesson(module, title="Why", summary="Of water.", body=f"<p>First.</p>{HEADINGS}")
    )
    assert [(row.title, row.heading, row.text, row.anchor) for row in rows(lesson)] == [
        ("Why", "", "Of water.", ""),
        ("Why", "", "First.", ""),
        ("Why", "Tides", "Rise.", "sec-tides"),
        ("Why", "Tides › Neap", "Fall.", "sec-neap"),
    ]
    text = lesson.current_revision.text
    assert [text[row.start : row.end] for row in rows(lesson)] == ["", "First.", "Rise.", "Fall."]


def test_a_passage_is_found_by_the_title_and_the_headings_that_it_stands_under(module):
    lesson = factories.make_published(factories.make_lesson(module, title="The sea", body=HEADINGS))
    [entry] = found("sea neap falling", "xp")
    assert (entry.object_id, entry.text) == (lesson.pk, "Fall.")


def test_a_paragraph_about_a_word_stands_above_lists_that_have_it_once(module):
    prose = "A spring tide has nothing to do with spring; this tide follows the moon, and a low tide is lower." * 3
    items = "".join(f"<li>{words}</li>" for words in ("The tide", "A wave in deep water and its wake", "The wind"))
    table = "<table><tr><td>Tide</td><td>1</td></tr><tr><td>Ebb</td></tr></table>"
    body = f"<h2>List</h2><ul>{items}</ul><h2>Prose</h2><p>{prose}</p><h2>Table</h2>{table}"
    factories.make_published(factories.make_lesson(module, title="The sea", body=body))
    in_order = found("tide", "xp")
    assert [entry.heading for entry in in_order] == ["Prose", "Table", "List"]
    assert ["pi" in tokens_of(entry) for entry in in_order] == [False, True, True]


def test_the_facts_of_a_case_study_are_found(case_study):
    for words in ("Bristol Channel", "30 January 1607", "villages", "walls were raised", "who pays"):
        assert [entry.object_id for entry in found(words, "xp")] == [case_study.pk], words


def test_what_is_published_is_found_and_not_the_draft(module):
    lesson = factories.make_published(factories.make_lesson(module, title="Old", body="<p>Published.</p>"))
    lesson.title, lesson.body = "New", "<p>Written.</p>"
    lesson.save()
    index_lessons([lesson.pk])
    assert [row.title for row in found("published", "xp")] == ["Old"]
    assert not found("written", "xp")
    publish(lesson=lesson, by=None)
    assert [row.title for row in found("written", "xp")] == ["New"]
    assert not found("published", "xp")


@pytest.mark.parametrize(("visibility", "others"), [("public", {"xp"}), ("unlisted", {"xl"}), ("members", set())])
def test_the_tokens_of_readers_follow_from_who_can_read_the_course(db, visibility, others):
    course = factories.make_course(visibility=visibility)
    factories.make_published(module=factories.make_module(course))
    readers = {"xa", f"xc{course.pk}", *({f"xl{course.pk}"} if others == {"xl"} else others)}
    for entry in TextEntry.objects.all():
        assert {token for token in tokens_of(entry) if token[0] == "x"} == readers


def test_a_text_has_the_tags_of_its_module_and_a_lesson_its_own(module, lesson, rows):
    term = factories.make_term(module)
    module.tags.add("sea")
    lesson.tags.add("moon")
    index_modules([module.pk])
    sea, moon = (f"t{row.tag_id}" for row in (*module.tagged.all(), *lesson.tagged.all()))
    assert {sea, moon} <= tokens_of(rows(lesson)[0])
    entry = TextEntry.objects.get(kind="term", object_id=term.pk)
    assert {token for token in tokens_of(entry) if token[0] == "t"} == {sea}


def test_terms_and_events_are_found_with_the_lesson_only_while_it_is_published(module, lesson, instructor):
    term = factories.make_term(module, "ebb", "The falling tide.", lesson=lesson)
    event = factories.make_event(module, "1607-01-30", "The flood.", detail="Walls broke.", lesson=lesson)
    index_items(GlossaryTerm, [term.pk])
    index_items(TimelineEvent, [event.pk])
    [entry] = found("falling ebb", "xp")
    assert (entry.kind, entry.anchor, entry.title, entry.text) == (
        "term",
        f"term-{term.pk}",
        "ebb",
        "The falling tide.",
    )
    [when] = found("flood 30 january 1607 walls", "xp")
    assert (when.title, when.heading, when.text) == ("The flood.", "30 January 1607", "Walls broke.")
    assert f"l{lesson.pk}" in tokens_of(entry) & tokens_of(when)
    withdraw(lesson=lesson, by=instructor)
    entry, when = TextEntry.objects.all()
    assert f"l{lesson.pk}" not in tokens_of(entry) | tokens_of(when)


def test_words_are_found_by_their_stems_in_the_language_of_the_course(course, module):
    factories.make_published(factories.make_lesson(module, body="<p>Häuser am Meer.</p>"))
    assert not found("hauses", "xp")
    course.language = "de"
    course.save()
    index_course(course.pk)
    hits = TEXTS.search(Query(tuple(parts_of("hauses", ["de"]))), Scope(frozenset(["xp"])), limit=5)
    assert len(hits) == 1


def test_a_row_that_has_not_changed_is_not_written_again(lesson, module, django_assert_num_queries):
    # Terms, events, lesson, tags, tags of the module, rows; on PostgreSQL the course, and its lock.
    with django_assert_num_queries(8 if connection.vendor == "postgresql" else 6):
        index_lessons([lesson.pk])


def test_nothing_of_a_deleted_course_stays(course, lesson, module):
    factories.make_term(module)
    index_course(course.pk)
    remove_course(course.pk)
    assert not TextEntry.objects.exists()
    assert not TEXTS.read_after(0)


def test_a_text_that_is_one_row_is_indexed_however_long_it_is(module):
    characters = [chr(code) for code in range(0x4E00, 0x9000)]
    term = factories.make_term(module, "潮", "".join(characters * 3))
    index_items(GlossaryTerm, [term.pk])
    assert [entry.object_id for entry in found("".join(characters[5000:5002]), "xp")] == [term.pk]
