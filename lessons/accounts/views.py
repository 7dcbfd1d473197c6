"""A user's own profile and sessions."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import override

from lessons.accounts.forms import ProfileForm
from lessons.accounts.models import User
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.unsent_texts import fill_form, forget_submitted

PROFILE_KEY = "profile-0"


def profile(request):
    """Show the profile; POST saves it. The success message is in the newly chosen language."""
    # A second instance: the values of an invalid form must not show in the page header.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid() and _save_profile(form):
        forget_submitted(request)
        with override(form.instance.language or None):
            messages.success(request, _("Your profile has been saved."))
        return redirect("accounts:profile")
    context = {"form": form, "draft_key": PROFILE_KEY, "is_draft": fill_form(form, request.user.pk, PROFILE_KEY)}
    return render(request, "accounts/profile.html", context, status=status_of(form, invalid=200))


def _save_profile(form: ProfileForm) -> bool:
    def lock() -> User:
        return User.objects.select_for_update(no_key=True).get(pk=form.instance.pk)

    return save_edit(form, lock=lock, save=lambda user: form.instance.save(update_fields=form.Meta.fields))


# The first match counts: most user agents also name other browsers, after their own.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def sessions(request):
    """List the user's own sessions; POST ends one (`session`), or all but this one (`others`)."""
    active, current_key = active_sessions(request.user), request.session.session_key
    if request.method == "POST":
        ended = [session for session in active if is_selected(session, request.POST, current_key)]
        Session.objects.filter(session_key__in=[session.session_key for session in ended]).delete()
        UserSession.objects.filter(pk__in=[session.pk for session in ended]).delete()
        if any(session.session_key == current_key for session in ended):
            logout(request)
            return redirect("account_login")
        return redirect("accounts:sessions")
    rows = [(session, describe_browser(session.user_agent), session.session_key == current_key) for session in active]
    return render(request, "accounts/sessions.html", {"sessions": rows})


def is_selected(session: UserSession, data, current_key: str) -> bool:
    """Return whether the form ends this session."""
    if "others" in data:
        return session.session_key != current_key
    return str(session.pk) == data.get("session")


def active_sessions(user: User) -> list[UserSession]:
    """Return the sessions that still sign the user in, latest first: neither expired nor older than the last
    password change.

    Two queries, however many there are. Requires that SESSION_ENGINE stores sessions in the database.
    """
    listed = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    keys = [session.session_key for session in listed]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    auth_hash = user.get_session_auth_hash()
    active = {
        session.pk
        for session in stored
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), auth_hash)
    }
    return [session for session in listed if session.session_key in active]


def describe_browser(user_agent: str) -> str:
    """Return the browser's name and system, as far as the user agent identifies them."""
    browser = next((name for token, name in BROWSERS if token in user_agent), _("A browser"))
    system = next((name for token, name in SYSTEMS if token in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
