"""What the site tells browsers: cookies, transport, frames, types; and what no address answers."""

import runpy

import pytest
from django.conf import settings
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
PRODUCTION = {"SECRET_KEY": "x" * 60, "DEVELOPMENT": "false", "DEBUG": "false", "EMAIL_URL": "memorymail://"}


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Return the settings of a server without any choice of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PRODUCTION.items():
            patch.setenv(name, value)
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data") / "own"))
        return runpy.run_path(str(settings.BASE_DIR / "portal" / "settings.py"))


@pytest.fixture
def https(production, settings):
    """Let the site serve as a server without any choice of its own does: over https, with debug pages off."""
    for name, value in production.items():
        if name.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_")):
            setattr(settings, name, value)
    return settings


def test_cookies_are_for_this_host_over_https_and_those_with_secrets_not_for_scripts(https, client):
    factories.make_user("Olaf", email="olaf@example.org", password=PASSWORD)
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", {"login": "olaf@example.org", "password": PASSWORD}, secure=True)
    session, token = client.cookies["__Host-sessionid"], client.cookies["__Host-csrftoken"]
    assert session["httponly"]
    for cookie in (session, token):
        assert cookie["secure"]
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


def test_a_form_is_sent_over_https_with_these_cookies(https, learner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    client.get("/accounts/profile/", secure=True)
    data = {"display_name": "Elif", "csrfmiddlewaretoken": client.cookies["__Host-csrftoken"].value}
    referer = {"referer": "https://testserver/accounts/profile/"}
    assert client.post("/accounts/logout/", data, secure=True, headers=referer).status_code == 302
    assert client.post("/accounts/login/", {}, secure=True, headers=referer).status_code == 403


def test_browsers_insist_on_https_for_a_year_and_guess_no_types(https, client):
    headers = client.get("/", secure=True).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("Access-Control-") or name in ("Server", "X-Powered-By")]


def test_plain_http_is_redirected_except_for_the_checks_of_health(https, client):
    assert client.get("/").headers["Location"] == "https://testserver/"
    assert client.get("/health/live/").status_code == 200


def test_what_a_server_does_not_set_is_strict(production):
    assert not production["DEBUG"]
    assert production["HTTPS"]
    assert "SECURE_PROXY_SSL_HEADER" not in production
    assert production["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    "path", [".git/config", ".env", "manage.py", "static/", "media/", "static/../manage.py", "docs/"]
)
def test_no_source_and_no_list_of_files_is_served(client, path):
    assert client.get(f"/{path}").status_code == 404


def test_a_page_leads_to_no_other_site_after_signing_in(client, learner):
    client.force_login(learner)
    for address in ("https://elsewhere.example.org/", "//elsewhere.example.org/", "javascript:alert(1)"):
        assert client.get("/accounts/login/", {"next": address}).headers["Location"] == "/"


def test_an_answer_to_trace_repeats_nothing_of_the_request(client):
    answer = client.trace("/nowhere/", headers={"x-secret": "of-a-proxy"})
    assert "of-a-proxy" not in answer.content.decode() + str(answer.headers)
