"""My notebook: my own annotations and nobody else's, searched, filtered and paged."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, CourseLabel
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.annotations.services.publishing import place_manually
from lessons.courses.models import Course
from lessons.courses.services import leave
from lessons.models import Lesson
from lessons.notebook import entries
from lessons.permissions import can_keep_in_notebook
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by
from tests.environment import sample


@pytest.fixture
def other_lesson(instructor):
    """Return a lesson in another course."""
    module = factories.make_module(factories.make_course(title="Salt marshes", slug="marshes"))
    body = "<p>Zostera à l’ÉTÉ grows where the Straße ends.</p>"
    return factories.make_published(factories.make_lesson(module, title="What grows there", body=body), by=instructor)


def enrol(user, lesson):
    factories.enrol(user=user, course=lesson.module.course, by=user)
    return User.objects.get(pk=user.pk)


def test_notebook_shows_annotations_by_lesson(notebook, lesson, case_study, learner, other_learner):
    note = note_by(learner, lesson, source="Which *pulls* harder?", tags=["moon"])
    post_by(other_learner, note.thread, "The moon, as I hear.")
    highlight_by(learner, case_study, "Neap tides follow.")
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


def test_notebook_never_shows_notes_of_others(notebook, export, lesson, learner, other_learner, instructor):
    for by in (other_learner, instructor):
        note_by(by, lesson, source="Words of others")
        highlight_by(by, lesson, label="question", audience="course")
    mine = note_by(learner, lesson, source="Mine")
    post_by(other_learner, mine.thread, "Words of others in reply")
    for shown in (notebook(), notebook("?q=others"), *(export(f).decode() for f in ("md", "csv", "jsonld"))):
        assert "Words of others" not in shown
    assert notebook().count('class="notebook-entry"') == 1


def test_anonymous_notes_are_only_in_their_authors_notebook(notebook, sign_in, lesson, learner, other_learner):
    note_by(learner, lesson, source="Who said it?", anonymous=True)
    assert "Who said it?" in notebook()
    assert "Who said it?" not in sign_in(other_learner).get("/notebook/").content.decode()


def test_deleted_note_is_not_in_the_notebook(notebook, lesson, learner):
    delete_annotation(annotation=note_by(learner, lesson, source="Rash words"), by=learner)
    assert "Rash words" not in notebook()
    assert "No notes yet" in notebook()


def test_private_notes_stay_after_leaving_the_course(notebook, export, lesson, learner):
    note_by(learner, lesson, source="For all to read")
    note_by(learner, lesson, source="For my eyes", audience="me")
    highlight_by(learner, lesson, "Neap tides follow.")
    leave(user=learner, course=lesson.module.course)
    html = notebook()
    assert "For my eyes" in html
    assert "Neap tides follow." in html
    assert "For all to read" not in html
    assert "you are no longer in this course" in html
    assert f'<a href="{lesson.get_absolute_url()}">Read the lesson</a>' in html
    assert "/notes/" not in html
    assert "For all to read" not in export("csv").decode()
    Course.objects.update(visibility=Course.Visibility.MEMBERS)
    assert "you can no longer open this lesson" in notebook()
    assert lesson.get_absolute_url() not in notebook()


def test_deleted_note_with_replies_shows_a_tombstone(notebook, export, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="Rash words", tags=["rashness"])
    post_by(other_learner, note.thread)
    assert "rashness" in notebook("?tag=rashness")
    delete_annotation(annotation=note, by=learner)
    html = notebook()
    assert "Rash words" not in html
    assert "rashness" not in html
    assert 'class="notebook-entry"' not in notebook("?tag=rashness")
    assert "This post was deleted by its author." in html
    assert "1 reply" in html
    *_head, row = csv.reader(io.StringIO(export("csv").decode()))
    assert row[8] == "1"


def test_entry_links_to_its_lesson_and_to_edit(notebook, lesson, learner):
    note = note_by(learner, lesson)
    edit = f'<a href="/notes/{note.pk}/edit/" aria-describedby="words-{note.uid}">Edit</a>'
    title = f'<a href="{lesson.get_absolute_url()}"><bdi>Why tides'
    assert edit in notebook()
    assert title in notebook()
    Course.objects.update(closed_at=timezone.now())
    assert edit not in notebook()
    assert title in notebook()


def test_manual_placement_is_shown(notebook, lesson, learner, instructor):
    note = note_by(learner, lesson)
    assert "placed by hand" not in notebook()
    place_manually(annotation=note, span=(0, 6), by=instructor)
    assert "placed by hand" in notebook()


def test_rule_and_filter_agree(lesson, learner, other_learner, instructor, administrator, outsider, other_lesson):
    gone = enrol(learner, other_lesson)
    for by, at, words in (
        (learner, lesson, "sun and moon"),
        (other_learner, lesson, "sun"),
        (gone, other_lesson, "grows"),
    ):
        for audience in ("me", "staff", "course"):
            note_by(by, at, words, audience=audience)
            highlight_by(by, at, words, label="question", audience=audience)
    leave(user=gone, course=other_lesson.module.course)
    everything = list(Annotation.objects.select_related("thread", "lesson__module__course"))
    for pk in (learner.pk, other_learner.pk, instructor.pk, administrator.pk, outsider.pk):
        person = User.objects.get(pk=pk)
        assert set(Annotation.objects.in_notebook_of(person)) == {
            one for one in everything if can_keep_in_notebook(person, one)
        }, person
    assert Annotation.objects.in_notebook_of(User.objects.get(pk=learner.pk)).count() == 8


@pytest.mark.thorough
def test_filters(notebook, lesson, learner, other_lesson):
    learner = enrol(learner, other_lesson)
    CourseLabel.objects.create(course=other_lesson.module.course, key="idea", name="Spark")
    note_by(learner, lesson, source="First", tags=["Émile"])
    note_by(learner, other_lesson, "grows", source="Second", label="idea")
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
    assert "No notes match" in notebook("?q=nothing+of+that")
    for nonsense in ("?course=x", "?lesson=-1", f"?course={'9' * 30}", "?after=abc"):
        assert "First" in notebook(nonsense), nonsense


@pytest.mark.thorough
@pytest.mark.parametrize("words", ["été", "ÉTÉ", "Été", "e\u0301te\u0301", "l’été", "STRASSE", "straße", "zoSTera"])
def test_search_folds_letters_beyond_ascii(notebook, learner, other_lesson, words):
    learner = enrol(learner, other_lesson)
    highlight_by(learner, other_lesson, "Zostera à l’ÉTÉ grows where the Straße ends.")
    note_by(learner, other_lesson, "grows", source="Nothing of it")
    assert notebook(f"?q={words}").count('class="notebook-entry"') == 1


def test_search_finds_decomposed_accents(notebook, lesson, learner):
    note_by(learner, lesson, source="Un e\u0301te\u0301 chaud")
    assert notebook("?q=ÉTÉ").count('class="notebook-entry"') == 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    "words", sample(["(", "[a", "a{2", "\\", "*", "***:a", "(?i)a", "^", "$", "|", "%", "_", "#", "é(", "~&-"])
)
def test_search_terms_are_not_patterns(notebook, lesson, learner, words):
    note_by(learner, lesson, source=f"before {words} behind")
    note_by(learner, lesson, source="plain")
    html = notebook("?" + urlencode({"q": words}))
    assert html.count('class="notebook-entry"') == 1


def test_orphaned_note_says_so(notebook, export, lesson, learner, instructor):
    note_by(learner, lesson, "Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert "no longer in the text" in notebook()
    assert "no longer in the text" in export("md").decode()


def test_pages_by_keyset_hold_every_note_once_in_reading_order(lesson, case_study, learner, monkeypatch, sign_in):
    monkeypatch.setattr(entries, "PAGE_SIZE", 3)
    monkeypatch.setattr(entries.entries_page, "__defaults__", (3,))
    for n, at in enumerate([lesson, case_study, lesson, case_study, lesson, case_study, lesson]):
        highlight_by(learner, at, ("greatest", "sun and moon", "Spring", "Neap")[n % 4])
    client, query, seen = sign_in(learner), "", []
    while True:
        reply = client.get(f"/notebook/{query}")
        seen += re.findall(r'id="note-([^"]+)"', reply.content.decode())
        if not reply.context["next"]:
            break
        query = "?" + reply.context["next"]
    wanted = Annotation.objects.order_by("lesson__position", "lesson", "start", "pk").values_list("uid", flat=True)
    assert seen == list(map(str, wanted))


def test_queries_do_not_grow_with_notes(notebook, lesson, case_study, learner):
    def query_count():
        with CaptureQueriesContext(connection) as seen:
            notebook()
        return len(seen)

    note_by(learner, lesson, tags=["moon"])
    few = query_count()
    for at in (lesson, case_study):
        for _ in range(5):
            highlight_by(learner, at)
        note_by(learner, at, tags=["moon", "sun"])
    assert query_count() == few


def test_account_menu_links_to_the_notebook(sign_in, learner):
    assert 'href="/notebook/"' in sign_in(learner).get("/").content.decode()
