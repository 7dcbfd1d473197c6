"""What the search box shows while one types: the best of what one may read, by kind, in a listbox."""

import re

from lessons.indexed_texts import index_items
from lessons.models import GlossaryTerm, TimelineEvent
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by
from tests.factories import make_event, make_term

URL = "/courses/tides/search/suggestions/"
OPTION = re.compile(
    r'<a role="option".*?<(?:b|span) dir="auto">(.*?)</(?:b|span)>\s*<small><bdi>(.*?)</bdi>', re.DOTALL
)


def suggested(client, text):
    """Return the suggestions for a text by kind, as title and what is said beside it, and the label of all results."""
    html = client.get(URL, {"q": text}).content.decode()
    groups = {
        name: OPTION.findall(group)
        for name, group in re.findall(r'<div role="group" aria-label="(.*?)">(.*?)</div>', html, re.DOTALL)
    }
    (label,) = re.findall(r'<a href=".*?">(.*?)</a></p>', html) or [""]
    return groups, label


def test_suggestions_are_of_every_kind_those_in_the_text_first(course, lesson, learner, instructor, sign_in):
    term = make_term(lesson.module)
    index_items(GlossaryTerm, [term.pk])
    asked = thread_by(learner, course, kind="question", title="Who named the spring tides?")
    post_by(instructor, asked, "Sailors did.")
    thread_by(learner, course, title="Autumn", source="Not only in spring.")
    note_by(learner, lesson, "Neap tides follow", "Rather than spring ones.")
    groups, label = suggested(sign_in(learner), "spr")
    assert list(groups) == ["In the text", "Discussions", "Notes", "Glossary"]
    assert groups["In the text"] == [("Why tides come", "Lesson 1")]
    assert set(groups["Discussions"]) == {
        ("Who named the <mark>spring</mark> tides?", "Unanswered · 1 reply"),
        ("Autumn", "0 replies"),
    }
    assert groups["Notes"] == [("Rather than <mark>spring</mark> ones.", "Lea Learner")]
    assert groups["Glossary"] == [("<mark>spring</mark> tide", "Term")]
    assert label == "All 5 results for “spr”"


def test_short_terms_and_events_leave_room_for_lessons(course, lesson, learner, sign_in):
    events = [make_event(lesson.module, event=f"Spring tide {n}.") for n in range(5)]
    index_items(TimelineEvent, [event.pk for event in events])
    groups, label = suggested(sign_in(learner), "spring")
    assert groups["In the text"] == [("Why tides come", "Lesson 1")]
    assert [note for _title, note in groups["Timeline"]] == ["30 January 1607"] * 3
    assert label == "All 6 results for “spring”"


def test_nobody_is_shown_or_told_of_what_they_may_not_read(course, lesson, learner, other_learner, group_b, sign_in):
    thread_by(other_learner, course, title="Zanzibar", source="Zanzibar.", audience="group", group=group_b)
    assert suggested(sign_in(other_learner), "zanz")[1] == "1 result for “zanz”"
    nothing = sign_in(learner).get(URL, {"q": "zanz"}).content
    assert b"No results" in nothing
    assert b"anzi" not in nothing
    thread_by(learner, course, title="Spring tides")
    assert suggested(sign_in(learner), "sprong tides")[1] == "All 3 results for “spring tides”"
    assert list(suggested(sign_in(learner), "spring tides")[0]) == ["In the text", "Discussions"]
    assert list(suggested(sign_in(None), "spring tides")[0]) == ["In the text"]


def test_suggestions_take_ten_queries_and_nothing_typed_is_an_error(
    course, lesson, learner, other_learner, sign_in, django_assert_max_num_queries
):
    client = sign_in(learner)
    for _ in range(3):
        note_by(other_learner, lesson, "Neap tides follow", "Spring tides do, too.")
        post_by(other_learner, thread_by(learner, course, source="Spring tides."), "In spring?")
    with django_assert_max_num_queries(10):
        assert suggested(client, "spring ti")[1] == "All 7 results for “spring ti”"
    for text in ("", "x" * 10_000, "%22", "a+OR+*", "%00", "%ED%A0%BC", "潮汐"):
        assert client.get(f"{URL}?q={text}").status_code == 200
    assert client.get("/courses/tides/search/answers/?q=%00").status_code == 200
