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
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import get_post, get_thread
from lessons.permissions import can_moderate, require


def moderate(request, pk):
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
    thread = get_thread(user, pk)
    require(can_moderate(user, thread.course))
    return thread


def _reason(request) -> str:
    return request.POST.get("reason", "").replace("\x00", "")[:300]


@require_POST
def pin(request, pk):
    thread = _moderated(request.user, pk)
    threads.set_pinned(
        thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")), reason=_reason(request)
    )
    return redirect(thread)


@require_POST
def close(request, pk):
    thread = _moderated(request.user, pk)
    threads.set_closed(
        thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")), reason=_reason(request)
    )
    return redirect(thread)


@require_POST
def move(request, pk):
    """To another lesson of the course, or to the forum."""
    thread = _moderated(request.user, pk)
    form = MoveForm(request.POST, course=thread.course)
    if not form.is_valid():
        return _page(request, thread, {"move": form}, 400)
    threads.move_thread(
        thread=thread, by=request.user, lesson=form.cleaned_data["lesson"], reason=form.cleaned_data["reason"]
    )
    return redirect(thread)


@require_POST
def merge(request, pk):
    """Into another thread of the course with the same readers."""
    thread = _moderated(request.user, pk)
    form = MergeForm(request.POST)
    into = form.is_valid() and thread.course.threads.visible_to(request.user).filter(
        pk=form.cleaned_data["target_thread"]
    )
    if not into:
        form.add_error("target_thread", _("There is no such thread in this course."))
        return _page(request, thread, {"merge": form}, 400)
    try:
        return redirect(
            threads.merge_threads(thread=thread, into=into[0], by=request.user, reason=form.cleaned_data["reason"])
        )
    except ActionRefused as refusal:
        form.add_error("target_thread", str(refusal))
        return _page(request, thread, {"merge": form}, 409)


@require_POST
def split(request, pk):
    """Some replies become a thread of their own."""
    thread = _moderated(request.user, pk)
    form = SplitForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            return redirect(threads.split_thread(thread=thread, by=request.user, **given))
        except ActionRefused as refusal:
            form.add_error("seqs", str(refusal))
    return _page(request, thread, {"split": form}, 400)


@require_POST
def hide(request, pk):
    """Hides a post, or with `approve` lets it stand: released, shown again, its reports settled."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    act = moderation.approve_post if request.POST.get("approve") else moderation.hide_post
    post = act(post=post, by=request.user, reason=_reason(request))
    messages.success(request, _("Done, and written into the log."))
    return redirect(address_of(post))


@require_POST
def warn(request, pk):
    """A word to the author, in their bell and mail."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    message = _reason(request).strip()
    if not message:
        messages.error(request, _("Write what you want to say to the author."))
        return redirect("discussions:post_actions", post.pk)
    moderation.warn_author(post=post, by=request.user, message=message)
    messages.success(request, _("The author is told."))
    return redirect(address_of(post))


@require_POST
def reveal_author(request, pk):
    """Who wrote an anonymous post. Looking is logged."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course) and post.alias_id is not None)
    person = moderation.reveal_author(post=post, by=request.user)
    messages.info(request, _("%(alias)s is %(name)s.") % {"alias": post.alias.name, "name": person or "–"})
    return redirect("discussions:post_actions", post.pk)
