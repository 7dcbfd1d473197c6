"""The page of search results: what it finds and shows, to whom, and that nothing typed is an error."""

import re
import time
from datetime import timedelta
from html import escape
from types import SimpleNamespace
from urllib.parse import quote_plus

import pytest
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.discussions.models import CommentPolicy, Post
from lessons.discussions.selectors import query_viewer
from lessons.discussions.services.comment_policy import set_comment_policy
from lessons.discussions.services.moderation import hide_post
from lessons.discussions.services.questions import mark_answer
from lessons.indexed_texts import index_items
from lessons.indexing.indexes import POSTS, TEXTS
from lessons.models import GlossaryTerm, Lesson, TimelineEvent
from lessons.progress.models import Progress
from lessons.search import find
from lessons.search.filters import KINDS
from lessons.search.post_results import readable_rows
from tests import factories
from tests.annotations.make import note_by
from tests.conftest import client_of
from tests.discussions.make import post_by, thread_by

BODY = """
<h2 id="spring">Spring tides</h2><p>When sun and moon pull in line, the range is greatest. Sailors call it a spring
tide, though it has nothing to do with the season.</p>
<h2 id="neap">Neap tides</h2><p>Neap tides follow a week later. Harbour masters write the range on a board.</p>
<h2 id="board">The board</h2><p>The board of the harbour hangs beside the lock, and nobody is known to have moved
it.</p>
"""


def make_harbour():
    """Return a public course with a lesson, a term, an event, two discussions and notes, all about a harbour board."""
    course = factories.make_course(title="Tides and shores", slug="tides")
    instructor = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ines Instructor")
    group, other_group = factories.make_group(course, "Group A"), factories.make_group(course, "Group B")
    learner = factories.make_member(course, group=group, name="Lea Learner")
    other = factories.make_member(course, group=other_group, name="Otto Other")
    module = factories.make_module(course, title="The moving sea", slug="moving-sea")
    lesson = factories.make_lesson(module, title="Why tides come", slug="why", body=BODY, summary="The moon pulls.")
    lesson = factories.make_published(lesson, by=instructor)
    term = factories.make_term(module, "lock", "Gates beside a harbour board.")
    index_items(GlossaryTerm, [term.pk])
    event = factories.make_event(module, event="The board of the harbour is hung.")
    index_items(TimelineEvent, [event.pk])
    question = thread_by(learner, course, title="Who hung the board?", kind="question", tags=["Moon"])
    answer = post_by(instructor, question, "The harbour master hung that board himself.")
    to_group = {"audience": "group", "group": other_group}
    secret = thread_by(other, course, "A harbour board of gold.", title="Zanzibar", **to_group)
    private = note_by(other, lesson, "Neap tides follow", "My harbour board, zanzibar.", audience="me")
    note = note_by(learner, lesson, "Harbour masters", "A board for whom?")
    for user in (instructor, learner, other):
        user.refresh_from_db()
    return SimpleNamespace(**locals())


pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("make_world", [make_harbour], indirect=True)]


def search(user, path="/courses/tides/search/", **query):
    response = client_of(user).get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def chips(page):
    """Return the numbers on the chips by kind."""
    found = re.search(r'<nav class="filter-chips.*?</nav>', page, re.DOTALL)
    pairs = re.findall(r"<a [^>]*>\s*([A-Z][a-z ]+?)\s*<b>([\d,+]+)</b>", found[0] if found else "")
    return {name: int(number) for name, number in pairs}


def test_a_lesson_is_found_by_its_passages_and_opens_there(world):
    page = search(world.learner, q="harbour board")
    assert "The <mark>board</mark> of the <mark>harbour</mark> hangs beside the lock" in page
    assert f"/lessons/{world.lesson.pk}/why/#sec-the-board:~:text=The%20board%20of%20the%20harbour%20hangs," in page
    assert "1 more passage in this lesson" in page
    more = re.search(r'href="(\?[^"]*lesson=\d+)"', page)[1].replace("&amp;", "&")
    assert "masters write the range" in search(world.learner, f"/courses/tides/search/{more}")


