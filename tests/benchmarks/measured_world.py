"""The world that `quality.py` measures, and what is done in it in a process with the server's settings."""

import json
import shutil
import time
from pathlib import Path

from django.db import connection

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.discussions.models import Post
from lessons.models import Lesson
from tests.faults.server import Server, environment, manage, prepare
from tests.load.world import World, session_key

KEPT = "world.json"
"""Beside a database that is already filled: what `fill_world` returned."""


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
    lesson = world.lessons[world.course.pk][0]
    paths = world.paths() | {
        "export": f"/lessons/{lesson.pk}/annotations/export/",
        "search": "/search/?q=tide",
        "suggestions": f"/courses/{world.course.slug}/search/suggestions/?q=tid",
    }
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {
        "sessions": {role: session_key(user) for role, user in world.accounts.items()},
        "paths": paths,
        "threads": [thread.pk for thread in world.busy_threads()],
        "lesson": lesson.pk,
    }


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
