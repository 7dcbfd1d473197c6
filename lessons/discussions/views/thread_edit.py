"""Edit the title, kind and tags of a thread."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.unsent_texts import fill_form, forget_submitted
from lessons.discussions.forms import ThreadEditForm
from lessons.discussions.models import Thread
from lessons.discussions.services import counters, threads
from lessons.discussions.views.access import get_thread
from lessons.permissions import can_edit_thread, require


def edit_thread(request, pk):
    """Show the form for title, kind and tags, or save it."""
    thread = get_thread(request.user, pk)
    require(can_edit_thread(request.user, thread))
    form = ThreadEditForm(request.POST or None, thread=thread)
    if form.is_valid() and _save(request.user, thread, form):
        forget_submitted(request)
        messages.success(request, _("Title and tags have been saved."))
        return redirect(thread)
    draft_key = f"title-{thread.pk}"
    context = {"thread": thread, "course": thread.course, "form": form, "draft_key": draft_key}
    context["is_draft"] = fill_form(form, request.user.pk, draft_key)
    return render(request, "discussions/thread_edit.html", context, status=status_of(form))


def _save(user, thread: Thread, form: ThreadEditForm) -> bool:
    data = form.cleaned_data

    def save(current: Thread) -> None:
        kind = data.get("kind", current.kind)
        threads.edit_thread(thread=current, by=user, title=data["title"], kind=kind, tags=data["tags"])

    return save_edit(form, lock=lambda: counters.lock_thread(thread), save=save)
