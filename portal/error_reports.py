"""Reports of errors to a Sentry server, if SENTRY_DSN names one: where in the program, never about whom or what."""

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.types import Event, Hint

from portal.environment import WrongSetting
from portal.logs import safe_message

# Nothing else of an event is sent. `transaction` is the pattern of the address, without the values in it.
SENT = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "release",
    "environment",
    "transaction",
    "sdk",
    "exception",
    "tags",
)


def start_error_reports(dsn: str, version: str) -> None:
    """Report every logged error from now on. Raise WrongSetting if the address is none of a Sentry project."""
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"commonplace@{version}",
            before_send=anonymous,
            integrations=[DjangoIntegration(transaction_style="url", middleware_spans=False, signals_spans=False)],
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="",
        )
    except ValueError:
        raise WrongSetting(
            "SENTRY_DSN is no address of a Sentry project. It looks like this: https://key@sentry.example.org/1"
        ) from None


def anonymous(event: Event, hint: Hint) -> Event | None:
    """Return the event with nothing but where it happened: exceptions without messages, which repeat values."""
    sent: dict = {name: event[name] for name in SENT if name in event}  # type: ignore[literal-required]
    for error in sent.get("exception", {}).get("values", []):
        error["value"] = safe_message(error.get("type") or "", error.get("value") or "")
        for frame in (error.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    if "logentry" in event:
        sent["logentry"] = {"message": event["logentry"].get("message", "")}  # the template, without its arguments
    return sent  # type: ignore[return-value]
