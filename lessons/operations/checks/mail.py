"""Whether the mail server takes e-mails, and whether any wait or were refused."""

from collections.abc import Iterator
from contextlib import suppress
from smtplib import SMTPAuthenticationError, SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from lessons.mail.models import OutgoingEmail
from lessons.operations import health
from lessons.operations.findings import Finding, fail, ok, warn

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def check_mail(fix: bool) -> Iterator[Finding]:
    """Connect to the mail server and sign in there, send nothing, and look at the queue."""
    if settings.EMAIL_BACKEND == SMTP:
        yield _connect()
    elif settings.DEVELOPMENT:
        yield ok(_("E-mails are not sent by a mail server: this is a development site."))
    else:
        yield warn(
            _("EMAIL_URL names no mail server: nobody gets an e-mail. Set it to smtp+tls://user:password@host:587.")
        )
    yield health.check_mail()
    if count := OutgoingEmail.objects.filter(state=OutgoingEmail.State.GIVEN_UP).count():
        yield warn(
            _("%(count)s e-mails could not be delivered. “Outgoing e-mails” in the administration pages says why.")
            % {"count": count}
        )


def _connect() -> Finding:
    """Open a connection, for which EMAIL_TIMEOUT holds. What the server answers is not repeated: see EMAIL_URL."""
    connection, server = get_connection(), f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        connection.open()
    except SMTPAuthenticationError:
        return fail(
            _("The mail server %(server)s refuses user and password. Correct them in EMAIL_URL.") % {"server": server}
        )
    except (OSError, SMTPException) as error:
        kind = type(error).__name__
        return fail(
            _("The mail server %(server)s cannot be reached (%(kind)s). Check EMAIL_URL and the firewall.")
            % {"server": server, "kind": kind}
        )
    finally:
        with suppress(OSError, SMTPException):
            connection.close()
    return ok(_("The mail server %(server)s answers.") % {"server": server})
