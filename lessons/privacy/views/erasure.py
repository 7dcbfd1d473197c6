"""The page where users delete their own account."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.accounts.confirm_identity import identity_confirmed
from lessons.courses.services import last_owner_guard
from lessons.courses.services.last_owner_guard import HandoverRequired
from lessons.privacy.erasure import erase_user


class ErasureForm(forms.Form):
    """What happens to the posts."""

    posts = forms.ChoiceField(
        choices=[
            ("keep", gettext_lazy("Keep my posts, without my name")),
            ("delete", gettext_lazy("Delete my posts")),
        ],
        error_messages={"required": gettext_lazy("Choose what happens to what you wrote.")},
    )


def erase_me(request):
    """Say what will happen, have the user confirm who they are, erase the account and sign out."""
    form, refusal = ErasureForm(request.POST or None), ""
    try:
        last_owner_guard.require_handover(request.user)
        if form.is_bound and form.is_valid():
            return _erase(request, delete_posts=form.cleaned_data["posts"] == "delete")
    except HandoverRequired as error:
        refusal = str(error)
    status = 400 if form.errors else 409 if refusal and form.is_bound else 200
    return render(request, "privacy/erase_me.html", {"form": form, "refusal": refusal}, status=status)


@identity_confirmed
def _erase(request, *, delete_posts: bool):
    erase_user(user=request.user, by=request.user, delete_posts=delete_posts)
    logout(request)
    messages.success(request, _("Your account has been deleted."))
    return redirect("reading:library")
