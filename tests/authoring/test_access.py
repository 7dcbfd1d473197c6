"""Who may enter the admin, and how they sign in."""

import pytest
from django.urls import reverse

from lessons.courses.models import Membership

PAGES = [
    "/admin/",
    "/admin/lessons/lesson/",
    "/admin/lessons/lesson/add/",
    "/admin/articles/new/",
    "/admin/autocomplete/",
    "/admin/jsi18n/",
    "/admin/nowhere/",
]


@pytest.mark.parametrize("url", PAGES)
def test_a_visitor_is_asked_to_sign_in(client, db, url):
    response = client.get(url, follow=True)
    last, _status = response.redirect_chain[-1]
    assert last.startswith(reverse("account_login"))
    assert "next=" in last


def test_the_admins_own_sign_in_page_redirects_to_the_one_with_rate_limits(client, db):
    response = client.get("/admin/login/?next=/admin/lessons/lesson/")
    assert response.url == "/accounts/login/?next=%2Fadmin%2Flessons%2Flesson%2F"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("who", ["assistant", "learner", "outsider"])
def test_users_who_teach_no_course_get_403(request, sign_in, who, url):
    assert sign_in(request.getfixturevalue(who)).get(url).status_code == 403


def test_an_instructor_enters_without_being_staff(sign_in, instructor, module):
    assert not instructor.is_staff
    response = sign_in(instructor).get("/admin/")
    assert response.status_code == 200
    assert "The moving sea" in response.content.decode()


def test_site_staff_without_a_course_does_not_enter(sign_in, outsider):
    outsider.is_staff = True
    outsider.save()
    assert sign_in(outsider).get("/admin/").status_code == 403


def test_an_instructor_who_has_left_does_not_enter(sign_in, instructor, course):
    course.memberships.filter(user=instructor).update(state=Membership.State.LEFT)
    assert sign_in(instructor).get("/admin/").status_code == 403


def test_signing_out_uses_django_allauth(sign_in, instructor):
    client = sign_in(instructor)
    assert reverse("account_logout") in client.get("/admin/").content.decode()
    assert client.get("/admin/logout/").url == reverse("account_logout")


def test_the_index_takes_as_many_queries_for_many_courses(
    sign_in, administrator, module, other_rows, django_assert_num_queries
):
    client = sign_in(administrator)
    with django_assert_num_queries(5):
        assert client.get("/admin/").status_code == 200
