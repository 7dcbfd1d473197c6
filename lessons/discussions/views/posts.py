"""One post: its permanent URL, actions on it, its history and images."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.idempotency import answered_once
from lessons.db.unsent_texts import fill_form, find_unsent_text, forget_submitted, initial_values
from lessons.discussions.forms import EditForm, ReasonForm, ReportForm
from lessons.discussions.models import Post, PostImage
from lessons.discussions.rendering.posts import author_of
from lessons.discussions.services import counters, moderation, questions
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import edit_post
from lessons.discussions.views.access import get_post, preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused
from lessons.discussions.views.confirmation import StaffAct, confirm
from lessons.discussions.views.inbox_links import local_url
from lessons.permissions import (
    can_delete_post,
    can_edit_post,
    can_moderate,
    can_resolve_question,
    can_thank,
    can_view_post_history,
    require,
)
from lessons.stored_files import send_file


def post(request, pk):
    """Redirect to the page that shows the post now. This URL is permanent."""
    post = get_post(request.user, pk)
    return redirect((post.moved_to or post).current_url)


def post_actions(request, pk):
    """Show everything that the reader can do with the post."""
    post = get_post(request.user, pk)
    if post.moved_to_id:
        return redirect("discussions:post_actions", post.moved_to_id)
    is_responsible = post.author_id == request.user.pk or can_moderate(request.user, post.thread.course)
    # To others, a tombstone must not name the author.
    if is_responsible or post.state == Post.State.SHOWN:
        return _render_actions(request, post)
    return redirect(post.current_url)


def _render_actions(request, post: Post, report_form=None, status=200):
    user, is_staff = request.user, can_moderate(request.user, post.thread.course)
    is_own = post.author_id == user.pk
    report_form = None if is_own else report_form or ReportForm()
    own_report = None if is_own else post.reports.filter(reporter=user).first()
    reason_form = ReasonForm() if is_staff else None
    report_key, reason_key = f"report-{post.pk}", f"reason-{post.pk}"
    context = {
        "post": post,
        "thread": post.thread,
        "course": post.thread.course,
        "author": author_of(post, user.pk),
        "profile_url": _profile_url(post),
        "html": mark_safe(post.html) if post.state == Post.State.SHOWN or is_staff or is_own else "",
        "can_edit": can_edit_post(user, post),
        "can_delete": can_delete_post(user, post),
        "can_view_history": can_view_post_history(user, post) and post.edited_at,
        "can_unmark_answer": can_resolve_question(user, post.thread) and post.thread.answer_id == post.pk,
        "reports": post.reports.select_related("reporter") if is_staff else (),
        "report_form": None if own_report else report_form,
        "own_report": own_report,
        "report_key": report_key,
        "report_is_draft": report_form is not None and fill_form(report_form, user.pk, report_key),
        "reason_form": reason_form,
        "reason_key": reason_key,
        "reason_is_draft": reason_form is not None and fill_form(reason_form, user.pk, reason_key),
        "is_staff": is_staff,
    }
    return render(request, "discussions/post_actions.html", context, status=status)


def _profile_url(post: Post) -> str:
    """Return the URL of the author's profile, empty if they left the course or posted anonymously. One query."""
    if post.alias_id or not post.author:
        return ""
    is_member = post.author.memberships.active().filter(course=post.thread.course_id).exists()
    return reverse("enrolment:member_profile", args=[post.author.uid]) if is_member else ""


@preserve_submitted_text
def edit(request, pk):
    """Edit one's own post."""
    post = get_post(request.user, pk)
    require(can_edit_post(request.user, post))
    course = post.thread.course
    draft_key = f"post-{post.pk}"
    draft = {} if request.POST else initial_values(find_unsent_text(request.user.pk, draft_key))
    initial = {"source": draft.get("source", post.source), "key": post.idempotency_key}
    form = EditForm(request.POST or None, course=course, author=request.user, row=post, initial=initial)
    if "version" in draft:
        form.initial["version"] = draft["version"]  # a text about an older one does not replace what was saved since
    preview = ""
    if form.is_bound and form.is_valid():
        preview = form.post.html
        if "preview" not in request.POST:
            try:
                if _save(request.user, post, form):
                    messages.success(request, _("Your change has been saved."))
                    return redirect(local_url(request) or post.current_url)
            except ActionRefused as refusal:
                keep_refused(request, draft_key, refusal)
                form.add_error(None, str(refusal))
    context = {"post": post, "thread": post.thread, "course": course, "form": form, "preview": mark_safe(preview)}
    context["is_draft"] = initial["source"] != post.source
    context["draft_key"], context["next_url"] = draft_key, local_url(request)
    return render(request, "discussions/post_edit.html", context, status=status_of(form))


