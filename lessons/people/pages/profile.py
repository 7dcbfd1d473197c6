"""One's own page, and how other people see one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from lessons.people.forms import ProfileForm
from lessons.people.models import Membership, User


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


def person(request, uid):
    """Somebody as their fellow members see them, with the courses both are in. Of others it says nothing: 404."""
    seats = Membership.objects.active().filter(course__in=request.user.seats).select_related("course")
    person = get_object_or_404(User, uid=uid, is_active=True)
    shared = list(seats.filter(user=person).order_by("course__title"))
    if not shared and person != request.user:
        raise Http404
    return render(request, "enrolment/member_profile.html", {"person": person, "shared": shared})
