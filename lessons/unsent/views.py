"""List a user's unsent texts, and save or delete one."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import (
    MAX_TEXTS,
    Fields,
    UnsentTextNotSaved,
    Writer,
    forget_unsent_text,
    has_text,
    read_writer,
    save_unsent_text,
    written_fields,
)
from lessons.discussions.models import Post
from lessons.unsent.form_pages import FormPage, find_form_page, find_form_pages, split_key

# The fields that say what a text is about, in the order in which the list shows them.
SHOWN_FIELDS = (
    "name",
    "title",
    "term",
    "date",
    "event",
    "source",
    "text",
    "summary",
    "description",
    "definition",
    "detail",
    "body",
    "reason",
)
# For forms whose text becomes a post: the lookup path from it to what the id in the draft key belongs to.
POST_PATHS = {"course": "thread__course", "lesson": "thread__lesson", "thread": "thread", "note": "thread__lesson"}
STILL_ON_ITS_WAY = timedelta(minutes=1)


class UnsentRow(NamedTuple):
    """An unsent text as the list shows it. `page` is None for a form that its author can no longer open."""

    unsent: UnsentText
    page: FormPage | None
    url: str
    text: str


@require_http_methods(["GET", "HEAD", "POST"])
def unsent_texts(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the user's unsent texts, or with `?sign-out` show what is asked at sign-out; POST saves one, which a form's
    script sends while the user types.
    """
    if request.method == "POST":
        return _save(request)
    if "sign-out" in request.GET:
        return render(request, "unsent/_sign_out.html")
    context = {"rows": unsent_rows(request.user), "max": MAX_TEXTS}
    response = render(request, "unsent/unsent_texts.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def unsent_rows(user: User) -> list[UnsentRow]:
    """Return the user's unsent texts, the latest first. Two queries at most for each kind of form, and one."""
    kept = list(UnsentText.objects.filter(user=user).order_by("-updated_at", "-pk"))
    pages = find_form_pages(user, [unsent.draft_key for unsent in kept])
    rows = []
    for unsent in kept:
        page = pages.get(unsent.draft_key)
        rows.append(UnsentRow(unsent, page, page.address(unsent.fields) if page else "", text_of(unsent)))
    return rows


def text_of(unsent: UnsentText) -> str:
    """Return what was written, without the fields that only say where."""
    parts = [unsent.fields.get(name, "") for name in SHOWN_FIELDS]
    return "\n\n".join(part for part in parts if isinstance(part, str) and part.strip())


def _save(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Save the fields of a form, which its signed field or `draft_key` names. 204, or an error as JSON."""
    writer = read_writer(request.POST) or Writer(request.user.pk, request.POST.get("draft_key", ""))
    fields, draft_key = written_fields(request.POST), writer.draft_key
    if "discard" in request.POST or not has_text(fields) or _was_just_posted(request.user, draft_key, fields):
        forget_unsent_text(user_id=request.user.pk, draft_key=draft_key)
        return HttpResponse(status=204)
    page = find_form_page(request.user, draft_key)
    if page is None or not page.can_write:
        return _refuse(_("You can no longer write here. Copy your text if you need it."), 404 if page is None else 403)
    try:
        save_unsent_text(user_id=request.user.pk, draft_key=draft_key, fields=fields, max_bytes=page.max_bytes)
    except UnsentTextNotSaved as refusal:
        return _refuse(str(refusal), 409)
    return HttpResponse(status=204)


def _was_just_posted(user: User, draft_key: str, fields: Fields) -> bool:
    """Return whether the text was posted while the request to save it was still on its way. One query."""
    (kind, pk), source = split_key(draft_key), str(fields.get("source", "")).replace("\r\n", "\n").strip()
    if kind not in POST_PATHS or not pk or not source:
        return False
    posts = Post.objects.filter(author=user, created_at__gt=timezone.now() - STILL_ON_ITS_WAY)
    return posts.filter(source=source, **{POST_PATHS[kind]: pk}).exists()


def _refuse(message: str, status: int) -> JsonResponse:
    return JsonResponse({"errors": [message]}, status=status)


@require_POST
def delete_unsent_text(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Delete one of the user's unsent texts."""
    get_object_or_404(UnsentText, pk=pk, user=request.user).delete()
    messages.success(request, _("The text has been deleted."))
    return redirect("unsent:unsent_texts")
