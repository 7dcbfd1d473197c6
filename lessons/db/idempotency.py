"""A form that is sent twice makes one row."""

import hashlib
from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _

FORM_KEY_FIELD = "form_key"
MEMORY = 24 * 60 * 60  # seconds
IN_PROGRESS = 0


def form_key(request) -> str:
    """What the form carries in its hidden field: the key it came with, or a new one."""
    return request.POST.get(FORM_KEY_FIELD) or str(uuid4())


def create_once(request, make: Callable) -> int:
    """The key of the row that `make` returns, or of the one it made when this form came before; 0 while it is at it.

    The form's key is kept in the cache. With the database cache it is written in the transaction of the row itself.
    """
    place = _cache_key(request)
    if not place:
        return make().pk
    with transaction.atomic():
        if not cache.add(place, IN_PROGRESS, MEMORY):
            return cache.get(place) or IN_PROGRESS
        try:
            pk = make().pk
        except BaseException:
            cache.delete(place)
            raise
        cache.set(place, pk, MEMORY)
    return pk


class CreatedOnce:
    """The same for a ModelAdmin's form to add (`templates/admin/change_form.html` carries the key)."""

    def render_change_form(self, request, context, *args, **kwargs):
        context["form_key"] = form_key(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        place, show = _cache_key(request), super().changeform_view
        if object_id or not place:
            return show(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if not cache.add(place, IN_PROGRESS, MEMORY):
                return self._made_before(request, cache.get(place))
            try:
                response = show(request, object_id, form_url, extra_context)
            except BaseException:
                cache.delete(place)
                raise
            if response.status_code != 302:
                cache.delete(place)
        return response

    def log_addition(self, request, obj, message):
        if place := _cache_key(request):
            cache.set(place, obj.pk, MEMORY)
        return super().log_addition(request, obj, message)

    def _made_before(self, request, pk):
        messages.info(request, _("This form came twice; it was saved once."))
        stem = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return redirect(f"{stem}_change", pk) if pk else redirect(f"{stem}_changelist")


def _cache_key(request) -> str:
    token = request.POST.get(FORM_KEY_FIELD, "") if request.method == "POST" else ""
    return (
        f"form-key:{request.user.pk}:{hashlib.sha256((request.path + token).encode()).hexdigest()}" if token else ""
    )
