"""Courses, and who may read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, Value, When
from django.utils.translation import gettext_lazy as _

from lessons.courses.models.active_memberships import roles_by_course
from lessons.courses.models.memberships import Membership
from lessons.db.fields import NormalisedSlugField
from lessons.markup.row_templates import url
from lessons.time_zones import site_time_zone, validate_time_zone, zone_named

# How long before personal data is removed from a course its staff are notified.
PURGE_NOTICE = timedelta(days=7)


def readable_by(queryset, user, course=""):
    """Return the rows whose course the user may read, each with `membership_role` and `membership_group_id`.

    Both are None if the user is not a member.

    `course` is the lookup path from a row to its course, empty for courses themselves. Adds one join and no query.
    """
    path = f"{course}__" if course else ""
    open_to_read = Q(**{f"{path}visibility__in": Course.PUBLICLY_READABLE})
    if not user.is_authenticated:
        role, group = Value(None, models.CharField(null=True)), Value(None, models.BigIntegerField(null=True))
        return queryset.filter(open_to_read).annotate(membership_role=role, membership_group_id=group)
    if user.learner_view:
        annotated = _annotate_learner_view(queryset, user.learner_view, course or "pk")
        return annotated.filter(open_to_read | Q(membership_role__isnull=False))
    memberships = f"{path}memberships"
    is_own = Q(**{f"{memberships}__user": user, f"{memberships}__state": Membership.State.ACTIVE})
    annotated = queryset.annotate(
        own_membership=FilteredRelation(memberships, condition=is_own),
        membership_role=F("own_membership__role"),
        membership_group_id=F("own_membership__group_id"),
    )
    return annotated if user.is_superuser else annotated.filter(open_to_read | Q(membership_role__isnull=False))


def _annotate_learner_view(queryset, learner_view: tuple[int, int | None], course: str):
    """Annotate the rows as if the viewer were a learner in that one course."""
    course_id, group_id = learner_view
    is_viewed = Q(**{course: course_id})
    return queryset.annotate(
        membership_role=Case(
            When(is_viewed, then=Value(Membership.Role.LEARNER)), output_field=models.CharField(null=True)
        ),
        membership_group_id=Case(
            When(is_viewed, then=Value(group_id)), output_field=models.BigIntegerField(null=True)
        ),
    )


RIGHT_TO_LEFT = set("ar arc ckb dv fa he ps sd ug ur yi".split())


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the courses whose lessons the user may read, annotated by `readable_by`."""
        return readable_by(self, user)

    def listed_for(self, user):
        """Return the visible courses that the library lists: public ones and the user's own."""
        return self.visible_to(user).filter(Q(visibility=Course.Visibility.PUBLIC) | Q(membership_role__isnull=False))

    def editable_by(self, user):
        """Return the courses whose lessons the user may edit."""
        if user.is_superuser:
            return self
        return self.filter(
            pk__in=[pk for pk, role in roles_by_course(user).items() if role == Membership.Role.INSTRUCTOR]
        )


class Course(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: anybody can read it, and the library lists it")
        UNLISTED = "unlisted", _("Unlisted: anybody with the link can read it")
        MEMBERS = "members", _("Members only")

    class JoinPolicy(models.TextChoices):
        OPEN = "open", _("Anybody can join")
        REQUEST = "request", _("On request")
        INVITATION = "invitation", _("By invitation")

    PUBLICLY_READABLE = [Visibility.PUBLIC, Visibility.UNLISTED]

    title = models.CharField(_("title"), max_length=200)
    slug = NormalisedSlugField(_("URL slug"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Two or three sentences, Markdown."))
    language = models.CharField(_("language of the texts"), max_length=12, default="en")
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=site_time_zone,
        validators=[validate_time_zone],
        help_text=_("Due dates are entered and shown in it."),
    )
    visibility = models.CharField(_("who can read"), max_length=12, choices=Visibility, default=Visibility.MEMBERS)
    join_policy = models.CharField(_("who can join"), max_length=12, choices=JoinPolicy, default=JoinPolicy.INVITATION)
    starts_on = models.DateField(
        _("first day"),
        null=True,
        blank=True,
        help_text=_("The course’s pages then say which week it is. Weeks begin on Monday."),
    )
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # Months after closing until personal data is removed; None keeps it indefinitely.
    purge_after_months = models.PositiveSmallIntegerField(
        _("personal data removed after"), null=True, blank=True, editable=False
    )
    purge_announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    purged_at = models.DateTimeField(_("personal data removed"), null=True, blank=True, editable=False)

    # Annotated by `readable_by`.
    membership_role: str | None
    membership_group_id: int | None

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"), starts_on__isnull=False),
                name="last_day_after_first",
            )
        ]

    def __str__(self):
        return self.title

    def clean(self):
        """Refuse a last day without a first, or before it."""
        if self.ends_on and (self.starts_on is None or self.ends_on < self.starts_on):
            raise ValidationError({"ends_on": _("The last day needs a first day, on or before it.")})

    @property
    def direction(self) -> str:
        """Return `rtl` or `ltr`, for HTML's `dir`."""
        return "rtl" if self.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    @property
    def is_closed(self) -> bool:
        """Return whether the course is read-only: nothing can be written in it, and nobody can join."""
        return self.closed_at is not None

    @property
    def purge_date(self) -> datetime | None:
        """Return when personal data is to be removed: never sooner than PURGE_NOTICE after staff were notified."""
        if self.closed_at is None or self.purge_after_months is None or self.purged_at:
            return None
        due = add_months(self.closed_at, self.purge_after_months)
        return max(due, self.purge_announced_at + PURGE_NOTICE) if self.purge_announced_at else due

    def get_absolute_url(self):
        return url("reading:course", self.slug)


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day of a later month, or that month's last day if there is no such day."""
    year, month = divmod(moment.month - 1 + months, 12)
    first_after = datetime(moment.year + year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=moment.tzinfo)
    last = (first_after - timedelta(days=1)).day
    return moment.replace(year=moment.year + year, month=month + 1, day=min(moment.day, last))
