"""People, the courses they meet in, and the log of what staff did."""

import secrets
import uuid
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Seat(NamedTuple):
    role: str
    group: int | None


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """A person; without a password nobody can sign in as them until they reset it."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail. The address may be missing: a roster can bring people without one, erasing takes it away."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name shown to others"), max_length=80)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    is_staff = models.BooleanField(_("site staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self):
        return self.display_name or self.email or str(self.uid)

    def get_full_name(self):
        return self.display_name

    def get_short_name(self):
        return self.display_name

    @property
    def initials(self) -> str:
        words = [w for w in self.display_name.split() if w[0].isalnum()]
        return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"

    @cached_property
    def seats(self) -> dict[int, "Seat"]:
        """Course id to seat of every active membership. One query, once a request."""
        rows = self.memberships.active().values_list("course_id", "role", "group_id")
        return {course: Seat(role, group) for course, role, group in rows}

    @cached_property
    def roles(self) -> dict[int, str]:
        """Course id to role of every active membership. No query besides that of `seats`."""
        return {course: seat.role for course, seat in self.seats.items()}

    def remember_seat(self, course_id: int, row) -> None:
        """Takes the seat that a page's own query (`readable`) has brought along in `row` for all there is to ask."""
        if "seats" not in self.__dict__:
            self.seats = {course_id: Seat(row.seat_role, row.seat_group)} if row.seat_role else {}

    def forget_seats(self) -> None:
        """After a change of seats: ask the database again."""
        self.__dict__.pop("seats", None)
        self.__dict__.pop("roles", None)


def readable(queryset, user, course=""):
    """Rows whose course the person may read, each with `seat_role` and `seat_group`: the person's role there, None
    without a seat, and the id of their group.

    `course` is the path from a row to its course, empty for courses themselves. One join, no query of its own.
    """
    path = f"{course}__" if course else ""
    open_to_read = Q(**{f"{path}visibility__in": Course.OPEN_TO_READ})
    if not user.is_authenticated:
        role, group = Value(None, models.CharField(null=True)), Value(None, models.BigIntegerField(null=True))
        return queryset.filter(open_to_read).annotate(seat_role=role, seat_group=group)
    seats = f"{path}memberships"
    mine = Q(**{f"{seats}__user": user, f"{seats}__state": Membership.State.ACTIVE})
    seat = FilteredRelation(seats, condition=mine)
    seated = queryset.annotate(seat=seat, seat_role=F("seat__role"), seat_group=F("seat__group_id"))
    return seated if user.is_superuser else seated.filter(open_to_read | Q(seat_role__isnull=False))


RIGHT_TO_LEFT = set("ar arc ckb dv fa he ps sd ug ur yi".split())


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Courses whose texts the person may read, with `seat_role`."""
        return readable(self, user)

    def listed_for(self, user):
        """Of the visible ones, those that a library shows: public ones and one's own."""
        return self.visible_to(user).filter(Q(visibility=Course.Visibility.PUBLIC) | Q(seat_role__isnull=False))

    def authored_by(self, user):
        """Courses whose texts the person may write."""
        if user.is_superuser:
            return self
        return self.filter(pk__in=[pk for pk, role in user.roles.items() if role == Membership.Role.INSTRUCTOR])


class Course(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: anybody reads, the library lists it")
        UNLISTED = "unlisted", _("Unlisted: anybody who has the address reads")
        MEMBERS = "members", _("Members only")

    class JoinPolicy(models.TextChoices):
        OPEN = "open", _("Anybody may join")
        REQUEST = "request", _("On request")
        INVITATION = "invitation", _("By invitation")

    OPEN_TO_READ = [Visibility.PUBLIC, Visibility.UNLISTED]

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Two or three sentences, Markdown."))
    language = models.CharField(_("language of the texts"), max_length=12, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    visibility = models.CharField(_("who reads"), max_length=12, choices=Visibility, default=Visibility.MEMBERS)
    join_policy = models.CharField(_("who joins"), max_length=12, choices=JoinPolicy, default=JoinPolicy.INVITATION)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self):
        return self.title

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`, for HTML's `dir`."""
        return "rtl" if self.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"

    def get_absolute_url(self):
        return reverse("reading:course", args=[self.slug])


class ReadingGroup(models.Model):
    """A small group inside a course, whose notes and talk are its own."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="groups", verbose_name=_("course"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name = _("reading group")
        verbose_name_plural = _("reading groups")
        constraints = [models.UniqueConstraint(fields=["course", "name"], name="group_name_once_a_course")]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state=Membership.State.ACTIVE)


class Membership(models.Model):
    """A person's seat in a course. It stays when they leave, so that their work has an owner there."""

    class Role(models.TextChoices):
        LEARNER = "learner", _("Learner")
        ASSISTANT = "assistant", _("Assistant")
        INSTRUCTOR = "instructor", _("Instructor")

    class State(models.TextChoices):
        PENDING = "pending", _("Asked to join")
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")

    course = models.ForeignKey(Course, models.CASCADE, related_name="memberships", verbose_name=_("course"))
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.LEARNER)
    group = models.ForeignKey(
        ReadingGroup, models.SET_NULL, null=True, blank=True, related_name="memberships", verbose_name=_("group")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    handle = models.SlugField(_("handle"), max_length=40, allow_unicode=True, help_text=_("What @mentions use."))
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_seat_a_person"),
            models.UniqueConstraint(fields=["course", "handle"], name="handle_once_a_course"),
        ]

    def __str__(self):
        return f"{self.user} – {self.course}"


def invitation_code() -> str:
    return secrets.token_urlsafe(9)


class Invitation(models.Model):
    """A code, or a link that carries it, which seats whoever brings it."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="invitations", verbose_name=_("course"))
    code = models.CharField(_("code"), max_length=32, unique=True, default=invitation_code)
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role, default=Membership.Role.LEARNER)
    group = models.ForeignKey(ReadingGroup, models.SET_NULL, null=True, blank=True, verbose_name=_("group"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("most uses"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self):
        return self.code


class AuditEntry(models.Model):
    """What staff did. Append-only: the database refuses a change of what, when and to what."""

    course = models.ForeignKey(Course, models.SET_NULL, null=True, related_name="audit", verbose_name=_("course"))
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(_("to what"), max_length=200)
    detail = models.JSONField(_("detail"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("log")

    def __str__(self):
        return f"{self.verb}: {self.target}"
