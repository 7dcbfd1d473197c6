"""The checks of `manage.py doctor`: what each says of a site that is as it should be, and of one that is not."""

import re
from datetime import timedelta
from smtplib import SMTPAuthenticationError

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.mail.backends import smtp
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from lessons.annotations.models import Placement
from lessons.annotations.services import publish
from lessons.discussions.models import Post, Thanks, Thread
from lessons.jobs.models import JobRun, JobState
from lessons.mail.models import OutgoingEmail
from lessons.operations import health
from lessons.operations.checks import CHECKS, cache
from lessons.operations.findings import fail
from lessons.operations.models import BackupRecord
from tests.annotations.make import highlight_by, note_by
from tests.conftest import IN_BUCKET
from tests.discussions.make import post_by, thread_by
from tests.factories import make_asset, make_published
from tests.operations.diagnosis import doctor

pytestmark = pytest.mark.django_db
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def problems(*arguments):
    """Return the sentences about what is wrong, without the word before each."""
    return [line.split("  ", 1)[1].strip() for line in doctor(*arguments)[0] if not line.startswith("ok")]


def only_problem(*arguments):
    (sentence,) = problems(*arguments)
    return sentence


def test_an_unknown_check_is_named_and_so_are_those_that_there_are():
    with pytest.raises(CommandError, match=r"There is no check called nothing\. The checks are settings, folders, .*"):
        call_command("doctor", "nothing", "disk")


@pytest.fixture
def server(settings, tmp_path):
    """Set what a site on the internet has."""
    # Tests need DJANGO_ALLOW_ASYNC_UNSAFE: Playwright's event loop may run in this thread.
    settings.SILENCED_SYSTEM_CHECKS = [*settings.SILENCED_SYSTEM_CHECKS, "async.E001"]
    settings.DEVELOPMENT = settings.DEBUG = False
    settings.SECRET_KEY = "a-long-random-key-" * 4
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["course.example.org"], "https://course.example.org"
    settings.SECURE_SSL_REDIRECT = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.DEFAULT_FROM_EMAIL = "course@example.org"
    settings.DATA_DIR = tmp_path
    return settings


def test_nothing_is_wrong_with_a_new_site(settings, tmp_path, course, learner, lesson):
    tmp_path.chmod(0o700)
    settings.DATA_DIR = tmp_path
    JobState.objects.create(name="test", succeeded_at=timezone.now())
    for kind in BackupRecord.Kind:
        BackupRecord.objects.create(kind=kind, name="a.zip", size=1, rows=1)
    note_by(learner, lesson)
    sentences, code = doctor()
    assert (code, len(sentences)) == (0, 21)
    assert all(line.startswith("ok ") for line in sentences)


# --- settings ---


def test_the_settings_of_a_server_are_right(server):
    assert doctor("settings") == (["ok       The settings are right."], 0)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", True, "DEBUG set to True in deployment"),
        ("SECRET_KEY", "short", "Your SECRET_KEY has less than 50 characters"),
        ("SITE_URL", "http://127.0.0.1:8000", "links in e-mails lead nowhere"),
        ("SITE_URL", "https://other.example.org", "ALLOWED_HOSTS does not have other.example.org"),
        ("SITE_URL", "http://course.example.org", "Let it begin with https://"),
        ("SECURE_PROXY_SSL_HEADER", None, "Set BEHIND_PROXY=true"),
        ("DEFAULT_FROM_EMAIL", "commonplace@localhost", "DEFAULT_FROM_EMAIL ends in @localhost"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(server, name, value, sentence):
    setattr(server, name, value)
    assert sentence in only_problem("settings")


# --- folders and files ---


@pytest.fixture
def data_dir(settings, tmp_path):
    tmp_path.chmod(0o700)
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_folder_open_to_others_is_closed(data_dir):
    data_dir.chmod(0o755)
    assert f"chmod 700 {data_dir}" in only_problem("folders")
    assert problems("folders", "--fix") == []
    assert data_dir.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_written_to_is_an_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "absent"
    assert "cannot be written to: No such file or directory" in only_problem("folders")


def test_a_folder_of_another_user_is_named(data_dir, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: data_dir.stat().st_uid + 1)
    assert "Run commands as that user" in only_problem("folders")


def test_the_size_of_the_free_disk_is_part_of_the_diagnosis(monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: (10**12, 10**12, 99_000_000))
    assert "The disk is full: 0.1 GB are free" in only_problem("disk")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: (10**12, 10**12, 900_000_000))
    assert "Only 0.9 GB are free" in only_problem("disk")