def test_a_lesson_says_that_it_is_due_or_read(world):
    lesson, page = world.lesson, search(world.learner, q="harbour")
    assert "chip due" not in page
    Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now() + timedelta(days=1))
    page = search(world.learner, q="harbour")
    assert '<span class="chip due"' in page
    assert '<span class="chip due"' in search(world.learner, "/search/", q="harbour")
    assert "chip due" not in search(world.instructor, "/search/", q="harbour")
    assert "chip due" not in search(None, q="harbour")
    Progress.objects.save_progress(user=world.learner, lesson=lesson, completed_at=timezone.now())
    page = search(world.learner, q="harbour")
    assert "chip due" not in page
    assert "✓</span> Read" in page


def test_terms_and_events_are_found_and_open_in_their_page(world):
    page = search(world.learner, q="harbour board")
    assert f'/courses/tides/glossary/#term-{world.term.pk}"' in page
    assert f'/courses/tides/timeline/#event-{world.event.pk}"' in page
    assert "The <mark>board</mark> of the <mark>harbour</mark> is hung." in page


def test_discussions_and_notes_are_found_with_who_wrote_them(world):
    page = search(world.learner, q="board")
    assert "Who hung the <mark>board</mark>?" in page
    assert "You asked" in page
    assert "A <mark>board</mark> for whom?" in page
    page = search(world.learner, q="master himself")
    assert "<bdi>Ines Instructor</bdi>: The harbour <mark>master</mark> hung that board <mark>himself</mark>." in page


def test_the_chips_count_what_one_may_read(world):
    # A public course has these for everybody.
    texts = {"In the text": 2, "Glossary": 1, "Timeline": 1}
    assert chips(search(None, q="board")) == {"All": 4, **texts}
    assert chips(search(world.learner, q="board")) == {"All": 7, **texts, "Discussions": 2, "Notes": 1, "Mine": 2}
    assert chips(search(world.other, q="board")) == {"All": 9, **texts, "Discussions": 3, "Notes": 2, "Mine": 2}
    assert chips(search(world.instructor, q="board")) == {"All": 8, **texts, "Discussions": 3, "Notes": 1, "Mine": 1}


def test_what_one_may_not_read_is_neither_shown_nor_counted_nor_suggested(world):
    texts = ["zanzibar", "zanzibra", "harbour gold", '"of gold"']
    for text, kind in [*((text, "") for text in texts), *(("zanzibar", kind) for kind in KINDS)]:
        for user in (None, world.learner):
            page = search(user, q=text, kind=kind).replace(escape(text), "").replace(quote_plus(text), "")
            assert "anzibar" not in page
            assert "of gold" not in page


def test_whoever_must_post_first_does_not_learn_that_a_question_is_answered(world):
    question = thread_by(world.instructor, world.course, title="Quagmires?", kind="question", lesson=world.lesson)
    mark_answer(post=post_by(world.other, question), by=world.instructor)
    set_comment_policy(lesson=world.lesson, policy=CommentPolicy.Rule.POST_FIRST, by=world.instructor)
    reader = factories.make_member(world.course)
    assert re.findall(r'class="chip.*?>(.*?)</span>', search(world.other, q="quagmires")) == ["Resolved"]
    assert re.findall(r'class="chip.*?>(.*?)</span>', search(reader, q="quagmires")) == ["Question"]
    suggested = client_of(reader).get("/courses/tides/search/suggestions/", {"q": "quag"}).content.decode()
    assert "mark>Quag" in suggested
    assert "Resolved" not in suggested


def test_of_a_kind_its_own_results_are_shown(world):
    page = search(world.learner, q="board", kind="notes")
    assert "for whom?" in page
    assert "Who hung" not in page
    assert 'aria-current="true">Notes' in page
    mine = search(world.learner, q="board", kind="mine")
    assert "for whom?" in mine
    assert "Neap tides follow" not in mine


