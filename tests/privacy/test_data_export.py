"""Data exports: all of a user's own data and nobody else's, built by `run_scheduled`, only for their owner."""

import io
import json
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post
from lessons.mail.models import OutgoingEmail
from lessons.privacy.archive import write_archive
from lessons.privacy.data_export import ExportAlreadyRequested, request_export
from lessons.privacy.erasure import erase_user
from lessons.privacy.models import DataExport
from tests.discussions.make import post_by, thread_by
from tests.privacy.conftest import ADDRESS, NAME

pytestmark = pytest.mark.django_db


def run_scheduled():
    call_command("run_scheduled", verbosity=0, site="https://course.example.org")


def archive_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def rows(archive, name):
    return json.loads(archive.read(f"json/{name}.json"))


@pytest.fixture
def archive(cohort, sign_in):
    row = request_export(user=cohort.zelda)
    run_scheduled()
    mail.outbox.clear()
    return archive_of(sign_in(cohort.zelda), reverse("privacy:download_export", args=[row.uid]))


def test_the_export_has_everything_the_user_wrote_and_did(cohort, archive):
    assert rows(archive, "profile")[0]["display_name"] == NAME
    assert rows(archive, "profile")[0]["email"] == ADDRESS
    assert "password" not in rows(archive, "profile")[0]
    posts = {row["post"]: row for row in rows(archive, "posts")}
    assert set(posts) == set(Post.objects.filter(author=cohort.zelda).values_list("pk", flat=True))
    assert posts[cohort.best.pk]["title"] == "Moon"
    assert posts[cohort.best.pk]["images"] == [
        {"file": f"images/{cohort.image.uid}.webp", "shows": f"Drawn by {NAME}"}
    ]
    assert archive.read(f"images/{cohort.image.uid}.webp") == b"RIFF"
    assert posts[cohort.bird.pk]["as"].startswith("Anonymous ")
    assert posts[cohort.hidden.pk]["state"] == "hidden"
    assert [row["markdown"] for row in rows(archive, "edits")] == ["> […]\n\nThank you."]
    assert "Half a thought" in rows(archive, "drafts")[0]["markdown"]
    quotes = [row["quote"] for row in rows(archive, "notes")]
    assert quotes == [cohort.highlight.exact, cohort.note.exact]
    assert rows(archive, "notes")[0]["lesson"] == cohort.lesson.title
    assert rows(archive, "progress")[0]["position_in_thousandths"] == 500
    assert rows(archive, "memberships")[0]["group"] == "Group A"
    assert rows(archive, "reports")[0]["reason"] == "Rude"
    assert rows(archive, "thanks")[0]["post"] == cohort.answer.pk
    assert rows(archive, "me-too")[0]["title"] == "Moon"
    assert "Mind your words" in [row["message"] for row in rows(archive, "notifications")]
    assert rows(archive, "follows") == [{"course": cohort.course.title, "lesson": None}]
    assert {"enrol", "request export"} <= {row["what"] for row in rows(archive, "log")}
    for name in ("threads", "threads-read", "participations", "preferences", "addresses"):
        assert rows(archive, name), name


def test_the_export_has_no_text_or_name_of_others(cohort, sign_in):
    quoting = post_by(cohort.zelda, cohort.others, "> Who knows?\n\nI do.", reply_to=cohort.others.posts.get(seq=1))
    untitled = thread_by(cohort.otto, cohort.course, "Secret thoughts of Otto", title="", lesson=cohort.lesson)
    post_by(cohort.zelda, untitled, "Aha.")
    row = request_export(user=cohort.zelda)
    run_scheduled()
    found = archive_of(sign_in(cohort.zelda), reverse("privacy:download_export", args=[row.uid]))
    words = "".join(found.read(name).decode() for name in found.namelist() if not name.startswith("images/"))
    assert quoting.pk in {row["post"] for row in rows(found, "posts")}
    assert "I do." in words
    for others in ("Who knows?", "Secret thoughts", "Well,", "Otto", cohort.instructor.display_name):
        assert others not in words, others


def test_the_export_is_readable_as_pages(archive):
    index = archive.read("index.html").decode()
    assert '<a href="posts.html">Your posts</a>' in index
    page = archive.read("posts.html").decode()
    assert "<p>The moon does it.</p>" in page
    assert "&lt;" not in page.split('<div class="post-body"')[1].split("</div>")[0]
    notes = archive.read("notes.html").decode()
    assert '<div class="post-body" dir="auto"><p>Odd.</p>' in notes
    assert archive.testzip() is None


