"""A thread, who may read it, and what it hangs on."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.models import Lesson
from lessons.permissions import is_site_administrator, moderated_course_ids
from lessons.tagging.models import AbstractTagThrough, NormalisedTagManager

PINNED_OFFSET = 10**17
POSTS_PER_PAGE = 50


def sort_rank(moment: datetime, pinned: bool) -> int:
    """The order of lists, last post first and pinned before all: microseconds since 1970, PINNED more if pinned."""
    return int(moment.timestamp() * 1_000_000) + (PINNED_OFFSET if pinned else 0)


class CommentPolicy(models.Model):
    """How people talk under a lesson. A lesson without a row is open."""

    class Rule(models.TextChoices):
        OPEN = "open", _("Open")
        POST_FIRST = "write_first", _("Write first: classmates’ comments show after one’s own")
        OFF = "off", _("Off: nobody can start anything new here")

    lesson = models.OneToOneField(Lesson, models.CASCADE, related_name="comment_policy")
    policy = models.CharField(_("comments"), max_length=12, choices=Rule, default=Rule.OPEN)

    class Meta:
        verbose_name = _("rule for comments")
        verbose_name_plural = _("rules for comments")

    def __str__(self):
        return f"{self.lesson}: {self.get_policy_display()}"


class Participation(models.Model):
    """Earned by the first post under a lesson that classmates can see; it stays when the post goes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="participations")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="participations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="unique_participation")]

    def __str__(self):
        return f"{self.user}: {self.lesson}"


def must_post_first_lessons(user):
    """Ids of the lessons where the person must write before reading, as a subquery. Staff are not asked."""
    written = Participation.objects.filter(user=user).values("lesson")
    asking = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST).exclude(lesson__in=written)
    if is_site_administrator(user):
        asking = asking.none()
    return asking.exclude(lesson__module__course__in=moderated_course_ids(user)).values("lesson")


