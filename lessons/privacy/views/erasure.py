"""The page where users delete their own account."""

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
    """What happens to the posts, and as confirmation the password, or the e-mail address if the user has none."""

    posts = forms.ChoiceField(
        choices=[
            ("keep", gettext_lazy("Keep my posts, without my name")),
            ("delete", gettext_lazy("Delete my posts")),
        ],
        error_messages={"required": gettext_lazy("Choose what happens to what you wrote.")},
    )
    confirmation = forms.CharField(
        strip=False, error_messages={"required": gettext_lazy("Fill this in to delete your account.")}
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_confirmation(self) -> str:
        confirmation = self.cleaned_data["confirmation"]
        if self.user.has_usable_password():
            # Not `user.check_password`: that may store a new hash, for an account that is about to be erased.
            if not check_password(confirmation, self.user.password):
                raise forms.ValidationError(_("The password is not correct. Nothing was deleted."))
        elif confirmation.strip().lower() != (self.user.email or "").lower() or not self.user.email:
            raise forms.ValidationError(_("This is not your e-mail address. Nothing was deleted."))
        return confirmation


def erase_me(request):
    """Say what will happen, ask for confirmation, erase the account and sign out."""
    user, refusal = request.user, ""
    form = ErasureForm(request.POST or None, user=user)
    try:
        if form.is_bound and form.is_valid():
            erase_user(user=user, by=user, delete_posts=form.cleaned_data["posts"] == "delete")
            logout(request)
            messages.success(request, _("Your account has been deleted."))
            return redirect("reading:library")
        last_owner_guard.require_handover(user)
    except HandoverRequired as error:
        refusal = str(error)
    context = {"form": form, "refusal": refusal, "uses_password": user.has_usable_password()}
    status = 400 if form.errors else 409 if refusal and form.is_bound else 200
    return render(request, "privacy/erase_me.html", context, status=status)
