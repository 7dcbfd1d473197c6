"""Threads, who may read them, and the rules for comments on lessons."""

from datetime import datetime

from django.apps import apps
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
from lessons.markup.row_templates import url
from lessons.models import Lesson
from lessons.permissions import is_site_administrator, moderated_course_ids
from lessons.tagging.models import AbstractTagThrough, Tag

PINNED_OFFSET = 10**17
# A thread is about a passage, or a topic: about a lesson as a whole, or about none.
IS_NOTE = Q(lesson_anchor__gt="")
IS_TOPIC = Q(lesson_anchor="")
POSTS_PER_PAGE = 50
# What the `lesson_anchor` of a note begins with, before its uid.
NOTE_PREFIX = "note-"


def sort_rank(moment: datetime, pinned: bool) -> int:
    """Return the sort key for lists, latest post first: microseconds since 1970, plus PINNED_OFFSET if pinned."""
    return int(moment.timestamp() * 1_000_000) + (PINNED_OFFSET if pinned else 0)


class CommentPolicy(models.Model):
    """Whether and how learners may comment on a lesson. A lesson without a row is open."""

    class Rule(models.TextChoices):
        OPEN = "open", _("Open")
        POST_FIRST = "post_first", _("Post first: learners see classmates’ comments after they post their own")
        OFF = "off", _("Off: learners cannot start new comments")

    lesson = models.OneToOneField(Lesson, models.CASCADE, related_name="comment_policy")
    policy = models.CharField(_("comments"), max_length=12, choices=Rule, default=Rule.OPEN)

    class Meta:
        verbose_name = _("comment policy")
        verbose_name_plural = _("comment policies")

    def __str__(self):
        return f"{self.lesson}: {self.get_policy_display()}"


class Participation(models.Model):
    """A record that a user has posted on a lesson, visibly to classmates. The row stays when the post is deleted."""

    user = models.ForeignKey(User, models.CASCADE, related_name="participations", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="participations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="unique_participation")]

    def __str__(self):
        return f"{self.user}: {self.lesson}"


def must_post_first_lessons(user):
    """Return a subquery for the ids of lessons where the user must post before they see classmates' posts. Staff never
    have to.
    """
    posted = Participation.objects.filter(user=user).values("lesson")
    policies = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST).exclude(lesson__in=posted)
    if is_site_administrator(user):
        policies = policies.none()
    return policies.exclude(lesson__module__course__in=moderated_course_ids(user)).values("lesson")


