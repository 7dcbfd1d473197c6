"""Erase me."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.courses.services import last_owner_guard
from lessons.courses.services.last_owner_guard import HandoverRequired
from lessons.privacy.erasure import erase_user


class ErasureForm(forms.Form):
    """Made sure by the password, or by the address for those who have none. `texts` is `keep` or `erase`."""

    texts = forms.ChoiceField(
        choices=[("keep", ""), ("erase", "")],
        error_messages={"required": gettext_lazy("Choose what becomes of what you wrote.")},
    )
    confirmation = forms.CharField(
        strip=False, error_messages={"required": gettext_lazy("Without this nothing is erased.")}
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_proof(self) -> str:
        given = self.cleaned_data["proof"]
        if self.user.has_usable_password():
            # Not `user.check_password`: that may store a hash made anew, of somebody who is about to go.
            if not check_password(given, self.user.password):
                raise forms.ValidationError(_("This is not your password. Nothing was erased."))
        elif given.strip().lower() != (self.user.email or "").lower() or not self.user.email:
            raise forms.ValidationError(_("This is not your address. Nothing was erased."))
        return given


def erase_me(request):
    """Says what will happen, asks for proof, erases and signs out."""
    user, refusal = request.user, ""
    form = ErasureForm(request.POST or None, user=user)
    try:
        if form.is_bound and form.is_valid():
            erase_user(user=user, by=user, delete_posts=form.cleaned_data["texts"] == "erase")
            logout(request)
            messages.success(request, _("You are erased. Nothing here leads to you any more."))
            return redirect("reading:library")
        last_owner_guard.require_handover(user)
    except HandoverRequired as must:
        refusal = str(must)
    context = {"form": form, "refusal": refusal, "by_password": user.has_usable_password()}
    return render(
        request,
        "privacy/erase_me.html",
        context,
        status=400 if form.errors else 409 if refusal and form.is_bound else 200,
    )
