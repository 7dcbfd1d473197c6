"""The content security policy stands on every answer."""

import pytest

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
def test_every_answer_carries_the_policy(client, address):
    policy = client.get(address).headers["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} >= DIRECTIVES


@pytest.mark.django_db
def test_the_admin_adds_a_nonce_and_the_editors_own_style_and_nothing_else(sign_in, instructor, lesson):
    reply = sign_in(instructor).get(f"/admin/lessons/lesson/{lesson.pk}/change/")
    policy = {part.strip() for part in reply.headers["Content-Security-Policy"].split(";")}
    loose = policy - DIRECTIVES
    assert all("'unsafe" not in part and "http" not in part and "*" not in part for part in loose)