def test_a_link_leads_to_all_results_only_if_there_are_more_of_them(world):
    assert ">All 2<" not in search(world.learner, q="harbour board"), "two passages of the lesson that is shown"
    for _ in range(5):
        note_by(world.learner, world.lesson, "Harbour masters", "Which board?")
    page = search(world.learner, q="board")
    assert re.findall(r'href="(\S+)">All \d', page) == ["?q=board&amp;kind=notes"]
    assert 'aria-current="true">Notes' in search(world.learner, q="board", kind="notes")


NARROWED = [
    ({"q": "board", "by": "ines"}, "master hung", "for whom?"),
    ({"q": "board by:lea"}, "for whom?", "master hung"),
    ({"q": "board by:me"}, "for whom?", "master hung"),
    ({"q": "board tag:moon"}, "Who hung", "for whom?"),
    ({"q": "board", "tag": "moon"}, "Who hung", "for whom?"),
    ({"q": "board in:tides"}, "for whom?", "Who hung"),
    ({"q": 'board in:"moving sea"'}, "is hung", "Who hung"),
    ({"q": "board -master"}, "for whom?", "master hung"),
    ({"q": '"board of the harbour"'}, "hangs beside", "for whom?"),
    ({"q": "board", "written": "day"}, "for whom?", "hangs beside"),
    ({"q": "board by:nobody"}, "Nothing matches", "for whom?"),
    ({"q": "board tag:nothing"}, "Nothing matches", "for whom?"),
]


def test_operators_and_filters_narrow_the_results(world):
    for query, shown, hidden in NARROWED:
        page = re.sub(r"</?mark>", "", search(world.learner, **query))
        assert shown in page, query
        assert hidden not in page, query


def test_a_tag_stays_chosen_even_if_nothing_shown_has_it(world):
    for path in ("/courses/tides/search/", "/search/"):
        assert '<option value="reef" selected>reef</option>' in search(world.learner, path, q="board", tag="reef")


def test_what_is_typed_and_found_is_escaped(world):
    thread_by(world.learner, world.course, "A buoy <i>there</i>.", title="<b>Buoy</b> & 'bell'")
    page = search(world.learner, q="<script>buoy</script>")
    assert "<script>buoy" not in page
    page = search(world.learner, q="buoy")
    assert "&lt;b&gt;<mark>Buoy</mark>&lt;/b&gt; &amp; &#x27;bell&#x27;" in page


def test_a_module_narrows_the_results(world):
    assert "A board for" in search(world.learner, q="whom", module=world.module.pk)
    assert "A board for" not in search(world.learner, q="whom", module=world.module.pk + 1)


def test_with_too_few_results_some_of_the_words_are_enough(world):
    page = search(world.learner, q="harbour elephants ballast")
    assert "Showing results with some of your words." in page
    assert "<mark>Harbour</mark> masters" in page


def test_what_has_far_fewer_of_the_words_than_the_best_is_left_out(world):
    page = search(world.learner, q="board himself")
    assert "hung that <mark>board himself</mark>" in page
    assert "for whom?" not in page


def test_of_a_long_query_the_rarest_words_count(world):
    page = search(world.learner, q="neap tides follow a week later harbour masters write the range on elephants")
    assert "Neap tides follow a week later. Harbour masters write the range" in re.sub("</?mark>", "", page)
    assert "some of your words" in page


def test_a_misspelt_word_is_corrected_unless_one_asks_not_to(world):
    page = search(world.learner, q="harbuor bord")
    assert "Showing results for <b><bdi>harbour board</bdi></b>." in page
    assert "Search for “harbuor bord” instead" in page
    assert "<mark>Harbour</mark> masters" in page
    page = search(world.learner, q="harbuor bord", exact="1")
    assert 'Did you mean <a href="?q=harbour+board">harbour board</a>?' in page
    assert "<mark>" not in page


