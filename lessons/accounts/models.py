"""The user account."""

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.addresses import AddressField, normalise_address
from lessons.accounts.avatars import avatar_hue, name_initials
from lessons.accounts.names import NAME_LENGTH, clean_display_name, validate_display_name
from lessons.indexing.folded import FoldedField, FoldedModel
from lessons.time_zones import validate_time_zone

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from allauth.usersessions.models import UserSession
    from django_stubs_ext.db.models.manager import RelatedManager


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None, password: str | None = None, **fields) -> "User":
        """Create a user. One without a password must reset it before signing in.

        Raise ValidationError for a name that cannot be shown.
        """
        name = clean_display_name(fields.pop("display_name", ""))
        user = self.model(email=normalise_address(email or "") or None, display_name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """Create an administrator with a verified address: only the site's operator can run this command."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.mark_email_verified()
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email)


class User(FoldedModel, AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail. An erased account has no address."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("Same as device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        SMALL = "small", _("Small")
        NORMAL = "", _("Same as device")
        LARGE = "large", _("Large")
        LARGEST = "largest", _("Very large")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = AddressField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(
        _("name shown to others"), max_length=NAME_LENGTH, validators=[validate_display_name]
    )
    folded_name = FoldedField(of="display_name")
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    about = models.CharField(_("about you"), max_length=400, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    theme = models.CharField(_("colours"), max_length=8, choices=Theme, default=Theme.SYSTEM, blank=True)
    text_size = models.CharField(_("text size"), max_length=8, choices=TextSize, default=TextSize.NORMAL, blank=True)
    is_staff = models.BooleanField(_("site staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    # The ids of a course and a group (or None) if this is not a real account but a learner view: see `learner_viewer`.
    learner_view: tuple[int, int | None] | None = None
    # The number of unread notifications, loaded with the account by `discussions.auth_backend`.
    unread_count: int = 0
    # Only `courses.models.active_memberships` reads and writes this.
    _active_memberships: dict | None = None
    # Only `accounts.addresses.verified_domains` reads and writes this.
    _verified_domains: frozenset[str] | None = None
    # Reverse relations from django-allauth.
    emailaddress_set: "RelatedManager[EmailAddress]"
    usersession_set: "RelatedManager[UserSession]"

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="unique_user_email")]

    def __str__(self):
        if self.erased_at:
            return gettext("Former member")
        return self.display_name or self.email or str(self.uid)

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name

    @property
    def initials(self) -> str:
        """Return the first letters of the first and last part of the name, for the avatar."""
        return name_initials(self.display_name)

    @property
    def hue(self) -> int:
        """Return the number of the avatar's colour, which does not depend on the name."""
        return avatar_hue(self.pk)

    def mark_email_verified(self) -> None:
        """Mark the current address as verified, without sending a code, and delete all others."""
        addresses = self.emailaddress_set
        addresses.exclude(email=self.email or "").delete()
        if self.email:
            addresses.update_or_create(email=self.email, defaults={"verified": True, "primary": True})

    @property
    def audit_name(self) -> str:
        """Return what the audit log calls the user. Entries cannot be changed, so they must not contain names."""
        return f"user {self.pk}"
