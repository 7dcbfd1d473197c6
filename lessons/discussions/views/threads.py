"""The page of a thread: fifty posts by number, the form below them, and the actions of its buttons."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from lessons.courses.models import ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.ids import parse_id, parse_number
from lessons.db.unsent_texts import UnsentTextNotSaved
from lessons.discussions.forms import GROUP_CHANGED, ReplyForm, SplitForm
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.models.threads import clear_url, page_number
from lessons.discussions.rendering.about_thread import about_thread, readers_of
from lessons.discussions.rendering.posts import Reading, author_of, page_links, reading_of, render_posts
from lessons.discussions.selectors.thread_list import forum_threads, only_unread
from lessons.discussions.selectors.thread_page import PostRow, ThreadView, posts_on_page
from lessons.discussions.services import posting, questions, read_state
from lessons.discussions.services.errors import ActionRefused, WouldRevealAuthor
from lessons.discussions.views.access import get_thread, get_thread_view, preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused, save_draft_from
from lessons.discussions.views.confirmation import StaffAct, confirm
from lessons.discussions.views.inbox_links import with_next
from lessons.markup import post_markdown
from lessons.markup.row_templates import render_rows
from lessons.markup.translations import gettext as _
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

VIEW_COOKIE, VIEWS, COOKIE_SECONDS = "thread_view", ("time", "tree"), 365 * 24 * 3600


@preserve_submitted_text
def thread(request, pk):
    """Show a page of the thread; POST adds a reply."""
    view = get_thread_view(request.user, pk)
    if request.method == "POST":
        return _create_reply(request, view)
    if view.thread.merged_into_id:
        return redirect("discussions:thread", view.thread.merged_into_id)
    return _render_thread(request, view, _reply_form(request, view.thread, initial=_initial(request, view)))


def first_unread(request, pk):
    """Redirect to the first post that the reader has not seen."""
    view = get_thread_view(request.user, pk)
    posts = view.thread.posts.select_related("thread").order_by("seq")
    unread = posts.filter(seq__gt=view.last_read_seq or 0, state=Post.State.SHOWN).first()
    post = unread or posts.filter(seq=view.thread.last_seq).first()
    return redirect(post.current_url if post else view.thread.get_absolute_url())


def next_unread(request, pk):
    """Redirect to the next thread of the course with unread posts, or back to the list."""
    thread = get_thread(request.user, pk)
    unread = only_unread(forum_threads(thread.course, request.user)).exclude(pk=thread.pk).order_by("-rank", "-pk")
    next_pk = unread.values_list("pk", flat=True).first()
    if next_pk:
        return redirect("discussions:first_unread", next_pk)
    messages.info(request, _("You’ve read everything."))
    return redirect("discussions:forum", thread.course.slug)


def new_posts(request, pk):
    """Return as JSON how many posts came after the number `after`; 304 while nothing is new since the last answer."""
    view = get_thread_view(request.user, pk)
    thread = view.thread
    # If the reader must post first, the ETag must not reveal how many posts are hidden from them.
    etag = f'"{thread.pk}-{0 if view.must_post_first else thread.last_seq}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    after = parse_number(request.GET.get("after"))
    count = 0
    if not view.must_post_first and after is not None and after < thread.last_seq:
        count = thread.posts.filter(seq__gt=after, state=Post.State.SHOWN).count()
    return JsonResponse({"count": count, "page": thread.last_page}, headers={"ETag": etag, "Cache-Control": "private"})


def _create_reply(request, view: ThreadView) -> HttpResponse:
    """Post a reply. If it is refused, the text is shown again and saved as a draft."""
    thread = view.thread
    form = _reply_form(request, thread, data=request.POST, files=request.FILES)
    if "draft" in request.POST:
        return _save_draft(request, view, form)
    if not form.is_valid():
        return _render_thread(request, view, form, status=400)
    if "preview" in request.POST:
        return _render_thread(request, view, form, preview=form.post.html)
    data = form.cleaned_data
    try:
        post = posting.reply(
            thread=thread,
            by=request.user,
            prepared=form.post,
            reply_to=_reply_target(request.user, thread, data["reply_to"]),
            anonymous=data.get("anonymous", False),
            named=data["named"],
            expected_readers=form.expected_readers,
            follow_up=data.get("follow_up", False),
            has_draft=view.draft is not None,
        )
    except ActionRefused as refusal:
        status = keep_refused(request, f"thread-{thread.pk}", refusal)
        form.add_error(None, str(refusal))
        form.asks_for_name = isinstance(refusal, WouldRevealAuthor)
        return _render_thread(request, view, form, status=status)
    if post.seq is None:
        messages.info(request, _("Your post contains a link and your account is new, so staff will review it first."))
    return redirect(post.current_url)


def _reply_target(user, thread: Thread, pk: int | str | None) -> Post | None:
    """Return the post of the thread that a form or URL names, if the user may read it. One query if it names one."""
    post_pk = parse_id(str(pk))
    if not post_pk:
        return None
    return Post.objects.visible_to(user).filter(thread=thread, pk=post_pk).select_related("author", "alias").first()


def _save_draft(request, view: ThreadView, form: ReplyForm) -> HttpResponse:
    thread = view.thread
    try:
        save_draft_from(request, f"thread-{thread.pk}")
    except UnsentTextNotSaved as refusal:
        form.full_clean()
        form.add_error(None, str(refusal))
        return _render_thread(request, view, form, status=409)
    messages.success(request, _("Your draft has been saved."))
    return redirect(f"{thread.get_absolute_url()}?page={thread.last_page}#write")


def _reply_form(request, thread: Thread, **kwargs) -> ReplyForm:
    is_own_question = thread.kind == Thread.Kind.QUESTION and thread.author_id == request.user.pk
    return ReplyForm(
        course=thread.course,
        author=request.user,
        may_be_anonymous=can_post_anonymously(request.user, thread.course),
        is_resolved=is_own_question and thread.status != Thread.Status.OPEN,
        **kwargs,
    )


def _initial(request, view: ThreadView) -> dict:
    """Return the form's initial values: the draft, the post to reply to, a quote of it, and the pseudonym for those
    who have one in the thread."""
    initial: dict[str, Any] = {"source": "", "anonymous": view.has_alias, **(view.draft or {})}
    post = _reply_target(request.user, view.thread, request.GET.get("quote") or request.GET.get("reply"))
    if post:
        initial["reply_to"] = post.pk
        if "quote" in request.GET:
            quote = "\n".join(f"> {line}" for line in post.source.splitlines())
            initial["source"] = f"{initial['source']}\n\n{quote}\n\n".lstrip()[: post_markdown.MAX_BYTES]
    return initial


def render_split(request, view: ThreadView, split: SplitForm, *, status: int = 200) -> HttpResponse:
    """Show the thread's page for ticking the posts that staff split off."""
    return _render_thread(request, view, _reply_form(request, view.thread), status=status, split=split)


