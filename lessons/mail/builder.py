"""Build every e-mail of the site, each from one template in the recipient's language, as HTML and as plain text."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import override

from lessons.mail.parts import Parts, make_parts
from lessons.markup.blocks import unescape_text

# The parts of a template. Neither is an element that the text of a post may have.
PART = re.compile(r"<(title|header|article|footer)>(.*?)</\1>", re.DOTALL)
PREVIEW = re.compile(r'<meta name="preview" content="([^"]*)">')
HEADING = re.compile(r"<h1[ >]")
PLACEHOLDER = "/\ue000%s\ue000"
"""Stands for an own link, in a character that no address has."""
PADDING = {"header": "24px 32px 0", "article": "28px 32px 0", "footer": "28px 32px 24px"}
FOOTER_STYLE = "margin:0;padding:6px 0 0;border-top:1px solid #e2ded4"
SIGNATURE = "-- "
"""Mail programs take what follows this line for a signature, which an answer does not quote."""


def build_email(
    template: str,
    *,
    to: str,
    language: str,
    site_url: str,
    context: Mapping[str, Any],
    own_links: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """Return the e-mail rendered from `template`, a path, in `language` (or the site's if that is empty).

    The template extends `emails/base.html`. Its elements are `<title>` (the subject), `<header>` (whose heading is the
    subject unless it has one), `<article>`s and `<footer>`; `lessons.mail.parts` says what may be in them. It gets
    `site_name` and `site_url` (the site's URL without a final slash). Links may begin with a slash. Translate texts
    and format dates in the template: what the caller formats is in the caller's language. `own_links` are variables,
    too: addresses that begin with a slash, and that nobody else gets. Without them, a section can be the same as in
    other e-mails, and need not be made again. `headers` are extra headers such as `List-Unsubscribe`.
    """
    base_url = site_url.rstrip("/")
    own_links = own_links or {}
    placeholders = {name: PLACEHOLDER % name for name in own_links}
    variables = {"site_name": settings.SITE_NAME, "site_url": base_url, **placeholders, **context}
    with override(language or settings.LANGUAGE_CODE):
        rendered = render_to_string(template, variables)
        parts = PART.findall(rendered)
        title = "".join(content for name, content in parts if name == "title")
        subject = single_line(unescape_text(title))
        sections = [(name, _section(name, content, subject)) for name, content in parts if name != "title"]
        preview = PREVIEW.search(rendered)
        made = [(name, _make_parts(content, base_url, own_links)) for name, content in sections]
        html = _whole_page(subject, unescape_text(preview[1]) if preview else "", made)
    email = EmailMultiAlternatives(subject=subject, body=_whole_text(made), to=[to], headers=dict(headers or {}))
    email.attach_alternative(html, "text/html")
    return email


def _section(name: str, content: str, subject: str) -> str:
    if name == "header" and not HEADING.search(content):
        return content + format_html("<h1>{}</h1>", subject)
    return content


def _make_parts(content: str, base_url: str, own_links: Mapping[str, str]) -> Parts:
    html, text = make_parts(content, base_url)
    for name, link in own_links.items():
        html, text = html.replace(PLACEHOLDER % name, escape(link)), text.replace(PLACEHOLDER % name, link)
    return Parts(html, text)


def _whole_page(subject: str, preview: str, sections: Sequence[tuple[str, Parts]]) -> str:
    rows = format_html_join(
        "\n",
        '<tr><td class="inset" style="padding:{}">{}</td></tr>',
        ((PADDING[name], _framed(name, parts.html)) for name, parts in sections),
    )
    return render_to_string("emails/_shell.html", {"subject": subject, "preview": preview, "rows": rows})


def _framed(name: str, html: str) -> str:
    content = mark_safe(html)  # noqa: S308 - made from templates, which escape
    return format_html('<div class="rule" style="{}">{}</div>', FOOTER_STYLE, content) if name == "footer" else content


def _whole_text(sections: Sequence[tuple[str, Parts]]) -> str:
    text = ""
    for name, parts in sections:
        if content := parts.text.strip("\n"):
            start = f"\n\n{SIGNATURE}\n" if name == "footer" else "\n\n\n" if text else ""
            text += start + content
    return text + "\n"


def single_line(text: str) -> str:
    """Return the text with every run of white space collapsed into one space, for subjects and headers."""
    return " ".join(text.split())
