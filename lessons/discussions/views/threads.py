"""A thread: fifty posts by number, and the form beneath them."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models import ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.ids import parse_id, parse_number
from lessons.discussions.forms import ReplyForm
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.models.posts import address_of
from lessons.discussions.rendering.posts import PostRenderer, page_links
from lessons.discussions.selectors.thread_list import forum_threads, only_unread
from lessons.discussions.selectors.thread_page import _tags, posts_on_page
from lessons.discussions.services import questions, read_state
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import reply, widen_audience
from lessons.discussions.views.access import get_thread, preserve_submitted_text
from lessons.discussions.views.compose_api import save_draft_from
from lessons.markup import post_markdown
from lessons.permissions import (
    can_edit_thread,
    can_moderate,
    can_post_anonymously,
    can_reply,
    can_resolve_question,
    can_thank,
    can_widen_audience,
    require,
)

VIEW, VIEWS, YEAR = "thread_view", ("time", "tree"), 365 * 24 * 3600


@preserve_submitted_text
def thread(request, pk):
    """Shows a page of the thread, and takes replies."""
    thread = get_thread(request.user, pk)
    if thread.merged_into_id and request.method != "POST":
        return redirect("discussions:thread", thread.merged_into_id)
    if request.method == "POST":
        return _create_reply(request, thread)
    return _render_thread(request, thread, _form(request, thread, initial=_initial(request, thread)))


def first_unread(request, pk):
    """Leads to the first post that the reader has not seen."""
    thread = get_thread(request.user, pk)
    seq = min((thread.last_read_seq or 0) + 1, max(thread.last_seq, 1))
    post = thread.posts.filter(seq=seq).first()
    return redirect(address_of(post) if post else thread.get_absolute_url())


def next_unread(request, pk):
    """Leads to the next thread of the course with something new, or back to the list."""
    thread = get_thread(request.user, pk)
    new = only_unread(forum_threads(thread.course, request.user)).exclude(pk=thread.pk).order_by("-rank", "-pk")
    found = new.values_list("pk", flat=True).first()
    if found:
        return redirect("discussions:first_unread", found)
    messages.info(request, _("You have read everything."))
    return redirect("discussions:forum", thread.course.slug)


def new_posts(request, pk):
    """How many posts came after `after`, as JSON; 304 while there is nothing new since the last answer."""
    thread = get_thread(request.user, pk)
    tag = f'"{thread.pk}-{thread.last_seq}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    seen = parse_number(request.GET.get("after"))
    count = 0 if thread.sealed or seen is None else max(0, thread.last_seq - seen)
    return JsonResponse({"count": count, "page": thread.last_page}, headers={"ETag": tag, "Cache-Control": "private"})


def _create_reply(request, thread: Thread) -> HttpResponse:
    """Words are given back whatever happens: on the page, and as a draft where they were refused."""
    form = _form(request, thread, data=request.POST, files=request.FILES)
    if "draft" in request.POST:
        return _save_draft(request, thread)
    if not form.is_valid():
        return _render_thread(request, thread, form, status=400)
    if "preview" in request.POST:
        return _render_thread(request, thread, form, preview=form.prepared.html)
    given = form.cleaned_data
    try:
        post = reply(
            thread=thread,
            by=request.user,
            prepared=form.prepared,
            reply_to=_reply_target(request.user, thread, given.get("reply_to")),
            anonymous=bool(given.get("anonymous")),
            follow_up=bool(given.get("follow_up")),
            has_draft=thread.draft is not None,
        )
    except ActionRefused as refusal:
        save_draft_from(request, f"thread-{thread.pk}")
        form.add_error(None, str(refusal))
        return _render_thread(request, thread, form, status=409)
    if post.seq is None:
        messages.info(request, _("Your post has a link and your account is new: staff will look at it first."))
    return redirect(address_of(post))


def _reply_target(user, thread: Thread, pk: int | str | None) -> Post | None:
    """The post of the thread that a form answers, as it was typed or read from an address. One query where there is
    one."""
    wanted = parse_id(str(pk))
    return Post.objects.visible_to(user).filter(thread=thread, pk=wanted).first() if wanted else None


def _save_draft(request, thread: Thread) -> HttpResponse:
    save_draft_from(request, f"thread-{thread.pk}")
    messages.success(request, _("Your draft is kept."))
    return redirect(f"{thread.get_absolute_url()}?page={thread.last_page}#write")


def _form(request, thread: Thread, **kwargs) -> ReplyForm:
    may_hide = can_post_anonymously(request.user, thread.course)
    asks = thread.kind == Thread.Kind.QUESTION and thread.author_id == request.user.pk
    settled = asks and thread.status != Thread.Status.OPEN
    return ReplyForm(course=thread.course, may_be_anonymous=may_hide, is_resolved=settled, **kwargs)


def _initial(request, thread: Thread) -> dict:
    """What the form starts with: the draft, a quote, the post that is answered."""
    wanted = request.GET.get("quote") or request.GET.get("reply") or ""
    begun = {"source": thread.draft or ""}
    post = _reply_target(request.user, thread, wanted)
    if post:
        begun["reply_to"] = post.pk
        if "quote" in request.GET:
            lines = "\n".join(f"> {line}" for line in post.source.splitlines())
            begun["source"] = f"{begun['source']}\n\n{lines}\n\n".lstrip()[: post_markdown.MAX_BYTES]
    return begun


def _render_thread(request, thread: Thread, form, *, status=200, preview="") -> HttpResponse:
    user, page = request.user, parse_id(request.GET.get("page", "1"))
    if not 1 <= page <= thread.last_page:
        raise Http404
    staff, may_post, settles = (
        can_moderate(user, thread.course),
        can_reply(user, thread),
        can_resolve_question(user, thread),
    )
    posts = posts_on_page(thread, user, page, staff)
    printer = PostRenderer(thread, reader=user.pk, staff=staff, can_post=may_post, settles=settles, page=page)
    view = _view(request)
    last = max((row["seq"] or 0 for row in posts), default=0)
    _mark_read(thread, user, last)
    context = {
        "thread": thread,
        "course": thread.course,
        "posts": printer.render_tree(posts) if view == "tree" else printer.render_flat(posts),
        "views": _view_links(view, page) if thread.last_seq > 1 else (),
        "page": page,
        "pager": page_links(page, thread.last_page, _("Pages of this thread")),
        "pager_again": page_links(page, thread.last_page, _("Pages of this thread, again")),
        "last_seq": last,
        "tags": _tags(thread),
        "form": form if may_post else None,
        "answered": _reply_target(user, thread, form["reply_to"].value()),
        "words_kept": "" if may_post else form.data.get("source", "") if form.is_bound else thread.draft or "",
        "preview": mark_safe(preview),
        "staff": staff,
        "settles": settles,
        "opens": can_widen_audience(user, thread),
        "names": can_edit_thread(user, thread),
        "opens_to_group": bool(
            active_memberships(user).get(thread.course_id) and active_memberships(user)[thread.course_id].group_id
        ),
        "to": _reply_button_label(thread),
    }
    response = render(request, "discussions/thread.html", context, status=status)
    if "view" in request.GET:
        response.set_cookie(VIEW, view, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _view(request) -> str:
    """By time, or as a tree: as the address asks, and from then on in this browser."""
    wanted = request.GET.get("view") or request.COOKIES.get(VIEW, "")
    return wanted if wanted in VIEWS else "time"


def _view_links(view: str, page: int) -> list[tuple[str, str, bool]]:
    """Words, address and whether it is the one shown."""
    here = f"&page={page}" if page > 1 else ""
    names = {"time": _("In order of time"), "tree": _("As a tree")}
    return [(name, f"?view={key}{here}", key == view) for key, name in names.items()]


def _mark_read(thread: Thread, user, seq: int) -> None:
    """All up to `seq` is read, and no longer rings the bell that stands on this very page. Two queries at most."""
    was_new = (
        thread.subscription_level == ThreadUserState.SubscriptionLevel.FOLLOWED
        and (thread.last_read_seq or 0) < thread.last_seq
    )
    read_state.mark_read_up_to(thread=thread, user=user, seq=seq, known=thread.last_read_seq)
    seen = read_state.mark_notifications_seen(thread=thread, user=user, seq=seq) if thread.has_notes else 0
    user.unread_count -= seen + (was_new and not thread.sealed and seq >= thread.last_seq)


def _reply_button_label(thread: Thread) -> str:
    """Who will read a reply, for its button."""
    return {
        Thread.Audience.ME: _("Save, only for me"),
        Thread.Audience.STAFF: _("Reply to the instructors"),
        Thread.Audience.GROUP: _("Reply to %(group)s") % {"group": thread.group and thread.group.name},
        Thread.Audience.COURSE: _("Reply to everybody in the course"),
    }[thread.audience]


@require_POST
def subscription(request, pk):
    """Follow, mute, or neither."""
    thread = get_thread(request.user, pk)
    wanted = {"follow": 1, "mute": -1, "none": 0}.get(request.POST.get("subscription", ""))
    require(wanted is not None)
    read_state.set_subscription(thread=thread, user=request.user, subscription_level=wanted)
    return redirect(thread)


@require_POST
def me_too(request, pk):
    """“I ask this too”, or not any more."""
    thread = get_thread(request.user, pk)
    require(can_thank(request.user, thread))
    require(thread.kind == Thread.Kind.QUESTION and thread.author_id != request.user.pk)
    questions.set_me_too(thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")))
    return redirect(thread)


@require_POST
def question_status(request, pk):
    """The asker or staff say that a question is resolved, or open again."""
    thread = get_thread(request.user, pk)
    require(can_resolve_question(request.user, thread) and request.POST.get("status") in ("open", "resolved"))
    questions.set_status(thread=thread, status=request.POST["status"], by=request.user)
    return redirect(thread)


@require_POST
def audience(request, pk):
    """Opens what was for oneself alone to one's group or course."""
    thread = get_thread(request.user, pk)
    require(can_widen_audience(request.user, thread))
    wanted, seat = request.POST.get("audience", ""), active_memberships(request.user).get(thread.course_id)
    require(wanted == "course" or (wanted == "group" and seat is not None and seat.group_id is not None))
    group = get_object_or_404(ReadingGroup, pk=seat.group_id) if wanted == "group" else None
    widen_audience(thread=thread, by=request.user, audience=wanted, group=group)
    return redirect(thread)
