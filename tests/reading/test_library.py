import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from lessons.courses.services.memberships import decide_request, request_to_join
from lessons.models import Lesson
from tests.discussions.make import post_by, thread_by
from tests.factories import make_course, make_lesson, make_member, make_module, make_published

pytestmark = pytest.mark.django_db


def library(client):
    return client.get("/").content.decode()


def test_a_visitor_finds_public_courses_only(client, course, members_course):
    make_course(title="Known by its address", visibility="unlisted")
    page = library(client)
    assert "Tides and shores" in page
    assert "The closed sea" not in page
    assert "Known by its address" not in page


def test_a_member_finds_their_own_courses_first(sign_in, members_course):
    make_course(title="A public one")
    page = library(sign_in(make_member(members_course)))
    assert page.index("Your courses") < page.index("The closed sea") < page.index("A public one")


def test_the_library_shows_pending_join_requests(sign_in, outsider, members_course):
    client = sign_in(outsider)
    words = "You have asked to join “<bdi>The closed sea</bdi>”"
    assert words not in library(client)
    seat = request_to_join(user=outsider, course=members_course)
    assert words in library(client)
    decide_request(membership=seat, approve=True, by=outsider)
    assert words not in library(client)


def test_an_empty_library_says_what_to_do(client, sign_in, administrator, db):
    assert "No courses are open yet" in library(client)
    assert "Sign in" in library(client)
    assert "Write a course" in library(sign_in(administrator))


def test_a_card_shows_reading_progress(sign_in, learner, lesson):
    client = sign_in(learner)
    assert "0 of 1 lesson read" in library(client)
    client.post(f"/lessons/{lesson.pk}/progress/", {"completed": "true"})
    assert "1 of 1 lesson read" in library(client)


def test_only_instructors_see_the_link_to_authoring(sign_in, learner, instructor):
    assert "Authoring" not in library(sign_in(learner))
    assert "Authoring" in library(sign_in(instructor))


def test_a_name_is_shown_as_text(sign_in, course):
    client = sign_in(make_member(course, name="<b>Bob</b>"))
    assert "<b>Bob</b>" not in library(client)


def test_a_card_says_what_is_due_and_new(sign_in, course, group_a, learner, other_learner, instructor, module):
    days = {"Late": -2, "Soon": 3, "Later": 20}
    for title, n in days.items():
        lesson = make_published(make_lesson(module, title=title))
        Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now() + timedelta(days=n))
    post_by(instructor, thread_by(learner, course, title="Why twice?"))
    thread_by(other_learner, course)
    text = " ".join(strip_tags(library(sign_in(learner))).split())
    assert f"Tides and shores {instructor.display_name} {group_a} 0 of 3 lessons read" in text
    assert re.search(
        r"Next due Soon, \w+ \d+ \w+, \d\d:\d\d Overdue 1 lesson Unread 2 discussions, 1 reply to you", text
    )
    assert re.search("Due in all courses Calendar Late Overdue since .* Soon Due .* Later Due", text)
    assert "replied to your discussion Why twice?" in text
    assert "Start reading Late" in text


def test_the_library_counts_only_what_one_may_read(sign_in, course, group_b, learner, other_learner, members_course):
    thread_by(other_learner, course, audience="group", group=group_b)
    assert "Nothing due, nothing unread." in library(sign_in(learner))
    assert "Nothing due" not in library(sign_in(None))


def test_the_library_takes_as_many_queries_for_many_courses(sign_in, learner, lesson, django_assert_max_num_queries):
    client = sign_in(learner)
    library(client)
    with django_assert_max_num_queries(8) as few:
        library(client)
    for _ in range(3):
        new = make_course(description="*One* line.")
        new.memberships.create(user=learner, handle="lea")
        due = make_published(make_lesson(make_module(new)))
        Lesson.objects.filter(pk=due.pk).update(due_at=timezone.now())
        thread_by(make_member(new), new)
    with django_assert_max_num_queries(len(few)):
        assert library(client).count("1 discussion") == 3
