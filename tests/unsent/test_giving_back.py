"""Text submitted with a stale token, without a session or to a failing server is returned to its author."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import sign_writer
from lessons.discussions.models import Post, Thread
from lessons.models import GlossaryTerm
from lessons.unsent import signed_out
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db

WORDS = "Half a <b>thought</b> & more"
ESCAPED = "Half a &lt;b&gt;thought&lt;/b&gt; &amp; more"


@pytest.fixture
def strict_client():
    """Return `strict_client(user)`, a client that is subject to CSRF checks, as browsers are."""

    def of(user):
        client = Client(enforce_csrf_checks=True)
        if user:
            client.force_login(user)
        return client

    return of


def hidden_fields(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(found)


def forms_of(course, lesson, thread, post):
    return {
        f"course-{course.pk}": f"/courses/{course.slug}/discussions/new/",
        f"lesson-{lesson.pk}": f"/lessons/{lesson.pk}/comments/new/",
        f"thread-{thread.pk}": f"/threads/{thread.pk}/",
        f"post-{post.pk}": f"/posts/{post.pk}/edit/",
        f"note-{lesson.pk}": f"/lessons/{lesson.pk}/notes/new/",
    }


@pytest.mark.thorough
def test_after_an_ended_session_each_form_restores_its_text_for_its_author_only(
    client, sign_in, course, lesson, learner, other_learner
):
    thread = thread_by(learner, course)
    forms = forms_of(course, lesson, thread, thread.posts.get())
    for key, address in forms.items():
        token = sign_writer(learner.pk, key)
        data = {
            "source": WORDS,
            "unsent_text": token,
            "start": "12",
            "end": "24",
            "anonymous": "on",
            "kind": "question",
        }
        answer = client.post(address, data)
        assert answer.status_code == 302, key
        assert answer.url.startswith("/accounts/login/?next=%2F"), key
        place = signed_out.unquote(answer.url.partition("next=")[2])
        assert ESCAPED in sign_in(learner).get(place).content.decode(), key
        other = sign_in(other_learner).get(place)
        assert "thought" not in other.content.decode(), key
    assert "Your text has been saved" in client.get("/accounts/login/").content.decode()
    assert (UnsentText.objects.count(), Post.objects.count()) == (len(forms), 1)
    page = sign_in(learner).get(forms[f"course-{course.pk}"]).content.decode()
    assert re.search(r'name="anonymous"[^>]*checked', page)


def test_text_that_cannot_be_stored_is_on_the_page_that_asks_to_sign_in(client, course, learner, outsider):
    thread = thread_by(learner, course)
    for data in (
        {},
        {"unsent_text": "forged:token"},
        {"unsent_text": sign_writer(outsider.pk, f"thread-{thread.pk}")},
    ):
        answer = client.post(f"/threads/{thread.pk}/", {"source": WORDS, **data})
        assert (answer.status_code, ESCAPED in answer.content.decode()) == (403, True)
        assert answer["Cache-Control"] == "no-store"
    assert not UnsentText.objects.exists()
    assert client.post(f"/threads/{thread.pk}/me-too/", {"enabled": "true"}).url.startswith("/accounts/login/")


def test_a_stale_token_returns_the_text_in_a_form_ready_to_send(strict_client, course, learner):
    thread, client = thread_by(learner, course), strict_client(learner)
    address = f"/threads/{thread.pk}/"
    page = client.get(address).content.decode()
    answer = client.post(address, hidden_fields(page) | {"csrfmiddlewaretoken": "a" * 64, "source": WORDS})
    page = answer.content.decode()
    assert (answer.status_code, ESCAPED in page, Post.objects.count()) == (403, True, 1)
    sent = client.post(address, hidden_fields(page) | {"source": WORDS}, HTTP_ORIGIN="http://testserver")
    assert (sent.status_code, Post.objects.last().source) == (302, WORDS)


def test_authoring_forms_return_their_text_too(strict_client, module, instructor):
    client, address = strict_client(instructor), f"/admin/lessons/glossaryterm/add/?module={module.pk}"
    page = client.get(address).content.decode()
    data = {"module": module.pk, "term": "neap", "definition": WORDS, "lesson": ""}
    refused = client.post(address, hidden_fields(page) | data | {"csrfmiddlewaretoken": "a" * 64})
    page = refused.content.decode()
    assert (refused.status_code, ESCAPED in page) == (403, True)
    sent = client.post(address, hidden_fields(page) | data)
    assert sent.status_code == 302
    assert GlossaryTerm.objects.get().definition == WORDS
    assert sent.cookies["unsent_sent"].value.startswith(f"add-glossaryterm-{module.pk}.")


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "null"}],
)
def test_a_request_from_another_site_gets_no_form_to_send(strict_client, course, learner, headers):
    address = f"/courses/{course.slug}/discussions/new/"
    token = sign_writer(learner.pk, f"course-{course.pk}")
    for user in (learner, None):
        answer = strict_client(user).post(address, {"source": WORDS, "unsent_text": token}, **headers)
        assert (answer.status_code, "thought" in answer.content.decode()) == (403, False)
    assert not UnsentText.objects.exists()


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/change/"])
def test_secrets_are_never_shown_again(strict_client, learner, address):
    data = {"login": "lea@example.org", "password": "a very long secret", "oldpassword": "a very long secret"}
    for user in (learner, None):
        page = strict_client(user).post(address, data | {"display_name": "A name with spaces"}).content.decode()
        assert "very long secret" not in page
    erase = strict_client(learner).post("/accounts/erasure/", {"password": "a very long secret", "reason": "No more."})
    assert "very long secret" not in erase.content.decode()


def test_a_page_of_one_account_is_not_sent_as_another(sign_in, course, learner, other_learner):
    thread = thread_by(learner, course)
    data = {"source": WORDS, "unsent_text": sign_writer(learner.pk, f"thread-{thread.pk}")}
    answer = sign_in(other_learner).post(f"/threads/{thread.pk}/", data)
    assert (answer.status_code, "thought" in answer.content.decode()) == (403, False)
    assert (Post.objects.count(), UnsentText.objects.get().user) == (1, learner)


def test_scripts_get_error_messages_that_they_can_show(client, course, lesson, learner):
    data = {"source": WORDS, "unsent_text": sign_writer(learner.pk, f"note-{lesson.pk}")}
    answer = client.post(f"/lessons/{lesson.pk}/notes/new/", data, HTTP_ACCEPT="application/json")
    assert answer.status_code == 403
    assert "Your text has been saved" in answer.json()["errors"][0]
    assert UnsentText.objects.get().fields["source"] == WORDS
    del data["unsent_text"]
    answer = client.post(f"/lessons/{lesson.pk}/notes/new/", data, HTTP_ACCEPT="application/json")
    assert answer.json()["errors"] == ["You’ve been signed out. Sign in in another tab, then send it again."]


@pytest.mark.parametrize(("reason", "status"), [("database or disk is full", 503), ("no such column: x", 500)])
def test_a_failing_server_returns_the_text(sign_in, course, learner, monkeypatch, reason, status):
    def fail(*args, **kwargs):
        raise OperationalError(reason)

    monkeypatch.setattr("lessons.discussions.views.thread_create.start_thread", fail)
    client = sign_in(learner)
    client.raise_request_exception = False
    data = {"source": WORDS, "title": "Ebb", "kind": "discussion", "audience": "course"}
    answer = client.post(f"/courses/{course.slug}/discussions/new/", data)
    page = answer.content.decode()
    assert (answer.status_code, ESCAPED in page, 'value="course"' in page) == (status, True, True)
    assert not Thread.objects.exists()


def test_an_accepted_form_is_named_to_the_browser_and_a_refused_one_is_not(sign_in, course, learner):
    thread, client = thread_by(learner, course), sign_in(learner)
    token = {
        "unsent_text": sign_writer(learner.pk, f"thread-{thread.pk}"),
        "key": "5f1c0f0e-0c5c-4b6e-9a43-6f1d3f5f9c55",
    }
    assert "unsent_sent" not in client.post(f"/threads/{thread.pk}/", token | {"source": " "}).cookies
    sent = client.post(f"/threads/{thread.pk}/", token | {"source": WORDS})
    assert signed_out.unquote(sent.cookies["unsent_sent"].value) == f"thread-{thread.pk}.{token['key']}"


def test_titles_reports_reasons_and_profiles_are_shown_again_without_a_script(
    client, sign_in, course, learner, other_learner, instructor
):
    thread = thread_by(learner, course, title="Ebb")
    post = thread.posts.get()
    for user, key, address, name, page, done in (
        (learner, f"title-{thread.pk}", f"/threads/{thread.pk}/edit/", "title", f"/threads/{thread.pk}/edit/", {}),
        (other_learner, f"report-{post.pk}", f"/posts/{post.pk}/report/", "reason", f"/posts/{post.pk}/actions/", {}),
        (instructor, f"reason-{post.pk}", f"/posts/{post.pk}/warning/", "reason", f"/posts/{post.pk}/actions/", {}),
        (learner, "profile-0", "/accounts/profile/", "about", "/accounts/profile/", {"display_name": "Lea"}),
    ):
        data = {"unsent_text": sign_writer(user.pk, key), name: WORDS, "kind": "discussion"} | done
        assert client.post(address, data).url.startswith("/accounts/login/?next="), key
        form = sign_in(user).get(page).content.decode()
        assert (ESCAPED in form, "You wrote this earlier" in form) == (True, True), key
        assert sign_in(user).post(address, data).status_code == 302, key
        assert not UnsentText.objects.exists(), key
