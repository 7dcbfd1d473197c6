"""Build e-mails other than allauth's: from templates, in the recipient's language."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils.translation import override


def build_email(
    template: str,
    *,
    to: str,
    language: str,
    site_url: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    with_html: bool = False,
) -> EmailMultiAlternatives:
    """Return the e-mail rendered from `templates/emails/`, in `language` (or the site's if that is empty).

    `template` is the prefix of the file names: `digest` uses `digest_subject.txt`, `digest_message.txt` and, if
    `with_html`, `digest_message.html`. Text files are rendered without escaping, HTML files with it. All of them get
    `site_name` and `site_url` (the site's URL without a final slash, to put before `{% url %}`). Translate texts and
    format dates in the templates: what the caller formats is in the caller's language. The subject becomes a single
    line, even if a title in it has line breaks. `headers` are extra headers such as `List-Unsubscribe`.
    """
    variables = {"site_name": settings.SITE_NAME, "site_url": site_url.rstrip("/"), **context}
    with override(language or settings.LANGUAGE_CODE):
        email = EmailMultiAlternatives(
            subject=single_line(_render_text(f"emails/{template}_subject.txt", variables)),
            body=_render_text(f"emails/{template}_message.txt", variables),
            to=[to],
            headers=dict(headers or {}),
        )
        if with_html:
            email.attach_alternative(render_to_string(f"emails/{template}_message.html", variables), "text/html")
    return email


def single_line(text: str) -> str:
    """Return the text with every run of white space collapsed into one space, for subjects and headers."""
    return " ".join(text.split())


def _render_text(template: str, variables: Mapping[str, Any]) -> str:
    return Engine.get_default().get_template(template).render(Context(dict(variables), autoescape=False))
