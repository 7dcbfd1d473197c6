"""Whether the settings are those of a site that people use."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host
from django.utils.translation import gettext as _

from lessons.operations.findings import Finding, fail, ok, warn

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


def check_settings(fix: bool) -> Iterator[Finding]:
    """Ask Django's own checks, those for deployment too, and compare the settings with one another."""
    problems = list(_django_problems())
    if settings.DEVELOPMENT:
        yield from problems or [
            ok(_("The settings are right for development. A site that people use needs a SECRET_KEY."))
        ]
        return
    problems += _contradictions()
    yield from problems or [ok(_("The settings are right."))]


def _django_problems() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=not settings.DEVELOPMENT):
        if message.level >= checks.WARNING and not message.is_silenced():
            sentence = " ".join(f"{message.msg} {message.hint or ''}".split())
            yield fail(sentence) if message.level >= checks.ERROR else warn(sentence)


def _contradictions() -> Iterator[Finding]:
    """Return what cannot be meant: each is right somewhere, but not on a server on the internet."""
    address = urlsplit(settings.SITE_URL)
    host = address.hostname or ""
    if host in LOCAL_HOSTS:
        yield fail(
            _("SITE_URL is %(address)s: links in e-mails lead nowhere. Set it to the site's address.")
            % {"address": settings.SITE_URL}
        )
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        yield fail(
            _("ALLOWED_HOSTS does not have %(host)s, the host of SITE_URL: its pages answer 400. Add it.")
            % {"host": host}
        )
    elif address.scheme == "http" and settings.SECURE_SSL_REDIRECT:
        yield warn(_("SITE_URL begins with http://, and HTTPS is on. Let it begin with https://."))
    if settings.SECURE_SSL_REDIRECT and settings.SECURE_PROXY_SSL_HEADER is None:
        yield warn(
            _(
                "HTTPS is on and BEHIND_PROXY is off: behind a proxy every page redirects to itself. Set "
                "BEHIND_PROXY=true, unless gunicorn itself has the certificate."
            )
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield warn(
            _("DEFAULT_FROM_EMAIL ends in @localhost: mail servers refuse it. Set it to an address of the site.")
        )
