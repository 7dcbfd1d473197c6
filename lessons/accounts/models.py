"""People, and how they are known to the portal."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.names import NAME_LENGTH, clean_display_name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """A person; without a password nobody can sign in as them until they reset it."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """An administrator whose address counts as verified: whoever runs the command owns the site."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.mark_email_verified()
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail. The address may be missing: a roster can bring people without one, erasing takes it away."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As this device has it")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        SMALL = "small", _("Small")
        NORMAL = "", _("As this device has it")
        LARGE = "large", _("Large")
        LARGEST = "largest", _("Very large")

    HUES = 8

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name shown to others"), max_length=NAME_LENGTH, validators=[clean_display_name])
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    about = models.CharField(_("about you"), max_length=400, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("colours"), max_length=8, choices=Theme, default=Theme.SYSTEM, blank=True)
    text_size = models.CharField(_("text size"), max_length=8, choices=TextSize, default=TextSize.NORMAL, blank=True)
    is_staff = models.BooleanField(_("site staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    # Ids of a course and a group (or None) where this is nobody's account but a learner view: see `learner_viewer`.
    learner_view: tuple[int, int | None] | None = None
    # Kept by `courses.models.active_memberships`, which alone reads and writes it.
    _active_memberships: dict | None = None

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
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
        words = [w for w in self.display_name.split() if w[0].isalnum()]
        return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"

    @property
    def hue(self) -> int:
        """Which of the avatar's colours is theirs: always the same one, whatever the name."""
        return self.uid.int % self.HUES

    def mark_email_verified(self) -> None:
        """Counts the address as verified, where somebody who may has written it themselves; others no longer count."""
        addresses = self.emailaddress_set
        addresses.exclude(email=self.email or "").delete()
        if self.email:
            addresses.update_or_create(email=self.email, defaults={"verified": True, "primary": True})

    @property
    def audit_name(self) -> str:
        """What the log calls them: it cannot be changed, so a name has no place in it."""
        return f"user {self.pk}"
