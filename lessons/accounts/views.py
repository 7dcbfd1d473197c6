"""One's own page, and how other people see one."""

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


def profile(request):
    """The form that changes it. The answer to a change is in the language it chose."""
    # A second object: what a refused form has written into its instance must not show in the bar.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with override(person.language or None):
            messages.success(request, _("Saved. This is how you appear now, and how the site looks to you."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


# The first word that stands in what a browser says of itself: most say the names of others after their own.
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
    """Lists them; `POST` ends one (`session`), or all but this (`others`). Those of other people are not found."""
    mine = active_sessions(request.user)
    if request.method == "POST":
        here = request.session.session_key
        ended = [s for s in mine if is_selected(s, request.POST, here)]
        Session.objects.filter(session_key__in=[s.session_key for s in ended]).delete()
        UserSession.objects.filter(pk__in=[s.pk for s in ended]).delete()
        if any(s.session_key == here for s in ended):
            logout(request)
            return redirect("account_login")
        return redirect("accounts:sessions")
    rows = [(s, describe_browser(s.user_agent), s.session_key == request.session.session_key) for s in mine]
    return render(request, "accounts/sessions.html", {"sessions": rows})


def is_selected(session, data, here) -> bool:
    if "others" in data:
        return session.session_key != here
    return str(session.pk) == data.get("session")


def active_sessions(user) -> list[UserSession]:
    """Those that still sign the person in, latest first: not run out, not from before the last change of password.

    Two queries, however many there are. Reads the sessions as the database keeps them, as SESSION_ENGINE is.
    """
    listed = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    kept = Session.objects.filter(session_key__in=[s.session_key for s in listed], expire_date__gt=timezone.now())
    mark = user.get_session_auth_hash()
    alive = {s.pk for s in kept if constant_time_compare(s.get_decoded().get(HASH_SESSION_KEY, ""), mark)}
    return [s for s in listed if s.session_key in alive]


def describe_browser(user_agent: str) -> str:
    browser = next((name for word, name in BROWSERS if word in user_agent), _("A browser"))
    system = next((name for word, name in SYSTEMS if word in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
