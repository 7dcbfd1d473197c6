import pytest

from lessons.courses.services.memberships import decide_request, request_to_join
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


def test_only_those_who_may_author_find_the_way_to_authoring(sign_in, learner, instructor):
    assert "Authoring" not in library(sign_in(learner))
    assert "Authoring" in library(sign_in(instructor))


def test_a_name_is_shown_as_text(sign_in, course):
    client = sign_in(make_member(course, name="<b>Bob</b>"))
    assert "<b>Bob</b>" not in library(client)


def test_the_library_asks_as_often_for_many_courses_as_for_few(
    sign_in, learner, lesson, django_assert_max_num_queries
):
    client = sign_in(learner)
    library(client)
    with django_assert_max_num_queries(5) as few:
        library(client)
    for _ in range(3):
        make_published(make_lesson(make_module(make_course(description="*One* line."))))
    with django_assert_max_num_queries(len(few)):
        library(client)
