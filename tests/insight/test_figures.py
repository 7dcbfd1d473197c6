"""Every figure equals a naive recount over a generated world, for each filter; and nothing private is in one."""

from itertools import product
from random import Random

import pytest

from lessons.annotations.models import Annotation
from lessons.courses.models import Membership
from lessons.discussions.models import MeToo, Thread
from lessons.insight.board import course_candidates, course_lessons
from lessons.insight.counted import FigureFilter
from lessons.insight.lesson_map import insight_lesson, lesson_map
from lessons.insight.passages import all_passages, sections
from lessons.models import Lesson
from lessons.permissions import can_read_annotation
from lessons.practice.models import Answer, KnowledgeCheck, PublishedChecks
from lessons.progress.models import Progress, Reached
from tests import factories
from tests.environment import sample
from tests.generated_world import TEXT, generate_world
from tests.practice.make import SINGLE


def generate_class():
    """Return a generated world in which learners ask, vote, read and answer."""
    world, random = generate_world(), Random(3)
    _ask(random)
    _vote(world, random)
    _read_and_answer(world, random)
    return world


def _ask(random):
    for note in Annotation.objects.select_related("thread").exclude(thread=None):
        if random.random() < 0.7:
            cleared = {"cleared_at": note.created_at, "cleared_in": note.revision} if random.random() < 0.3 else {}
            label = random.choice(["question", "confused"])
            Annotation.objects.filter(pk=note.pk).update(label=label, is_question=True, **cleared)
    for status in (Thread.Status.ANSWERED, Thread.Status.RESOLVED):
        some = [pk for pk in Thread.objects.values_list("pk", flat=True) if random.random() < 0.3]
        Thread.objects.filter(pk__in=some).update(status=status)


def _vote(world, random):
    threads = Thread.objects.filter(annotation__isnull=False)
    rows = [MeToo(thread=t, user=p) for t, p in product(threads, world.people) if random.random() < 0.2]
    MeToo.objects.bulk_create(rows)


def _read_and_answer(world, random):
    for lesson in world.lessons:
        if lesson.current_revision is None:
            continue
        check = KnowledgeCheck.objects.create(lesson=lesson, definition=SINGLE.to_json(), published_version=1)
        PublishedChecks.objects.create(revision=lesson.current_revision, checks=[check.frozen()])
        for person in world.people:
            if random.random() < 0.6:
                offset = random.randrange(len(TEXT) + 1)
                Reached.objects.create(user=person, revision=lesson.current_revision, offset=offset)
            if random.random() < 0.5:
                Progress.objects.create(user=person, lesson=lesson, completed_at=lesson.module.course.created_at)
            if random.random() < 0.5:
                right = random.random() < 0.5
                rows = {"first_response": [], "last_response": [], "first_is_right": right, "last_is_right": True}
                Answer.objects.create(user=person, question=check, version=1, **rows)


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("make_world", [generate_class], ids=["generated class"], indirect=True),
]


def filters_of(course):
    groups = [0, *course.groups.values_list("pk", flat=True)]
    filters = [FigureFilter(group, label) for group, label in product(groups, ["", "question", "confused"])]
    return sample(filters, course.slug, parts=3)


def learners_of(course, group):
    rows = course.memberships.filter(role=Membership.Role.LEARNER, state=Membership.State.ACTIVE)
    return {row.user_id for row in rows if group in (0, row.group_id)}


def is_shared(note):
    """Return whether the staff of its course see the note in margins and lists."""
    if note.thread is None:
        return note.audience != "me"
    return note.thread.audience != "me" and note.thread.state in ("shown", "held")


def counts(note, filters, learners):
    is_named = note.thread is None or note.thread.alias_id is None or note.thread.group_id == filters.group
    return note.author_id in learners and (is_named or not filters.group)


