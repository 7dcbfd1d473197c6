"""What staff can do with threads and posts. All of it is logged, with the reason that they give."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.db.idempotency import answered_once
from lessons.db.unsent_texts import forget_submitted
from lessons.discussions.forms import MergeForm, MoveForm, ReasonForm, SplitForm
from lessons.discussions.models import Thread
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import get_post, get_thread
from lessons.permissions import can_moderate, can_pin, require


def moderate(request, pk):
    """Show everything that staff can do with the thread."""
    return _render_page(request, _get_moderated_thread(request.user, pk))


def _render_page(request, thread: Thread, bound_forms=None, status=200) -> HttpResponse:
    context = {
        "thread": thread,
        "course": thread.course,
        "reason": ReasonForm(),
        "move": MoveForm(course=thread.course, initial={"lesson": thread.lesson_id}),
        "merge": MergeForm(),
        "split": SplitForm(),
    }
    return render(request, "discussions/moderate.html", context | (bound_forms or {}), status=status)


def _get_moderated_thread(user, pk: int) -> Thread:
    thread = get_thread(user, pk)
    require(can_moderate(user, thread.course))
    return thread


def _reason(request) -> str:
    return request.POST.get("reason", "").replace("\x00", "")[:300]


@require_POST
def pin(request, pk):
    """Pin or unpin the thread."""
    thread = _get_moderated_thread(request.user, pk)
    require(can_pin(request.user, thread))
    threads.set_pinned(
        thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")), reason=_reason(request)
    )
    return redirect(thread)


@require_POST
def close(request, pk):
    """Close or reopen the thread."""
    thread = _get_moderated_thread(request.user, pk)
    threads.set_closed(
        thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")), reason=_reason(request)
    )
    return redirect(thread)


@require_POST
@answered_once
def move(request, pk):
    """Move the thread to another lesson of the course, or to the forum."""
    thread = _get_moderated_thread(request.user, pk)
    form = MoveForm(request.POST, course=thread.course)
    if not form.is_valid():
        return _render_page(request, thread, {"move": form}, 400)
    threads.move_thread(
        thread=thread, by=request.user, lesson=form.cleaned_data["lesson"], reason=form.cleaned_data["reason"]
    )
    return redirect(thread)


@require_POST
@answered_once
def merge(request, pk):
    """Merge the thread into another one of the course with the same audience."""
    thread = _get_moderated_thread(request.user, pk)
    form = MergeForm(request.POST)
    targets = form.is_valid() and thread.course.threads.visible_to(request.user).filter(
        pk=form.cleaned_data["target_thread"]
    )
    if not targets:
        form.add_error("target_thread", _("There is no such thread in this course."))
        return _render_page(request, thread, {"merge": form}, 400)
    try:
        return redirect(
            threads.merge_threads(thread=thread, into=targets[0], by=request.user, reason=form.cleaned_data["reason"])
        )
    except ActionRefused as refusal:
        form.add_error("target_thread", str(refusal))
        return _render_page(request, thread, {"merge": form}, 409)


@require_POST
@answered_once
def split(request, pk):
    """Split replies off into a thread of their own."""
    thread = _get_moderated_thread(request.user, pk)
    form = SplitForm(request.POST)
    if form.is_valid():
        try:
            return redirect(threads.split_thread(thread=thread, by=request.user, **form.cleaned_data))
        except ActionRefused as refusal:
            form.add_error("seqs", str(refusal))
    return _render_page(request, thread, {"split": form}, 400)


@require_POST
def hide(request, pk):
    """Hide a post, or with `approve` keep it: publish or show it again, and resolve its reports."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    moderate_post = moderation.approve_post if request.POST.get("approve") else moderation.hide_post
    post = moderate_post(post=post, by=request.user, reason=_reason(request))
    forget_submitted(request)
    messages.success(request, _("Saved. This is recorded in the log."))
    return redirect(post.current_url)


@require_POST
@answered_once
def warn(request, pk):
    """Send the author a message, as a notification and by e-mail."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    message = _reason(request).strip()
    if not message:
        messages.error(request, _("Write a message to the author."))
        return redirect("discussions:post_actions", post.pk)
    moderation.warn_author(post=post, by=request.user, message=message)
    forget_submitted(request)
    messages.success(request, _("Your message has been sent to the author."))
    return redirect(post.current_url)


@require_POST
@answered_once
def reveal_author(request, pk):
    """Reveal the author of an anonymous post, which is logged."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course) and post.alias_id is not None)
    author = moderation.reveal_author(post=post, by=request.user)
    messages.info(request, _("%(alias)s is %(name)s.") % {"alias": post.alias, "name": author or "–"})
    return redirect("discussions:post_actions", post.pk)
