"""What a thread is called and filed under, changed afterwards."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lessons.discussions.forms import ThreadEditForm
from lessons.discussions.services import threads
from lessons.discussions.views.access import get_thread
from lessons.permissions import can_edit_thread, require


def edit_thread(request, pk):
    """The form for title, kind and tags, and what it sends."""
    thread = get_thread(request.user, pk)
    require(can_edit_thread(request.user, thread))
    tags = sorted(thread.tags.names())
    begun = {"title": thread.title, "kind": thread.kind, "tags": ", ".join(tags)}
    form = ThreadEditForm(request.POST or None, thread=thread, initial=begun)
    if form.is_valid():
        given = form.cleaned_data
        kind = given.get("kind", thread.kind)
        threads.edit_thread(thread=thread, by=request.user, title=given["title"], kind=kind, tags=given["tags"])
        messages.success(request, _("Title and tags are saved."))
        return redirect(thread)
    context = {"thread": thread, "course": thread.course, "form": form}
    return render(request, "discussions/thread_edit.html", context, status=400 if form.errors else 200)
