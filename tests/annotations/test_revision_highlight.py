"""The page of an old revision highlights a note's passage there; and the diff of two texts."""

import pytest
from django.utils import translation

from lessons.annotations.services import publish
from lessons.markup.text_diff import diff_words
from lessons.models import Lesson
from tests.annotations.make import note_by

AS_WRITTEN = "as it was when this note was written"


@pytest.fixture
def note(lesson, learner, instructor):
    note = note_by(learner, lesson, "Neap tides follow.", audience="course")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    return note


def page(client, note, number=1, asked=None):
    return client.get(f"/lessons/{note.lesson_id}/revisions/{number}/?annotation={asked or note.pk}").content.decode()


def test_old_revision_highlights_the_passage(sign_in, other_learner, lesson, note):
    html = page(sign_in(other_learner), note)
    assert AS_WRITTEN in html
    assert f'data-start="{note.start}" data-end="{note.end}"' in html
    assert '<blockquote dir="auto">Neap tides follow.</blockquote>' in html
    assert lesson.get_absolute_url() in html


def test_nothing_is_highlighted_where_it_has_no_position(sign_in, other_learner, note):
    assert "<lesson-annotations" not in page(sign_in(other_learner), note, number=2)


@pytest.mark.parametrize("asked", ["0", "9" * 30, "x", "-1", "٣", "1.5"])
def test_invalid_ids_highlight_nothing(sign_in, other_learner, note, asked):
    html = page(sign_in(other_learner), note, asked=asked)
    assert "Revision 1." in html
    assert "<lesson-annotations" not in html


def test_unreadable_note_is_not_highlighted(sign_in, learner, other_learner, outsider, lesson, note):
    private = note_by(learner, lesson, "sun and moon", audience="me")
    for reader in (other_learner, outsider, None):
        assert "<lesson-annotations" not in page(sign_in(reader), private)
    assert "<lesson-annotations" not in page(sign_in(None), note)
    assert "<lesson-annotations" in page(sign_in(learner), private, number=2)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("sun and moon", "sun  and\nmoon", "sun and moon"),
        ("weak tides", "weak tides follow.", "weak tides <ins>+follow.</ins>"),
        ("weak tides follow.", "weak tides", "weak tides <del>-follow.</del>"),
        ("Neap tides", "Weak tides", "<del>-Neap</del> <ins>+Weak</ins> tides"),
        ("春の潮", "春の大潮", "春の<ins>+大</ins>潮"),
        ("a <b>", "a &", "a <del>-&lt;b&gt;</del> <ins>+&amp;</ins>"),
        ("", "x", "<ins>+x</ins>"),
        ("", "", ""),
    ],
)
def test_diff_marks_deletions_and_insertions(old, new, shown):
    with translation.override("en"):
        html = diff_words(old, new)
    for words, sign in (("removed:", "-"), ("added:", "+")):
        html = html.replace(f'<span class="visually-hidden">{words} </span>', sign)
    assert html == shown


def test_long_unchanged_stretches_are_cut_short_if_asked():
    words = " ".join(f"w{n}" for n in range(20))
    assert diff_words(words, f"{words} end", keep=2).startswith("w0 w1 … w18 w19 <ins>")
