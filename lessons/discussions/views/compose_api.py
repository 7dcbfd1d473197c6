"""Requests of a form's script: suggestions of members to mention, a preview; and keeping what was submitted."""

from contextlib import suppress

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models.active_memberships import active_memberships
from lessons.db.ids import parse_id
from lessons.db.throttle import is_within_limit
from lessons.db.unsent_texts import UnsentTextNotSaved, save_unsent_text, written_fields
from lessons.discussions.forms import ImageForm
from lessons.discussions.models import Thread
from lessons.discussions.services import notifications, post_images, posting
from lessons.discussions.services.attached_images import read_attachment
from lessons.discussions.services.errors import ActionRefused, CourseClosed, RateLimited
from lessons.discussions.views.access import get_course, get_thread
from lessons.images import InvalidImage
from lessons.markup.sanitise import InvalidText
from lessons.permissions import can_moderate

Audience = Thread.Audience
MAX_SHOWN = 8
REQUESTS_PER_MINUTE = 60


def mention_suggestions(request, pk):
    """Return as JSON the members who may be mentioned in the thread."""
    return _suggestions(request, get_thread(request.user, pk))


def new_thread_suggestions(request, slug):
    """Return as JSON the members who may be mentioned in a new thread for `audience`."""
    course = get_course(request.user, slug)
    membership, audience = active_memberships(request.user).get(course.pk), request.GET.get("audience", "")
    audience = audience if audience in Audience.values else Audience.COURSE
    group = membership.group_id if membership and audience == Audience.GROUP else None
    if audience == Audience.GROUP and can_moderate(request.user, course):
        chosen = parse_id(request.GET.get("group", ""))
        group = course.groups.filter(pk=chosen).values_list("pk", flat=True).first() or group
    return _suggestions(request, Thread(course=course, audience=audience, group_id=group, author=request.user))


def _suggestions(request, thread: Thread) -> HttpResponse:
    """Return suggestions, cached by the browser for a minute. A user can make REQUESTS_PER_MINUTE."""
    if not is_within_limit(f"mentions:{request.user.pk}", limit=REQUESTS_PER_MINUTE, seconds=60):
        return HttpResponse(_("Too many requests. You can still mention people by typing their handle."), status=429)
    members = notifications.mentionable_members(thread, request.user, request.GET.get("q", "")[:40])
    people = [member._asdict() for member in members[:MAX_SHOWN]]
    headers = {"Cache-Control": "private, max-age=60"}
    return JsonResponse({"people": people, "complete": len(members) <= MAX_SHOWN}, headers=headers)


def save_draft_from(request, draft_key: str) -> None:
    """Keep the fields of the submitted form as unsent text. Raise UnsentTextNotSaved."""
    save_unsent_text(user_id=request.user.pk, draft_key=draft_key, fields=written_fields(request.POST))


def keep_refused(request, draft_key: str, refusal: ActionRefused) -> int:
    """Keep the fields of a form that was refused and is shown again, if they can be kept; return the status to answer
    with. What a script sends too fast, it keeps and sends again: something else may be in the form by now.
    """
    is_too_fast = isinstance(refusal, RateLimited)
    if not (is_too_fast and "application/json" in request.headers.get("Accept", "")):
        with suppress(UnsentTextNotSaved):
            save_draft_from(request, draft_key)
    return 429 if is_too_fast else 409


@require_POST
def preview(request):
    """Return Markdown rendered as HTML as a post in `course` would be. A user can make REQUESTS_PER_MINUTE."""
    if not is_within_limit(f"preview:{request.user.pk}", limit=REQUESTS_PER_MINUTE, seconds=60):
        return HttpResponse(_("Too many previews. Wait a minute; your text is still here."), status=429)
    course = get_course(request.user, request.POST.get("course", ""))
    try:
        return HttpResponse(posting.render_preview(request.POST.get("source", ""), course))
    except InvalidText as refusal:
        return HttpResponseBadRequest(str(refusal))


@require_POST
def upload_image(request, slug):
    """Keep an image for the post that is being written; return as JSON the Markdown that shows it."""
    course = get_course(request.user, slug)
    form = ImageForm(request.POST, request.FILES)
    try:
        if course.is_closed:
            raise CourseClosed
        if not form.is_valid():
            errors = [str(error) for errors in form.errors.values() for error in errors]
            return JsonResponse({"errors": errors}, status=400)
        data = form.cleaned_data
        encoded = read_attachment(data["image"], data["alt"], by=request.user, course=course)
        image = post_images.keep_upload(by=request.user, alt=encoded.alt, data=encoded.data)
    except (InvalidImage, ActionRefused) as refusal:
        return JsonResponse({"errors": [str(refusal)]}, status=400)
    return JsonResponse({"markdown": post_images.image_markdown(image)}, status=201)
