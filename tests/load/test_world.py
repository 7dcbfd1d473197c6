"""The world of the load tests, at 1/200 of its size, is consistent: services could have created it."""

from collections import Counter

import pytest
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Length

from lessons.annotations.models import Annotation, Placement
from lessons.annotations.services.publishing import compute_placements
from lessons.courses.models import Membership
from lessons.discussions.models import Alias, Participation, Post, Report, Thread, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.markup import plain_text
from lessons.models import Lesson, Revision
from tests import transactions
from tests.load import texts
from tests.load.world import World, is_empty


@pytest.mark.django_db
@pytest.mark.thorough
def test_world_is_consistent():
    assert is_empty()
    with transactions.allowed():
        world = World(1 / 200).fill()
    assert not is_empty()

    assert world.check() > 50
    assert_counts(world)
    assert_threads()
    assert_states()
    assert_annotations(world)
    assert_everything_occurs(world)


def assert_counts(world):
    members = world.course.memberships.active().count()
    assert members == world.count(5000, 24)
    assert Annotation.objects.count() == pytest.approx(world.count(20_000), abs=10)
    # Merging and splitting add tombstones.
    written = Post.objects.exclude(state=Post.State.MOVED).count()
    assert written == pytest.approx(world.count(100_000), rel=0.05)
    first, second = (lesson.annotations.count() for lesson in world.lessons[world.course.pk][:2])
    assert (first, second) == (world.count(10_000), world.count(1000))
    assert world.long_thread.last_seq == world.count(1000, 60)


def assert_threads():
    """Check that counters and lists match the posts."""
    shown = Count("posts", filter=Q(posts__state=Post.State.SHOWN), distinct=True)
    asked = Count("me_toos", distinct=True)
    for thread in Thread.objects.annotate(last=Max("posts__seq"), shown=shown, asked=asked):
        expected = thread.last or 0, thread.shown, thread.asked
        assert (thread.last_seq, thread.visible_post_count, thread.me_too_count) == expected, thread.pk
        assert thread.rank == sort_rank(thread.last_post_at, thread.pinned)
        first = thread.posts.filter(seq=1).first()
        if first and not thread.merged_into_id:
            assert thread.excerpt == (plain_text.excerpt(first.html) if first.state == Post.State.SHOWN else "")
            assert (thread.visible_post_count > 0) == (thread.state == Thread.State.SHOWN)
        if first and thread.author_id == first.author_id:
            assert thread.alias_id == first.alias_id
        seqs = thread.posts.exclude(seq=None).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, thread.last_seq + 1))
    assert not Post.objects.annotate(rows=Count("thanks")).exclude(rows=F("thanks_count")).exists()
    unresolved = Count("reports", filter=Q(reports__resolved_at=None))
    assert not Post.objects.annotate(rows=unresolved).exclude(rows=F("open_report_count")).exists()
    staff = Q(author__memberships__role__in=["instructor", "assistant"])
    same_course = Q(author__memberships__course=F("thread__course"))
    assert Post.objects.filter(by_staff=True).count() == Post.objects.filter(staff & same_course).count()


def assert_states():
    """Check that authors have a read state, follow and participate; nobody has read posts that do not exist."""
    posted = Post.objects.exclude(state__in=[Post.State.HELD, Post.State.MOVED]).filter(moved_posts=None)
    wrote = set(posted.exclude(author=None).filter(thread__merged_into=None).values_list("author", "thread"))
    marks = set(ThreadUserState.objects.filter(has_posted=True).values_list("user", "thread"))
    split = {pair for pair in wrote if Thread.objects.get(pk=pair[1]).title == "Another subject"}
    assert wrote - split <= marks
    assert not ThreadUserState.objects.filter(last_read_seq__gt=F("thread__last_seq")).exists()
    takes_part = posted.filter(thread__audience__in=["course", "group"], thread__lesson__isnull=False)
    moved = takes_part.filter(thread__title_history=None).exclude(thread__annotation=None)
    pairs = set(moved.exclude(author=None).values_list("author", "thread__lesson"))
    assert pairs <= set(Participation.objects.values_list("user", "lesson"))
    outside = Post.objects.filter(thread__audience="group").exclude(author__memberships__group=F("thread__group"))
    assert not outside.exists()


def assert_annotations(world):
    """Check that each has its quote at its offsets, and the position that publishing computes."""
    for annotation in Annotation.objects.select_related("revision", "thread"):
        assert annotation.revision.text[annotation.start : annotation.end] == annotation.exact
        if annotation.thread:
            assert annotation.thread.lesson_anchor == f"note-{annotation.uid}"
            assert annotation.thread.quote == annotation.exact
    shown = Placement.objects.filter(revision=F("annotation__lesson__current_revision"))
    assert shown.count() == Annotation.objects.count()
    lesson = world.lessons[world.course.pk][1]
    revision = Lesson.objects.get(pk=lesson.pk).current_revision
    stored = shown.filter(annotation__lesson=lesson).values_list("annotation", "state", "start", "end")
    assert set(stored) == set(compute_placements(lesson.annotations.all(), revision.text, revision.html))


def assert_everything_occurs(world):
    for choices, rows in (
        (Post.State, Post.objects.values_list("state", flat=True)),
        (Thread.Audience, Thread.objects.values_list("audience", flat=True)),
        (Thread.Kind, Thread.objects.values_list("kind", flat=True)),
        (Membership.State, Membership.objects.values_list("state", flat=True)),
        (Membership.Role, Membership.objects.values_list("role", flat=True)),
    ):
        assert set(Counter(rows)) == set(choices.values)
    assert Alias.objects.exists()
    assert Report.objects.filter(resolved_at=None).exists()
    assert Thread.objects.exclude(merged_into=None).exists()
    assert Revision.objects.values("lesson").annotate(rows=Count("pk")).filter(rows__gt=1).exists()
    long = Lesson.objects.annotate(length=Length("current_revision__text")).filter(length__gt=4500)
    assert [lesson.pk for lesson in long.order_by("pk")] == [
        lesson.pk for lesson in world.lessons[world.course.pk][:2]
    ]
    written = "".join(Revision.objects.values_list("text", flat=True))
    assert all(script.words[0] in written for script in texts.SCRIPTS)
