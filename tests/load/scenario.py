"""Who reads and writes what in the world of `seed_load.py`, asked in a process with the settings of the server."""

from itertools import cycle, islice

from django.db import connection

from lessons.courses.models import Course, Membership
from lessons.discussions.models import Post, Thread
from lessons.models import Lesson
from tests.load.world import World, session_key

LARGE_COURSE = "sea"
WRITTEN = "Written under load: "


def fill(scale: float) -> None:
    World(scale).fill()


def analyze() -> None:
    """Let PostgreSQL count what is in the tables, as it does by itself in the minutes after they were filled."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def scenario(readers: int, writers: int) -> dict:
    """Return the sessions of learners, the paths that are read, by kind, and the threads for replies.

    Each writer is another learner, since everybody may post only so often. In a small world readers share learners.
    """
    course = Course.objects.get(slug=LARGE_COURSE)
    learners = Membership.objects.active().filter(course=course, role="learner").select_related("user").order_by("pk")
    assert len(learners) >= writers, "the scale is too small: 0.02 makes enough people"
    sessions = [session_key(membership.user) for membership in islice(cycle(learners), writers + readers)]
    lessons = Lesson.objects.filter(module__course=course, state="published").select_related("module__course")
    # Those for groups are read by few, and those on a lesson may ask for a post first.
    whole_course = Thread.objects.listed().filter(course=course, audience="course", lesson=None, closed=False)
    threads = list(whole_course.filter(annotation=None).order_by("-rank")[:60].values_list("pk", flat=True))
    lesson_paths = [lesson.get_absolute_url() for lesson in lessons.order_by("pk")[:60]]
    discussions = f"/courses/{LARGE_COURSE}/discussions/"
    return {
        "readers": sessions[writers:],
        "writers": sessions[:writers],
        "threads": threads[:20],
        "paths": {
            "lesson": lesson_paths,
            "thread": [f"/threads/{pk}/" for pk in threads],
            "discussions": [discussions, f"{discussions}?sort=new"],
            "course": [course.get_absolute_url()],
            "library": ["/"],
            "notebook": ["/notebook/"],
            "search": [f"/search/?q={word}" for word in ("tide", "wall", "spring+tides", "harbour")],
        },
    }


def stored_texts() -> list[str]:
    return list(Post.objects.filter(source__startswith=WRITTEN).values_list("source", flat=True))


def counters_are_right(threads: list[int]) -> bool:
    """Return whether the threads' posts are numbered 1, 2, 3 … without a gap, as their counters say."""
    for thread in Thread.objects.filter(pk__in=threads):
        numbers = list(Post.objects.filter(thread=thread).order_by("seq").values_list("seq", flat=True))
        if numbers != list(range(1, thread.last_seq + 1)):
            return False
    return True
