"""`{% unsent_text draft_key %}`: the field and the script's element that keep what is written in a form."""

import json
from functools import lru_cache

from django import template
from django.template import engines
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import WRITER_FIELD, browser_account, find_unsent_text, sign_writer

register = template.Library()


@register.filter(name="browser_account")
def browser_account_of(user) -> str:
    """Return the name of the user's account in the browser's storage."""
    return browser_account(user.pk)


@register.simple_tag(takes_context=True)
def unsent_text(
    context,
    draft_key: str,
    *,
    restored: bool = False,
    restores: bool = False,
    stored: UnsentText | None = None,
    manual: bool = False,
    edits: bool = False,
) -> SafeString:
    """Render both; nothing for visitors. `restored` says that the server has filled in what it had; with `restores`,
    for one query, or with `stored`, the script does that. `manual` leaves it to another script. `edits` says that the
    form shows something saved, which it shows again once the text is discarded.
    """
    user = context["request"].user
    if not user.is_authenticated or not draft_key:
        return SafeString()
    if restores:
        stored = find_unsent_text(user.pk, draft_key)
    return _render(user, draft_key, stored, restored=restored, manual=manual, edits=edits)


def render_unsent_text(user, draft_key: str, *, restored: bool) -> SafeString:
    """Return what the tag renders, for a page whose rows are not rendered by Django's engine."""
    return _render(user, draft_key, None, restored=restored)


@register.simple_tag(takes_context=True)
def kept_text(context, draft_key: str) -> dict:
    """Return the signed field of the form and what was kept of it, for a page with a script of its own. One query."""
    user = context["request"].user
    return _form_context(user, draft_key, find_unsent_text(user.pk, draft_key))


def _render(user, draft_key: str, stored: UnsentText | None, **attributes: bool) -> SafeString:
    context = _form_context(user, draft_key, stored)
    context |= {"stylesheet": static("css/unsent.css"), "manual": False, "edits": False, **attributes}
    return mark_safe(engines["rows"].get_template("unsent/unsent_text.html").render(context))


def _form_context(user, draft_key: str, stored: UnsentText | None) -> dict:
    return {
        "account": browser_account(user.pk),
        "draft_key": draft_key,
        "token_field": WRITER_FIELD,
        "token": sign_writer(user.pk, draft_key),
        "unsent": stored,
        "stored_at": localtime(stored.updated_at).isoformat() if stored else "",
        "stored": json.dumps(stored.fields) if stored else "",
        "texts": _texts(get_language()),
    }


@lru_cache
def _texts(language: str) -> SafeString:
    """Return the attributes with what the script says, which are the same for all forms in a language."""
    return render_to_string("unsent/_unsent_state_texts.html")
