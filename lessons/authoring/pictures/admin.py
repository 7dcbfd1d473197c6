from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lessons.authoring.access import CourseRowsAdmin
from lessons.authoring.pictures import views
from lessons.authoring.pictures.actions import PictureInUse, add_picture, delete_picture
from lessons.authoring.pictures.forms import DescriptionForm, PictureForm
from lessons.models import Asset


@admin.register(Asset)
class PictureAdmin(CourseRowsAdmin):
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
        return super().get_form(request, obj, form=DescriptionForm if obj else PictureForm, **kwargs)

    def get_fields(self, request, obj=None):
        return ["thumbnail", "alt", "course"] if obj else ["course", "file", "alt"]

    def get_readonly_fields(self, request, obj=None):
        return ["thumbnail", "course"] if obj else []

    def get_urls(self):
        guard = self.admin_site.admin_view
        return [path("choices/", guard(views.choice), name="lessons_asset_choices"), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if change:
            obj.save(update_fields=["alt"])
            return
        added = add_picture(course=obj.course, picture=form.picture, alt=obj.alt, by=request.user)
        obj.pk = added.pk

    def delete_view(self, request, object_id, extra_context=None):
        """Says why a picture that a text shows stays."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except PictureInUse:
            messages.error(request, _("A lesson, or an earlier version of one, shows this picture: it stays."))
            return redirect("admin:lessons_asset_change", object_id)

    def delete_model(self, request, obj):
        delete_picture(asset=obj, by=request.user)
