"""Images of a course: their pages in the admin, and the choices of the editor's image button."""

from contextlib import suppress
from typing import BinaryIO, cast

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, resolve
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.authoring.access import get_user
from lessons.authoring.base import CourseScopedAdmin, limited_text
from lessons.courses.models import Course
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.db.throttle import is_within_limit
from lessons.images import EncodedImage, InvalidImage, encode_webp
from lessons.memo import memoized
from lessons.models import Asset, Module
from lessons.services import AssetInUse, add_asset, delete_asset, stored_image

MAX_IMAGES = 60
MAX_IMAGES_PER_MINUTE = 30


class ImageUploadForm(forms.ModelForm):
    """A new image; once the form is valid, `image` is what will be stored."""

    image: EncodedImage
    by: User

    file = forms.FileField(
        label=_("Image"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB. Only the first frame of an animation is kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = Asset
        fields = ["course", "file", "alt"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.image = encode_upload(file, by=self.by)
        except InvalidImage as error:
            raise forms.ValidationError(str(error)) from None
        return file


@memoized
def encode_upload(file: UploadedFile, *, by: User) -> EncodedImage:
    """Return the upload as WebP. Raise InvalidImage, even for a valid one if the user uploads too many."""
    if not is_within_limit(f"image:{by.pk}", limit=MAX_IMAGES_PER_MINUTE, seconds=60):
        raise InvalidImage(_("You have uploaded many images in the last minute. Wait a minute, then continue."))
    return encode_webp(cast(BinaryIO, file), file.size or 0)


class AltTextForm(forms.ModelForm):
    """An image that was uploaded: only its alternative text can be changed."""

    class Meta:
        model = Asset
        fields = ["alt"]


@admin.register(Asset)
class ImageAdmin(CourseScopedAdmin):
    list_display = ["thumbnail", "alt", "course", "created_at"]
    list_display_links = ["thumbnail", "alt"]
    list_select_related = ["course"]
    list_filter = [("course", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["alt__folded"]

    @admin.display(description=_("image"))
    def thumbnail(self, asset):
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            asset.get_absolute_url(),
            asset.alt,
            asset.width,
            asset.height,
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, form=AltTextForm if obj else ImageUploadForm, **kwargs)
        if issubclass(form, ImageUploadForm):
            form.by = request.user
        return form

    def prepare(self, request, object_id):
        for file in request.FILES.values():
            with suppress(InvalidImage):
                encode_upload(file, by=request.user)

    def _add_once(self, request, form_url, extra_context):
        """Write the file before the transaction that everything else happens in."""
        try:
            image = encode_upload(request.FILES["file"], by=request.user)
        except (KeyError, InvalidImage):  # which the form says
            return super()._add_once(request, form_url, extra_context)
        with stored_image(image) as request.stored_image:
            return super()._add_once(request, form_url, extra_context)

    def get_fields(self, request, obj=None):
        return ["thumbnail", "alt", "course"] if obj else ["course", "file", "alt"]

    def get_readonly_fields(self, request, obj=None):
        return ["thumbnail", "course"] if obj else []

    def get_urls(self):
        choices = path("choices/", self.admin_site.admin_view(image_choices), name="lessons_asset_choices")
        return [choices, *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if change:
            obj.save(update_fields=["alt"])
            return
        added = add_asset(asset=request.stored_image, course=obj.course, alt=obj.alt, by=request.user)
        obj.pk = added.pk

    def delete_view(self, request, object_id, extra_context=None):
        """Delete an image; one that is in use stays, with a message that says why."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except AssetInUse:
            messages.error(
                request, _("This image cannot be deleted: a lesson, or an earlier version of one, uses it.")
            )
            return redirect("admin:lessons_asset_change", object_id)

    def delete_model(self, request, obj):
        delete_asset(asset=obj, by=request.user)


def image_choices(request: HttpRequest) -> JsonResponse:
    """Return the images of a module's course whose alternative text contains `q`; POST adds an image."""
    data = request.POST if request.method == "POST" else request.GET
    modules = Module.objects.editable_by(request.user).select_related("course")
    module = get_object_or_404(modules, pk=parse_id(data.get("module", "")))
    return _add(request, module.course) if request.method == "POST" else _list(request, module.course)


def _list(request: HttpRequest, course: Course) -> JsonResponse:
    assets = course.assets.filter(alt__folded=limited_text(request.GET, "q"))
    return JsonResponse({"images": [_as_json(asset) for asset in assets[:MAX_IMAGES]]})


def _add(request: HttpRequest, course: Course) -> JsonResponse:
    form = ImageUploadForm({"course": course.pk, "alt": request.POST.get("alt", "")}, request.FILES)
    form.by = get_user(request)
    if not form.is_valid():
        errors = [f"{form[name].label}: {' '.join(map(str, messages))}" for name, messages in form.errors.items()]
        return JsonResponse({"errors": errors}, status=422)

    with stored_image(form.image) as asset:

        def add() -> str:
            alt = form.cleaned_data["alt"]
            return add_asset(asset=asset, course=course, alt=alt, by=get_user(request)).get_absolute_url()

        uid = resolve(submit_once(request, add).address).kwargs["uid"]
    return JsonResponse({"image": _as_json(get_object_or_404(Asset, course=course, uid=uid))}, status=201)


def _as_json(asset: Asset) -> dict:
    return {"url": asset.get_absolute_url(), "alt": asset.alt, "width": asset.width, "height": asset.height}