def test_a_word_that_was_hidden_today_is_neither_known_nor_suggested(world):
    hidden = thread_by(world.other, world.course, "A quagmore of a harbour.", title="Mud")
    thread_by(world.other, world.course, "A quagmire in the lagoon.", title="Sand")
    hide_post(post=hidden.posts.get(), by=world.instructor)
    for typed in ("quagmore", "quagmare", "quagmore lagoon", "quagmare lagoon"):
        page = search(world.learner, q=typed)
        assert f"Showing results for <b><bdi>{typed.replace(typed[:8], 'quagmire')}</bdi></b>." in page, typed


def test_a_reply_to_a_hidden_post_is_counted_and_nothing_of_that_post_is_shown(world):
    hidden = thread_by(world.other, world.course, "A mandrake.", title="Nightshade", tags=["Wolfsbane"])
    post_by(world.learner, hidden, "No quagmire.")
    hide_post(post=hidden.posts.get(seq=1), by=world.instructor)
    page = search(world.learner, q="quagmire")
    assert "<span>1 reply</span>" in page
    assert not re.search("mandrake|nightshade|wolfsbane", page, re.IGNORECASE)
    for typed in ("mandrak", "nightshad", "tag:wolfsbane"):
        assert "Nothing matches" in search(world.learner, q=typed), typed


def test_accents_case_and_forms_do_not_matter(world):
    assert "<mark>Harbour</mark> masters write" in search(world.learner, q="HÁRBOURS")


def test_all_courses_are_searched_without_a_course(world):
    members_only = factories.make_course(title="The closed sea", slug="closed-sea", visibility="members")
    instructor = factories.make_member(members_only, Membership.Role.INSTRUCTOR)
    closed = factories.make_module(members_only, title="Depths")
    factories.make_published(factories.make_lesson(closed, title="Deep harbour", body="<p>Deep.</p>"), by=instructor)
    assert "Deep <mark>harbour</mark>" in search(instructor, "/search/", q="harbour")
    for user in (None, world.learner):
        page = search(user, "/search/", q="harbour")
        assert "<mark>Harbour</mark> masters" in page
        assert "Tides and shores" in page
        assert "Deep" not in page


def test_posts_of_all_courses_are_read_alike_by_members_of_few_and_of_many(world, monkeypatch):
    bay = factories.make_course(slug="bay")
    factories.enrol(user=world.learner, course=bay, by=world.instructor, role=Membership.Role.ASSISTANT)
    stranger = factories.make_member(factories.make_course(slug="far"))
    threads = [thread_by(world.other, world.course, "Reeds.", audience=audience) for audience in ("course", "me")]
    threads += [
        thread_by(factories.make_member(bay), bay, "Reeds.", audience=audience) for audience in ("staff", "me")
    ]
    threads.append(thread_by(stranger, stranger.memberships.get().course, "Reeds."))
    opening = {pk: post for post, pk in Post.objects.filter(thread__in=threads).values_list("pk", "thread")}
    posts = [opening[thread.pk] for thread in threads]
    few = readable_rows(User.objects.get(pk=world.learner.pk), None, posts)
    assert [row.pk for row in few] == [posts[0], posts[2]]
    monkeypatch.setattr(query_viewer, "MAX_COURSES", 1)
    assert readable_rows(User.objects.get(pk=world.learner.pk), None, posts) == few


def test_the_search_of_a_course_that_one_may_not_read_does_not_exist(world):
    factories.make_course(slug="closed-sea", visibility="members")
    assert client_of(world.learner).get("/courses/closed-sea/search/?q=a").status_code == 404
    assert client_of(None).get("/courses/closed-sea/search/?q=a").status_code == 404


def test_an_unlisted_course_is_searched_only_within_it(world):
    unlisted = factories.make_course(slug="bay", visibility="unlisted")
    lesson = factories.make_lesson(factories.make_module(unlisted), title="Bayou", body="<p>Reeds.</p>")
    factories.make_published(lesson)
    assert "<mark>Bayou</mark>" in search(world.learner, "/courses/bay/search/", q="bayou")
    assert "<mark>Bayou</mark>" in search(None, "/courses/bay/search/", q="bayou")
    assert "<mark>Bayou</mark>" not in search(world.learner, "/search/", q="bayou")