@pytest.mark.thorough
def test_the_export_has_the_sessions_with_their_ip_addresses(cohort):
    UserSession.objects.create(user=cohort.zelda, session_key="over", ip="192.0.2.7", user_agent="Lynx")
    UserSession.objects.create(user=cohort.otto, session_key="his", ip="192.0.2.8", user_agent="Lynx")
    out = io.BytesIO()
    write_archive(cohort.zelda, out)
    found = rows(ZipFile(out), "sessions")
    assert [(row["ip_address"], row["browser"]) for row in found][-1:] == [("192.0.2.7", "Lynx")]
    assert "192.0.2.8" not in str(found)


@pytest.mark.thorough
def test_the_index_says_when_it_was_made_with_one_full_stop(archive):
    assert not re.search(r"\.\.", archive.read("index.html").decode())


@pytest.mark.thorough
def test_an_export_is_requested_built_by_run_scheduled_and_announced_by_email(cohort, sign_in):
    client, page = sign_in(cohort.zelda), reverse("privacy:data_export")
    assert "Request your data" in client.get(page).content.decode()
    client.post(page)
    waiting = client.get(page).content.decode()
    assert "being collected" in waiting
    assert "Request your data" not in waiting
    run_scheduled()
    email = next(email for email in mail.outbox if email.subject == "Your data is ready")
    assert email.to == [ADDRESS]
    assert f"https://course.example.org{page}" in email.body
    assert "Download your data" in client.get(page).content.decode()
    mail.outbox.clear()
    run_scheduled()
    assert [one for one in mail.outbox if one.subject == "Your data is ready"] == []
    assert AuditEntry.objects.filter(verb="request export").count() == 1


@pytest.mark.thorough
def test_an_export_can_be_requested_again_after_a_day(cohort, sign_in):
    request_export(user=cohort.zelda)
    with pytest.raises(ExportAlreadyRequested):
        request_export(user=cohort.zelda)
    run_scheduled()
    with pytest.raises(ExportAlreadyRequested):
        request_export(user=cohort.zelda)
    sign_in(cohort.zelda).post(reverse("privacy:data_export"))
    assert DataExport.objects.count() == 1
    DataExport.objects.update(requested_at=timezone.now() - timedelta(hours=25))
    request_export(user=cohort.zelda)
    assert DataExport.objects.count() == 2


@pytest.mark.thorough
def test_an_export_is_only_for_its_owner_and_expires(cohort, sign_in):
    row = request_export(user=cohort.zelda)
    address = reverse("privacy:download_export", args=[row.uid])
    assert sign_in(cohort.zelda).get(address).status_code == 404
    run_scheduled()
    row.refresh_from_db()
    for other in (cohort.otto, cohort.instructor):
        assert sign_in(other).get(address).status_code == 404
    assert sign_in(None).get(address).status_code == 302
    storage = row.file.storage
    assert storage.exists(row.file.name)
    DataExport.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert sign_in(cohort.zelda).get(address).status_code == 404
    run_scheduled()
    assert not storage.exists(row.file.name)
    assert DataExport.objects.get().file.name == ""


@pytest.mark.thorough
def test_an_interrupted_export_is_built_by_a_later_run(cohort, monkeypatch):
    row = request_export(user=cohort.zelda)
    with monkeypatch.context() as patch:
        patch.setattr("lessons.privacy.archive.write_archive", lambda *args: 1 / 0)
        run_scheduled()
    run_scheduled()
    row.refresh_from_db()
    assert row.completed_at is None
    DataExport.objects.update(started_at=timezone.now() - timedelta(hours=2))
    run_scheduled()
    row.refresh_from_db()
    assert row.file


@pytest.mark.thorough
def test_a_mail_server_that_is_down_delays_only_the_email(cohort, settings, sign_in):
    here = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.mail.servers.DownBackend"
    request_export(user=cohort.zelda)
    run_scheduled()
    assert DataExport.objects.filter(completed_at__isnull=False, notified_at=None).exists()
    settings.EMAIL_BACKEND = here
    OutgoingEmail.objects.update(due_at=timezone.now())
    run_scheduled()
    assert "Your data is ready" in [email.subject for email in mail.outbox]


@pytest.mark.thorough
def test_erasing_a_user_deletes_their_archive(cohort, django_capture_on_commit_callbacks):
    row = request_export(user=cohort.zelda)
    run_scheduled()
    row.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=cohort.zelda, by=None)
    assert not row.file.storage.exists(row.file.name)
    assert not DataExport.objects.exists()


@pytest.mark.thorough
def test_many_rows_are_read_in_chunks(cohort, monkeypatch, django_assert_max_num_queries):
    """The number of queries depends on the sections and their chunks, not on their rows."""
    Post.objects.bulk_create(
        Post(thread=cohort.others, author=cohort.zelda, seq=100 + n, source="More", html="<p>More</p>")
        for n in range(1200)
    )
    with django_assert_max_num_queries(60):
        write_archive(cohort.zelda, io.BytesIO())
