from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, resolve
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lessons.authoring import images
from lessons.authoring.base import CourseScopedAdmin, limited_text
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.images import InvalidImage, encode_webp
from lessons.models import Asset, Module
from lessons.services import AssetInUse, add_asset, delete_asset


@admin.register(Asset)
class ImageAdmin(CourseScopedAdmin):
    list_display = ["thumbnail", "alt", "course", "created_at"]
    list_display_links = ["thumbnail", "alt"]
    list_select_related = ["course"]
    list_filter = [("course", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["alt"]

    @admin.display(description=_("image"))
    def thumbnail(self, asset):
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            asset.get_absolute_url(),
            asset.alt,
            asset.width,
            asset.height,
        )

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, form=AltTextForm if obj else ImageUploadForm, **kwargs)

    def get_fields(self, request, obj=None):
        return ["thumbnail", "alt", "course"] if obj else ["course", "file", "alt"]

    def get_readonly_fields(self, request, obj=None):
        return ["thumbnail", "course"] if obj else []

    def get_urls(self):
        guard = self.admin_site.admin_view
        return [path("choices/", guard(images.image_choices), name="lessons_asset_choices"), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if change:
            obj.save(update_fields=["alt"])
            return
        added = add_asset(course=obj.course, image=form.picture, alt=obj.alt, by=request.user)
        obj.pk = added.pk

    def delete_view(self, request, object_id, extra_context=None):
        """Says why a picture that a text shows stays."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except AssetInUse:
            messages.error(request, _("A lesson, or an earlier version of one, shows this picture: it stays."))
            return redirect("admin:lessons_asset_change", object_id)

    def delete_model(self, request, obj):
        delete_asset(asset=obj, by=request.user)


class ImageUploadForm(forms.ModelForm):
    """A new picture; after a valid form `picture` is what will be stored."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, 10 MB at most. Of an animation the first picture is kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = Asset
        fields = ["course", "file", "alt"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.picture = encode_webp(file, file.size)
        except InvalidImage as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return file


class AltTextForm(forms.ModelForm):
    """Of a picture that is there, only its words can be changed."""

    class Meta:
        model = Asset
        fields = ["alt"]


MAX_IMAGES = 60


def image_choices(request: HttpRequest) -> JsonResponse:
    """GET: the pictures of a module's course, those whose words hold `q`. POST: one more."""
    given = request.POST if request.method == "POST" else request.GET
    mine = Module.objects.editable_by(request.user).select_related("course")
    module = get_object_or_404(mine, pk=parse_id(given.get("module", "")))
    return _add(request, module.course) if request.method == "POST" else _offer(request, module.course)


def _offer(request, course) -> JsonResponse:
    found = Asset.objects.filter(Q(alt__icontains=limited_text(request.GET, "q")), course=course)
    return JsonResponse({"pictures": [_as_json(asset) for asset in found[:MAX_IMAGES]]})


def _add(request, course) -> JsonResponse:
    form = ImageUploadForm({"course": course.pk, "alt": request.POST.get("alt", "")}, request.FILES)
    if not form.is_valid():
        sentences = [f"{form[name].label}: {' '.join(words)}" for name, words in form.errors.items()]
        return JsonResponse({"errors": sentences}, status=422)

    def add() -> str:
        alt = form.cleaned_data["alt"]
        return add_asset(course=course, image=form.picture, alt=alt, by=request.user).get_absolute_url()

    uid = resolve(submit_once(request, add).address).kwargs["uid"]
    return JsonResponse({"picture": _as_json(get_object_or_404(Asset, course=course, uid=uid))}, status=201)


def _as_json(asset: Asset) -> dict:
    return {"url": asset.get_absolute_url(), "alt": asset.alt, "width": asset.width, "height": asset.height}
