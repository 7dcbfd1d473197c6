"""A post: its words, their history, and what others did with it."""

import uuid

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.discussions.models.threads import Thread, must_post_first_lessons, page_number


class PostQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Posts whose words the person may read: shown, in visible threads; no classmates' before writing first."""
        if not user.is_authenticated:
            return self.none()
        threads = Thread.objects.visible_to(user).not_merged()
        unsealed = ~Q(thread__lesson__in=must_post_first_lessons(user)) | Q(by_staff=True) | Q(author=user)
        return self.filter(unsealed, state=Post.State.SHOWN, thread__in=threads)


class Post(models.Model):
    """`seq` is its number in the thread: given once, never given again, none while it is held.

    `source` is Markdown as it was written, `html` what is shown of it, rendered and sanitised when it was written.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HELD = "held", _("Waiting for staff")
        HIDDEN = "hidden", _("Hidden by staff")
        DELETED = "deleted", _("Deleted")
        MOVED = "moved", _("Moved")

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    seq = models.PositiveIntegerField(null=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="posts")
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
        indexes = [models.Index(fields=["author", "created_at"], name="posts_by_author")]

    def __str__(self):
        return f"{self.thread_id}/{self.seq}"

    def get_absolute_url(self):
        return reverse("discussions:post", args=[self.pk])


def opening_post_state(thread: str) -> Subquery:
    """The state of the post that began the thread which the field `thread` names; None before it has a number."""
    return Subquery(Post.objects.filter(seq=1, thread=OuterRef(thread)).values("state")[:1])


def visible_reply_count(visible_post_count: int | None, opening: str | None) -> int:
    """How many of a thread's posts are shown apart from its opening, whose state is `opening`."""
    return (visible_post_count or 0) - (opening == Post.State.SHOWN)


class PostVersion(models.Model):
    """What a post said before an edit."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="versions")
    source = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.post} of {self.written_at:%Y-%m-%d %H:%M}"


def image_path(image: "PostImage", filename: str) -> str:
    return f"posts/{image.uid}.webp"


class PostImage(models.Model):
    """An image in a post, re-encoded; who may read the post may see it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="images")
    file = models.FileField(upload_to=image_path)
    alt = models.CharField(_("text for those who do not see it"), max_length=300)

    def __str__(self):
        return self.alt


class Thanks(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="thanks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="unique_thanks")]

    def __str__(self):
        return f"{self.user}: {self.post}"


class MeToo(models.Model):
    """“I ask this too.”"""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="me_toos")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="unique_me_too")]

    def __str__(self):
        return f"{self.user}: {self.thread}"


class Report(models.Model):
    """Somebody says that a post breaks the rules. Staff alone see by whom."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["post", "reporter"], name="unique_report")]

    def __str__(self):
        return self.reason


def address_of(post: Post) -> str:
    """Where the post stands now: the page of its number is arithmetic."""
    page = page_number(post.seq or post.thread.last_seq)
    query = f"?page={page}" if page > 1 else ""
    return f"{reverse('discussions:thread', args=[post.thread_id])}{query}#p{post.pk}"
