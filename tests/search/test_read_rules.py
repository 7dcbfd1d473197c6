"""In a generated world, everybody finds exactly what `visible_to` says they may read, and is told of nothing else."""

import re
from collections import Counter
from random import Random
from typing import NamedTuple

import pytest

from lessons.courses.models import Course
from lessons.discussions import indexed_posts
from lessons.discussions.models import Post
from lessons.indexed_texts import index_course
from lessons.models import Lesson, Revision
from lessons.search.filters import DISCUSSIONS, MINE, NOTES, TEXTS, SearchFilter
from lessons.search.find import find
from lessons.search.matching import ENOUGH
from lessons.search.narrowing import NarrowingOptions
from lessons.search.page import page_context
from lessons.search.results import load_results
from tests.generated_world import generate_world

WORDS = "harbour tides moon ebb flood board chart reef lock quay".split()


def searched_world():
    """Return a generated world whose posts and lessons have random words, and each a word of its own."""
    world, random = generate_world(), Random(3)
    posts = list(Post.objects.all())
    for post in posts:
        post.html = f"<p>{' '.join(random.sample(WORDS, 4))} p{post.pk}x</p>"
    Post.objects.bulk_update(posts, ["html"])
    lessons = list(Lesson.objects.exclude(current_revision=None))
    for lesson in lessons:
        text = f"{' '.join(random.sample(WORDS, 4))} r{lesson.pk}x"
        values = {"title": lesson.title, "html": f"<p>{text}</p>", "text": text, "word_count": 5}
        lesson.current_revision = Revision.objects.create(lesson=lesson, number=2, **values)
    Lesson.objects.bulk_update(lessons, ["current_revision"])
    for course in world.courses:
        index_course(course.pk)
    indexed_posts.index_posts(post.pk for post in posts)
    return world


pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    pytest.mark.parametrize("make_world", [searched_world], indirect=True),
]


class Readable(NamedTuple):
    """A text that somebody may read, by the querysets. `is_listed` unless its course is found by its link only."""

    kind: str
    word: str
    course: int
    text: str
    is_listed: bool = True


def readable_by(viewer):
    """Return everything that the viewer may read. Two queries."""
    posts = Post.objects.visible_to(viewer).values_list("pk", "thread__lesson_anchor", "thread__course", "html")
    texts = [Readable(NOTES if anchor else DISCUSSIONS, f"p{pk}x", course, html) for pk, anchor, course, html in posts]
    sees_all = getattr(viewer, "is_superuser", False)
    for lesson in Lesson.objects.visible_to(viewer).with_course():
        course, text = lesson.module.course, lesson.current_revision.text
        is_listed = sees_all or bool(lesson.membership_role) or course.visibility != Course.Visibility.UNLISTED
        texts.append(Readable(TEXTS, f"r{lesson.pk}x", course.pk, text, is_listed))
    return texts


def test_everybody_finds_what_they_may_read_and_learns_of_nothing_else(world):
    random, viewers = Random(5), world.viewers()
    texts = {name: readable_by(viewer) for name, viewer in viewers.items()}
    courses = {name: [*Course.objects.visible_to(viewer), None] for name, viewer in viewers.items()}
    for _ in range(200):
        name = random.choice(list(viewers))
        course, words = random.choice(courses[name]), random.sample(WORDS, random.choice([1, 1, 2]))
        expected = [
            text
            for text in texts[name]
            if (text.course == course.pk if course else text.is_listed) and all(word in text.text for word in words)
        ]
        if len(expected) < ENOUGH:
            continue  # Then some of the words are enough.
        filters, case = SearchFilter(" ".join(words)), (name, course, words)
        found = find(viewers[name], course, filters)
        counts = Counter(text.kind for text in expected)
        assert {kind: number for kind, number in found.counts.items() if kind != MINE} == counts, case
        results = load_results(viewers[name], course, found, filters)
        page = page_context(filters, found, results, NarrowingOptions(), course)
        shown = set(re.findall(r"\b[pr]\d+x\b", str(page["sections"])))
        assert shown, case
        assert shown <= {text.word for text in expected}, case
