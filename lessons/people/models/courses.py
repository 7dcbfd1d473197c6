"""Courses, and who may read them."""

from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lessons.people.models.seats import Membership


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