@pytest.fixture
def collected(settings, tmp_path, monkeypatch):
    """Return the storage of a site whose only static file has been collected."""
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [tmp_path / "source"], tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "portal.storage.HashedStaticFilesStorage"}}
    for folder in ("source", "static"):
        (tmp_path / folder).mkdir()
    (tmp_path / "source" / "site.css").write_text("a {}")
    get_finder.cache_clear()
    yield tmp_path
    get_finder.cache_clear()


def test_static_files_must_be_collected_after_an_upgrade(collected):
    assert "The static files are not collected" in only_problem("static")
    call_command("collectstatic", verbosity=0, interactive=False)
    staticfiles_storage._setup()
    assert problems("static") == []
    (collected / "source" / "new.css").write_text("b {}")
    assert "1 static files are newer than the collected ones, for example new.css" in only_problem("static")


def test_an_upload_that_is_missing_is_named(course):
    asset = make_asset(course)
    assert problems("uploads") == []
    default_storage.delete(asset.file.name)
    assert only_problem("uploads").startswith(f"1 of 1 uploaded files are missing, for example {asset.file.name}.")


@pytest.mark.skipif(IN_BUCKET, reason="a bucket takes files of any name")
def test_a_storage_that_takes_no_file_is_an_error(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    assert "Files cannot be uploaded" in only_problem("uploads")


# --- database and cache ---


def test_without_all_migrations_no_rows_are_read(monkeypatch):
    monkeypatch.setattr(health, "_waiting_migrations", lambda: 2)
    waiting, left_out = problems("migrations", "counters")
    assert "2 migrations are not applied" in waiting
    assert left_out.endswith("applied: counters.")


def test_without_the_database_only_that_is_said(monkeypatch):
    monkeypatch.setattr(health.connection, "cursor", away)
    database, left_out = problems("database", "migrations", "index")
    assert database == "The database does not answer. Start it, or correct DATABASE_URL."
    assert left_out.endswith(": migrations, index.")


def away(*args):
    raise OperationalError("connection refused")


def test_a_database_that_fails_within_a_check_stops_only_that_check(monkeypatch):
    def interrupted(fix):
        raise OperationalError("server closed the connection")
        yield

    monkeypatch.setitem(CHECKS, "counters", CHECKS["counters"]._replace(diagnose=interrupted))
    assert only_problem("counters", "placements") == (
        "The check “counters” was interrupted by the database: OperationalError."
    )


def test_a_cache_that_processes_do_not_share_is_a_warning(server):
    server.CACHES = {"default": {"BACKEND": cache.PER_PROCESS}}
    assert "counts failed sign-ins by itself" in only_problem("cache")


def test_the_table_of_the_cache_is_created_if_it_is_missing(settings, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": cache.IN_DATABASE, "LOCATION": "cache_of_the_doctor"}}
    answers = iter([fail("The cache does not answer."), health.ok("The cache answers.")])
    monkeypatch.setattr(health, "check_cache", lambda: next(answers))
    assert doctor("cache", "--fix") == (["ok       The table of the cache was missing. It has been created."], 0)


# --- background ---


def test_a_job_that_fails_is_named_with_its_error():
    JobState.objects.create(name="send_mail", succeeded_at=timezone.now(), failures=3)
    JobRun.objects.create(name="send_mail", outcome="failed", error="ValueError in lessons/mail/jobs.py:7")
    JobRun.objects.create(name="send_mail", outcome="running")
    assert only_problem("scheduler") == (
        "The job send_mail has failed 3 times in a row (ValueError in lessons/mail/jobs.py:7). The log says more; "
        "run it again with: manage.py run_scheduled --job send_mail"
    )


def test_a_scheduler_that_never_ran_is_a_warning():
    assert "The scheduler has never run" in only_problem("scheduler")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConnectionRefusedError(), "The mail server mail.example.org:587 cannot be reached (ConnectionRefusedError)."),
        (SMTPAuthenticationError(535, b"wrong: secret"), "The mail server mail.example.org:587 refuses user and"),
    ],
)
def test_a_mail_server_that_takes_no_e_mail_is_an_error(settings, monkeypatch, error, sentence):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "mail.example.org", 587

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(smtp.EmailBackend, "connection_class", property(lambda self: refuse))
    found = only_problem("mail")
    assert sentence in found
    assert "secret" not in found


