"""Clean what is pasted into a lesson or into the box of an import, for our scripts."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_user
from lessons.db.ids import parse_id
from lessons.db.throttle import is_within_limit
from lessons.importing.document import Omission, SourceImage
from lessons.importing.pasting import asset_uids, clean_paste
from lessons.markup.sanitise import ASSETS, InvalidText
from lessons.models import Asset, Module

MAX_PASTES_PER_MINUTE = 60
# So many things that were left out are named, each by the start of its text.
MAX_LISTED, MAX_LISTED_LENGTH = 200, 300


def urls(guard) -> list:
    """Return the URL patterns. guard: the admin site's `admin_view`."""
    return [path("paste/", guard(cleaned_paste), name="cleaned_paste")]


@require_POST
def cleaned_paste(request: HttpRequest) -> JsonResponse:
    """Clean the field `html`, and answer with the HTML, the images in it, and what was left out.

    With `levels=own`, headings keep their levels. Images of other courses than that of `module` are like those of
    other sites: whoever pastes adds their files.
    """
    if not is_within_limit(f"paste:{get_user(request).pk}", limit=MAX_PASTES_PER_MINUTE, seconds=60):
        return _refusal(_("You have pasted many texts in the last minute. Wait a minute, then paste again."), 429)
    html = request.POST.get("html", "").replace(request.build_absolute_uri(ASSETS), ASSETS)
    try:
        pasted = clean_paste(html, keeps_levels=request.POST.get("levels") == "own")
    except InvalidText as refusal:
        return _refusal(str(refusal), 422)
    images = [*pasted.images, *_of_other_courses(request, pasted.html, pasted.images)]
    return JsonResponse(
        {
            "html": pasted.html,
            "left_out": [_omission(one) for one in pasted.left_out[:MAX_LISTED]],
            "more": max(0, len(pasted.left_out) - MAX_LISTED),
            "images": [{"uid": one.uid, "alt": one.alt, "address": one.name} for one in images],
        }
    )


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"errors": [sentence]}, status=status)


def _omission(omission: Omission) -> dict[str, str]:
    text = " ".join(omission.text.split())
    shown = text if len(text) <= MAX_LISTED_LENGTH else f"{text[:MAX_LISTED_LENGTH]}…"
    return {"text": shown, "why": str(omission.reason)}


def _of_other_courses(request: HttpRequest, html: str, absent: Iterable[SourceImage]) -> list[SourceImage]:
    """Return the images of this site in `html` that the module's course does not have. One query, if any."""
    found = asset_uids(html) - {one.uid for one in absent}
    if not found or "module" not in request.POST:
        return []
    module = Module.objects.editable_by(request.user).filter(pk=parse_id(request.POST["module"]))
    known = Asset.objects.filter(uid__in=filter(_is_uuid, found), course__modules__in=module)
    own = {str(uid) for uid in known.values_list("uid", flat=True)}
    return [SourceImage(uid, b"", "", f"{ASSETS}{uid}/") for uid in sorted(found - own)]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