def _save(user, post: Post, form: EditForm) -> bool:
    def lock() -> Post:
        counters.lock_thread(post.thread)
        return Post.objects.select_related("thread__course").get(pk=post.pk)

    return save_edit(form, lock=lock, save=lambda current: edit_post(post=current, by=user, prepared=form.post))


def history(request, pk):
    """Show the earlier versions of the post to its author and staff."""
    post = get_post(request.user, pk)
    require(can_view_post_history(request.user, post))
    versions = [(v.written_at, mark_safe(v.html)) for v in post.versions.all()]
    context = {
        "post": post,
        "thread": post.thread,
        "course": post.thread.course,
        "author": author_of(post, request.user.pk),
        "versions": [(post.edited_at or post.created_at, mark_safe(post.html)), *versions],
    }
    return render(request, "discussions/post_history.html", context)


@require_POST
@answered_once
def delete(request, pk):
    """Delete one's own post, or with `restore` show it again."""
    post = get_post(request.user, pk)
    require(can_delete_post(request.user, post))
    if request.POST.get("restore") or request.GET.get("restore"):
        messages.success(request, _("Your post is shown again."))
        return redirect(moderation.restore_post(post=post, by=request.user).current_url)
    course, was_held = post.thread.course, post.seq is None
    post = moderation.delete_post(post=post, by=request.user)
    if was_held:
        messages.success(request, _("Your post has been deleted."))
        return redirect(local_url(request) or reverse("discussions:forum", args=[course.slug]))
    undo_url = f"{reverse('discussions:delete_post', args=[post.pk])}?restore=1"
    confirm(request, _("Your post has been deleted."), undo_url=undo_url)
    return redirect(local_url(request) or post.current_url)


@require_POST
def thanks(request, pk):
    """Thank somebody for a post, or withdraw the thanks."""
    post = _get_shown_post(request.user, pk)
    require(can_thank(request.user, post.thread))
    questions.set_thanks(post=post, by=request.user, enabled=bool(request.POST.get("enabled")))
    return redirect(post.current_url)


@require_POST
def accept_answer(request, pk):
    """Mark the post as the answer to its question, or unmark it with `unmark`."""
    post = _get_shown_post(request.user, pk)
    thread = post.thread
    require(can_resolve_question(request.user, thread) and post.seq != 1)
    act = StaffAct(request, thread.course)
    if request.POST.get("unmark") or request.GET.get("unmark"):
        questions.unmark_answer(thread=thread, by=request.user)
        act.confirm(_("The question has no answer now: it is open again."), page=post.current_url)
    else:
        questions.mark_answer(post=post, by=request.user)
        if thread.answer_id is None and not can_moderate(request.user, thread.course):
            undo_url = f"{reverse('discussions:accept_answer', args=[post.pk])}?unmark=1"
            confirm(request, _("The post is marked as the answer."), undo_url=undo_url)
        else:
            act.confirm(_("The post is marked as the answer."), page=post.current_url)
    return redirect(local_url(request) or post.current_url)


@require_POST
def report(request, pk):
    """Report the post to staff; only they see who reported it."""
    post = _get_shown_post(request.user, pk)
    require(post.author_id != request.user.pk)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _render_actions(request, post, form, status=400)
    is_new = moderation.report_post(post=post, by=request.user, reason=form.cleaned_data["reason"])
    forget_submitted(request)
    thanks = _("Thank you. The course’s staff will review the post.")
    messages.success(request, thanks if is_new else _("You have already reported this post."))
    return redirect(post.current_url)


def _get_shown_post(user, pk: int) -> Post:
    post = get_post(user, pk)
    if post.state != Post.State.SHOWN:
        raise Http404
    return post


def image(request, uid):
    """Serve an image to users who may currently read its post; until it is in one, to its uploader."""
    image = get_object_or_404(PostImage.objects.only("file", "post", "uploader"), uid=uid)
    if image.post_id is None:
        if image.uploader_id != request.user.pk:
            raise Http404
    else:
        post = get_post(request.user, image.post_id)
        is_responsible = post.author_id == request.user.pk or can_moderate(request.user, post.thread.course)
        if post.state != Post.State.SHOWN and not is_responsible:
            raise Http404
    return send_file(request, image.file, content_type="image/webp", cache_control="private, max-age=3600")
