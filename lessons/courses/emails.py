"""Letters about seats: that one has a seat, with a way to a first password; that one was refused; to instructors, that
somebody asks for one.

They are due from the write on (`Membership.pending_email`), so that no mail server stands in its way, and sent after it.
"""

import logging
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lessons.accounts.models import User
from lessons.courses.models import Membership

log = logging.getLogger(__name__)
MAX_IMMEDIATE = 5


def pending():
    """Seats whose people are to be told. Who has no address is not."""
    seats = Membership.objects.exclude(pending_email="").filter(user__email__isnull=False, user__is_active=True)
    return seats.select_related("user", "course").order_by("pk")


def send_first(course, site: str) -> None:
    """A few of the course's letters now; what is more, or refused by the mail server, is sent by `tick`."""
    try:
        with get_connection() as connection:
            for seat in pending().filter(course=course)[:MAX_IMMEDIATE]:
                send_one(seat, site, connection)
    except (OSError, SMTPException) as error:
        log.warning("The mail server does not answer: %s. What is due stays due.", error)


def send_one(seat: Membership, site: str, connection) -> int:
    """Claims the letter and sends it; 0 where another process was faster, or what it tells is settled already. What
    the server refuses is due again."""
    letter = seat.pending_email
    if not Membership.objects.filter(pk=seat.pk, pending_email=letter).update(pending_email=""):
        return 0
    try:
        with override(seat.user.language or settings.LANGUAGE_CODE):
            written = _build_email(seat, site.rstrip("/"))
        if written is None:
            return 0
        written.connection = connection
        written.send()
    except (OSError, SMTPException):
        Membership.objects.filter(pk=seat.pk, pending_email="").update(pending_email=letter)
        raise
    return 1


def _build_email(seat: Membership, site: str) -> EmailMessage | None:
    words = {"course": _line(seat.course.title), "address": site + seat.course.get_absolute_url()}
    if seat.pending_email == Membership.PendingEmail.REJECTED:
        subject = _("Your request to join “%(course)s”")
        body = _("The staff of “%(course)s” have not given you a seat. If that was a mistake, write to them.\n")
    elif seat.pending_email == Membership.PendingEmail.JOIN_REQUEST:
        asking = seat.course.memberships.filter(state=Membership.State.PENDING).count()
        if not asking or seat.state != Membership.State.ACTIVE or seat.role != Membership.Role.INSTRUCTOR:
            return None
        subject = _("Somebody asks to join “%(course)s”")
        body = ngettext(
            "%(asking)s person asks to join “%(course)s”. Answer here:\n%(people)s\n",
            "%(asking)s people ask to join “%(course)s”. Answer here:\n%(people)s\n",
            asking,
        )
        words |= {"asking": asking, "people": site + reverse("enrolment:members", args=[seat.course.slug])}
    else:
        subject = _("You have a seat in “%(course)s”")
        body = _("You have a seat in “%(course)s”:\n%(address)s\n") + _password_instructions(seat.user)
        onward = "?" + urlencode({"next": seat.course.get_absolute_url()})
        words["key"] = site + password_reset_url(seat.user) + onward
        words["forgot"] = site + reverse("account_reset_password")
    return EmailMessage(subject=subject % words, body=body % words, to=[seat.user.email])


def _password_instructions(user: User) -> str:
    if user.has_usable_password():
        return ""
    return _(
        "\nAn account was made for your address. Choose your password here, and you are in the course:\n%(key)s\n"
        "\nThe link works once and for a few days. Later, ask for a new one here, with this address:\n%(forgot)s\n"
    )


def password_reset_url(user: User) -> str:
    """Where the person chooses a password. Whoever has it becomes the person: for their mailbox alone."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def _line(words: str) -> str:
    return " ".join(words.split())
