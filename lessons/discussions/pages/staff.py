"""What staff do, with threads and with posts. Each act is logged with the reason that is given."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.discussions.actions import order, questions, room
from lessons.discussions.actions.writing import Refused, open_up
from lessons.discussions.forms import MergeForm, MoveForm, ReasonForm, SplitForm
from lessons.discussions.models import Thread
from lessons.discussions.pages.access import post_for, thread_for
from lessons.discussions.pages.threads import address_of
from lessons.people.models import ReadingGroup
from lessons.permissions import can_moderate, can_open_up, can_settle, can_thank, require


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
    room.pin(thread=thread, by=request.user, wanted=bool(request.POST.get("wanted")), why=_why(request))
    return redirect(thread)


@require_POST
def closing(request, pk):
    thread = _moderated(request.user, pk)
    room.close(thread=thread, by=request.user, wanted=bool(request.POST.get("wanted")), why=_why(request))
    return redirect(thread)


@require_POST
def moving(request, pk):
    """To another lesson of the course, or to the forum."""
    thread = _moderated(request.user, pk)
    form = MoveForm(request.POST, course=thread.course)
    if not form.is_valid():
        return _page(request, thread, {"move": form}, 400)
    room.move(thread=thread, by=request.user, lesson=form.cleaned_data["lesson"], why=form.cleaned_data["why"])
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
        return redirect(room.merge(thread=thread, into=into[0], by=request.user, why=form.cleaned_data["why"]))
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
            return redirect(room.split(thread=thread, by=request.user, **given))
        except Refused as refusal:
            form.add_error("seqs", str(refusal))
    return _page(request, thread, {"split": form}, 400)


@require_POST
def asking(request, pk):
    """“I ask this too”, or not any more."""
    thread = thread_for(request.user, pk)
    require(can_thank(request.user, thread))
    require(thread.kind == Thread.Kind.QUESTION and thread.author_id != request.user.pk)
    questions.ask_too(thread=thread, by=request.user, wanted=bool(request.POST.get("wanted")))
    return redirect(thread)


@require_POST
def status(request, pk):
    """The asker or staff say that a question is resolved, or open again."""
    thread = thread_for(request.user, pk)
    require(can_settle(request.user, thread) and request.POST.get("status") in ("open", "resolved"))
    questions.set_status(thread=thread, status=request.POST["status"], by=request.user)
    return redirect(thread)


@require_POST
def audience(request, pk):
    """Opens what was for oneself alone to one's group or course."""
    thread = thread_for(request.user, pk)
    require(can_open_up(request.user, thread))
    wanted, seat = request.POST.get("audience", ""), request.user.seats.get(thread.course_id)
    require(wanted == "course" or (wanted == "group" and seat is not None and seat.group is not None))
    group = get_object_or_404(ReadingGroup, pk=seat.group) if wanted == "group" else None
    open_up(thread=thread, by=request.user, audience=wanted, group=group)
    return redirect(thread)


@require_POST
def hiding(request, pk):
    """Hides a post, or with `approve` lets it stand: released, shown again, its reports settled."""
    post = post_for(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    act = order.approve if request.POST.get("approve") else order.hide
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
    order.warn(post=post, by=request.user, words=words)
    messages.success(request, _("The author is told."))
    return redirect(address_of(post))


@require_POST
def author(request, pk):
    """Who wrote an anonymous post. Looking is logged."""
    post = post_for(request.user, pk)
    require(can_moderate(request.user, post.thread.course) and post.alias_id is not None)
    person = order.look_behind(post=post, by=request.user)
    messages.info(request, _("%(alias)s is %(name)s.") % {"alias": post.alias.name, "name": person or "–"})
    return redirect("discussions:post_actions", post.pk)
