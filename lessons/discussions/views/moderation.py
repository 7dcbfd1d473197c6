"""What staff can do with threads and posts. All of it is logged, with the reason that they give."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.db.idempotency import answered_once
from lessons.db.unsent_texts import forget_submitted
from lessons.discussions.forms import MergeForm, MoveForm, ReasonForm, SplitForm
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.merge_targets import merge_targets
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import get_post, get_thread, get_thread_view
from lessons.discussions.views.confirmation import StaffAct
from lessons.discussions.views.inbox_links import local_url
from lessons.discussions.views.threads import render_split
from lessons.permissions import can_moderate, can_pin, require

MAX_SEARCH = 200


def moderate(request, pk):
    """Show everything that staff can do with the thread. `q` searches for a thread to merge it into."""
    return _render_page(request, _get_moderated_thread(request.user, pk))


def _render_page(request, thread: Thread, bound_forms=None, status=200) -> HttpResponse:
    search = request.GET.get("q", "").replace("\x00", "")[:MAX_SEARCH].strip()
    context = {
        "thread": thread,
        "course": thread.course,
        "reason": ReasonForm(),
        "move": MoveForm(course=thread.course, initial={"lesson": thread.lesson_id}),
        "merge": MergeForm(),
        "search": search,
        "targets": merge_targets(thread, request.user, search),
        "next_url": local_url(request),
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
    act, enabled = StaffAct(request, thread.course), bool(request.POST.get("enabled"))
    threads.set_pinned(thread=thread, by=request.user, enabled=enabled, reason=_reason(request))
    act.confirm(
        _("The discussion is pinned: it stays at the top of lists.") if enabled else _("The discussion is unpinned."),
        page=thread.get_absolute_url(),
    )
    return redirect(thread)


@require_POST
def close(request, pk):
    """Close or reopen the thread."""
    thread = _get_moderated_thread(request.user, pk)
    act, enabled = StaffAct(request, thread.course), bool(request.POST.get("enabled"))
    threads.set_closed(thread=thread, by=request.user, enabled=enabled, reason=_reason(request))
    act.confirm(
        _("The discussion is closed: only staff can reply.") if enabled else _("The discussion is open for replies."),
        page=thread.get_absolute_url(),
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
    act, lesson = StaffAct(request, thread.course), form.cleaned_data["lesson"]
    threads.move_thread(thread=thread, by=request.user, lesson=lesson, reason=form.cleaned_data["reason"])
    act.confirm(
        _("The discussion has been moved to “%(lesson)s”.") % {"lesson": lesson}
        if lesson
        else _("The discussion has been moved to the course’s discussions. It no longer belongs to a lesson."),
        page=thread.get_absolute_url(),
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
        form.add_error("target_thread", _("Choose the discussion to merge this one into."))
        return _render_page(request, thread, {"merge": form}, 400)
    act = StaffAct(request, thread.course)
    try:
        into = threads.merge_threads(
            thread=thread, into=targets[0], by=request.user, reason=form.cleaned_data["reason"]
        )
    except ActionRefused as refusal:
        form.add_error("target_thread", str(refusal))
        return _render_page(request, thread, {"merge": form}, 409)
    titles, back = {"title": thread.title_for_staff, "into": into.title_for_staff}, local_url(request)
    text = (
        _("“%(title)s” has been merged into “%(into)s”.")
        if back
        else _("“%(title)s” has been merged into this discussion.")
    )
    act.confirm(text % titles)
    return redirect(back or into)


@require_POST
@answered_once
def split(request, pk):
    """Split the ticked replies off into a thread of their own."""
    thread = _get_moderated_thread(request.user, pk)
    form = SplitForm(request.POST)
    if form.is_valid():
        act = StaffAct(request, thread.course)
        try:
            new = threads.split_thread(thread=thread, by=request.user, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error("seqs", str(refusal))
        else:
            count = new.visible_post_count
            message = ngettext(
                "%(n)d post has been moved from “%(title)s” to this new discussion.",
                "%(n)d posts have been moved from “%(title)s” to this new discussion.",
                count,
            )
            act.confirm(message % {"n": count, "title": thread.title_for_staff})
            return redirect(new)
    return render_split(request, get_thread_view(request.user, pk), form, status=400)


@require_POST
def hide(request, pk):
    """Hide a post, or with `approve` keep it: publish or show it again, and resolve its reports."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    act, is_approved, state = StaffAct(request, post.thread.course), bool(request.POST.get("approve")), post.state
    moderate_post = moderation.approve_post if is_approved else moderation.hide_post
    post = moderate_post(post=post, by=request.user, reason=_reason(request))
    forget_submitted(request)
    act.confirm(_outcome(is_approved, state), page=post.current_url)
    return redirect(local_url(request) or post.current_url)


def _outcome(is_approved: bool, state: str) -> str:
    """Return what happened to a post that was in `state`."""
    if not is_approved:
        return _("The post is hidden. Its author has been notified.")
    if state == Post.State.HELD:
        return _("The post is published.")
    return (
        _("The post is shown again.")
        if state == Post.State.HIDDEN
        else _("You kept the post. Its reports are closed.")
    )


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
    return redirect(local_url(request) or post.current_url)


@require_POST
@answered_once
def reveal_author(request, pk):
    """Reveal the author of an anonymous post, which is logged."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course) and post.alias_id is not None)
    author = moderation.reveal_author(post=post, by=request.user)
    messages.info(request, _("%(alias)s is %(name)s.") % {"alias": post.alias, "name": author or "–"})
    return redirect("discussions:post_actions", post.pk)
