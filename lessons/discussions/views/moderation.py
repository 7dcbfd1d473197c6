"""What staff do, with threads and with posts. Each act is logged with the reason that is given."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.discussions.forms import MergeForm, MoveForm, ReasonForm, SplitForm
from lessons.discussions.models import Thread
from lessons.discussions.models.posts import address_of
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.errors import Refused
from lessons.discussions.views.access import post_for, thread_for
from lessons.permissions import can_moderate, require


def order_of(request, pk):
    """All that staff may do with the thread, on a page of its own."""
    return _page(request, _moderated(request.user, pk))


def _page(request, thread: Thread, bound=None, status=200) -> HttpResponse:
    context = {
        "thread": thread,
        "course": thread.course,
        "reason": ReasonForm(),
        "move": MoveForm(course=thread.course, initial={"lesson": thread.lesson_id}),
        "merge": MergeForm(),
        "split": SplitForm(),
    }
    return render(request, "discussions/moderate.html", context | (bound or {}), status=status)


def _moderated(user, pk: int) -> Thread:
    thread = thread_for(user, pk)
    require(can_moderate(user, thread.course))
    return thread


def _why(request) -> str:
    return request.POST.get("why", "").replace("\x00", "")[:300]


@require_POST
def pinning(request, pk):
    thread = _moderated(request.user, pk)
    threads.pin(thread=thread, by=request.user, wanted=bool(request.POST.get("wanted")), why=_why(request))
    return redirect(thread)


@require_POST
def closing(request, pk):
    thread = _moderated(request.user, pk)
    threads.close(thread=thread, by=request.user, wanted=bool(request.POST.get("wanted")), why=_why(request))
    return redirect(thread)


@require_POST
def moving(request, pk):
    """To another lesson of the course, or to the forum."""
    thread = _moderated(request.user, pk)
    form = MoveForm(request.POST, course=thread.course)
    if not form.is_valid():
        return _page(request, thread, {"move": form}, 400)
    threads.move(thread=thread, by=request.user, lesson=form.cleaned_data["lesson"], why=form.cleaned_data["why"])
    return redirect(thread)


@require_POST
def merging(request, pk):
    """Into another thread of the course with the same readers."""
    thread = _moderated(request.user, pk)
    form = MergeForm(request.POST)
    into = form.is_valid() and thread.course.threads.visible_to(request.user).filter(pk=form.cleaned_data["into"])
    if not into:
        form.add_error("into", _("There is no such thread in this course."))
        return _page(request, thread, {"merge": form}, 400)
    try:
        return redirect(threads.merge(thread=thread, into=into[0], by=request.user, why=form.cleaned_data["why"]))
    except Refused as refusal:
        form.add_error("into", str(refusal))
        return _page(request, thread, {"merge": form}, 409)


@require_POST
def splitting(request, pk):
    """Some replies become a thread of their own."""
    thread = _moderated(request.user, pk)
    form = SplitForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            return redirect(threads.split(thread=thread, by=request.user, **given))
        except Refused as refusal:
            form.add_error("seqs", str(refusal))
    return _page(request, thread, {"split": form}, 400)


@require_POST
def hiding(request, pk):
    """Hides a post, or with `approve` lets it stand: released, shown again, its reports settled."""
    post = post_for(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    act = moderation.approve if request.POST.get("approve") else moderation.hide
    post = act(post=post, by=request.user, why=_why(request))
    messages.success(request, _("Done, and written into the log."))
    return redirect(address_of(post))


@require_POST
def warning(request, pk):
    """A word to the author, in their bell and mail."""
    post = post_for(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    words = _why(request).strip()
    if not words:
        messages.error(request, _("Write what you want to say to the author."))
        return redirect("discussions:post_actions", post.pk)
    moderation.warn(post=post, by=request.user, words=words)
    messages.success(request, _("The author is told."))
    return redirect(address_of(post))


@require_POST
def author(request, pk):
    """Who wrote an anonymous post. Looking is logged."""
    post = post_for(request.user, pk)
    require(can_moderate(request.user, post.thread.course) and post.alias_id is not None)
    person = moderation.look_behind(post=post, by=request.user)
    messages.info(request, _("%(alias)s is %(name)s.") % {"alias": post.alias.name, "name": person or "–"})
    return redirect("discussions:post_actions", post.pk)
