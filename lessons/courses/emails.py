"""E-mails about memberships: to people who were enrolled or rejected, and to instructors about join requests.

They are built when they are sent: the link to set a first password is made then, and an e-mail about something that
is no longer true is not sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils.http import urlencode

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.mail.builder import build_email
from lessons.mail.kinds import BuiltEmail, EmailKind, email_kind
from lessons.mail.models import Priority
from lessons.mail.services import Recipient, queue_emails

Role, State = Membership.Role, Membership.State


def queue(kind: EmailKind, memberships: Iterable[Membership]) -> None:
    """Queue an e-mail about each membership, whose user is loaded."""
    queue_emails(kind, [Recipient(row.user.email or "", row.user_id, row.pk) for row in memberships])


@email_kind("enrolled")
def enrolled_email(membership_id: int, site_url: str) -> BuiltEmail | None:
    membership = _membership(membership_id, state=State.ACTIVE)
    if membership is None:
        return None
    user, course = membership.user, membership.course
    context: dict[str, Any] = {"course": course}
    if not user.has_usable_password():
        context["password_url"] = password_reset_url(user) + "?" + urlencode({"next": course.get_absolute_url()})
    return _build("emails/enrolled.html", membership, site_url, context)


@email_kind("join_request_rejected")
def rejection_email(membership_id: int, site_url: str) -> BuiltEmail | None:
    membership = _membership(membership_id, state=State.REJECTED)
    if membership is None:
        return None
    return _build("emails/join_request_rejected.html", membership, site_url, {"course": membership.course})


@email_kind("join_requests", priority=Priority.SCHEDULED)
def join_requests_email(membership_id: int, site_url: str) -> BuiltEmail | None:
    """Tell an instructor how many people ask to join. The scheduler sends it: several may ask within a minute."""
    membership = _membership(membership_id, state=State.ACTIVE, role=Role.INSTRUCTOR)
    if membership is None:
        return None
    course = membership.course
    count = course.memberships.filter(state=State.PENDING).count()
    if not count:
        return None
    return _build("emails/join_requests.html", membership, site_url, {"course": course, "request_count": count})


def _membership(pk: int, **conditions) -> Membership | None:
    """Return the membership if it still meets the conditions, and if its user can sign in and has an address."""
    able = {"user__is_active": True, "user__email__isnull": False}
    return Membership.objects.filter(pk=pk, **conditions, **able).select_related("user", "course").first()


def _build(template: str, membership: Membership, site_url: str, context: Mapping[str, Any]) -> BuiltEmail:
    user = membership.user
    return BuiltEmail(
        build_email(template, to=user.email or "", language=user.language, site_url=site_url, context=context)
    )


def password_reset_url(user: User) -> str:
    """Return the path where the user sets a password. It lets anybody sign in as the user: only e-mail it to them."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
