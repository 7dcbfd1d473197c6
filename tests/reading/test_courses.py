import json
import re

import pytest
from django.urls import reverse

from lessons.courses.models import Membership
from tests.factories import make_course, make_lesson, make_member, make_module, make_published

pytestmark = pytest.mark.django_db
COURSE = "/courses/tides/"


def membership_of(user, course):
    return Membership.objects.filter(user=user, course=course, state="active").first()


def test_a_members_course_does_not_exist_for_strangers(client, sign_in, outsider, members_course, administrator):
    address = members_course.get_absolute_url()
    assert client.get(address).status_code == 404
    assert sign_in(outsider).get(address).status_code == 404
    assert sign_in(make_member(members_course)).get(address).status_code == 200
    assert sign_in(administrator).get(address).status_code == 200


@pytest.mark.parametrize("page", ["", "glossary/", "timeline/", "feed/"])
def test_no_page_of_a_members_course_exists_for_strangers(client, members_course, page):
    assert client.get(members_course.get_absolute_url() + page).status_code == 404


def test_an_unlisted_course_is_readable_by_anybody_with_its_url(client):
    assert client.get(make_course(visibility="unlisted").get_absolute_url()).status_code == 200


def test_a_course_may_have_a_slug_in_any_script(client):
    course = make_course(slug="الردع", title="الردع", language="ar")
    page = client.get(course.get_absolute_url())
    assert page.status_code == 200
    assert 'dir="rtl"' in page.content.decode()


def test_a_draft_module_is_not_shown_and_an_archived_one_is(client, course):
    make_module(course, title="Not yet", state="draft")
    make_module(course, title="Long ago", state="archived")
    page = client.get(COURSE).content.decode()
    assert "Not yet" not in page
    assert "Long ago" in page


def test_the_description_is_markdown_without_scripts(client, course):
    course.description = "*Slow* water <script>alert(1)</script>"
    course.save()
    page = client.get(COURSE).content.decode()
    assert "<em>Slow</em>" in page
    assert "<script>alert" not in page


def test_any_user_can_join_an_open_course_and_joining_twice_changes_nothing(sign_in, outsider, course):
    client = sign_in(outsider)
    assert "Join this course" in client.get(COURSE).content.decode()
    for _ in range(2):
        assert client.post(COURSE + "membership/").headers["Location"] == COURSE
    assert membership_of(outsider, course).role == "learner"
    page = client.get(COURSE).content.decode()
    assert "Join this course" not in page
    assert "You have joined this course." in page


def test_a_visitor_is_asked_to_sign_in_before_joining(client, course):
    assert "/accounts/login/?next=/courses/tides/" in client.get(COURSE).content.decode()
    assert client.post(COURSE + "membership/").status_code == 403


def test_nobody_can_join_a_course_by_invitation_without_one(sign_in, outsider):
    course = make_course(join_policy="invitation")
    client = sign_in(outsider)
    assert "Join this course" not in client.get(course.get_absolute_url()).content.decode()
    assert client.post(course.get_absolute_url() + "membership/").status_code == 403
    assert membership_of(outsider, course) is None


def test_trying_to_join_a_members_course_reveals_nothing_about_it(sign_in, outsider, members_course):
    assert sign_in(outsider).post("/courses/closed-sea/membership/").status_code == 404


def test_the_course_page_tells_removed_members_that_they_were_removed(sign_in, learner, course):
    course.memberships.filter(user=learner).update(state="removed")
    client = sign_in(learner)
    assert client.post(COURSE + "membership/").headers["Location"] == COURSE
    assert "staff removed you" in client.get(COURSE).content.decode()
    assert membership_of(learner, course) is None


def test_a_learner_who_leaves_and_rejoins_has_the_same_membership(sign_in, learner, course):
    seat = membership_of(learner, course)
    client = sign_in(learner)
    assert client.post(COURSE + "membership/", {"leave": "true"}).status_code == 302
    assert membership_of(learner, course) is None
    client.post(COURSE + "membership/")
    assert membership_of(learner, course).pk == seat.pk


def test_staff_leave_with_the_same_button(sign_in, assistant, course):
    """Of the last instructor: `tests/enrolment/test_memberships.py`."""
    client = sign_in(assistant)
    assert "Leave this course" in client.get(COURSE).content.decode()
    client.post(COURSE + "membership/", {"leave": "true"})
    assert membership_of(assistant, course) is None


def test_the_page_says_when_one_cannot_rejoin_without_staff(sign_in, learner, course):
    type(course).objects.filter(pk=course.pk).update(join_policy="invitation")
    assert "you must be enrolled again by the course staff" in sign_in(learner).get(COURSE).content.decode()


def test_membership_changes_by_post_only(sign_in, outsider, course):
    client = sign_in(outsider)
    page = client.get(COURSE + "membership/")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "Go back to the page with the form." in page.content.decode()
    assert client.put(COURSE + "membership/").content == b""


def test_the_next_lesson_is_the_first_unfinished_from_the_last_opened(sign_in, learner, module):
    first, second, third = (make_published(make_lesson(module, title=f"Part {n}")) for n in "abc")
    client = sign_in(learner)
    assert "Start reading" in client.get(COURSE).content.decode()
    client.get(second.get_absolute_url())
    assert continue_link(client) == second.get_absolute_url()
    client.post(f"/lessons/{second.pk}/progress/", {"completed": "true"})
    assert continue_link(client) == third.get_absolute_url()
    client.post(f"/lessons/{third.pk}/progress/", {"completed": "true"})
    assert continue_link(client) == first.get_absolute_url()
    client.post(f"/lessons/{first.pk}/progress/", {"completed": "true"})
    assert "You have read everything" in client.get(COURSE).content.decode()


def continue_link(client):
    return re.search(r'id="continue".*?href="([^"]+)"', client.get(COURSE).content.decode())[1]


def test_the_course_is_described_in_json_ld(client, course, lesson):
    course.description = "About </script><b> & tides"
    course.save()
    page = client.get(COURSE).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    said = json.loads(blocks[0])
    assert (said["@type"], said["name"], said["description"]) == ("Course", course.title, course.description)
    assert said["hasPart"][0]["url"] == "http://testserver" + lesson.module.get_absolute_url()
    assert '<link rel="alternate" type="application/atom+xml" href="/courses/tides/feed/"' in page


def test_the_course_takes_as_many_queries_for_many_modules(
    sign_in, learner, course, lesson, django_assert_max_num_queries
):
    client = sign_in(learner)
    with django_assert_max_num_queries(7):
        client.get(COURSE)
    for _ in range(3):
        make_published(make_lesson(make_module(course)))
    with django_assert_max_num_queries(7):
        client.get(COURSE)


def test_the_course_links_its_editors_to_its_form(sign_in, course, instructor, learner):
    address = reverse("admin:courses_course_change", args=[course.pk])
    assert address in sign_in(instructor).get(f"/courses/{course.slug}/").content.decode()
    assert address not in sign_in(learner).get(f"/courses/{course.slug}/").content.decode()
