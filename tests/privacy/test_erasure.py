"""Erasing a user: nothing identifies them any more, and nothing of others is lost."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.urls import reverse

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.services.last_owner_guard import HandoverRequired
from lessons.db.models import UnsentText
from lessons.discussions.models import Alias, Post, PostImage, PostVersion, Report, Thread
from lessons.discussions.services.counters import expected_counters
from lessons.privacy.erasure import erase_user
from tests import factories
from tests.accounts.auth import add_authenticator_app, emailed_code, totp_code
from tests.privacy.conftest import ADDRESS, NAME
from tests.privacy.search import tables_containing

PASSWORD, SECRET = "a long enough password", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
pytestmark = pytest.mark.django_db


def assert_counts_are_right():
    for thread in Thread.objects.all():
        kept = {name: getattr(thread, name) for name in ("last_seq", "visible_post_count", "me_too_count")}
        assert kept == expected_counters(thread)._asdict(), thread
    for post in Post.objects.all():
        assert post.thanks_count == post.thanks.count()
        assert post.open_report_count == post.reports.filter(resolved_at=None).count()


@pytest.mark.parametrize("delete_posts", [False, True])
def test_no_table_contains_the_name_address_or_handle(cohort, delete_posts):
    assert tables_containing(NAME, ADDRESS, cohort.handle) != []
    erase_user(user=cohort.zelda, by=cohort.zelda, delete_posts=delete_posts)
    assert tables_containing(NAME, ADDRESS, cohort.handle) == []
    assert_counts_are_right()


@pytest.mark.thorough
@pytest.mark.parametrize("delete_posts", [False, True])
def test_no_page_contains_the_name_or_address(cohort, sign_in, administrator, delete_posts):
    pages = _pages(cohort)
    said = "".join(
        page.content.decode() for who in (cohort.otto, cohort.instructor) for page in _get(sign_in(who), pages)
    )
    assert NAME in said
    assert ADDRESS in said
    erase_user(user=cohort.zelda, by=cohort.zelda, delete_posts=delete_posts)
    for who in (cohort.otto, cohort.instructor, administrator):
        for page in _get(sign_in(who), pages):
            words = page.content.decode()
            assert NAME not in words
            assert ADDRESS not in words
            assert cohort.handle not in words


def _pages(cohort):
    slug = {"slug": cohort.course.slug}
    posts = [
        reverse(f"discussions:{page}", args=[pk]) for page in ("post_actions", "post_history") for pk in _pks(cohort)
    ]
    return [
        cohort.course.get_absolute_url(),
        cohort.lesson.get_absolute_url(),
        cohort.thread.get_absolute_url(),
        cohort.others.get_absolute_url(),
        *(
            reverse(f"discussions:{page}", kwargs=slug)
            for page in ("forum", "moderator_inbox", "moderation_log", "new_thread_mentions")
        ),
        reverse("discussions:lesson_comments", args=[cohort.lesson.pk]),
        reverse("discussions:notifications"),
        reverse("privacy:audit_log", kwargs=slug),
        reverse("admin:courses_auditentry_changelist"),
        reverse("admin:accounts_user_changelist"),
        reverse("admin:index"),
        *posts,
    ]


def _pks(cohort):
    return [post.pk for post in (cohort.answer, cohort.reply, cohort.best, cohort.hidden, cohort.bird)]


def _get(client, pages):
    answers = [client.get(page) for page in pages]
    assert {answer.status_code for answer in answers} <= {200, 403, 404, 302}
    return [answer for answer in answers if answer.status_code == 200]


def test_kept_posts_are_by_a_former_member_and_stay_readable(cohort, sign_in):
    erase_user(user=cohort.zelda, by=cohort.zelda)
    page = sign_in(cohort.otto).get(cohort.others.get_absolute_url()).content.decode()
    assert "The moon does it." in page
    assert "Former member" in page
    cohort.others.refresh_from_db()
    assert cohort.others.answer_id == cohort.best.pk
    cohort.thread.refresh_from_db()
    assert cohort.thread.title == "former member asks"
    first = cohort.thread.posts.get(seq=1)
    assert first.author is None
    assert first.source == "Why?\n\n– former member"
    cohort.answer.refresh_from_db()
    assert cohort.answer.source == "Well, former member, or write to former member."
    assert '<b class="mention">former member</b>' in cohort.answer.html
    assert cohort.answer.author == cohort.otto
    assert PostImage.objects.get().alt == "Drawn by former member"
    bird = Post.objects.get(pk=cohort.bird.pk)
    assert bird.alias.name.startswith("Anonymous ")
    assert Alias.objects.get().user is None
    assert Annotation.objects.get().thread == cohort.note.thread


def test_deleted_posts_leave_tombstones_and_the_replies_of_others(cohort, sign_in, django_capture_on_commit_callbacks):
    storage, name = cohort.image.file.storage, cohort.image.file.name
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=cohort.zelda, by=cohort.zelda, delete_posts=True)
    assert not storage.exists(name)
    assert not Post.objects.filter(author=None).exclude(source="", html="").exists()
    assert {p.state for p in Post.objects.filter(author=None)} == {Post.State.DELETED}
    cohort.others.refresh_from_db()
    assert cohort.others.answer is None
    assert cohort.others.status == Thread.Status.OPEN
    cohort.thread.refresh_from_db()
    assert (cohort.thread.title, cohort.thread.excerpt) == ("", "")
    page = sign_in(cohort.otto).get(cohort.thread.get_absolute_url())
    assert page.status_code == 200
    assert "This post was deleted by its author." in page.content.decode()
    assert "or write to former member" in page.content.decode()
    assert Report.objects.get().reason == "–"


@pytest.mark.thorough
def test_private_texts_are_always_deleted(cohort):
    erase_user(user=cohort.zelda, by=cohort.zelda)
    assert not Thread.objects.filter(pk=cohort.private.pk).exists()
    assert not Annotation.objects.filter(pk=cohort.highlight.pk).exists()
    assert not PostVersion.objects.filter(post__author=None).exists()
    assert UnsentText.objects.get().user == cohort.otto
    assert UnsentText.objects.get().fields["source"] == "former member, half"
    assert not cohort.zelda.thread_states.exists()
    assert not cohort.zelda.progress.exists()
    assert not Membership.objects.filter(user=cohort.zelda).exists()


@pytest.mark.thorough
def test_the_log_keeps_the_erasure_without_a_name(cohort):
    before = list(AuditEntry.objects.order_by("pk").values("pk", "verb", "target", "detail", "created_at"))
    erase_user(user=cohort.zelda, by=cohort.zelda)
    after = list(AuditEntry.objects.order_by("pk").values("pk", "verb", "target", "detail", "created_at"))
    assert after[: len(before)] == before
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.course, str(entry.affected_user), str(entry.actor)) == (
        "erase user",
        cohort.course,
        "Former member",
        "Former member",
    )
    seat = AuditEntry.objects.filter(verb="enrol", affected_user=cohort.zelda).get()
    assert seat.target == f"user {cohort.zelda.pk}"


@pytest.mark.thorough
def test_erasing_twice_changes_nothing(cohort):
    erase_user(user=cohort.zelda, by=cohort.zelda)
    before = {model: list(model.objects.values_list()) for model in (User, Post, Thread, AuditEntry)}
    erase_user(user=cohort.zelda, by=cohort.zelda, delete_posts=True)
    assert before == {model: list(model.objects.values_list()) for model in (User, Post, Thread, AuditEntry)}


@pytest.mark.thorough
def test_erasure_is_all_or_nothing(cohort, monkeypatch):
    def break_off(*args):
        raise RuntimeError

    monkeypatch.setattr("lessons.privacy.erasure.erase_account", break_off)
    with pytest.raises(RuntimeError):
        erase_user(user=cohort.zelda, by=cohort.zelda, delete_posts=True)
    cohort.best.refresh_from_db()
    assert cohort.best.author == cohort.zelda
    assert cohort.image.file.storage.exists(cohort.image.file.name)


@pytest.mark.thorough
def test_sessions_end_and_the_user_cannot_sign_in_again(cohort, sign_in, client):
    there = sign_in(cohort.zelda)
    assert there.get(reverse("privacy:data_export")).status_code == 200
    others = sign_in(cohort.otto)
    erase_user(user=cohort.zelda, by=None)
    assert there.get(reverse("privacy:data_export")).status_code == 302
    assert others.get(reverse("privacy:data_export")).status_code == 200
    assert Session.objects.count() == 1
    assert not client.login(email=ADDRESS, password="a long enough password")
    assert not client.login(email="", password="a long enough password")


@pytest.mark.thorough
def test_the_address_is_free_again(cohort):
    erase_user(user=cohort.zelda, by=None)
    again = factories.make_user(NAME, email=ADDRESS)
    assert again.pk != cohort.zelda.pk


@pytest.mark.thorough
def test_the_only_instructor_must_hand_over_first(cohort, sign_in):
    course, instructor = cohort.course, cohort.instructor
    with pytest.raises(HandoverRequired, match=course.title):
        erase_user(user=instructor, by=instructor)
    page = sign_in(instructor).get(reverse("privacy:erase_me"))
    assert "Make somebody else an instructor there" in page.content.decode()
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    erase_user(user=instructor, by=instructor)
    assert str(User.objects.get(pk=instructor.pk)) == "Former member"


@pytest.mark.thorough
def test_the_last_administrator_cannot_be_erased(administrator):
    with pytest.raises(HandoverRequired, match="administrator"):
        erase_user(user=administrator, by=administrator)
    factories.make_user(is_superuser=True)
    erase_user(user=administrator, by=administrator)


@pytest.mark.thorough
def test_an_account_is_erased_once_its_owner_has_confirmed_who_they_are(cohort, sign_in):
    client, address = sign_in(cohort.zelda), reverse("privacy:erase_me")
    assert client.post(address, {"posts": "burn"}).status_code == 400
    asked = client.post(address, {"posts": "delete"})
    assert asked.url == f"{reverse('account_reauthenticate')}?next={address.replace('/', '%2F')}"
    assert client.post(asked.url, {"password": "not it"}).status_code == 200
    assert User.objects.get(pk=cohort.zelda.pk).display_name == NAME
    done = client.post(asked.url, {"password": PASSWORD, "next": address}, follow=True)
    assert "Your account has been deleted." in done.content.decode()
    assert "Sign in" in done.content.decode()
    assert tables_containing(NAME, ADDRESS) == []
    assert not Post.objects.filter(author=None).exclude(source="").exists()


@pytest.mark.thorough
def test_a_recent_confirmation_is_enough_and_an_old_one_is_not(cohort, sign_in, monkeypatch):
    client, address = sign_in(cohort.zelda), reverse("privacy:erase_me")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert client.post(address, {"posts": "keep"}).url.startswith(reverse("account_reauthenticate"))
    monkeypatch.undo()
    assert client.post(address, {"posts": "keep"}).url == reverse("reading:library")
    assert User.objects.get(pk=cohort.zelda.pk).erased_at


@pytest.mark.thorough
def test_password_guesses_are_throttled_when_confirming_identity(cohort, sign_in):
    client, address = sign_in(cohort.zelda), reverse("account_reauthenticate")
    statuses = [client.post(address, {"password": f"guess {n}"}).status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]
    assert client.post(address, {"password": PASSWORD}).status_code == 429
    assert client.post(reverse("privacy:erase_me"), {"posts": "keep"}).url.startswith(address)


@pytest.mark.thorough
def test_a_code_of_the_authenticator_app_confirms_identity_too(cohort, sign_in):
    cohort.zelda.set_unusable_password()
    cohort.zelda.save()
    add_authenticator_app(cohort.zelda, SECRET)
    client = sign_in(cohort.zelda)
    asked = client.post(reverse("privacy:erase_me"), {"posts": "keep"})
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert client.post(asked.url, {"code": "000000"}).status_code == 200
    client.post(asked.url, {"code": totp_code(SECRET)})
    assert User.objects.get(pk=cohort.zelda.pk).erased_at


@pytest.mark.thorough
def test_a_passkey_confirms_identity_and_another_is_asked_for_if_it_is_not_accepted(cohort, sign_in, monkeypatch):
    cohort.zelda.set_unusable_password()
    cohort.zelda.save()
    passkey = Authenticator.objects.create(user=cohort.zelda, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    monkeypatch.setattr(webauthn, "begin_authentication", lambda user: {})
    monkeypatch.setattr(webauthn, "parse_authentication_response", lambda response: response)
    monkeypatch.setattr(webauthn, "complete_authentication", lambda user, response: passkey)
    client = sign_in(cohort.zelda)
    asked = client.post(reverse("privacy:erase_me"), {"posts": "keep"})
    assert asked.url.startswith(reverse("mfa_reauthenticate_webauthn"))
    refused = client.post(asked.url, {"credential": "none"})
    assert (refused.status_code, "Confirm it’s you" in refused.content.decode()) == (200, True)
    client.post(asked.url, {"credential": '{"id": "x"}'})
    assert User.objects.get(pk=cohort.zelda.pk).erased_at


@pytest.mark.thorough
def test_users_without_a_way_to_confirm_sign_in_again(cohort, client, monkeypatch):
    cohort.zelda.set_unusable_password()
    cohort.zelda.save()
    address, now = reverse("privacy:erase_me"), time.time()
    _sign_in_by_code(client, next_url="")
    monkeypatch.setattr(time, "time", lambda: now + 400)
    for data in ({"posts": "keep"}, {"posts": "keep", "confirmation": ADDRESS}):
        refused = client.post(address, data)
        assert refused.status_code == 403
        assert "Nothing has changed yet." in refused.content.decode()
    sign_in_url = refused.context["sign_in_url"]
    assert client.post(reverse("account_logout"), {"next": sign_in_url}).url == sign_in_url
    assert _sign_in_by_code(client, next_url=address).url == address
    assert client.post(address, {"posts": "keep"}).url == reverse("reading:library")
    assert User.objects.get(pk=cohort.zelda.pk).erased_at


def _sign_in_by_code(client, next_url):
    client.post(reverse("account_request_login_code"), {"email": ADDRESS, "next": next_url})
    return client.post(reverse("account_confirm_login_code"), {"code": emailed_code(), "next": next_url})


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["account_set_password", "account_email", "mfa_activate_totp", "mfa_add_webauthn"])
def test_sign_in_methods_are_changed_after_signing_in_again(cohort, sign_in, page):
    cohort.zelda.set_unusable_password()
    cohort.zelda.save()
    refused = sign_in(cohort.zelda).post(
        reverse(page), {"password1": PASSWORD, "action_add": "", "email": "x@example.org"}
    )
    assert refused.status_code == 403
    assert "Sign in again" in refused.content.decode()
    assert not User.objects.get(pk=cohort.zelda.pk).has_usable_password()


@pytest.mark.thorough
def test_a_user_is_erased_by_the_command(cohort, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda words: "no")
    with pytest.raises(CommandError, match="Not erased"):
        call_command("erase_user", ADDRESS)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("erase_user", "nobody@example.org", interactive=False)
    call_command("erase_user", ADDRESS, delete_posts=True, interactive=False)
    assert tables_containing(NAME, ADDRESS) == []
    with pytest.raises(CommandError, match="no instructor"):
        call_command("erase_user", cohort.instructor.email, interactive=False)
