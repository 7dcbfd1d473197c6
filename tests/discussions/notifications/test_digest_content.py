"""What a digest says: each thing once, by course and thread, the most important first, the same in both parts."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count

import pytest

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.discussions.identity import Identity
from lessons.discussions.notifications.digest_content import make_digest
from lessons.discussions.notifications.due_reminders import DueLesson
from lessons.discussions.selectors.activity_items import ActivityItem, EmailFacts
from lessons.mail.builder import build_email
from lessons.markup.post_markdown import render_post
from tests.mail.snapshots import assert_parts_say_the_same, assert_unchanged, html_of, text_with_headers

SITE = "https://learn.example.org"
NOW = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)
TIDES = Course(pk=1, title="Tides and shores", slug="tides", time_zone="Europe/Brussels")
ROCKS = Course(pk=2, title="Rocks", slug="rocks", time_zone="Europe/Brussels")
READER = User(pk=1, display_name="Leila Benali")
MEMBERSHIPS = {course.pk: ActiveMembership("learner", None) for course in (TIDES, ROCKS)}
ANSWER = """Two things, and it helps to keep them apart:

1. **The pull.** The moon pulls on the near side more than on the far side, and that raises the water.
2. **The turn.** The earth turns below both bulges:
   - once a day below each,
   - so most coasts have two tides.

| coast | range |
|---|--:|
| Saint-Malo | 12 m |
| Venice | 1 m |

> The force falls with the cube of the distance.

It is about $2GMr/d^3$. In code:

