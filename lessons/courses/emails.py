"""Send e-mails about memberships: to enrolled users (with a link to set a first password), to rejected ones, and to
instructors about join requests.

Services only mark an e-mail as due (`Membership.pending_email`); it is sent later, so that no mail server
delays them.
"""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse
from django.utils.http import urlencode

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.models.memberships import MembershipQuerySet
from lessons.emails import build_email, send_email

log = logging.getLogger(__name__)
MAX_IMMEDIATE = 5
PendingEmail = Membership.PendingEmail
TEMPLATES = {
    PendingEmail.ENROLLED: "enrolled",
    PendingEmail.REJECTED: "join_request_rejected",
    PendingEmail.JOIN_REQUEST: "join_requests",
}


def with_pending_email() -> MembershipQuerySet:
    """Return the memberships with an e-mail due, of users who have an address and an active account."""
    memberships = Membership.objects.exclude(pending_email="").filter(user__email__isnull=False, user__is_active=True)
    return memberships.select_related("user", "course").order_by("pk")


def send_immediate(course: Course, site_url: str) -> None:
    """Send a few of the course's e-mails now; `send_enrolment_emails` sends the others, and those that failed."""
    try:
        with get_connection() as connection:
            for membership in with_pending_email().filter(course=course)[:MAX_IMMEDIATE]:
                send_pending_email(membership, site_url, connection)
    except (OSError, SMTPException) as error:
        log.warning("The mail server does not answer: %s. E-mails stay due.", error)


def send_pending_email(membership: Membership, site_url: str, connection) -> int:
    """Claim the membership's e-mail, send it, and return how many were sent.

    That is 0 if another process was faster, or if there is nothing left to say. An e-mail that the server refuses
    becomes due again. Raise OSError or SMTPException if the server accepts no e-mail at all.
    """
    due = membership.pending_email
    if not Membership.objects.filter(pk=membership.pk, pending_email=due).update(pending_email=""):
        return 0
    try:
        email = _build_email(membership, site_url)
        if email is None:
            return 0
        is_sent = send_email(email, connection)
    except (OSError, SMTPException):
        _mark_due_again(membership, due)
        raise
    if not is_sent:
        _mark_due_again(membership, due)
    return int(is_sent)


def _mark_due_again(membership: Membership, due: str) -> None:
    Membership.objects.filter(pk=membership.pk, pending_email="").update(pending_email=due)


def _build_email(membership: Membership, site_url: str) -> EmailMultiAlternatives | None:
    user, course, due = membership.user, membership.course, PendingEmail(membership.pending_email)
    if not user.email:
        return None
    context: dict[str, Any] = {"course": course}
    if due == PendingEmail.JOIN_REQUEST:
        context["request_count"] = course.memberships.filter(state=Membership.State.PENDING).count()
        teaches = membership.state == Membership.State.ACTIVE and membership.role == Membership.Role.INSTRUCTOR
        if not context["request_count"] or not teaches:
            return None
    elif due == PendingEmail.ENROLLED and not user.has_usable_password():
        context["password_url"] = password_reset_url(user) + "?" + urlencode({"next": course.get_absolute_url()})
    return build_email(TEMPLATES[due], to=user.email, language=user.language, site_url=site_url, context=context)


def password_reset_url(user: User) -> str:
    """Return the path where the user sets a password. It lets anybody sign in as the user: only e-mail it to them."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
