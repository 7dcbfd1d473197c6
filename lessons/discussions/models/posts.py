"""Posts, their earlier versions and images, and thanks, “me too” votes and reports."""

import uuid

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.discussions.models.threads import Thread, must_post_first_lessons, page_number, readable_threads_q
from lessons.markup.row_templates import url


class PostQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the posts that the user may read: shown ones in visible threads; only their own and the staff's on
        lessons on which they must post first.
        """
        if not user.is_authenticated:
            return self.none()
        threads = readable_threads_q(user, "thread__") & Q(thread__merged_into=None)
        revealed = ~Q(thread__lesson__in=must_post_first_lessons(user)) | Q(by_staff=True) | Q(author=user)
        return self.filter(revealed, threads, state=Post.State.SHOWN)


class Post(models.Model):
    """A post in a thread. `seq` is its number there, never reused; a held post has none yet.

    `source` is the Markdown, `html` is rendered and sanitised from it when the post is saved.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HELD = "held", _("Waiting for staff")
        HIDDEN = "hidden", _("Hidden by staff")
        DELETED = "deleted", _("Deleted")
        MOVED = "moved", _("Moved")

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts", db_index=False)
    seq = models.PositiveIntegerField(null=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="posts", db_index=False)
    alias = models.ForeignKey("Alias", models.RESTRICT, null=True, blank=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies")
    moved_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="moved_posts")
    source = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    open_report_count = models.PositiveIntegerField(default=0)
    thanks_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "seq"], name="unique_seq_per_thread"),
            models.UniqueConstraint(fields=["author", "idempotency_key"], name="unique_post_idempotency_key"),
            models.CheckConstraint(
                condition=Q(state="held", seq__isnull=True) | (~Q(state="held") & Q(seq__isnull=False)),
                name="held_posts_have_no_seq",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "created_at"], name="posts_by_author"),
            models.Index(fields=["thread", "state", "seq"], name="posts_by_thread_and_state"),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(open_report_count__gt=0) | Q(state="held"),
                name="reported_or_held_posts",
            ),
        ]

    def __str__(self):
        return f"{self.thread_id}/{self.seq}"

    def get_absolute_url(self):
        return url("discussions:post", self.pk)

    @property
    def current_url(self) -> str:
        """Return the URL of the page that shows it now, for a held post the last page. Needs `thread`."""
        page = page_number(self.seq or self.thread.last_seq)
        query = f"?page={page}" if page > 1 else ""
        return f"{reverse('discussions:thread', args=[self.thread_id])}{query}#p{self.pk}"


TOMBSTONES = (Post.State.HIDDEN, Post.State.DELETED, Post.State.MOVED)


def opening_post_state(thread: str) -> Subquery:
    """Return the state of the opening post of the thread in the field `thread`; None while it is held. A subquery."""
    return Subquery(Post.objects.filter(seq=1, thread=OuterRef(thread)).values("state")[:1])


def has_posts_after(thread: str, seq: str) -> Exists:
    """Return whether the thread in the field `thread` has shown posts with greater numbers than in the field `seq`."""
    return Exists(Post.objects.filter(thread=OuterRef(thread), state=Post.State.SHOWN, seq__gt=OuterRef(seq)))


def tombstones_after(thread: str, seq: str) -> Coalesce:
    """Return how many posts that are no longer shown have a greater number; the fields are as in `has_posts_after`."""
    posts = Post.objects.filter(thread=OuterRef(thread), state__in=TOMBSTONES, seq__gt=OuterRef(seq))
    return Coalesce(Subquery(posts.order_by().values("thread").annotate(n=Count("pk")).values("n")), 0)


def visible_reply_count(visible_post_count: int | None, opening_state: str | None) -> int:
    """Count a thread's shown replies: its shown posts without the opening post, whose state is `opening_state`."""
    return (visible_post_count or 0) - (opening_state == Post.State.SHOWN)


class PostVersion(models.Model):
    """The text of a post before an edit."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="versions")
    source = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.post} of {self.written_at:%Y-%m-%d %H:%M}"


def image_file_name(uid: uuid.UUID) -> str:
    return f"posts/{uid}.webp"


def image_path(image: "PostImage", filename: str) -> str:
    return image_file_name(image.uid)


class PostImage(models.Model):
    """An image in a post, re-encoded. Anybody who may read the post may see it.

    Until it is in a post, only its `uploader` may.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="images")
    uploader = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    file = models.FileField(upload_to=image_path)
    alt = models.CharField(_("alternative text"), max_length=300)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False, uploader__isnull=True) | Q(post__isnull=True, uploader__isnull=False),
                name="image_has_post_or_uploader",
            ),
        ]

    def __str__(self):
        return self.alt


class Thanks(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="thanks", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="unique_thanks")]

    def __str__(self):
        return f"{self.user}: {self.post}"


class MeToo(models.Model):
    """A vote for a question: “I have this question too”."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="me_toos", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="unique_me_too")]

    def __str__(self):
        return f"{self.user}: {self.thread}"


class Report(models.Model):
    """A report that a post breaks the guidelines. Only staff see who reported it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["post", "reporter"], name="unique_report")]

    def __str__(self):
        return self.reason
