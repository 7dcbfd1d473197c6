"""The world that `quality.py` measures, and what is done in it in a process with the server's settings."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.discussions.models import Post
from lessons.models import GlossaryTerm, Lesson, Revision
from lessons.participation.models import ParticipationRule
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.models import Answer, KnowledgeCheck, ReviewCard
from lessons.practice.writing import add_check
from lessons.progress.models import Progress, Reached
from tests.faults.server import Server, environment, manage, prepare
from tests.load.conversations import insert
from tests.load.world import World, session_key

KEPT = "world.json"
"""Beside a database that is already filled: what `fill_world` returned."""
CHECK = Check(
    Kind.SINGLE,
    "What causes the tides?",
    (Option("The moon", "Its pull is the strongest.", True), Option("The wind"), Option("The rivers")),
)
RIGHT, WRONG = (["The moon"], ["The wind"])


def install(folder: Path, database_url: str) -> Path:
    """Migrate the database and collect the static files, unless the folder has a filled one; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / KEPT).exists():
        prepare(folder, database_url)
        manage(environment(folder), "collectstatic", "--noinput", "-v", "0", "--ignore", "*.map")
    else:
        manage(environment(folder), "migrate", "-v", "0")
    return folder


def fill(server: Server, scale: float) -> dict:
    """Fill the database of the server, or take it as it was kept; return its sessions, paths and ids."""
    kept = server.installed / KEPT
    if kept.exists():
        return json.loads(kept.read_text())
    began = time.perf_counter()
    world = server.call(fill_world, scale)
    print(f"World of scale {scale:g} filled in {time.perf_counter() - began:.0f} s.", flush=True)
    if not server.database_url:
        shutil.copy(server.folder / "db.sqlite3", server.installed)
        kept.write_text(json.dumps(world))
    return world


def fill_world(scale: float) -> dict:
    world = World(scale).fill()
    lesson, *_others, with_check = world.lessons[world.course.pk][:4]
    rule = add_practice(world)
    course = f"/courses/{world.course.slug}"
    paths = world.paths() | {
        "export": f"/lessons/{lesson.pk}/annotations/export/",
        "search": "/search/?q=tide",
        "suggestions": f"{course}/search/suggestions/?q=tid",
        "lesson with a check": with_check.get_absolute_url(),
        "passage map": f"/lessons/{lesson.pk}/insight/",
        "participation": f"{course}/participation/{rule.pk}/",
        "review": "/review/",
    }
    # The world's posts were inserted without services: without this, a search would find texts only.
    call_command("rebuild_index", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {
        "sessions": {role: session_key(user) for role, user in world.accounts.items()},
        "paths": paths,
        "threads": [thread.pk for thread in world.busy_threads()],
        "lesson": lesson.pk,
    }


@transaction.atomic
def add_practice(world: World) -> ParticipationRule:
    """Add a check to each lesson of the large course but the third, what members read and answered, and a rule.

    Each has read a part of the first lesson and of those that they have opened, and answered half of the checks there.
    The learner who is measured has answered all checks. Most of them are due, as are the terms of the glossary.
    """
    pick, lessons = Random(world.course.pk), world.lessons[world.course.pk]
    checks = {}
    for lesson in [*lessons[:2], *lessons[3:]]:
        check = add_check(lesson=lesson, check=CHECK)
        body = Lesson.objects.values_list("body", flat=True).get(pk=lesson.pk)
        Lesson.objects.filter(pk=lesson.pk).update(
            body=f'{body}<hr data-check="{check.uid}">', version=F("version") + 1
        )
        publish(lesson=Lesson.objects.with_course().get(pk=lesson.pk), by=world.accounts["instructor"])
        checks[lesson.pk] = check
    learner = world.accounts["learner"]
    opened = set(Progress.objects.filter(lesson__in=lessons).values_list("user", "lesson"))
    opened |= {(user.pk, lessons[0].pk) for user in world.users}
    readings = sorted(opened - {(learner.pk, lesson.pk) for lesson in lessons})
    revisions = {
        row.lesson_id: row for row in Revision.objects.filter(lesson__in=lessons, lesson__current_revision=F("pk"))
    }
    insert(Reached, (_reached(user, revisions[lesson], pick.random()) for user, lesson in readings))
    answered = [(user, checks[lesson]) for user, lesson in readings if lesson in checks and pick.random() < 0.5]
    answered += [(learner.pk, check) for check in checks.values()]
    insert(Answer, (_answer(user, check, is_right=pick.random() < 0.6) for user, check in answered))
    insert(ReviewCard, _cards(pick, world, answered))
    return ParticipationRule.objects.create(
        course=world.course,
        name="The term",
        notes=5,
        note_days=3,
        note_lessons=2,
        replies=2,
        discussions=1,
        lessons_read=4,
        checks=3,
        due_at=world.now + timedelta(days=60),
    )


def _reached(user: int, revision: Revision, part: float) -> Reached:
    return Reached(user_id=user, revision=revision, offset=round(part * len(revision.text)))


def _answer(user: int, check: KnowledgeCheck, *, is_right: bool) -> Answer:
    response = RIGHT if is_right else WRONG
    return Answer(
        user_id=user,
        question=check,
        version=check.version,
        first_response=response,
        first_is_right=is_right,
        last_response=RIGHT,
        last_is_right=True,
        attempts=1 if is_right else 2,
    )


def _cards(pick: Random, world: World, answered: list[tuple[int, KnowledgeCheck]]) -> Iterator[ReviewCard]:
    """Give cards of what was answered, and the measured learner those of the glossary; four in five are due."""
    known = {"stability": 3.0, "difficulty": 5.0, "reviews": 1, "reviewed_at": world.now - timedelta(days=9)}
    for user, check in answered:
        yield ReviewCard(user_id=user, question=check, due_at=world.now + timedelta(days=pick.randint(-8, 2)), **known)
    for term in GlossaryTerm.objects.filter(module__course=world.course):
        yield ReviewCard(
            user=world.accounts["learner"], term=term, due_at=world.now - timedelta(days=pick.randint(0, 8)), **known
        )


def count_posts(threads: list[int]) -> int:
    return Post.objects.filter(thread__in=threads).count()


def republish(lesson: int) -> float:
    """Add a paragraph before the text of the lesson and publish it; return the CPU seconds that this took."""
    author = User.objects.get(email="instructor@example.org")
    row = Lesson.objects.get(pk=lesson)
    row.body = f"<p>Added before all else.</p>{row.body}"
    row.version += 1
    row.save()
    began = time.process_time()
    publish(lesson=row, by=author)
    return time.process_time() - began


def database_bytes() -> int:
    """Return the size of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return Path(str(connection.settings_dict["NAME"])).stat().st_size
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]
