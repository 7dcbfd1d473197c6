"""Annotations, their labels, and their positions in each published revision."""

import uuid
from typing import TYPE_CHECKING, NamedTuple

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

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HIGHLIGHT = "highlight"


class Label(NamedTuple):
    """A label for annotations. One that `is_question` waits for an answer, and can be shared without a comment."""

    key: str
    name: "StrOrPromise"
    is_question: bool = False


DEFAULT_LABELS = (
    Label(HIGHLIGHT, _("Highlight")),
    Label("note", _("Note")),
    Label("question", _("Question"), is_question=True),
    Label("confused", _("Confused"), is_question=True),
    Label("idea", _("Idea")),
)


class CourseLabel(models.Model):
    """A course's own label for annotations. A course without rows has DEFAULT_LABELS; every course has Highlight."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="labels", verbose_name=_("course"), db_index=False)
    key = models.SlugField(_("key"), max_length=20, allow_unicode=True)
    name = models.CharField(_("name"), max_length=40)
    is_question = models.BooleanField(_("is a question"), default=False, help_text=_("It waits for an answer."))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("note label")
        verbose_name_plural = _("note labels")
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="unique_label_per_course")]

    def __str__(self):
        return self.name


def labels_for(course: Course) -> tuple[Label, ...]:
    """Return the labels that the course offers, Highlight first. One query."""
    own = tuple(Label(*row) for row in course.labels.values_list("key", "name", "is_question"))
    return (DEFAULT_LABELS[0], *(label for label in own if label.key != HIGHLIGHT)) if own else DEFAULT_LABELS


# Whether an answer is waited for. While the thread of a note is open, its author has asked again since they found it
# clear.
IS_OPEN_QUESTION = Q(is_question=True) & (Q(thread=None, cleared_at=None) | Q(thread__status=Thread.Status.OPEN))
IS_CLEARED = Q(cleared_at__isnull=False) & (Q(thread=None) | ~Q(thread__status=Thread.Status.OPEN))
IS_PRIVATE = Q(thread=None, audience=Thread.Audience.ME) | Q(thread__audience=Thread.Audience.ME)


class AnnotationQuerySet(models.QuerySet):
    def open_questions(self):
        """Return the questions to others that are neither answered nor clear to their author by now; none whose thread
        is hidden or deleted. One that was merged into another question is open as long as that is.
        """
        other = "thread__merged_into__"
        open_there = Q(**{f"{other}kind": Thread.Kind.QUESTION, f"{other}status": Thread.Status.OPEN})
        questions = self.displayed().filter(IS_OPEN_QUESTION).exclude(IS_PRIVATE)
        return questions.filter(Q(thread__merged_into=None) | open_there)

    def cleared(self):
        """Return the questions whose author has said that they are clear now, and has not asked again since."""
        return self.filter(IS_CLEARED)

    def displayed(self):
        """Return those that margins and lists show: highlights, and notes whose thread is neither hidden nor
        deleted."""
        return self.filter(Q(thread=None) | Q(thread__state__in=(Thread.State.SHOWN, Thread.State.HELD)))

    def visible_to(self, user):
        """Return those that `user` may read, as in `permissions.can_read_annotation`: the audience of a note is
        that of its thread, a highlight has one of its own. At most the query of the memberships.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(readable_threads_q(user, "thread__") | _readable_highlights(user))

    def in_notebook_of(self, user):
        """Return those in the user's notebook, as in `permissions.can_keep_in_notebook`. At most the query of the
        memberships.
        """
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(lesson__module__course__in=list(active_memberships(user))) | IS_PRIVATE, author=user)


def _readable_highlights(user) -> Q:
    """Return the condition of annotations without a thread that `user` may read."""
    memberships = active_memberships(user)
    course, courses = "lesson__module__course__in", list(memberships)
    groups = [membership.group_id for membership in memberships.values() if membership.group_id]
    shared = Q(audience=Thread.Audience.COURSE, **{course: courses}) | Q(
        audience=Thread.Audience.GROUP, group__in=groups
    )
    readable = shared & ~Q(lesson__in=must_post_first_lessons(user)) | Q(author=user, **{course: courses})
    not_private = ~Q(audience=Thread.Audience.ME)
    moderated = Q() if is_site_administrator(user) else Q(**{course: moderated_course_ids(user)})
    return Q(readable | (not_private & moderated), thread=None)


class Annotation(models.Model):
    """A passage that somebody annotated. The database prevents changes to the selectors.

    `start` and `end` count code points in `revision.text`, `exact` is the text between them, `prefix` and `suffix` the
    text around it. A note's comment is the first post of `thread`, whose audience is the note's; a highlight has no
    thread, and an `audience` and `group` of its own.

    `cleared_at` and `cleared_in` are set once the author of a question says that it is clear to them: when, and which
    revision was published then. `IS_CLEARED` says whether that still holds.
    """

    Audience = Thread.Audience

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="annotations", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="annotations")
    # RESTRICT: an annotated revision cannot be deleted by itself, only together with its lesson.
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
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_in = models.ForeignKey(Revision, models.RESTRICT, null=True, blank=True, related_name="+")
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
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_in=None)
                | Q(is_question=True, cleared_at__isnull=False, cleared_in__isnull=False),
                name="questions_are_cleared_in_a_revision",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-created_at"], name="annotations_by_author"),
            models.Index(fields=["lesson", "created_at"], condition=Q(is_question=True), name="questions_by_lesson"),
        ]

    def __str__(self):
        return self.exact[:80]

    def get_absolute_url(self):
        return reverse("annotations:annotation", args=[self.pk])

    def must_post_first(self, user) -> bool:
        """Return whether `user` must post in the lesson before reading classmates. One query."""
        return must_post_first_lessons(user).filter(lesson=self.lesson_id).exists()


class Placement(models.Model):
    """The position of an annotation in one published revision; REMOVED if it does not contain the passage."""

    class State(models.TextChoices):
        EXACT = "exact", _("unchanged")
        MOVED = "moved", _("moved")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("no longer in the text")
        MANUAL = "manual", _("placed by hand")

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="placements", db_index=False)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="placements", db_index=False)
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


# States in which the text may differ from the one that was annotated.
DIVERGED = (Placement.State.CHANGED, Placement.State.MANUAL)


class Origin(models.Model):
    """Where an imported annotation or reply comes from: the W3C's `via` and `canonical`, IRIs stored as they came."""

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
