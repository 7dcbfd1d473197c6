"""What the e-mails say, in both parts: every template but the digest's, which has a test of its own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.mail.builder import build_email
from lessons.models import Lesson, PublicationSchedule
from tests.mail.snapshots import assert_parts_say_the_same, assert_unchanged, text_with_headers

SITE = "https://learn.example.org"
COURSE = Course(title="Tides & shores", slug="tides", time_zone="Europe/Brussels")
MOMENT = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
SCHEDULE = PublicationSchedule(
    lesson=Lesson(pk=7, title="Why tides come"), action="publish", due_at=MOMENT, failure="deleted"
)
ACCOUNT = {
    "site": "Commonplace",
    "sign_in_url": f"{SITE}/accounts/login/",
    "reset_url": f"{SITE}/accounts/password/reset/",
    "signup_url": f"{SITE}/accounts/signup/",
    "password_reset_url": f"{SITE}/accounts/password/reset/key/1-abc/",
    "timestamp": "4 December 2026, 10:30",
    "ip": "192.0.2.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "code": "MXZC-KCFN",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "provider": "Example University",
}
CONTEXTS = {
    "emails/enrolled.html": {"course": COURSE},
    "emails/join_request_rejected.html": {"course": COURSE},
    "emails/join_requests.html": {"course": COURSE, "request_count": 2},
    "emails/data_export_ready.html": {"expires_at": MOMENT},
    "emails/course_purge_notice.html": {"course": COURSE, "purge_date": MOMENT},
    "emails/message_from_staff.html": {
        "course": COURSE,
        "sender": User(display_name="Ines Marek"),
        "message": "How are you getting on?\n\nAsk when you are stuck.",
    },
    "emails/publication_failed.html": {"course": COURSE, "schedule": SCHEDULE, "user": User(), "can_edit": True},
}
VARIANTS = {
    "emails/enrolled-with-account": ("emails/enrolled.html", {"course": COURSE, "password_url": "/key/1-abc/?next=/"}),
    "emails/publication_failed-without-permission": (
        "emails/publication_failed.html",
        CONTEXTS["emails/publication_failed.html"] | {"can_edit": False},
    ),
    "account/email/email_confirmation-with-link": (
        "account/email/email_confirmation_message.html",
        ACCOUNT | {"code": "", "activate_url": f"{SITE}/confirm/abc/"},
    ),
}
TEMPLATES = Path(settings.BASE_DIR) / "templates"
NOT_SENT = {"base.html", "_shell.html", "digest.html", "base_message.html", "base_notification.html"}


def templates() -> list[str]:
    folders = ("emails", "account/email", "mfa/email", "socialaccount/email")
    files = [file for folder in folders for file in (TEMPLATES / folder).iterdir() if file.name not in NOT_SENT]
    return sorted(str(file.relative_to(TEMPLATES)) for file in files)


def cases() -> list[tuple[str, str, dict]]:
    plain = [
        (name.removesuffix(".html").removesuffix("_message"), name, CONTEXTS.get(name, ACCOUNT))
        for name in templates()
    ]
    return plain + [(name, *case) for name, case in VARIANTS.items()]


@pytest.mark.parametrize(
    ("name", "template", "context"), cases(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_email_says_the_same_in_both_parts(name, template, context):
    email = build_email(template, to="nora@example.org", language="", site_url=f"{SITE}/", context=context)
    assert_unchanged(f"{name}.txt", text_with_headers(email))
    assert_parts_say_the_same(email)
    assert all(len(line) <= 72 or "://" in line for line in email.body.splitlines())
