"""What the editor's picture chooser asks for (`static/js/authoring/image-chooser.js`)."""

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from lessons.authoring.fields import number, short_text
from lessons.authoring.pictures.actions import add_picture
from lessons.authoring.pictures.forms import PictureForm
from lessons.models import Asset, Module

MOST = 60


def choice(request: HttpRequest) -> JsonResponse:
    """GET: the pictures of a module's course, those whose words hold `q`. POST: one more."""
    given = request.POST if request.method == "POST" else request.GET
    mine = Module.objects.authored_by(request.user).select_related("course")
    module = get_object_or_404(mine, pk=number(given.get("module", "")))
    return _add(request, module.course) if request.method == "POST" else _offer(request, module.course)


def _offer(request, course) -> JsonResponse:
    found = Asset.objects.filter(Q(alt__icontains=short_text(request.GET, "q")), course=course)
    return JsonResponse({"pictures": [_as_json(asset) for asset in found[:MOST]]})


def _add(request, course) -> JsonResponse:
    form = PictureForm({"course": course.pk, "alt": request.POST.get("alt", "")}, request.FILES)
    if not form.is_valid():
        sentences = [f"{form[name].label}: {' '.join(words)}" for name, words in form.errors.items()]
        return JsonResponse({"errors": sentences}, status=422)
    asset = add_picture(course=course, picture=form.picture, alt=form.cleaned_data["alt"], by=request.user)
    return JsonResponse({"picture": _as_json(asset)}, status=201)


def _as_json(asset: Asset) -> dict:
    return {"url": asset.get_absolute_url(), "alt": asset.alt, "width": asset.width, "height": asset.height}
