"""Every response has the content security policy."""

import re

import pytest
from django.test import Client

DIRECTIVES = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
ADDRESSES = ["/", "/accounts/login/", "/admin/", "/nowhere/", "/health/live/", "/robots.txt", "/sitemap.xml"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_has_the_policy(client, address):
    policy = client.get(address).headers["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} >= DIRECTIVES


def test_the_https_redirect_and_an_invalid_host_have_the_policy_too(settings):
    settings.SECURE_SSL_REDIRECT = True
    for host, status in (("testserver", 301), ("elsewhere.example.org", 400)):
        answer = Client(headers={"host": host}).get("/")
        assert answer.status_code == status
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_lesson_requests_nothing_that_the_policy_blocks(sign_in, learner, lesson):
    """Firefox checks a prefetch against `default-src`, and reports it on every page."""
    reply = sign_in(learner).get(lesson.get_absolute_url())
    assert not re.search("prefetch|prerender|speculationrules", reply.content.decode() + str(reply.headers))


@pytest.mark.django_db
def test_no_cache_stores_pages_of_a_session(client, sign_in, learner, lesson):
    address = lesson.get_absolute_url()
    assert sign_in(learner).get(address).headers["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in client.get(address).headers


@pytest.mark.django_db
def test_the_admin_adds_a_nonce_and_the_editors_own_style_and_nothing_else(sign_in, instructor, lesson):
    reply = sign_in(instructor).get(f"/admin/lessons/lesson/{lesson.pk}/change/")
    policy = {part.strip() for part in reply.headers["Content-Security-Policy"].split(";")}
    loose = policy - DIRECTIVES
    assert all("'unsafe" not in part and "http" not in part and "*" not in part for part in loose)