```python
def tide(m, r, d):
    return 2 * G * m * r / d**3
```
"""
numbers = count(1)
rendered = lru_cache(render_post)


def item(
    name, source, *, seq=2, kind="", thread=1, title="Why are there two tides a day?", hours=2, course=TIDES, **facts
):
    html = rendered(source)
    plain = EmailFacts(
        by_staff=False,
        is_reply_to_reader=False,
        is_own_thread=False,
        is_answer=False,
        endorsed_by="",
        thread_kind="discussion",
        audience="course",
        group="",
        quote="",
        course_slug=course.slug,
        course_id=course.pk,
        course_time_zone=course.time_zone,
        lesson_title="",
        lesson_url="",
    )
    return ActivityItem(
        post=100 * thread + seq,
        thread=thread,
        seq=seq,
        course=course.title,
        title=title,
        name=name,
        author=Identity(name),
        excerpt="",
        html=html,
        created_at=NOW - timedelta(hours=hours),
        kind=kind,
        message=facts.pop("message", ""),
        notification=next(numbers) if kind else 0,
        facts=plain._replace(**facts),
    )


def due(title, at, *, course=TIDES):
    return DueLesson(next(numbers), title, f"/lessons/{len(title)}/lesson/", at, course, True)


def email_of(posts=(), notifications=(), lessons=(), user=READER, reviews=0):
    set_memberships(user, MEMBERSHIPS)
    reason = "You get this once a day if there is something new."
    digest = make_digest(user, posts, notifications, lessons, NOW, reason, review_count=reviews)
    context = {"digest": digest, "unsubscribe_url": "/unsubscribe/6f1c/"}
    return build_email(
        "emails/digest.html",
        to="leila@example.org",
        language="",
        site_url=SITE,
        context=context,
        headers={"List-Unsubscribe": f"<{SITE}/unsubscribe/6f1c/>"},
    )


QUESTION = {"is_own_thread": True, "thread_kind": "question", "unmailed_count": 4, "last_seq": 8}
NOTE = {
    "thread": 2,
    "title": "“no coast likes to be flooded alone”",
    "quote": "no coast likes to be flooded alone",
    "is_own_thread": True,
    "is_reply_to_reader": True,
    "lesson_title": "The moving sea",
    "lesson_url": "/lessons/5/moving-sea/#note-31",
    "unmailed_count": 1,
}


def test_a_digest_of_everything():
    answer = {"is_answer": True, "by_staff": True, "endorsed_by": "Ines Marek", **QUESTION}
    posts = [
        item("Asif Rahman", ANSWER, **answer),
        item("Tomasz Wilk", "Thanks! @leila-benali may like the picture.", seq=3, hours=1, **QUESTION),
        item("Tomasz Wilk", "Which may be why the small ones do it in pairs.", hours=26, **NOTE),
        item(
            "Maya.Stone@x", "Who walks along?", seq=1, thread=4, title="Walk", course=ROCKS, hours=50, unmailed_count=1
        ),
    ]
    notifications = [
        item(
            "Ines Marek",
            "Bring **boots**.",
            seq=1,
            kind="announcement",
            thread=3,
            title="Boots",
            thread_kind="announcement",
        ),
        item("Tomasz Wilk", "Thanks! @leila-benali may like the picture.", seq=3, kind="mention", hours=1, **QUESTION),
        item("Asif Rahman", ANSWER, kind="answer", **answer),
        item("The course’s staff", "A post.", kind="moderation", thread=9, message="Mind the rules, please."),
    ]
    lessons = [due("Tools", NOW - timedelta(days=3)), due("The moving sea", NOW + timedelta(days=2, hours=3))]
    reader = User(pk=1, time_zone="Europe/London")
    email = email_of(posts, notifications, lessons, reader)
    assert_unchanged("digest.txt", text_with_headers(email))
    assert_unchanged("digest.html", html_of(email))
    assert_parts_say_the_same(email)


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        ([item("Maya", "Yes.", title="Article 5")], "Maya replied in “Article 5”"),
        ([item("Maya", "Yes.", is_reply_to_reader=True)], "Maya replied to you in “Why are there two tides a day?”"),
        ([item("Maya", "Yes.", **NOTE)], "Maya replied to your note in “The moving sea”"),
        (
            [item("Maya", "Yes.", **NOTE | {"is_own_thread": False, "is_reply_to_reader": False})],
            "Maya replied in a note in “The moving sea”",
        ),
        ([item("Maya", "Why?", seq=1, thread_kind="question", title="Why?")], "Maya asked “Why?”"),
        ([item("Maya", "Walk", seq=1, title="Walk")], "Maya started “Walk”"),
        ([item("Maya", "See", seq=1, **NOTE | {"is_own_thread": False})], "Maya wrote a note in “The moving sea”"),
        ([item("Maya", "Yes.", kind="mention", title="Article 5")], "Maya mentioned you in “Article 5”"),
        ([item("Asif", "Yes.", kind="answer", title="Why?")], "Asif answered “Why?”"),
        ([item("Ines", "B12", seq=1, kind="announcement", title="Room B12")], "Announcement: Room B12"),
        ([item("Maya", "A", seq=n, title="Walk", unmailed_count=9) for n in (2, 3)], "9 new posts in “Walk”"),
        ([item("Maya", "A", thread=n, seq=1 + n % 2) for n in (1, 2, 3)], "Course digest: 1 discussion, 2 replies"),
        ([due("Tools", NOW + timedelta(days=1))], "“Tools” is due tomorrow at 15:05"),
        ([due("Tools", NOW + timedelta(hours=3))], "“Tools” is due today at 18:05"),
        ([due("Tools", NOW + timedelta(days=3))], "“Tools” is due on Thu 3 Dec at 15:05"),
        ([due("Tools", NOW - timedelta(days=1))], "“Tools” is 1 day overdue"),
        ([due("Tools", NOW - timedelta(hours=1))], "“Tools” is overdue"),
        ([due("A", NOW), due("B", NOW, course=ROCKS)], "Course digest: 2 lessons due"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_subject_says_what_happened(items, subject):
    notifications = [i for i in items if isinstance(i, ActivityItem) and i.kind]
    posts = [i for i in items if isinstance(i, ActivityItem) and not i.kind]
    email = email_of(posts, notifications, [i for i in items if isinstance(i, DueLesson)])
    assert email.subject == subject
    assert_parts_say_the_same(email)


def test_a_busy_week_fits_in_a_mail():
    """Long posts are cut between blocks, long threads after a few posts, and many threads become a list of titles."""
    long = "\n\n".join(f"Paragraph {n}. {'Water rises and falls. ' * 20}" for n in range(30))
    posts = [
        item("Maya", long, seq=seq, thread=n, title=f"Thread {n}", unmailed_count=40)
        for n in range(1, 41)
        for seq in range(2, 7)
    ]
    email = email_of(posts)
    assert email.body.count("And 35 more posts.") == 10
    assert email.body.count("40 new posts") == 30
    assert email.body.count("Read the whole post:") == 50
    assert "Paragraph 1." in email.body
    assert "Paragraph 5." not in email.body
    assert len(html_of(email)) < 400_000
