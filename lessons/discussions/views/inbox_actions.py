"""What staff do from the inbox: answer a question, decide about a post, write to a learner. Each leads back there."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.courses.models import Membership
from lessons.db.idempotency import answered_once
from lessons.db.unsent_texts import find_unsent_text, forget_submitted
from lessons.discussions.forms import MessageForm
from lessons.discussions.models import Post, Thread
from lessons.discussions.rendering.posts import author_of
from lessons.discussions.services import moderation, questions
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.staff_messages import message_learner
from lessons.discussions.views.access import get_moderated_course, get_post, get_thread, preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused
from lessons.discussions.views.confirmation import StaffAct, confirm
from lessons.discussions.views.inbox_links import inbox_url, local_url, with_next
from lessons.discussions.views.moderator_inbox import render_inbox
from lessons.discussions.views.open_question import answer_form
from lessons.permissions import can_moderate, can_resolve_question, require


def _back(request, course) -> str:
    return local_url(request) or inbox_url(course)


@require_POST
@preserve_submitted_text
def answer(request, pk):
    """Answer a question and, unless `mark` is not ticked, mark the answer. A preview or a refusal shows the inbox."""
    thread = get_thread(request.user, pk)
    require(can_moderate(request.user, thread.course) and thread.kind == Thread.Kind.QUESTION)
    course = thread.course
    form = answer_form(request, course, data=request.POST, files=request.FILES)
    if not form.is_valid():
        return render_inbox(request, course, answered=thread, form=form, status=400)
    if "preview" in request.POST:
        return render_inbox(request, course, answered=thread, form=form, preview=form.post.html)
    try:
        post = questions.answer_question(
            thread=thread,
            by=request.user,
            prepared=form.post,
            expected_readers=form.expected_readers,
            is_answer=bool(request.POST.get("mark")),
            has_draft=find_unsent_text(request.user.pk, f"thread-{pk}") is not None,
        )
    except ActionRefused as refusal:
        status = keep_refused(request, f"thread-{pk}", refusal)
        form.add_error(None, str(refusal))
        return render_inbox(request, course, answered=thread, form=form, status=status)
    back = _back(request, course)
    text = _("You answered “%(title)s”.") if request.POST.get("mark") else _("You replied to “%(title)s”.")
    delete_url = with_next(reverse("discussions:delete_post", args=[post.pk]), back)
    confirm(request, text % {"title": thread.display_title}, undo_url=delete_url)
    return redirect(back)


@require_POST
def resolve(request, pk):
    """Mark a question as resolved without an answer."""
    thread = get_thread(request.user, pk)
    require(can_moderate(request.user, thread.course) and can_resolve_question(request.user, thread))
    act, back = StaffAct(request, thread.course), _back(request, thread.course)
    thread = questions.set_status(thread=thread, status=Thread.Status.RESOLVED, by=request.user)
    act.confirm(_("You marked “%(title)s” as resolved.") % {"title": thread.display_title}, page=back)
    return redirect(back)


@require_POST
@answered_once
def decide(request, pk):
    """Decide about a post: what is done is the name of the button, one of DECISIONS. A `reason` goes to its author."""
    post = get_post(request.user, pk)
    require(can_moderate(request.user, post.thread.course))
    decision = next((name for name in DECISIONS if name in request.POST), None)
    require(decision is not None)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:300]
    act, back = StaffAct(request, post.thread.course), _back(request, post.thread.course)
    act.confirm(DECISIONS[decision or ""](request, post, reason), page=back)
    forget_submitted(request)
    return redirect(back)


def _hide(request, post: Post, reason: str) -> str:
    is_held, was_hidden, count = post.state == Post.State.HELD, post.state == Post.State.HIDDEN, post.open_report_count
    moderation.hide_post(post=post, by=request.user, reason=reason)
    if is_held:
        done = _("You rejected a post by %(name)s. You can still show it in its discussion.")
    elif was_hidden:
        done = _("The post by %(name)s stays hidden.")
    else:
        done = _("You hid a post by %(name)s.")
    name = _name(request, post)
    return " ".join([done % {"name": name}, *_told(count), *_sent(name, reason)])


def _told(count: int) -> list[str]:
    """Return what the people learn whose reports, `count` of them, are closed."""
    text = ngettext(
        "The person who reported it has been told.", "The %(n)d people who reported it have been told.", count
    )
    return [text % {"n": count}] if count else []


def _sent(name: str, message: str) -> list[str]:
    return [_("Your message has been sent to %(name)s.") % {"name": name}] if message else []


def _keep(request, post: Post, reason: str) -> str:
    count, before = post.open_report_count, post.state
    if reason:
        moderation.warn_author(post=post, by=request.user, message=reason)
    moderation.approve_post(post=post, by=request.user)
    done = {
        Post.State.HELD: _("You published a post by %(name)s."),
        Post.State.HIDDEN: _("You showed the post by %(name)s again."),
    }.get(Post.State(before), _("You kept a post by %(name)s."))
    name = _name(request, post)
    return " ".join([done % {"name": name}, *_told(count), *_sent(name, reason)])


def _accept(request, post: Post, reason: str) -> str:
    require(can_resolve_question(request.user, post.thread) and post.state == Post.State.SHOWN and post.seq != 1)
    questions.mark_answer(post=post, by=request.user)
    return _("You marked the reply by %(name)s as the answer.") % {"name": _name(request, post)}


DECISIONS = {"hide": _hide, "keep": _keep, "accept": _accept}


def _name(request, post: Post) -> str:
    return author_of(post, request.user.pk).name


@require_POST
@answered_once
def message(request, slug, pk):
    """Send an e-mail to a learner of the course."""
    course = get_moderated_course(request.user, slug)
    learners = course.memberships.active().filter(role=Membership.Role.LEARNER, user__email__isnull=False)
    membership = get_object_or_404(learners.select_related("user", "course"), pk=pk)
    form, back = MessageForm(request.POST), _back(request, course)
    if form.is_valid():
        message_learner(membership=membership, by=request.user, message=form.cleaned_data["message"])
        forget_submitted(request)
        name = membership.user.display_name
        messages.success(request, _("Your message to %(name)s is being sent by e-mail.") % {"name": name})
    else:
        messages.error(request, _("Nothing was sent: write a message first."))
    return redirect(back)
