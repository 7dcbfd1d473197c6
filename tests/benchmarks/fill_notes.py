"""Puts notes on a lesson of 50,000 characters in a scratch database, and says how to measure them. Run by hand:

    DATA_DIR=/tmp/scratch DEVELOPMENT=true python manage.py migrate
    DATA_DIR=/tmp/scratch DEVELOPMENT=true NOTES=1000 python manage.py shell < tests/benchmarks/fill_notes.py

NOTES notes (1,000 where it is not said) of 200 people, as a class makes them: some passages many mark, most few; two
in three with words, one in five a question, a third with replies. Each run makes another lesson.
"""

import os
import random
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.courses.services import enrol
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import sort_rank
from lessons.markup.post_markdown import render_post
from lessons.models import Lesson, Module

COUNT = int(os.environ.get("NOTES", "1000"))
PICK = random.Random(7)
NOW = timezone.now()
WORDS = (
    "the range of a tide is greatest when sun and moon pull in line and least when they pull across each other so "
    "harbours print tables years ahead while storms raise or lower what was printed by a metre and more"
).split()
SOURCE = "Is this so **everywhere**? The table of chapter two says that it is not."
HTML = render_post(SOURCE)
A_BATCH = 1000


def body(length=50_000):
    """Paragraphs of sentences, a heading every tenth."""
    paragraphs, there = [], 0
    while there < length:
        sentences = [" ".join(PICK.choices(WORDS, k=PICK.randint(8, 24))).capitalize() for _ in range(4)]
        paragraphs.append(f"<p>{'. '.join(sentences)}.</p>")
        there += len(paragraphs[-1]) - 6
        if len(paragraphs) % 10 == 0:
            paragraphs.append(f"<h2>Part {len(paragraphs) // 10}</h2>")
    return "".join(paragraphs)


def people(course, n=200):
    found = list(course.memberships.all())
    if not found:
        User.objects.bulk_create([User(email=f"n{i}@example.org", display_name=f"Reader {i}") for i in range(n)])
        for i, user in enumerate(User.objects.filter(email__regex=r"^n\d+@")):
            enrol(user=user, course=course, role="instructor" if i == 0 else "learner", by=user)
    return [seat.user for seat in course.memberships.select_related("user").order_by("pk")]


def span(text):
    """A sentence or a few words of one; every fourth from the twenty passages that everybody marks."""
    start = PICK.choice(LOVED) if PICK.random() < 0.25 else PICK.randrange(len(text) - 400)
    start = text.index(" ", start) + 1
    return start, text.index(" ", min(start + int(PICK.lognormvariate(4, 0.7)) + 3, len(text) - 100))


def fill(lesson, users):
    revision, text, course = lesson.current_revision, lesson.current_revision.text, lesson.module.course
    spans = [span(text) for _ in range(COUNT)]
    kinds = PICK.choices(["highlight", "note", "question", "confused", "idea"], [30, 40, 15, 5, 10], k=COUNT)
    writers = PICK.choices(users, k=COUNT)
    shared = [n for n in range(COUNT) if kinds[n] != "highlight"]
    threads, posts = {}, []
    for n in shared:
        at, replies = NOW - timedelta(minutes=n), PICK.choice([0, 0, 1, 3])
        kind = "question" if kinds[n] in ("question", "confused") else "discussion"
        counts = {
            "last_seq": 1 + replies,
            "visible_post_count": 1 + replies,
            "last_post_at": at,
            "rank": sort_rank(at, False),
        }
        quote = {"quote": text[slice(*spans[n])], "opening": SOURCE, "kind": kind}
        threads[n] = Thread(course=course, lesson=lesson, author=writers[n], **counts, **quote)
    Thread.objects.bulk_create(threads.values(), batch_size=A_BATCH)
    for thread in threads.values():
        for seq in range(1, thread.last_seq + 1):
            posts.append(Post(thread=thread, seq=seq, author=PICK.choice(users), source=SOURCE, html=HTML))
    Post.objects.bulk_create(posts, batch_size=A_BATCH)
    notes = [
        Annotation(
            author=writers[n],
            lesson=lesson,
            revision=revision,
            start=start,
            end=end,
            exact=text[start:end],
            label=kinds[n],
            is_question=kinds[n] in ("question", "confused"),
            thread=threads.get(n),
            audience="" if n in threads else "me",
        )
        for n, (start, end) in enumerate(spans)
    ]
    for note in notes:
        # The reader who measures has the highlights, or nobody would read them.
        note.author = users[1] if note.label == "highlight" else note.author
    Annotation.objects.bulk_create(notes, batch_size=A_BATCH)
    places = [Placement(annotation=n, revision=revision, start=n.start, end=n.end, state="exact") for n in notes]
    Placement.objects.bulk_create(places, batch_size=A_BATCH)


def session_of(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return store.session_key


course, _new = Course.objects.get_or_create(slug="noted", defaults={"title": "Noted", "visibility": "members"})
module = Module.objects.create(course=course, slug=f"sea-{course.modules.count()}", title="Sea", state="published")
everybody = people(course)
lesson = Lesson.objects.create(module=module, title=f"With {COUNT} notes", slug=f"with-{COUNT}", body=body())
publish(lesson=lesson, by=everybody[0])
lesson = Lesson.objects.with_course().get(pk=lesson.pk)
LOVED = [PICK.randrange(len(lesson.current_revision.text) - 400) for _ in range(20)]
fill(lesson, everybody)
ids = ",".join(str(pk) for pk in lesson.annotations.exclude(thread=None).values_list("pk", flat=True)[:50])
print(f"""--cookie sessionid={session_of(everybody[1])} http://127.0.0.1:PORT /health/live/ \\
  {lesson.get_absolute_url()} /lessons/{lesson.pk}/notes/positions/ /lessons/{lesson.pk}/notes/cards/?ids={ids} \\
  /lessons/{lesson.pk}/notes/""")  # noqa: T201
