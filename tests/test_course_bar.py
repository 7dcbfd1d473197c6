"""Every page of a course has the course bar, which says where one is and what waits; initials have a colour each."""

import re

import pytest
from django.urls import reverse

from lessons.accounts.avatars import HUES, avatar_hue
from lessons.discussions.identity import display_identity
from tests.discussions.make import thread_by

COURSE = "/courses/tides/"
STAFF_PAGES = {
    "": "Home",
    "lessons/": "Lessons",
    "modules/moving-sea/": "Lessons",
    "glossary/": "Glossary",
    "timeline/": "Timeline",
    "discussions/": "Discussions",
    "discussions/new/": "Discussions",
    "discussions/inbox/": "Inbox",
    "discussions/log/": "Inbox",
    "insight/": "Insight",
    "insight/lecture/": "Insight",
    "members/": "People",
    "groups/": "People",
    "participation/": "People",
    "audit-log/": "People",
}


def bar_of(client, address):
    """Return the names in the bar, and which is marked as current."""
    page = client.get(address).content.decode()
    (bar,) = re.findall(r'<nav class="course-links".*?</nav>', page, re.DOTALL)
    current = re.findall(r'aria-current="(?:page|true)">(\w+)', bar)
    return re.findall(r"<a [^>]*>(\w+)", bar), "".join(current)


@pytest.mark.parametrize(("page", "section"), STAFF_PAGES.items())
def test_every_page_of_a_course_has_the_bar(sign_in, instructor, lesson, page, section):
    names = "Home Lessons Discussions Glossary Timeline Insight People Inbox".split()
    assert bar_of(sign_in(instructor), COURSE + page) == (names, section)


def test_the_bar_has_what_the_reader_may_open(sign_in, learner, lesson):
    assert bar_of(sign_in(None), lesson.get_absolute_url()) == (["Home", "Lessons", "Glossary", "Timeline"], "Lessons")
    names = ["Home", "Lessons", "Discussions", "Glossary", "Timeline"]
    assert bar_of(sign_in(learner), lesson.get_absolute_url()) == (names, "Lessons")
    assert bar_of(sign_in(learner), f"/lessons/{lesson.pk}/notes/") == (names, "Discussions")
    assert bar_of(sign_in(learner), f"{COURSE}participation/") == (names, "Home")


def test_an_error_within_a_course_has_the_bar_for_those_who_may_read_it(sign_in, course, members_course, learner):
    client = sign_in(learner)
    assert bar_of(client, f"{COURSE}nowhere/")[0][:2] == ["Home", "Lessons"]  # there is no such page
    assert bar_of(client, f"{COURSE}members/")[0][:2] == ["Home", "Lessons"]  # not for learners
    for address in (members_course.get_absolute_url(), "/courses/nowhere/", "/threads/1/"):
        answer = client.get(address)
        assert (answer.status_code, b"course-bar" in answer.content) == (404, False), address


@pytest.mark.parametrize("who", ["learner", "administrator"])
def test_the_bar_counts_unread_conversations_on_lessons_too(request, sign_in, course, lesson, other_learner, who):
    client = sign_in(request.getfixturevalue(who))
    for _ in range(2):
        thread_by(other_learner, course)
    for address in (COURSE, lesson.get_absolute_url(), f"{COURSE}glossary/"):
        page = client.get(address).content.decode()
        assert '<span class="count">2<span class="visually-hidden"> unread</span></span>' in page, address


def test_a_person_has_a_colour_and_a_pseudonym_has_none():
    named = display_identity(author=13, name="Ada Lund", alias=None, reader=1)
    assert (named.initials, named.avatar_class) == ("AL", f"hue-{avatar_hue(13)}")
    assert {avatar_hue(pk) for pk in range(1, 9)} == set(range(HUES))
    for reader in (1, 13):
        anonymous = display_identity(author=13, name="Ada Lund", alias="Anonymous Heron", reader=reader)
        assert (anonymous.initials, anonymous.avatar_class) == ("?", "alias")
    assert display_identity(author=None, name=None, alias=None, reader=1).avatar_class == "alias"


def test_pages_of_authoring_lead_back_to_the_course(sign_in, instructor, course, module, lesson):
    client, bar = sign_in(instructor), re.compile(r'<div class="course-bar".*?</div>', re.DOTALL)
    for row, name in ((course, "courses_course"), (module, "lessons_module"), (lesson, "lessons_lesson")):
        page = client.get(reverse(f"admin:{name}_change", args=[row.pk])).content.decode()
        (found,) = bar.findall(page)
        assert f'<a href="{COURSE}discussions/">Discussions</a>' in found
        assert f'<a href="{COURSE}lessons/" aria-current="true">Lessons</a>' in found
        assert f'role="search" action="{reverse("search:search_course", args=[course.slug])}"' in found
    assert not bar.search(client.get(reverse("admin:index")).content.decode())