HOSTILE = ['"', '""', "-", "AND OR NOT", "NEAR(harbour board)", "harb*", "title:board", "\x00", "a\x00b", "😀😀", "%_"]
HOSTILE += ["'; --", "(" * 500, "harbour " * 1250, "the", "{board}", "^board", "\ud800", "tag:\x00", "by:(", "in:)"]


def test_whatever_is_typed_the_answer_is_a_page(world):
    client = client_of(world.learner)
    for number, text in enumerate(HOSTILE):
        path, start = ("/courses/tides/search/", "/search/")[number % 2], time.process_time()
        assert client.get(path, {"q": text.encode(errors="surrogatepass")}).status_code == 200, text
        assert time.process_time() - start < 2, text


def test_without_a_query_the_page_offers_what_is_due_and_was_read_and_says_how_to_search(
    world, django_assert_max_num_queries
):
    soon, drafts = (
        timezone.now() + timedelta(days=1),
        factories.make_module(world.course, title="Drafts", state="draft"),
    )
    due = factories.make_lesson(world.module, title="Before noon", slug="noon", body="<p>A.</p>", due_at=soon)
    hidden = factories.make_lesson(drafts, title="Zanzibar", slug="zanzibar", body="<p>A.</p>", due_at=soon)
    for lesson in (due, hidden):
        factories.make_published(lesson)
    Progress.objects.create(user=world.learner, lesson=world.lesson)
    for path, queries in (("/courses/tides/search/", 8), ("/search/", 7)):
        client = client_of(world.learner)
        client.get(path)
        with django_assert_max_num_queries(queries):
            page = client.get(path).content.decode()
        assert "What are you looking for?" in page
        assert chips(page) == {}
        titles = re.findall(r'<h2 id="(\w+)-lessons">|<h3[^>]*><a href="[^"]+">([^<]+)', page)
        assert titles == [("due", ""), ("", "Before noon"), ("recent", ""), ("", "Why tides come")]
        assert 'class="chip due"' in page
        assert 'href="?q=by%3Ame"' in page
        assert "anzibar" not in page
    in_course = search(None)
    assert "Latest lessons" in in_course
    assert "by:me" not in in_course
    assert 'href="?q=in%3A%22The+moving+sea%22"' in in_course
    assert "A <mark>board</mark>" in search(world.learner, q='board in:"The moving sea"')


def test_the_page_takes_a_bounded_number_of_queries(world, django_assert_max_num_queries):
    client = client_of(world.learner)
    limits = {"harbour+board": 9, "harbuor+bord": 11, "harbour+quinquereme": 12}
    paths = {f"/courses/tides/search/?q={words}": limit for words, limit in limits.items()}
    for path, limit in {**paths, "/search/?q=harbour": 7}.items():
        client.get(path)
        with django_assert_max_num_queries(limit):
            client.get(path)


def test_of_many_results_the_newest_are_counted_and_one_kind_has_its_own(world, monkeypatch):
    monkeypatch.setattr(find, "RANKED", {TEXTS: 4, POSTS: 4})
    discussion = thread_by(world.other, world.course, "Quagmire.", title="The swamp")
    for number in range(4):
        note_by(world.other, world.lesson, "Neap tides follow", f"Quagmire {number}.")
    page = search(world.learner, q="quagmire")
    assert re.findall(r"<b>([\d+]+)</b>", page) == ["4+", "4+"]
    assert "The swamp" not in page
    assert "The swamp" in search(world.learner, q="quagmire", kind="discussions")
    post_by(world.learner, discussion, "A quagmire.")
    mine = search(world.learner, q="quagmire", kind="mine")
    assert "A <mark>quagmire</mark>" in mine
    assert "Quagmire 3" not in mine