def _render_thread(
    request, view: ThreadView, form: ReplyForm, *, status=200, preview="", split: SplitForm | None = None
) -> HttpResponse:
    user, thread, page = request.user, view.thread, parse_id(request.GET.get("page", "1"))
    if not 1 <= page <= thread.last_page:
        raise Http404
    is_staff, can_post = can_moderate(user, thread.course), can_reply(user, thread)
    can_resolve, order = can_resolve_question(user, thread), _order(request)
    if split is None and is_staff and "split" in request.GET:
        split = SplitForm(initial={"seqs": [parse_id(request.GET["split"])]})
    posts = posts_on_page(view, user, page, is_staff=is_staff)
    last_seq = max((post.seq or 0 for post in posts if not _is_elsewhere(post, page)), default=0)
    is_by_time = order == "time" and split is None
    reading = reading_of(posts, user.pk, view.last_read_seq, thread.answer_id) if is_by_time else Reading()
    _mark_read(view, user, last_seq)
    membership = active_memberships(user).get(thread.course_id)
    about, clear_address = about_thread(view, user, posts), _clear_url(user, thread)
    lesson_url, reply_target = _lesson_url(view), _reply_target(user, thread, form["reply_to"].value())
    context = {
        "view": view,
        "thread": thread,
        "course": thread.course,
        "posts": render_posts(
            posts,
            thread,
            reader=user.pk,
            is_staff=is_staff,
            can_post=can_post,
            can_resolve=can_resolve,
            me_too=view.has_me_too if _can_vote(user, thread) else None,
            must_post_first=view.must_post_first,
            page=page,
            as_tree=order == "tree" and split is None,
            reading=reading,
            quote_url=lesson_url,
            ticked=split["seqs"].value() or () if split else None,
        ),
        "page": page,
        "pager": page_links(page, thread.last_page, _("Pages of this discussion")),
        "bottom_pager": page_links(page, thread.last_page, _("Pages of this discussion, again")),
        "last_seq": last_seq,
        "head": render_rows(
            "discussions/thread_head.html",
            view=view,
            thread=thread,
            course=thread.course,
            about=about,
            on=pgettext("a question on a lesson", "on"),
            lesson_url=lesson_url,
            clear_url=clear_address,
            is_staff=is_staff,
        ),
        "beside": render_rows(
            "discussions/about_thread.html",
            view=view,
            thread=thread,
            about=about,
            page=page,
            is_staff=is_staff,
            can_resolve=can_resolve,
            clear_url=clear_address,
            can_widen_audience=can_widen_audience(user, thread),
            can_edit=can_edit_thread(user, thread),
            own_group=membership and membership.group_id,
            orders=_order_links(order, page) if thread.last_seq > 1 else (),
        ),
        "form": form if can_post and split is None else None,
        "split": split,
        "draft_key": f"thread-{thread.pk}",
        "is_draft": bool(view.draft) and not form.is_bound,
        "reply_target": reply_target,
        "reply_name": reply_target and author_of(reply_target, user.pk).name,
        "submitted_text": "" if can_post else _submitted_text(view, form),
        "preview": mark_safe(preview),
        "is_staff": is_staff,
        "reply_button": _reply_button_label(thread),
    }
    response = render(request, "discussions/thread.html", context, status=status)
    if "view" in request.GET:
        response.set_cookie(
            VIEW_COOKIE, order, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def _is_elsewhere(post: PostRow, page: int) -> bool:
    """Return whether the post is the answer, which the first page shows, too, and belongs to another page."""
    return post.seq is not None and page_number(post.seq) != page


def _lesson_url(view: ThreadView) -> str:
    """Return the URL of the passage or lesson that the thread is about, empty if readers have no such page."""
    lesson, anchor = view.thread.lesson, view.thread.lesson_anchor
    if lesson is None or not view.lesson_title:
        return ""
    return f"{lesson.get_absolute_url()}{f'#{anchor}' if anchor else ''}"


def _clear_url(user, thread: Thread) -> str:
    """Return where the user says that their question on a passage is clear now, and is led back to its discussion."""
    if thread.author_id != user.pk or thread.course.is_closed:
        return ""
    audience, anchor = thread.audience, thread.lesson_anchor
    url = clear_url(kind=thread.kind, status=thread.status, audience=audience, lesson_anchor=anchor)
    return with_next(url, thread.get_absolute_url()) if url else ""


def _submitted_text(view: ThreadView, form: ReplyForm) -> str:
    """Return what was submitted, or was not sent, to a thread that takes no replies, for its author to copy."""
    return form.data.get("source", "") if form.is_bound else str((view.draft or {}).get("source", ""))


def _order(request) -> str:
    """Return "time" or "tree", from the URL or, if it does not say, from this browser's cookie."""
    order = request.GET.get("view") or request.COOKIES.get(VIEW_COOKIE, "")
    return order if order in VIEWS else "time"


def _order_links(order: str, page: int) -> list[tuple[str, str, bool]]:
    """Return label, URL and whether it is the current one of each order."""
    same_page = f"&page={page}" if page > 1 else ""
    labels = {"time": _("Oldest first"), "tree": _("As a tree")}
    return [(label, f"?view={key}{same_page}", key == order) for key, label in labels.items()]


def _mark_read(view: ThreadView, user, seq: int) -> None:
    """Mark posts up to `seq` as read, and lower the notification count shown on this page. Two queries at most."""
    thread = view.thread
    was_unread = view.is_followed and view.has_unread_posts
    read_state.mark_read_up_to(thread=thread, user=user, seq=seq, known=view.last_read_seq)
    has_unseen = view.has_unseen_notifications
    seen = read_state.mark_notifications_seen(thread=thread, user=user, seq=seq) if has_unseen else 0
    user.unread_count -= seen + (was_unread and not view.must_post_first and seq >= thread.last_seq)


def _reply_button_label(thread: Thread) -> str:
    """Return the label of the button, which says who will read the reply."""
    labels: dict[str, str] = {
        Thread.Audience.ME: _("Save, only for me"),
        Thread.Audience.STAFF: _("Reply to the instructors"),
        Thread.Audience.GROUP: _("Reply to %(group)s") % {"group": thread.group and thread.group.name},
        Thread.Audience.COURSE: _("Reply to everybody in the course"),
    }
    return labels[thread.audience]


@require_POST
def subscription(request, pk):
    """Follow the thread, mute it, or neither."""
    thread = get_thread(request.user, pk)
    require(request.POST.get("subscription") in SUBSCRIPTION_LEVELS)
    level = SUBSCRIPTION_LEVELS[request.POST["subscription"]]
    read_state.set_subscription(thread=thread, user=request.user, subscription_level=level)
    return redirect(thread)


SUBSCRIPTION_LEVELS = {
    "follow": ThreadUserState.SubscriptionLevel.FOLLOWED,
    "none": ThreadUserState.SubscriptionLevel.NONE,
    "mute": ThreadUserState.SubscriptionLevel.MUTED,
}


@require_POST
def me_too(request, pk):
    """Vote “me too” for a question, or withdraw the vote."""
    thread = get_thread(request.user, pk)
    require(_can_vote(request.user, thread))
    questions.set_me_too(thread=thread, by=request.user, enabled=bool(request.POST.get("enabled")))
    return redirect(thread)


def _can_vote(user, thread: Thread) -> bool:
    is_others_question = thread.kind == Thread.Kind.QUESTION and thread.author_id != user.pk
    return is_others_question and can_thank(user, thread)


@require_POST
def question_status(request, pk):
    """Mark a question as resolved or open, as its author or staff."""
    thread = get_thread(request.user, pk)
    is_undone = "status" in request.GET
    status = request.GET.get("status") or request.POST.get("status")
    require(can_resolve_question(request.user, thread) and status in SETTABLE_STATUSES)
    act, before = StaffAct(request, thread.course), thread.status
    questions.set_status(thread=thread, status=status, by=request.user)
    text = _("The question is marked as resolved.") if status == "resolved" else _("The question is open again.")
    if thread.author_id != request.user.pk:
        act.confirm(text, page=thread.get_absolute_url())
    else:
        undo_url = f"{reverse('discussions:question_status', args=[pk])}?status={before}"
        confirm(request, text, undo_url=undo_url if before in SETTABLE_STATUSES and not is_undone else "")
    return redirect(thread)


SETTABLE_STATUSES = (Thread.Status.OPEN, Thread.Status.RESOLVED)


@require_POST
def widen_audience(request, pk):
    """Show a private thread to the user's group or course."""
    thread = get_thread(request.user, pk)
    require(can_widen_audience(request.user, thread))
    membership, audience = active_memberships(request.user).get(thread.course_id), request.POST.get("audience", "")
    own_group = membership.group_id if membership else None
    require(audience == Thread.Audience.COURSE or (audience == Thread.Audience.GROUP and own_group is not None))
    if audience == Thread.Audience.GROUP and request.POST.get("group") not in (None, str(own_group)):
        messages.error(request, GROUP_CHANGED)
        return redirect(thread)
    group = get_object_or_404(ReadingGroup, pk=own_group) if audience == Thread.Audience.GROUP else None
    try:
        thread = posting.widen_audience(thread=thread, by=request.user, audience=audience, group=group)
        messages.success(request, f"{readers_of(thread)}.")
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(thread)