def test_e_mails_that_wait_or_were_refused_are_counted(server):
    OutgoingEmail.objects.create(kind="test", to="a@example.org", due_at=timezone.now() - timedelta(hours=1))
    OutgoingEmail.objects.create(kind="test", to="b@example.org", state=OutgoingEmail.State.GIVEN_UP)
    no_server, waiting, refused = problems("mail")
    assert "EMAIL_URL names no mail server" in no_server
    assert "An e-mail has been waiting since" in waiting
    assert refused.startswith("1 e-mails could not be delivered.")


def test_backups_and_drills_must_not_be_old():
    assert "never been backed up" in only_problem("backups")
    now = timezone.now()
    backup = BackupRecord.objects.create(kind="backup", name="a.zip", size=1, rows=1)
    assert "No backup has ever been tried out" in only_problem("backups")
    drill = BackupRecord.objects.create(kind="drill", name="a.zip", size=1, rows=1)
    assert problems("backups") == []
    BackupRecord.objects.filter(pk=backup.pk).update(finished_at=now - timedelta(days=3))
    BackupRecord.objects.filter(pk=drill.pk).update(finished_at=now - timedelta(days=91))
    old_backup, old_drill = problems("backups")
    assert old_backup.startswith("The last backup, a.zip, was made 3 days ago.")
    assert old_drill == "A backup was last tried out 91 days ago. Run: manage.py drill FILE"


# --- what can be computed again ---


def test_wrong_counters_are_repaired(course, learner, other_learner):
    thread = thread_by(learner, course)
    post = post_by(other_learner, thread)
    Thanks.objects.create(post=post, user=learner)
    right = Thread.objects.values("visible_post_count", "last_seq", "me_too_count").get()
    Thread.objects.update(visible_post_count=1, last_seq=1, me_too_count=4)
    Post.objects.filter(pk=post.pk).update(open_report_count=1)
    assert problems("counters") == [
        "1 of 1 threads have wrong counters. Repair them with --fix.",
        "1 of 2 posts have wrong counters. Repair them with --fix.",
    ]
    assert problems("counters", "--fix") == []
    assert Thread.objects.values("visible_post_count", "last_seq", "me_too_count").get() == right
    assert Post.objects.values("open_report_count", "thanks_count").get(pk=post.pk) == {
        "open_report_count": 0,
        "thanks_count": 1,
    }
    assert doctor("counters")[1] == 0


def test_a_number_that_was_given_is_not_given_again(course, learner):
    thread = thread_by(learner, course)
    Thread.objects.filter(pk=thread.pk).update(last_seq=7, me_too_count=1)
    assert problems("counters", "--fix") == []
    thread.refresh_from_db()
    assert (thread.last_seq, thread.me_too_count) == (7, 0)


def test_positions_of_notes_are_computed_again(lesson, learner, instructor):
    note, highlight = note_by(learner, lesson), highlight_by(learner, lesson, "sun")
    lesson.body = f"<p>A new beginning.</p>{lesson.body}"
    lesson.save()
    publish(lesson=lesson, by=instructor)
    current = Placement.objects.filter(revision__number=2).order_by("annotation")
    right = list(current.values("annotation", "start", "end", "state"))
    current.filter(annotation=note).delete()
    current.filter(annotation=highlight).update(start=0, end=3)
    assert only_problem("placements").startswith("2 of 2 notes and highlights have no position, or a wrong one.")
    assert problems("placements", "--fix") == []
    assert list(current.values("annotation", "start", "end", "state")) == right
    assert doctor("placements")[1] == 0


def test_positions_set_by_hand_and_on_changed_texts_are_left_alone(lesson, learner, instructor):
    note = note_by(learner, lesson)
    Placement.objects.filter(annotation=note).update(state=Placement.State.MANUAL, start=0, end=3)
    make_published(lesson)
    assert problems("placements") == []


def test_every_check_is_documented():
    document = (settings.BASE_DIR / "docs" / "administration.md").read_text()
    table = document.partition("| check | looks at |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) >= set(CHECKS)