def readable_threads_q(user, path: str = "") -> Q:
    """The condition of `visible_to`, for somebody signed in; `path` leads from a row to its thread."""

    def that(**conditions) -> Q:
        return Q(**{path + name: value for name, value in conditions.items()})

    seats, staffed = active_memberships(user), moderated_course_ids(user)
    groups = [seat.group_id for seat in seats.values() if seat.group_id]
    reached = that(audience=Thread.Audience.COURSE, course__in=list(seats))
    reached |= that(audience=Thread.Audience.GROUP, group__in=groups)
    reached &= that(state=Thread.State.SHOWN) & (that(by_staff=True) | ~that(lesson__in=must_post_first_lessons(user)))
    if is_site_administrator(user):
        return that(author=user) | that(pk__isnull=False) & ~that(audience=Thread.Audience.ME)
    moderated = that(course__in=staffed) & ~that(audience=Thread.Audience.ME)
    return reached | moderated | that(author=user, course__in=list(seats))


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Threads the person may read, as `permissions.can_read_thread`. At most one query of its own."""
        return self.filter(readable_threads_q(user)) if user.is_authenticated else self.none()

    def not_merged(self):
        """Without those that were merged into others."""
        return self.filter(merged_into=None)

    def listed(self):
        """What lists show to everybody alike: not merged, not held, hidden or deleted."""
        return self.not_merged().filter(state=Thread.State.SHOWN)


class Thread(models.Model):
    """A conversation. `audience` and `group` say who reads it, for good; `last_seq` is the last number given."""

    class Kind(models.TextChoices):
        DISCUSSION = "discussion", _("Discussion")
        QUESTION = "question", _("Question")
        ANNOUNCEMENT = "announcement", _("Announcement")

    class Audience(models.TextChoices):
        ME = "me", _("Only me")
        STAFF = "staff", _("The instructors")
        GROUP = "group", _("My group")
        COURSE = "course", _("Everybody in the course")

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HELD = "held", _("Waiting for staff")
        HIDDEN = "hidden", _("Hidden")
        DELETED = "deleted", _("Deleted")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        RESOLVED = "resolved", _("resolved")

    course = models.ForeignKey(Course, models.CASCADE, related_name="threads")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, blank=True, related_name="threads")
    # RESTRICT: a group's talk must not change its readers because the group goes.
    group = models.ForeignKey("courses.ReadingGroup", models.RESTRICT, null=True, blank=True, related_name="threads")
    prompt = models.ForeignKey("lessons.Prompt", models.SET_NULL, null=True, blank=True, related_name="threads")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="threads")
    alias = models.ForeignKey("Alias", models.RESTRICT, null=True, blank=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DISCUSSION)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.COURSE)
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    title = models.CharField(_("title"), max_length=200, blank=True)
    excerpt = models.CharField(max_length=200, blank=True, help_text="The first words, for lists; blank while hidden.")
    quote = models.TextField(blank=True)
    lesson_anchor = models.CharField(max_length=60, blank=True, help_text="Where in the lesson's page: a fragment.")
    pinned = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged_threads")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    answer = models.ForeignKey("Post", models.SET_NULL, null=True, blank=True, related_name="+")
    endorsed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    last_seq = models.PositiveIntegerField(default=0)
    visible_post_count = models.PositiveIntegerField(default=0)
    me_too_count = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(default=timezone.now)
    rank = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    tags = TaggableManager(
        through="discussions.ThreadTag", manager=NormalisedTagManager, blank=True, verbose_name=_("tags")
    )
    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["-rank", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="group", group__isnull=False) | (~Q(audience="group") & Q(group__isnull=True)),
                name="group_iff_group_audience",
            ),
            models.CheckConstraint(
                condition=Q(visible_post_count__lte=models.F("last_seq")), name="visible_posts_within_last_seq"
            ),
        ]
        indexes = [
            models.Index(fields=["course", "-rank", "-id"], name="threads_by_course"),
            models.Index(fields=["lesson", "-rank", "-id"], name="threads_by_lesson"),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return self.title or (f"“{self.quote[:120]}”" if self.quote else self.excerpt) or str(_("A comment"))

    @property
    def audit_name(self) -> str:
        """What the log calls it: its title is somebody's words, which they may take back."""
        return f"thread {self.pk}"

    @property
    def last_page(self) -> int:
        return page_number(self.last_seq)

    def get_absolute_url(self):
        return reverse("discussions:thread", args=[self.pk])

    def must_post_first(self, user) -> bool:
        """Whether the person must write here before reading classmates. One query, none if it is known."""
        if "sealed" in self.__dict__:
            return self.sealed
        return self.lesson_id is not None and must_post_first_lessons(user).filter(lesson=self.lesson_id).exists()


def page_number(seq: int) -> int:
    """Pages are windows of numbers: no page ever shifts, and none needs a COUNT."""
    return max(0, seq - 1) // POSTS_PER_PAGE + 1


class Alias(models.Model):
    """Who an anonymous writer is in one thread: a name drawn by lot, the same in all their posts there."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="aliases")
    # None once the writer is erased: nothing leads from the name to anybody then.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="unique_alias_per_user_and_thread"),
            models.UniqueConstraint(fields=["thread", "name"], name="unique_alias_name_per_thread"),
        ]

    def __str__(self):
        return self.name


class ThreadTag(AbstractTagThrough):
    content_object = models.ForeignKey(Thread, models.CASCADE, related_name="tagged")


class ThreadTitleHistory(models.Model):
    """What a thread was called, and filed under, before staff changed it: what undoing puts back."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="title_history")
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Thread.Kind)
    tags = models.JSONField(default=list)

    def __str__(self):
        return f"{self.thread_id}, before"


def thread_name(row: dict) -> str:
    return row["title"] or (f"“{row['quote'][:120]}”" if row["quote"] else row["excerpt"]) or gettext("A comment")