def readable_threads_q(user, path: str = "") -> Q:
    """Return the condition of `visible_to` for a signed-in user; `path` leads from a row to its thread, as in
    `post__thread__`.
    """

    def thread_q(**conditions) -> Q:
        return Q(**{path + name: value for name, value in conditions.items()})

    private = thread_q(audience=Thread.Audience.ME)
    if is_site_administrator(user):
        return thread_q(author=user) | thread_q(pk__isnull=False) & ~private
    memberships = active_memberships(user)
    courses, groups = list(memberships), [m.group_id for m in memberships.values() if m.group_id]
    addressed = thread_q(audience=Thread.Audience.COURSE, course__in=courses)
    addressed |= thread_q(audience=Thread.Audience.GROUP, group__in=groups)
    hidden_until_posting = thread_q(lesson__in=must_post_first_lessons(user))
    addressed &= thread_q(state=Thread.State.SHOWN) & (thread_q(by_staff=True) | ~hidden_until_posting)
    moderated = thread_q(course__in=moderated_course_ids(user)) & ~private
    own = thread_q(author=user, course__in=courses)
    own &= ~thread_q(audience=Thread.Audience.GROUP) | thread_q(group__in=groups)
    return addressed | moderated | own


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the threads that the user may read, as `permissions.can_read_thread` decides. At most one query."""
        return self.filter(readable_threads_q(user)) if user.is_authenticated else self.none()

    def not_merged(self):
        """Leave out threads that were merged into others."""
        return self.filter(merged_into=None)

    def listed(self):
        """Keep the threads that lists show to everybody: those not merged, held, hidden or deleted."""
        return self.not_merged().filter(state=Thread.State.SHOWN)


class Thread(models.Model):  # type: ignore[django-manager-missing]  # taggit has no types
    """A discussion. `audience` and `group` say who may read it; `last_seq` is the number of the latest post."""

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

    course = models.ForeignKey(Course, models.CASCADE, related_name="threads", db_index=False)
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, blank=True, related_name="threads", db_index=False)
    # RESTRICT: deleting a group must not change who reads its threads.
    group = models.ForeignKey("courses.ReadingGroup", models.RESTRICT, null=True, blank=True, related_name="threads")
    prompt = models.ForeignKey("lessons.Prompt", models.SET_NULL, null=True, blank=True, related_name="threads")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="threads")
    alias = models.ForeignKey("Alias", models.RESTRICT, null=True, blank=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DISCUSSION)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.COURSE)
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    title = models.CharField(_("title"), max_length=200, blank=True)
    excerpt = models.CharField(
        max_length=200, blank=True, help_text="The beginning of the first post, for lists; blank while it is hidden."
    )
    hidden_title = models.CharField(
        max_length=200,
        blank=True,
        help_text="The title while the first post is hidden or deleted; `title` is blank then.",
    )
    quote = models.TextField(blank=True)
    lesson_anchor = models.CharField(
        max_length=60, blank=True, help_text="The fragment of the lesson's page that it is about."
    )
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

    tags = TaggableManager(through="discussions.ThreadTag", blank=True, verbose_name=_("tags"))
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
            models.Index(fields=["course", "lesson_anchor", "-rank", "-id"], name="topics_by_course"),
            models.Index(fields=["lesson", "lesson_anchor", "-rank", "-id"], name="topics_by_lesson"),
            models.Index(fields=["course", "-rank", "-id"], condition=Q(kind="announcement"), name="announcements"),
            models.Index(
                fields=["course", "created_at"], condition=Q(kind="question", status="open"), name="open_questions"
            ),
        ]

    def __str__(self):
        return self.display_title

    @property
    def display_title(self) -> str:
        return display_title(self.title, self.quote, self.excerpt)

    @property
    def title_for_staff(self) -> str:
        """Return the title that staff see, even while the first post is hidden."""
        return self.hidden_title or self.display_title

    @property
    def audit_name(self) -> str:
        """Return the name for the audit log, which must not contain the title: its author may have it erased."""
        return f"thread {self.pk}"

    @property
    def last_page(self) -> int:
        return page_number(self.last_seq)

    def get_absolute_url(self):
        return url("discussions:thread", self.pk)

    def must_post_first(self, user) -> bool:
        """Return whether the user must post on its lesson before they see classmates' posts. One query at most."""
        return self.lesson_id is not None and must_post_first_lessons(user).filter(lesson=self.lesson_id).exists()


def display_title(title: str, quote: str, excerpt: str) -> str:
    """Return the title of a thread or, if it has none, the passage it is about or the beginning of its first post."""
    return title or (f"“{quote[:120]}”" if quote else excerpt) or gettext("Untitled conversation")


def clear_url(*, kind: str, status: str, audience: str, lesson_anchor: str) -> str:
    """Return the page on which the author of such a thread can say that their question is clear now; empty for what is
    not about a passage, no question to others, or resolved.
    """
    is_asked = kind == Thread.Kind.QUESTION and audience != Thread.Audience.ME and status != Thread.Status.RESOLVED
    if not is_asked or not lesson_anchor.startswith(NOTE_PREFIX):
        return ""
    return reverse("annotations:question", args=[lesson_anchor.removeprefix(NOTE_PREFIX)])


def page_number(seq: int) -> int:
    """Return the page of the post with this number. Pages are ranges of numbers, so posts never shift between them."""
    return max(0, seq - 1) // POSTS_PER_PAGE + 1


class Alias(models.Model):
    """The pseudonym of an anonymous author in one thread: drawn at random, the same in all their posts there."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="aliases", db_index=False)
    # None once the author is erased, so that the pseudonym cannot be traced to anybody.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="unique_alias_per_user_and_thread"),
            models.UniqueConstraint(fields=["thread", "name"], name="unique_alias_name_per_thread"),
        ]

    def __str__(self):
        return self.name


class ThreadTagQuerySet(models.QuerySet):
    def shown(self):
        """Leave out the tags of threads whose opening post is hidden or deleted: they are hidden with its title."""
        posts = apps.get_model("discussions", "Post").objects.filter(thread=models.OuterRef("content_object"))
        return self.exclude(models.Exists(posts.filter(seq=1).exclude(state="shown")))

    def named(self, name: str, folded: str):
        """Return the tags that are found by a slug or a name, as `Tag.objects.named`."""
        return self.filter(tag__in=Tag.objects.named(name, folded))


class ThreadTag(AbstractTagThrough):
    content_object = models.ForeignKey(Thread, models.CASCADE, related_name="tagged", db_index=False)

    objects = ThreadTagQuerySet.as_manager()


class ThreadTitleHistory(models.Model):
    """Title, kind and tags of a thread before staff changed them, for undoing."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="title_history")
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Thread.Kind)
    tags = models.JSONField(default=list)

    def __str__(self):
        return f"{self.thread_id}, before"
