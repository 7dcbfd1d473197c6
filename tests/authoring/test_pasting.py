"""The address where scripts have what is pasted cleaned."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from lessons.authoring import pasting
from lessons.courses.models import Membership
from tests import factories
from tests.factories import make_asset

URL = reverse("admin:cleaned_paste")


@pytest.fixture(autouse=True)
def no_pastes_before():
    cache.clear()


def test_a_paste_is_cleaned_and_what_was_left_out_is_named(sign_in, instructor):
    html = "<h1 style='color:red'>Ebb</h1><p>a <del>b</del></p><img src='file:///a.png' alt='A gauge'>"
    client = sign_in(instructor)
    answer = client.post(URL, {"html": html}).json()
    (image,) = answer["images"]
    assert answer["html"].startswith("<h2>Ebb</h2>")
    assert f'src="/assets/{image["uid"]}/"' in answer["html"]
    assert (image["alt"], image["address"]) == ("A gauge", "file:///a.png")
    assert [one["text"] for one in answer["left_out"]] == ["b"]
    assert client.post(URL, {"html": html, "levels": "own"}).json()["html"].startswith("<h1>Ebb</h1>")
    refusal = client.post(URL, {"html": "<div>" * 500})
    assert refusal.status_code == 422
    assert "nested" in refusal.json()["errors"][0]


def test_images_of_the_course_stay_and_those_of_other_courses_are_to_be_added(sign_in, instructor, course, module):
    own = make_asset(course)
    other_course = factories.make_course(slug="other")
    Membership.objects.create(course=other_course, user=instructor, role=Membership.Role.INSTRUCTOR)
    other = make_asset(other_course)
    html = f'<img src="http://testserver/assets/{own.uid}/" alt="a"><img src="/assets/{other.uid}/" alt="b">'
    answer = sign_in(instructor).post(URL, {"html": html, "module": module.pk}).json()
    assert f'src="/assets/{own.uid}/"' in answer["html"]
    assert [image["address"] for image in answer["images"]] == [f"/assets/{other.uid}/"]


def test_pasting_too_often_is_refused_with_a_request_to_wait(sign_in, instructor, monkeypatch):
    monkeypatch.setattr(pasting, "MAX_PASTES_PER_MINUTE", 0)
    assert sign_in(instructor).post(URL, {"html": "<p>a</p>"}).status_code == 429


def test_only_instructors_have_texts_cleaned(sign_in, learner):
    assert sign_in(learner).post(URL, {"html": "<p>a</p>"}).status_code == 403
