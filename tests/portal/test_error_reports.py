"""Reports of errors say where in the program something failed, and nothing about people."""

import json

import pytest
import sentry_sdk

from portal.environment import WrongSetting
from portal.error_reports import anonymous, start_error_reports

PERSON = "ada@example.org"


def report():
    """Return an event as Sentry's library makes it, with a person in each part that can have one."""
    frame = {"filename": "lessons/views.py", "lineno": 7, "function": "lesson", "vars": {"user": PERSON}}
    return {
        "event_id": "1",
        "level": "error",
        "transaction": "/invitations/{code}/",
        "exception": {"values": [{"type": "ValueError", "value": PERSON, "stacktrace": {"frames": [frame]}}]},
        "logentry": {"message": "The e-mail %s failed.", "params": [PERSON], "formatted": PERSON},
        "request": {"url": f"https://example.org/?q={PERSON}", "headers": {"Cookie": PERSON}, "data": PERSON},
        "user": {"email": PERSON},
        "breadcrumbs": {"values": [{"message": PERSON}]},
        "extra": {"sys.argv": [PERSON]},
        "server_name": PERSON,
        "a part of a later version": PERSON,
    }


def test_a_report_has_the_place_and_no_person():
    sent = anonymous(report(), {})
    assert PERSON not in json.dumps(sent)
    (error,) = sent["exception"]["values"]
    assert error["stacktrace"]["frames"] == [{"filename": "lessons/views.py", "lineno": 7, "function": "lesson"}]
    assert sent["transaction"] == "/invitations/{code}/"
    assert sent["logentry"] == {"message": "The e-mail %s failed."}


@pytest.mark.parametrize("address", ["https://sentry.example.org/1", "https://key@sentry.example.org/"])
def test_an_address_of_no_project_is_refused_with_a_sentence(address):
    with pytest.raises(WrongSetting, match="SENTRY_DSN is no address of a Sentry project"):
        start_error_reports(address, "1.0")
    assert not sentry_sdk.is_initialized()


def test_a_message_that_names_code_is_sent():
    event = report()
    event["exception"]["values"][0] |= {"type": "NameError", "value": "name 'tide' is not defined"}
    assert anonymous(event, {})["exception"]["values"][0]["value"] == "name 'tide' is not defined"
