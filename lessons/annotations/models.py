"""What a reader marked in a text, and where it stands in each published revision of it."""

import uuid
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import must_post_first_lessons, readable_threads_q
from lessons.models import Lesson, Revision
from lessons.permissions import is_site_administrator, moderated_course_ids

HIGHLIGHT = "highlight"


class Label(NamedTuple):
    """What a note is called. `asks` says that it is a question: it waits for an answer, and counts without words."""

    key: str
    name: str
    is_question: bool = False


DEFAULT_LABELS = (
    Label(HIGHLIGHT, _("Highlight")),
    Label("note", _("Note")),
    Label("question", _("Question"), is_question=True),
    Label("confused", _("Confused"), is_question=True),
    Label("idea", _("Idea")),
)


class CourseLabel(models.Model):
    """A course's own name for a kind of note. A course without rows has KINDS; Highlight it always has."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="labels", verbose_name=_("course"))
    key = models.SlugField(_("address"), max_length=20, allow_unicode=True)
    name = models.CharField(_("name"), max_length=40)
    is_question = models.BooleanField(_("is a question"), default=False, help_text=_("It waits for an answer."))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("label for notes")
        verbose_name_plural = _("labels for notes")
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="unique_label_per_course")]

    def __str__(self):
        return self.name


def labels_for(course: Course) -> tuple[Label, ...]:
    """The kinds of notes that the course offers, Highlight first. One query."""
    own = tuple(Label(*row) for row in course.labels.values_list("key", "name", "is_question"))
    return (DEFAULT_LABELS[0], *(kind for kind in own if kind.key != HIGHLIGHT)) if own else DEFAULT_LABELS


class AnnotationQuerySet(models.QuerySet):
    def displayed(self):
        """What margins and lists show: bare marks, and notes whose words are not hidden or deleted."""
        return self.filter(Q(thread=None) | Q(thread__state__in=(Thread.State.SHOWN, Thread.State.HELD)))

    def visible_to(self, user):
        """Annotations the person may read, as `permissions.can_read_annotation`. What is said in one, its thread says
        who reads; a bare one says it itself."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable_threads_q(user, "thread__") | _readable_highlights(user))

    def in_notebook_of(self, user):
        """What stands in the person's notebook, as `permissions.can_keep`. At most the query of the seats."""
        if not user.is_authenticated:
            return self.none()
        alone = Q(thread=None, audience=Thread.Audience.ME) | Q(thread__audience=Thread.Audience.ME)
        return self.filter(Q(lesson__module__course__in=list(active_memberships(user))) | alone, author=user)


def _readable_highlights(user) -> Q:
    seats = active_memberships(user)
    course, groups = "lesson__module__course__in", [seat.group_id for seat in seats.values() if seat.group_id]
    reached = Q(audience=Thread.Audience.COURSE, **{course: list(seats)}) | Q(
        audience=Thread.Audience.GROUP, group__in=groups
    )
    bare = reached & ~Q(lesson__in=must_post_first_lessons(user)) | Q(author=user, **{course: list(seats)})
    everything = ~Q(audience=Thread.Audience.ME)
    bare |= everything if is_site_administrator(user) else everything & Q(**{course: moderated_course_ids(user)})
    return Q(bare, thread=None)


class Annotation(models.Model):
    """A passage somebody marked. The selectors stay as they were made, the database refuses to change them.

    `start` and `end` count code points in `revision.text`, `exact` are its words there, `prefix` and `suffix` those
    around it. Its words are the first post of `thread`, which then says who reads them; a bare one has no thread, and
    `audience` and `group` of its own.
    """

    Audience = Thread.Audience

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="annotations")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="annotations")
    # RESTRICT: what was annotated cannot be deleted alone, but goes with its lesson.
    revision = models.ForeignKey(Revision, models.RESTRICT, related_name="annotations")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    exact = models.TextField()
    prefix = models.CharField(max_length=80, blank=True)
    suffix = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=20, default=HIGHLIGHT)
    is_question = models.BooleanField(default=False)
    thread = models.OneToOneField(Thread, models.CASCADE, null=True, blank=True, related_name="annotation")
    audience = models.CharField(max_length=8, choices=Audience, blank=True)
    group = models.ForeignKey("courses.ReadingGroup", models.RESTRICT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "idempotency_key"], name="unique_annotation_idempotency_key"),
            models.CheckConstraint(condition=Q(start__lt=models.F("end")), name="annotation_has_quote"),
            models.CheckConstraint(
                condition=Q(thread=None) & ~Q(audience="") | Q(thread__isnull=False, audience="", group=None),
                name="audience_xor_thread",
            ),
            models.CheckConstraint(
                condition=Q(audience="group", group__isnull=False) | (~Q(audience="group") & Q(group__isnull=True)),
                name="annotation_group_iff_group_audience",
            ),
            models.CheckConstraint(
                condition=~Q(label="highlight") | Q(thread=None, audience="me"), name="highlights_are_private"
            ),
        ]
        indexes = [models.Index(fields=["author", "-created_at"], name="annotations_by_author")]

    def __str__(self):
        return self.exact[:80]

    def get_absolute_url(self):
        return reverse("annotations:annotation", args=[self.pk])

    def must_post_first(self, user) -> bool:
        """Whether the person must write here before reading classmates. One query."""
        return must_post_first_lessons(user).filter(lesson=self.lesson_id).exists()


class Placement(models.Model):
    """Where an annotation stands in one published revision; nowhere if it is removed."""

    class State(models.TextChoices):
        EXACT = "exact", _("unchanged")
        MOVED = "moved", _("moved")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("no longer in the text")
        MANUAL = "manual", _("placed by hand")

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="placements")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="placements")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State)
    placed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["annotation", "revision"], name="unique_placement_per_revision"),
            models.CheckConstraint(
                condition=Q(state="removed", start=None, end=None)
                | (~Q(state="removed") & Q(start__lt=models.F("end"))),
                name="removed_has_no_span",
            ),
        ]
        indexes = [models.Index(fields=["revision", "start"], name="placements_by_revision")]

    def __str__(self):
        return f"{self.annotation_id} in {self.revision_id}: {self.state}"


# Where other words may stand than those that were marked.
DIVERGED = (Placement.State.CHANGED, Placement.State.MANUAL)


class Origin(models.Model):
    """Where a note or a reply was before it came here: the W3C's `via` and `canonical`, IRIs kept as they came."""

    annotation = models.OneToOneField(Annotation, models.CASCADE, null=True, blank=True, related_name="origin")
    post = models.OneToOneField(Post, models.CASCADE, null=True, blank=True, related_name="origin")
    via = models.TextField(blank=True)
    canonical = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(annotation=None, post__isnull=False) | Q(annotation__isnull=False, post=None),
                name="origin_of_annotation_xor_post",
            )
        ]

    def __str__(self):
        return self.via or self.canonical