def recount(lesson, filters):
    """Return for each passage who wrote a note on it and who is confused, and all notes that count."""
    learners = learners_of(lesson.module.course, filters.group)
    passages = all_passages(sections(lesson.current_revision.html))
    found, notes = {passage.key: (set(), set()) for passage in passages}, []
    for note in lesson.annotations.select_related("thread"):
        placement = note.placements.filter(revision=lesson.current_revision).first()
        if placement is None or not is_shared(note) or filters.label not in ("", note.label):
            continue
        is_clear = note.cleared_at is not None and (note.thread is None or note.thread.status != "open")
        is_anonymous = note.thread is not None and note.thread.alias_id is not None
        who = {-note.pk if is_anonymous else note.author_id} if counts(note, filters, learners) else set()
        notes += [(note, author) for author in who]
        confused = set(who) if note.is_question and not is_clear else set()
        if note.is_question and note.thread and not is_clear:
            confused |= set(note.thread.me_toos.values_list("user", flat=True)) & learners
        if placement.start is not None:
            key = [passage for passage in passages if passage.start <= placement.start or passage is passages[0]][
                -1
            ].key
            found[key][0].update(who)
            found[key][1].update(confused)
    return found, notes


def lessons_of(world):
    lessons = Lesson.objects.with_course().exclude(current_revision=None).order_by("pk")
    return sample(lessons, parts=8)


def test_every_figure_of_a_map_equals_a_recount(world):
    seen = 0
    for lesson in lessons_of(world):
        for filters in filters_of(lesson.module.course):
            found, (expected, notes) = lesson_map(insight_lesson(lesson.pk, 0), filters), recount(lesson, filters)
            learners = learners_of(lesson.module.course, filters.group)
            figures = {row.passage.key: (row.figures.marked, row.figures.confused) for row in found.passages}
            assert figures == {key: (len(wrote), len(confused)) for key, (wrote, confused) in expected.items()}
            assert found.notes[:2] == (len(notes), len({author for _note, author in notes}))
            rows = Progress.objects.filter(lesson=lesson, completed_at__isnull=False, user__in=learners)
            assert found.completed == rows.count()
            places = Reached.objects.filter(revision=lesson.current_revision, user__in=learners)
            readers = [sum(row.offset >= p.passage.end for row in places) for p in found.passages]
            assert [row.figures.readers for row in found.passages] == readers
            answers = Answer.objects.filter(question__lesson=lesson, user__in=learners)
            right = answers.filter(first_is_right=True).count()
            assert [(check.answered, check.right) for check in found.checks] == [(answers.count(), right)]
            seen += found.notes.notes
    assert seen


def test_every_row_of_a_board_equals_a_recount(world):
    for course in sample(world.courses, parts=3):
        for filters in filters_of(course):
            lessons = course_lessons(course)
            rows = course_candidates(course, lessons, filters)
            found = {(row.lesson.pk, row.key): row.confusion.people for row in rows if row.misses is None}
            expected = {}
            for lesson in Lesson.objects.with_course().filter(pk__in=[one.pk for one in lessons]):
                for key, (_wrote, confused) in recount(lesson, filters)[0].items():
                    expected |= {(lesson.pk, key): len(confused)} if confused else {}
            assert found == expected


def test_all_staff_may_read_whatever_counts(world):
    staff = {}
    for lesson in lessons_of(world):
        course = lesson.module.course
        viewer = staff.setdefault(course.pk, factories.make_member(course, Membership.Role.ASSISTANT))
        for note, _author in recount(lesson, FigureFilter())[1]:
            assert can_read_annotation(viewer, note)


def test_without_what_is_private_the_figures_are_the_same(world):
    lessons = lessons_of(world)
    before = [lesson_map(insight_lesson(lesson.pk, 0), FigureFilter()) for lesson in lessons]
    Annotation.objects.filter(audience="me").delete()
    Annotation.objects.filter(thread__audience="me").delete()
    assert [lesson_map(insight_lesson(lesson.pk, 0), FigureFilter()) for lesson in lessons] == before
