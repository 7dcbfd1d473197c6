"""Every figure of participation equals a naive recount over a generated world."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median

import pytest

from lessons.annotations.models import Annotation, Placement
from lessons.courses.models import Course, Membership
from lessons.discussions.models import Post, Thread
from lessons.markup.plain_text import text_digest
from lessons.models import Revision
from lessons.participation.contributions import contributions
from lessons.participation.counting import amounts_by_user, amounts_of
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import REQUIREMENTS, Amounts
from lessons.participation.staff_work import staff_work
from lessons.participation.table import standings
from lessons.permissions import can_read_thread
from lessons.practice.models import Answer, KnowledgeCheck
from lessons.progress.models import Progress
from tests.environment import sample
from tests.factories import make_member
from tests.generated_world import TEXT, GeneratedWorld, generate_world

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 1, 20, tzinfo=UTC)
HOURS = 24 * 12
SHAPES = [(scope, zone) for scope in ("course", "module", "lesson") for zone in ("Asia/Tokyo", "America/New_York")]


def world_with_work(seed: int) -> tuple[GeneratedWorld, Random]:
    """Return a generated world whose posts are spread over twelve days, with lessons completed and checks answered."""
    world, random = generate_world(seed), Random(seed)

    def some_time() -> datetime:
        return BEGAN + timedelta(hours=random.randrange(HOURS))

    posts = list(Post.objects.order_by("pk"))
    for post in posts:
        post.created_at = some_time()
    Post.objects.bulk_update(posts, ["created_at"])
    _change_some_texts(world, random)
    checks = KnowledgeCheck.objects.bulk_create(
        [KnowledgeCheck(lesson=lesson, definition={}) for lesson in world.lessons for _n in range(2)]
    )
    pairs = [(person, lesson) for person in world.people for lesson in world.lessons if random.random() < 0.5]
    Progress.objects.bulk_create(
        [
            Progress(user=person, lesson=lesson, completed_at=random.choice([some_time(), None]))
            for person, lesson in pairs
        ]
    )
    Answer.objects.bulk_create(
        [
            Answer(user=person, question=check, version=version, first_response="", last_response="", first_at=when)
            for person in world.people
            for check in checks
            for version in (1, 2)
            if random.random() < 0.3 and (when := some_time())
        ]
    )
    return world, random


def _change_some_texts(world: GeneratedWorld, random: Random) -> None:
    """Publish some lessons again, divided into sections, with some of the passages that were annotated gone."""
    for lesson in world.lessons[::2]:
        if lesson.current_revision is None:
            continue
        cuts = [0, *sorted(random.sample(range(1, 20), 3)), len(TEXT)]
        parts = [TEXT[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]
        html = f"<p>{parts[0]}</p>" + "".join(f'<h2 id="sec-{n}">{part}</h2>' for n, part in enumerate(parts[1:]))
        digest = text_digest(f"{lesson.pk} {html}")
        revision = Revision.objects.create(
            lesson=lesson, number=2, title=lesson.title, html=html, text=TEXT, sha256=digest, word_count=11
        )
        lesson.current_revision = revision
        lesson.save(update_fields=["current_revision"])
        for annotation in lesson.annotations.all():
            start = random.choice([None, random.randrange(30)])
            span = {} if start is None else {"start": start, "end": start + 5}
            state = Placement.State.REMOVED if start is None else Placement.State.MOVED
            Placement.objects.create(annotation=annotation, revision=revision, state=state, **span)


def section_of(note: Annotation) -> tuple[int, str]:
    """Return the lesson and the last heading before a note, where it is now or else where it was written."""
    placement = note.placements.filter(revision=note.lesson.current_revision, start__isnull=False).first()
    place = placement or note
    headings, offset = [""], 0
    for tag, text in re.findall(r"(<[^>]*>)|([^<]+)", place.revision.html):
        if tag.startswith("<h2") and offset <= place.start:
            headings.append(tag)
        offset += len(text)
    return note.lesson_id, headings[-1]


def rule_in(course: Course, random: Random, scope: str) -> ParticipationRule:
    module = random.choice(list(course.modules.all()))
    lesson = random.choice(list(module.lessons.all()))
    return ParticipationRule.objects.create(
        course=course,
        name="Half",
        module=module if scope == "module" else None,
        lesson=lesson if scope == "lesson" else None,
        notes=4,
        **dict.fromkeys(("replies", "discussions", "lessons_read", "checks"), 1),
        note_days=random.choice([0, 2]),
        note_sections=random.choice([0, 3, 3]),
        starts_on=random.choice([None, date(2026, 3, 4)]),
        due_at=random.choice([None, BEGAN + timedelta(days=9)]),
    )


def recount(rule: ParticipationRule, reader) -> dict[int, Amounts]:
    """Count by going through every row, asking the rules what somebody on the staff may read."""
    done: dict[int, dict[str, set]] = defaultdict(lambda: defaultdict(set))
    annotated = {note.thread_id: note for note in Annotation.objects.exclude(thread=None)}

    def is_counted(course_id: int, lesson, moment: datetime | None) -> bool:
        if course_id != rule.course_id or moment is None or (rule.due_at and moment >= rule.due_at):
            return False
        if rule.starts_on and moment.astimezone(rule.course.zone).date() < rule.starts_on:
            return False
        if rule.lesson:
            return lesson == rule.lesson
        return rule.module is None or (lesson is not None and lesson.module == rule.module)

    for post in Post.objects.select_related("thread__course", "thread__lesson__module"):
        thread = post.thread
        if post.state != "shown" or thread.merged_into_id or not can_read_thread(reader, thread):
            continue
        if not is_counted(thread.course_id, thread.lesson, post.created_at):
            continue
        if post.alias_id and (rule.lesson or rule.module or rule.starts_on):
            continue
        if post.seq > 1:
            done[post.author_id]["replies"].add(post.pk)
        elif thread.pk in annotated:
            done[post.author_id]["notes"].add(post.pk)
            if post.alias_id is None:
                done[post.author_id]["note_days"].add(post.created_at.astimezone(rule.course.zone).date())
                done[post.author_id]["note_lessons"].add(thread.lesson_id)
                done[post.author_id]["note_sections"].add(section_of(annotated[thread.pk]))
        else:
            done[post.author_id]["discussions"].add(post.pk)
    for row in Progress.objects.select_related("lesson__module"):
        if is_counted(row.lesson.module.course_id, row.lesson, row.completed_at):
            done[row.user_id]["lessons_read"].add(row.lesson_id)
    for answer in Answer.objects.select_related("question__lesson__module"):
        lesson = answer.question.lesson
        if is_counted(lesson.module.course_id, lesson, answer.first_at):
            done[answer.user_id]["checks"].add(answer.question_id)
    for name in ("note_days", "note_sections"):
        for sets in done.values() if not getattr(rule, name) else ():
            sets.pop(name, None)
    return {
        user: Amounts(*(len(sets[name]) for name in REQUIREMENTS)) for user, sets in done.items() if user is not None
    }


@pytest.mark.thorough
@pytest.mark.parametrize("shape", sample(SHAPES, parts=6), ids=str)
def test_every_figure_equals_a_naive_recount(shape):
    scope, zone = shape
    world, random = world_with_work(SHAPES.index(shape) + 1)
    Course.objects.update(time_zone=zone)
    for course in Course.objects.all()[:3]:
        reader = make_member(course, role=Membership.Role.ASSISTANT)
        rule = rule_in(course, random, scope)
        expected = {user: amounts for user, amounts in recount(rule, reader).items() if any(amounts)}
        assert expected, "nothing to count"
        assert {user: amounts for user, amounts in amounts_by_user(rule).items() if any(amounts)} == expected
        for person in world.people[:4]:
            done = expected.get(person.pk, Amounts())
            assert amounts_of(rule, person.pk) == done
            for viewer in (person, reader):
                work = contributions(rule, person, viewer, done)
                listed = {s.name: sum(row.number for row in s.rows) for s in work.sections}
                posts = sum(listed.get(name, 0) for name in ("notes", "replies", "discussions"))
                assert posts + work.hidden_posts == done.notes + done.replies + done.discussions
                assert listed.get("lessons_read", 0) == done.lessons_read
                assert listed.get("checks", 0) == done.checks
        members = Membership.objects.filter(course=course, state="active", role="learner")
        for group in course.groups.all():
            # Whatever the group was that they wrote for, and not those who have left.
            rows = {row.user: row.done for row in standings(rule, group=str(group.pk))}
            users = members.filter(group=group).values_list("user", flat=True)
            assert rows == {user: expected.get(user, Amounts()) for user in users}


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [3, 8])
def test_what_the_staff_did_equals_a_naive_recount(seed):
    world, random = world_with_work(seed)
    Thread.objects.update(created_at=BEGAN, by_staff=False, kind=Thread.Kind.QUESTION)
    since = random.choice([None, BEGAN + timedelta(days=4)])
    counted = 0
    for course in world.courses:
        hours, earliest = defaultdict(list), {}
        for thread in course.threads.exclude(audience="me").exclude(author=None).filter(merged_into=None):
            first: dict[str, float] = {}
            for post in thread.posts.order_by("created_at").select_related("author"):
                is_answer = post.by_staff and post.state == "shown" and post.seq > 1
                if is_answer and post.author_id not in (None, thread.author_id):
                    first.setdefault(post.author.display_name, (post.created_at - BEGAN).total_seconds() / 3600)
            for name, n in first.items():
                if since is None or BEGAN + timedelta(hours=n) >= since:
                    hours[name].append(n)
                    earliest[thread.pk] = min(n, earliest.get(thread.pk, n))
        work = staff_work(course, since)
        staff = {m.user.display_name for m in course.memberships.active().exclude(role=Membership.Role.LEARNER)}
        assert {row.name: (row.answers, row.hours) for row in work.members} == {
            name: (len(hours[name]), median(hours[name]) if hours[name] else None) for name in staff
        }
        assert (work.answered, work.hours) == (len(earliest), median(earliest.values()) if earliest else None)
        counted += len(earliest)
    assert counted > 10
