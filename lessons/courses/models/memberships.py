"""Memberships of a course, its reading groups, and invitations."""

import re
import secrets
import unicodedata

from django.db import models
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.indexing.folded import FoldedField, FoldedModel
from lessons.markup.characters import comparison_key

MAX_KEY_LENGTH = 320


class NormalisedNameField(models.CharField):
    """Store `normalise_group_name(name)`: SQLite's LOWER is ASCII-only, and no database sorts numbers within names."""

    def pre_save(self, model_instance, add):
        model_instance.key = normalise_group_name(model_instance.name)
        return model_instance.key


class ReadingGroup(models.Model):
    """A small group within a course, with its own notes and discussions."""

    course = models.ForeignKey(
        "courses.Course", models.CASCADE, related_name="groups", verbose_name=_("course"), db_index=False
    )
    name = models.CharField(_("name"), max_length=80)
    key = NormalisedNameField(max_length=MAX_KEY_LENGTH, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name = _("reading group")
        verbose_name_plural = _("reading groups")
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="unique_group_name_per_course")]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def active(self):
        """Return the memberships of those who are in the course now."""
        return self.filter(state=Membership.State.ACTIVE)

    def named(self, text: str | Combinable):
        """Return the memberships with a text in the name or the handle, whatever its case, accents and width. An
        expression must be folded already, by `folded_line`.
        """
        return self.filter(has_name(text))


def has_name(text: str | Combinable) -> models.Q:
    return models.Q(user__display_name__folded=text) | models.Q(handle__folded=text)


class Membership(FoldedModel):
    """A user's membership of a course. The row stays when they leave, so that their work still belongs to them."""

    class Role(models.TextChoices):
        LEARNER = "learner", _("Learner")
        ASSISTANT = "assistant", _("Assistant")
        INSTRUCTOR = "instructor", _("Instructor")

    class State(models.TextChoices):
        PENDING = "pending", _("Asked to join")
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")
        REJECTED = "rejected", _("Rejected")

    course = models.ForeignKey(
        "courses.Course", models.CASCADE, related_name="memberships", verbose_name=_("course"), db_index=False
    )
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.LEARNER)
    group = models.ForeignKey(
        "courses.ReadingGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("group"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    handle = models.SlugField(_("handle"), max_length=40, allow_unicode=True, help_text=_("What @mentions use."))
    folded_handle = FoldedField(of="handle")
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="unique_member_per_course"),
            models.UniqueConstraint(fields=["course", "handle"], name="unique_handle_per_course"),
        ]
        indexes = [
            models.Index(fields=["course", "state", "handle"], name="memberships_by_state"),
            models.Index(fields=["course", "state", "role"], name="memberships_by_role"),
        ]

    def __str__(self):
        return f"{self.user} – {self.course}"

    @property
    def version_token(self) -> str:
        """Return role, group and state as one string. Forms submit it, so that nobody overwrites unseen changes."""
        return f"{self.role}.{self.group_id or ''}.{self.state}"


# Crockford's base 32: it has no lookalikes, and typed ones are read as the character they resemble.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def generate_invitation_code() -> str:
    """Return a new random code of 60 bits that can be read aloud: K7PM-4TXQ-9DWH."""
    return format_code("".join(secrets.choice(CODE_ALPHABET) for _ in range(12)))


def format_code(characters: str) -> str:
    """Return the characters in groups of four."""
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


class InvitationQuerySet(models.QuerySet):
    def with_code(self, typed: str):
        """Return the invitation with this code, even if typed with spaces, lookalikes or in lower case."""
        characters = "".join(character for character in typed.upper() if character.isalnum())
        return self.filter(code__in=[typed, format_code(characters.translate(LOOKALIKES))])

    def usable(self):
        """Return the invitations that are neither expired nor used up."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, models.Q(max_uses=None) | models.Q(uses__lt=models.F("max_uses")))


class Invitation(models.Model):
    """A code, or a link with it, that enrols whoever uses it.

    With `requires_approval` it lets them ask to join instead, even a course that only its members can see.
    """

    course = models.ForeignKey("courses.Course", models.CASCADE, related_name="invitations", verbose_name=_("course"))
    code = models.CharField(_("code"), max_length=32, unique=True, default=generate_invitation_code)
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role, default=Membership.Role.LEARNER)
    group = models.ForeignKey("courses.ReadingGroup", models.SET_NULL, null=True, blank=True, verbose_name=_("group"))
    requires_approval = models.BooleanField(_("Staff approve each person"), default=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("maximum uses"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self):
        return self.code

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        return self.max_uses is not None and self.uses >= self.max_uses

    def get_absolute_url(self):
        return reverse("enrolment:invitation", args=[self.code])


NUMBER = re.compile(r"\d+")


def normalise_group_name(name: str) -> str:
    """Return the key by which names are compared and sorted: `Group 2` equals `GROUP 02` and comes before `Group 10`.

    Names that look alike have the same key (`comparison_key`). Each number is preceded by its number of digits.
    """
    key = NUMBER.sub(lambda match: _number_key(match[0]), comparison_key(name))
    return key[:MAX_KEY_LENGTH]


def _number_key(digits: str) -> str:
    digits = "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0") or "0"
    return f"{len(digits):02}{digits}"
