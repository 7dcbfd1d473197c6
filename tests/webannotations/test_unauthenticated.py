"""What programs and people get if they are not signed in, or may not read what they request."""

import re
from uuid import UUID

import pytest

from tests.annotations.make import note_by
from tests.discussions.make import known
from tests.webannotations.test_container import LD, annotation, container_url, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accept", [LD, "application/json", "*/*", "text/html,*/*;q=0.8"])
def test_signed_out_clients_only_learn_that_they_must_sign_in(lesson, learner, sign_in, accept):
    note = note_by(learner, lesson)
    there = (
        container_url(lesson),
        container_url(lesson, "export/"),
        container_url(lesson, f"{note.uid}/"),
        f"/annotations/{note.uid}/",
    )
    not_there = ("/lessons/0/annotations/", f"/annotations/{UUID(int=0)}/")
    answers = [sign_in(None).get(path, headers={"Accept": accept}) for path in (*there, *not_there)]
    if accept.startswith("text/html"):
        assert {answer.status_code for answer in answers} == {302}
        assert all(answer.url.startswith("/accounts/login/?next=/") for answer in answers)
        return
    assert {(answer.status_code, answer["Content-Type"]) for answer in answers} == {(401, "application/json")}
    assert len({answer.content for answer in answers}) == 1
    assert all('cookie-name="sessionid"' in answer["WWW-Authenticate"] for answer in answers)
    assert answers[0].json()["errors"] == ["Sign in first, and send your session cookie."]


@pytest.mark.parametrize(("accept", "kind"), [(LD, "application/json"), ("text/html", "text/html; charset=utf-8")])
def test_unreadable_and_missing_look_the_same(lesson, learner, other_learner, outsider, sign_in, accept, kind):
    secret = note_by(learner, lesson, audience="me")

    def refused(user, *paths):
        answers = [sign_in(user).get(path, headers={"Accept": accept}) for path in paths]
        assert {(answer.status_code, answer["Content-Type"]) for answer in answers} == {(404, kind)}
        return [re.sub(rb'next=[^"]*|csrfmiddlewaretoken" value="\w+', b"", answer.content) for answer in answers]

    hidden, none = refused(
        other_learner, container_url(lesson, f"{secret.uid}/"), container_url(lesson, f"{UUID(int=0)}/")
    )
    assert hidden == none
    hidden, none = refused(outsider, container_url(lesson), "/lessons/0/annotations/")
    assert hidden == none
    assert refused(outsider, container_url(lesson, "export/"))


def test_csrf_token_is_required(lesson, learner):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(known(learner))
    refused = send(client, lesson, annotation(lesson))
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/json")
    assert "X-CSRFToken" in refused.json()["errors"][0]
    people = send(client, lesson, annotation(lesson), headers={"Accept": "text/html"})
    assert people["Content-Type"].startswith("text/html")
    token = client.get(container_url(lesson)).cookies["csrftoken"].value
    assert send(client, lesson, annotation(lesson), headers={"X-CSRFToken": token}).status_code == 201
