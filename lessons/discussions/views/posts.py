"""One post: its address, what may be done with it, its history, its images."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.discussions.forms import EditForm, ReasonForm, ReportForm
from lessons.discussions.identity import display_identity
from lessons.discussions.models import Draft, Post, PostImage
from lessons.discussions.models.posts import address_of
from lessons.discussions.services import moderation, questions
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import edit_post
from lessons.discussions.views.access import get_post, preserve_submitted_text
from lessons.permissions import (
    can_delete_post,
    can_edit_post,
    can_moderate,
    can_resolve_question,
    can_thank,
    can_view_post_history,
    require,
)


def post(request, pk):
    """For good: wherever the post stands now."""
    post = get_post(request.user, pk)
    return redirect(address_of(post.moved_to or post))


def post_actions(request, pk):
    """Everything that the reader may do with the post, on a page of its own."""
    post = get_post(request.user, pk)
    if post.moved_to_id:
        return redirect("discussions:post_actions", post.moved_to_id)
    mine = post.author_id == request.user.pk or can_moderate(request.user, post.thread.course)
    # What is gone names nobody to others: its place in the thread says what became of it.
    return _acts(request, post) if mine or post.state == Post.State.SHOWN else redirect(address_of(post))


def _acts(request, post: Post, report_form=None, status=200):
    user, staff = request.user, can_moderate(request.user, post.thread.course)
    mine = post.author_id == user.pk
    context = {
        "post": post,
        "thread": post.thread,
        "course": post.thread.course,
        "address": address_of(post),
        "person": _identity(post, user),
        "about_author": _about_author(post),
        "html": mark_safe(post.html) if post.state == Post.State.SHOWN or staff or mine else "",
        "changes": can_edit_post(user, post),
        "deletes": can_delete_post(user, post),
        "sees_history": can_view_post_history(user, post) and post.edited_at,
        "settles": can_resolve_question(user, post.thread) and post.thread.answer_id == post.pk,
        "reports": post.reports.select_related("reporter") if staff else (),
        "report_form": None if mine else report_form or ReportForm(),
        "reason_form": ReasonForm() if staff else None,
        "staff": staff,
    }
    return render(request, "discussions/post_actions.html", context, status=status)


def _identity(post: Post, reader):
    name = post.author.display_name if post.author else ""
    return display_identity(author=post.author_id, name=name, alias=post.alias and post.alias.name, reader=reader.pk)


def _about_author(post: Post) -> str:
    """The address of the author's page, while they are in the course and have not written as somebody else. One
    query."""
    if post.alias_id or not post.author:
        return ""
    is_here = post.author.memberships.active().filter(course=post.thread.course_id).exists()
    return reverse("enrolment:member_profile", args=[post.author.uid]) if is_here else ""


@preserve_submitted_text
def edit(request, pk):
    """New words for one's own post."""
    post = get_post(request.user, pk)
    require(can_edit_post(request.user, post))
    course = post.thread.course
    draft = None if request.POST else Draft.objects.filter(user=request.user, draft_key=f"post-{post.pk}").first()
    begun = {"source": draft.source if draft else post.source, "key": post.idempotency_key}
    form = EditForm(request.POST or None, course=course, initial=begun)
    preview = ""
    if form.is_bound and form.is_valid():
        preview = form.prepared.html
        if "preview" not in request.POST:
            try:
                edit_post(post=post, by=request.user, prepared=form.prepared)
                messages.success(request, _("Your change is saved."))
                return redirect(_next_url(request) or address_of(post))
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
    context = {"post": post, "thread": post.thread, "course": course, "form": form, "preview": mark_safe(preview)}
    context["is_draft"] = draft is not None and draft.source != post.source
    context["onward"] = _next_url(request)
    return render(request, "discussions/post_edit.html", context, status=400 if form.errors else 200)


def _next_url(request) -> str:
    """Where one came from, an address of this site; empty for the post itself."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def history(request, pk):
    """What the post said before; for its author and staff."""
    post = get_post(request.user, pk)
    require(can_view_post_history(request.user, post))
    versions = [(v.written_at, mark_safe(v.html)) for v in post.versions.all()]
    context = {
        "post": post,
        "thread": post.thread,
        "course": post.thread.course,
        "address": address_of(post),
        "person": _identity(post, request.user),
        "versions": [(post.edited_at or post.created_at, mark_safe(post.html)), *versions],
    }
    return render(request, "discussions/post_history.html", context)


@require_POST
def delete(request, pk):
    """Deletes one's own post, or with `restore` shows it again."""
    post = get_post(request.user, pk)
    require(can_delete_post(request.user, post))
    if request.POST.get("restore"):
        return redirect(address_of(moderation.restore_post(post=post, by=request.user)))
    course, held = post.thread.course, post.seq is None
    post = moderation.delete_post(post=post, by=request.user)
    messages.success(request, _("Your post is deleted."))
    return redirect("discussions:forum", course.slug) if held else redirect(address_of(post))


@require_POST
def thanks(request, pk):
    post = _shown(request.user, pk)
    require(can_thank(request.user, post.thread))
    questions.set_thanks(post=post, by=request.user, enabled=bool(request.POST.get("enabled")))
    return redirect(address_of(post))


@require_POST
def accept_answer(request, pk):
    """Marks the post as the answer of its question, or with `unmark` takes the mark away."""
    post = _shown(request.user, pk)
    require(can_resolve_question(request.user, post.thread) and post.seq != 1)
    if request.POST.get("unmark"):
        questions.unmark_answer(thread=post.thread, by=request.user)
    else:
        questions.mark_answer(post=post, by=request.user)
    return redirect(address_of(post))


@require_POST
def report(request, pk):
    """Staff alone see by whom."""
    post = _shown(request.user, pk)
    require(post.author_id != request.user.pk)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _acts(request, post, form, status=400)
    moderation.report_post(post=post, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("Thank you. The course’s staff will look at it."))
    return redirect(post.thread)


def _shown(user, pk: int) -> Post:
    post = get_post(user, pk)
    if post.state != Post.State.SHOWN:
        raise Http404
    return post


def image(request, uid):
    """An image, for those who may read its post now."""
    image = get_object_or_404(PostImage.objects.only("file", "post"), uid=uid)
    post = get_post(request.user, image.post_id)
    mine = post.author_id == request.user.pk or can_moderate(request.user, post.thread.course)
    if post.state != Post.State.SHOWN and not mine:
        raise Http404
    try:
        response = FileResponse(image.file.open("rb"), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
