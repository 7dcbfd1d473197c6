"""Edit the title, kind and tags of a thread."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lessons.discussions.forms import ThreadEditForm
from lessons.discussions.services import threads
from lessons.discussions.views.access import get_thread
from lessons.permissions import can_edit_thread, require


def edit_thread(request, pk):
    """Show the form for title, kind and tags, or save it."""
    thread = get_thread(request.user, pk)
    require(can_edit_thread(request.user, thread))
    initial = {
        "title": thread.title or thread.hidden_title,
        "kind": thread.kind,
        "tags": ", ".join(sorted(thread.tags.names())),
    }
    form = ThreadEditForm(request.POST or None, thread=thread, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        kind = data.get("kind", thread.kind)
        threads.edit_thread(thread=thread, by=request.user, title=data["title"], kind=kind, tags=data["tags"])
        messages.success(request, _("Title and tags have been saved."))
        return redirect(thread)
    context = {"thread": thread, "course": thread.course, "form": form}
    return render(request, "discussions/thread_edit.html", context, status=400 if form.errors else 200)
