"""The parts of `base.html` that every page prints: row templates, kept where they show few different values."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from lessons.accounts.session_marker import session_marker
from lessons.db.unsent_texts import browser_account
from lessons.markup.row_templates import render_rows
from lessons.permissions import can_enter_authoring

register = template.Library()


@register.simple_tag(takes_context=True)
def document_start(context) -> SafeString:
    """Render the page up to its title, in the language, colours and text size of the reader."""
    user = context.get("user")
    return _document_start(
        get_language(), get_language_bidi(), getattr(user, "theme", ""), getattr(user, "text_size", "")
    )


@lru_cache(maxsize=256)
def _document_start(language: str | None, is_rtl: bool, theme: str, text_size: str) -> SafeString:
    return render_rows("frame/document_start.html", language=language, is_rtl=is_rtl, theme=theme, text_size=text_size)


@register.simple_tag(takes_context=True)
def session_guard(context) -> SafeString:
    """Render what hides pages of an account that the browser kept; nothing for visitors."""
    marker = session_marker(context["request"])
    return _session_guard(marker) if marker else SafeString()


@lru_cache(maxsize=1024)
def _session_guard(marker: str) -> SafeString:
    return render_rows("frame/session_guard.html", marker=marker)


@register.simple_tag(takes_context=True)
def document_styles(context) -> SafeString:
    """Render the links to what styles every page."""
    return _document_styles(getattr(context.get("user"), "theme", ""))


@lru_cache(maxsize=16)
def _document_styles(theme: str) -> SafeString:
    return render_rows("frame/document_styles.html", theme=theme)


@register.simple_tag
def brand(site_name: str) -> SafeString:
    """Render the name of the site and its mark."""
    return _brand(site_name)


@lru_cache(maxsize=4)
def _brand(site_name: str) -> SafeString:
    return mark_safe(render_to_string("_brand.html", {"site_name": site_name}))


@register.simple_tag(takes_context=True)
def account_bar(context) -> SafeString:
    """Render the reader's notifications and the menu of their account, or the ways to sign in and up."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        path = context["request"].path
        return render_rows("frame/account_bar.html", user=None, next="" if "/accounts/" in path else path)
    return render_rows(
        "frame/account_bar.html",
        user=user,
        account=browser_account(user.pk),
        may_author=can_enter_authoring(user),
        csrf_token=context["csrf_token"],
    )
