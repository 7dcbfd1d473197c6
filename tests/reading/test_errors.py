import re

import pytest
from django.test import Client

from lessons.unsent.signed_out import server_error
from tests.factories import make_course, make_lesson, make_module, make_published

pytestmark = pytest.mark.django_db


def without_what_differs(answer, path):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return page.replace(path, "")


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.DEBUG = False


def test_a_hidden_page_looks_like_a_missing_one(client, sign_in, outsider, members_course):
    lesson = make_published(make_lesson(make_module(members_course)))
    for reader in (client, sign_in(outsider)):
        nothing = without_what_differs(reader.get("/courses/nothing/"), "/courses/nothing/")
        for path in (members_course.get_absolute_url(), lesson.get_absolute_url(), f"/lessons/{lesson.pk}/preview/"):
            answer = reader.get(path)
            assert answer.status_code == 404
            assert without_what_differs(answer, path) == nothing


def test_a_404_offers_a_visitor_to_sign_in_and_come_back(client, sign_in, outsider):
    page = client.get("/courses/nothing/").content.decode()
    assert "Page not found" in page
    assert 'href="/accounts/login/?next=/courses/nothing/"' in page
    assert "/accounts/login/" not in sign_in(outsider).get("/courses/nothing/").content.decode()


def test_a_403_is_a_page_with_an_explanation(sign_in, outsider):
    answer = sign_in(outsider).post(f"{make_course(join_policy='invitation').get_absolute_url()}membership/")
    assert answer.status_code == 403
    assert "Not allowed" in answer.content.decode()


def test_an_expired_form_is_refused_with_an_explanation(lesson, learner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    answer = client.post(f"/lessons/{lesson.pk}/progress/", {"completed": "true"})
    assert answer.status_code == 403
    assert "Not sent" in answer.content.decode()


def test_the_500_page_needs_no_database_and_no_request(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_a_bad_request_is_answered_with_an_explanation(rf, client):
    answer = client.get("/", headers={"host": "no such host"})
    assert answer.status_code == 400
    assert "Bad request" in answer.content.decode()
