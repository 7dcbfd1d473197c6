"""Notes with their comments: the cards beside the text, the list without script, the permalink of a note."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.annotations.services.publishing import place_manually
from lessons.discussions.models import Post
from lessons.discussions.services.moderation import delete_post
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by


def page(sign_in, user, lesson, query="", what=""):
    reply = sign_in(user).get(f"/lessons/{lesson.pk}/notes/{what}{query}")
    assert reply.status_code == 200
    return reply.content.decode()


def cards(sign_in, user, *notes, lesson=None):
    ids = ",".join(str(note.pk) for note in notes)
    return page(sign_in, user, lesson or notes[0].lesson, f"?ids={ids}", "cards/")


def ids(html):
    return [int(n) for n in re.findall(r'data-id="(\d+)"', html)]


def test_card_shows_author_label_passage_and_audience(sign_in, lesson, learner, other_learner):
    note = note_by(learner, lesson, label="question", source="Which **pulls** harder?", tags=["Coast"])
    post_by(other_learner, note.thread, "The moon does.")
    html = cards(sign_in, other_learner, note)
    for words in (
        f'id="note-{note.uid}"',
        "Lea Learner",
        "<strong>pulls</strong>",
        "Question",
        "Everybody",
        "sun and moon",
        "The moon does.",
        "1 reply",
        ">Coast<",
        f'href="/threads/{note.thread_id}/"',
        ">Thank<",
        "Ask too",
    ):
        assert words in html, words
    assert f"/notes/{note.pk}/edit/" not in html
    assert f"/notes/{note.pk}/edit/" in cards(sign_in, learner, note)


def test_cards_come_in_the_requested_order_and_only_to_those_who_may_read(sign_in, lesson, learner, other_learner):
    first, secret, last = note_by(learner, lesson), note_by(learner, lesson, audience="me"), note_by(learner, lesson)
    assert ids(cards(sign_in, other_learner, last, secret, first)) == [last.pk, first.pk]
    elsewhere = note_by(learner, factories.make_published(module=lesson.module))
    assert ids(cards(sign_in, learner, elsewhere, lesson=lesson)) == []


def test_shared_highlights_and_anonymous_notes_name_nobody(sign_in, lesson, learner, other_learner, instructor):
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    hidden = note_by(learner, lesson, anonymous=True)
    post_by(learner, hidden.thread, "It is me again.", anonymous=True)
    for reader in (other_learner, instructor):
        html = cards(sign_in, reader, mark, hidden)
        assert ids(html) == [mark.pk, hidden.pk]
        # As a word: the three letters also occur in tokens.
        assert not re.search(r"\bLea\b", html + page(sign_in, reader, lesson))
    assert "Confused" in html
    assert "Anonymous" in html


def test_deleted_text_is_not_shown(sign_in, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="Something rash.")
    post_by(other_learner, note.thread)
    delete_annotation(annotation=note, by=learner)
    html = cards(sign_in, other_learner, note)
    assert "rash" not in html
    assert "deleted by its author" in html
    assert ">1 reply<" in html


def test_held_reply_does_not_replace_the_comment(sign_in, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="Which pulls harder?")
    post = post_by(other_learner, note.thread, "The moon does.")
    Post.objects.filter(pk=post.pk).update(state="held", seq=None)
    html = cards(sign_in, other_learner, note)
    assert html.index("Which pulls harder?") < html.index("The moon does.")


def test_a_card_shows_the_latest_replies_and_always_the_readers_own(
    sign_in, lesson, learner, other_learner, instructor
):
    note = note_by(learner, lesson)
    post_by(learner, note.thread, "My first answer.")
    for number in range(5):
        post_by(instructor, note.thread, f"Reply {number}.")
    html = cards(sign_in, learner, note)
    assert re.findall(r"<p>(My first answer|Reply \d)\.</p>", html) == [
        "My first answer",
        *map("Reply {}".format, (2, 3, 4)),
    ]
    assert "2 earlier replies" in html
    assert "6 replies" in html
    whole = page(sign_in, learner, lesson, f"?ids={note.pk}&replies=all", "cards/")
    assert all(f"Reply {number}." in whole for number in range(5))
    assert "earlier" not in whole
    html = cards(sign_in, other_learner, note)
    assert ("My first answer" in html, "3 earlier replies" in html) == (False, True)
    delete_post(post=note.thread.posts.get(seq=7), by=instructor)
    assert "Reply 1." in cards(sign_in, other_learner, note)


def test_a_held_reply_of_the_reader_does_not_replace_the_published_one(
    sign_in, lesson, learner, other_learner, instructor
):
    note = note_by(learner, lesson)
    post_by(other_learner, note.thread, "My published answer.")
    for number in range(4):
        post_by(instructor, note.thread, f"Reply {number}.")
    held = post_by(other_learner, note.thread, "My held answer.")
    Post.objects.filter(pk=held.pk).update(state="held", seq=None)
    html = cards(sign_in, other_learner, note)
    assert "My published answer." in html
    assert "My held answer." in html


def test_a_card_marks_what_the_reader_wrote(sign_in, lesson, learner, other_learner):
    note = note_by(learner, lesson, source="The moon pulls.")
    post_by(other_learner, note.thread, "Does it?")
    header, reply = re.findall(r'<header class="post-header".*?</header>', cards(sign_in, other_learner, note))
    assert ("(you)" in header, "(you)" in reply) == (False, True)


def test_only_staff_reply_to_a_closed_thread(sign_in, lesson, learner, instructor):
    note = note_by(learner, lesson, source="The moon pulls.")
    assert "#write" in cards(sign_in, learner, note)
    note.thread.__class__.objects.update(closed=True)
    assert "#write" not in cards(sign_in, learner, note)
    assert "#write" in cards(sign_in, instructor, note)


def test_a_held_reply_says_that_it_awaits_approval(sign_in, lesson, learner, other_learner):
    note = note_by(learner, lesson)
    post = post_by(other_learner, note.thread, "Held words.")
    Post.objects.filter(pk=post.pk).update(state="held", seq=None)
    assert "waiting for staff" in cards(sign_in, other_learner, note)
    assert "Held words" not in cards(sign_in, learner, note)


def test_held_note_is_visible_to_its_author_and_staff(sign_in, lesson, learner, other_learner, instructor):
    note = note_by(learner, lesson)
    Post.objects.update(state="held", seq=None)
    note.thread.__class__.objects.update(state="held", last_seq=0, visible_post_count=0)
    assert ids(cards(sign_in, learner, note)) == ids(cards(sign_in, instructor, note)) == [note.pk]
    assert ids(cards(sign_in, other_learner, note)) == []


def test_changed_passage_shows_the_diff_and_orphaned_one_links_to_its_revision(sign_in, lesson, learner, instructor):
    kept, lost = note_by(learner, lesson), note_by(learner, lesson, exact="Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line, the range is greatest.</p>")
    new = publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    start = new.text.index("sun and moon")
    kept.placements.filter(revision=new).update(state="changed", start=start, end=start + len("sun and moon pull"))
    html = cards(sign_in, learner, kept)
    assert "The text has changed. It was:" in html
    assert 'sun and moon <ins><span class="visually-hidden">added: </span>pull</ins>' in html
    gone = page(sign_in, learner, lesson, "?orphaned=1", "cards/")
    assert ids(gone) == [lost.pk]
    assert f"/lessons/{lesson.pk}/revisions/1/?annotation={lost.pk}#note-{lost.uid}" in gone
    placing = f"/admin/lessons/lesson/{lesson.pk}/annotations/{lost.pk}/"
    assert placing not in gone
    assert placing in page(sign_in, instructor, lesson, "?orphaned=1", "cards/")
    assert ids(page(sign_in, learner, lesson)) == [kept.pk, lost.pk]


def test_manual_placement_is_shown_now_and_in_later_revisions(sign_in, lesson, learner, instructor):
    note = note_by(learner, lesson, exact="Neap tides follow.")
    weak = "<p>Weak tides come between them.</p>"
    html = []
    for body, placed in ((weak, {note.pk: (0, 10)}), (f"<p>First of all.</p>{weak}", {})):
        Lesson.objects.filter(pk=lesson.pk).update(body=body)
        publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor, manual_spans=placed)
        html.append(cards(sign_in, learner, note))
    assert "Placed by hand on another passage. It was:" in html[0]
    assert "The text has changed. It was:" in html[1]
    for card in html:
        assert re.search("<del>.*Neap.*<ins>.*Weak", card)


def test_manual_placement_on_the_same_text_shows_it_once(sign_in, lesson, learner, instructor):
    note = note_by(learner, lesson)
    place_manually(annotation=note, span=(note.start, note.end), by=instructor)
    html = cards(sign_in, learner, note)
    assert "Placed by hand." in html
    assert "<ins>" not in html
    assert html.count("sun and moon") == 1


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=a", "?ids=1;2", "?uid=x", "?ids=" + ",".join(["1"] * 51)])
def test_invalid_requests_for_cards(sign_in, lesson, learner, query):
    reply = sign_in(learner).get(f"/lessons/{lesson.pk}/notes/cards/{query}")
    assert (reply.status_code, b"at most fifty notes" in reply.content) == (400, True)


def test_card_by_uid(sign_in, lesson, learner, other_learner):
    note, secret = note_by(learner, lesson), note_by(learner, lesson, audience="me")
    assert ids(page(sign_in, other_learner, lesson, f"?uid={note.uid}", "cards/")) == [note.pk]
    assert page(sign_in, other_learner, lesson, f"?uid={secret.uid}", "cards/") == ""


def test_permalink_opens_the_lesson_at_the_note(sign_in, lesson, learner, other_learner):
    note, secret = note_by(learner, lesson), note_by(learner, lesson, audience="me")
    reply = sign_in(other_learner).get(f"/notes/{note.pk}/")
    assert reply.headers["Location"] == f"{lesson.get_absolute_url()}?annotation={note.pk}#note-{note.uid}"
    assert sign_in(other_learner).get(f"/notes/{secret.pk}/").status_code == 404
    Lesson.objects.filter(pk=lesson.pk).update(state="withdrawn")
    assert sign_in(other_learner).get(f"/notes/{note.pk}/").status_code == 404


def test_list_is_paged_in_the_order_of_the_text(sign_in, lesson, learner, instructor, monkeypatch):
    monkeypatch.setattr("lessons.annotations.margin.positions.PAGE_SIZE", 2)
    notes = [note_by(instructor, lesson, exact=words) for words in ("Neap", "Spring", "sun", "moon", "tides follow")]
    spring, sun, moon, neap, tides = (notes[n] for n in (1, 2, 3, 0, 4))
    seen, address = [], f"/lessons/{lesson.pk}/notes/"
    while address:
        html = sign_in(learner).get(address).content.decode()
        seen.append(ids(html))
        later = re.search(r'rel="next" href="([^"]+)"', html)
        address = later and f"/lessons/{lesson.pk}/notes/{later[1]}"
    assert seen == [[spring.pk, sun.pk], [moon.pk, neap.pk], [tides.pk]]
    assert ids(page(sign_in, learner, lesson, f"?annotation={moon.pk}"))[0] == moon.pk


def test_list_filters_and_links_to_the_comments(sign_in, lesson, learner, other_learner):
    mine, question = note_by(learner, lesson), note_by(other_learner, lesson, label="question")
    assert ids(page(sign_in, learner, lesson)) == [mine.pk, question.pk]
    assert ids(page(sign_in, learner, lesson, "?scope=mine")) == [mine.pk]
    assert ids(page(sign_in, learner, lesson, "?unanswered=1")) == [question.pk]
    html = page(sign_in, learner, lesson, "?tag=none")
    assert "No notes match this filter." in html
    assert f"/lessons/{lesson.pk}/comments/" in html


@pytest.mark.thorough
def test_queries_do_not_grow_with_notes(sign_in, learner, instructor, module):
    def query_count(n, what):
        lesson, client = factories.make_published(factories.make_lesson(module), by=instructor), sign_in(learner)
        notes = [note_by(instructor, lesson, tags=["Coast"]) for _ in range(n)]
        notes += [highlight_by(learner, lesson) for _ in range(n)]
        post_by(instructor, notes[0].thread)
        address = f"/lessons/{lesson.pk}/notes/"
        if what == "cards":
            address += f"cards/?ids={','.join(str(note.pk) for note in notes)}"
        with CaptureQueriesContext(connection) as seen:
            assert len(ids(client.get(address).content.decode())) == 2 * n
        return len(seen)

    assert query_count(1, "cards") == query_count(8, "cards") == 9
    assert query_count(1, "list") == query_count(8, "list") == 13


def test_a_passage_over_several_blocks_is_quoted_with_spaces(sign_in, learner, instructor, module):
    lesson = factories.make_published(
        factories.make_lesson(module, body="<h2>Walls</h2><p>A wall holds.</p>"), by=instructor
    )
    note = note_by(learner, lesson, exact="WallsA wall")
    mark = highlight_by(learner, lesson, exact="WallsA wall holds.")
    assert note.thread.quote == "Walls A wall"
    html = cards(sign_in, learner, note, mark)
    assert ">Walls A wall</a>" in html
    assert ">Walls A wall holds.</a>" in html
    assert "Walls A wall holds." in sign_in(learner).get(f"/notes/{mark.pk}/edit/").content.decode()
