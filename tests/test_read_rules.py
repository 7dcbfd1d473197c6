"""Every way to ask what somebody may read gives one answer: the rules of `permissions.py`, the filters `visible_to`,
the compiled SQL of sessions, margins and lists, and the counts.

Each test compares them for every pair of a viewer and an object of a generated world (see `generated_world`).
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from django.http import Http404, QueryDict

from lessons import permissions
from lessons.annotations import course_notes
from lessons.annotations.margin import positions as margin
from lessons.annotations.margin.context import get_lesson_context
from lessons.annotations.margin.counts import lesson_counts
from lessons.annotations.margin.rendering import render_cards
from lessons.annotations.models import Annotation
from lessons.annotations.views.access import get_annotation
from lessons.courses.models import Course
from lessons.discussions import indexed_posts
from lessons.discussions.auth_backend import user_with_unread_count
from lessons.discussions.models import CommentPolicy, Notification, Participation, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import must_post_first_lessons
from lessons.discussions.search_scopes import reader_tokens
from lessons.discussions.selectors import query_viewer, thread_list
from lessons.discussions.selectors.activity import MAX_ITEMS, latest_posts, unread_followed_threads
from lessons.discussions.selectors.notification_list import latest_notifications
from lessons.discussions.selectors.thread_filter import ThreadFilter
from lessons.discussions.selectors.thread_page import posts_on_page
from lessons.discussions.selectors.unmailed_posts import unmailed_posts
from lessons.discussions.services.notifications import audience_memberships
from lessons.discussions.views import access
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS
from lessons.indexing.queries import Query, Scope, phrase_part
from lessons.models import Lesson, Module
from lessons.reading.selectors.course_activity import course_activity
from lessons.reading.selectors.published_lesson import published_lesson
from lessons.webannotations import selectors
from tests.generated_world import GeneratedWorld, generate_world, update_statistics


@dataclass
class RuledWorld(GeneratedWorld):
    """A generated world with what the rules of `permissions.py` say of it: ids of what each viewer may read."""

    threads: dict[str, set[int]] = field(default_factory=dict)
    posts: dict[str, set[int]] = field(default_factory=dict)
    annotations: dict[str, set[int]] = field(default_factory=dict)
    post_first_lessons: dict[str, set[int]] = field(default_factory=dict)


def ruled_world() -> RuledWorld:
    """Ask the rules once for all tests: they cost a query for each object on a post-first lesson."""
    world = RuledWorld(**vars(generate_world()))
    indexed_posts.index_posts(Post.objects.values_list("pk", flat=True))
    update_statistics()
    threads = list(Thread.objects.select_related("course"))
    posts = list(Post.objects.filter(state="shown", thread__merged_into=None).select_related("thread"))
    notes = list(Annotation.objects.select_related("thread__course", "lesson__module__course"))
    for name, viewer in world.viewers().items():
        readable = world.threads[name] = {t.pk for t in threads if permissions.can_read_thread(viewer, t)}
        world.annotations[name] = {note.pk for note in notes if permissions.can_read_annotation(viewer, note)}
        must_post_in = world.post_first_lessons[name] = lessons_to_post_in_first(viewer, world)
        world.posts[name] = {
            post.pk
            for post in posts
            if post.thread_id in readable
            and (post.by_staff or post.author_id == viewer.pk or post.thread.lesson_id not in must_post_in)
        }
    return world


def lessons_to_post_in_first(viewer, world: GeneratedWorld) -> set[int]:
    """Return the ids of post-first lessons where the viewer, not a moderator, has not posted, found independently."""
    posted = set(Participation.objects.filter(user=viewer.pk).values_list("lesson", flat=True))
    post_first = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST)
    asked = set(post_first.values_list("lesson", flat=True)) - posted
    return {
        lesson.pk
        for lesson in world.lessons
        if lesson.pk in asked and not permissions.can_moderate(viewer, lesson.module.course)
    }


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("make_world", [ruled_world], ids=["generated"], indirect=True),
]


def exists(fetch, *args) -> bool:
    """Return whether a page's own fetch finds the object for the viewer."""
    try:
        fetch(*args)
    except Http404:
        return False
    return True


def ids(queryset) -> set[int]:
    return set(queryset.order_by().values_list("pk", flat=True))


def annotated_lessons(world, viewer) -> list[Lesson]:
    """Return the lessons that have notes of anybody, and that the viewer may discuss."""
    annotated = set(Annotation.objects.values_list("lesson", flat=True))
    lessons = [lesson for lesson in world.lessons_with_course() if lesson.pk in annotated]
    return [lesson for lesson in lessons if is_discussed(viewer, lesson)]


def is_discussed(viewer, lesson: Lesson) -> bool:
    """Return whether the viewer may talk about a lesson: members of a published one, moderators of any."""
    course = lesson.module.course
    is_published = lesson.state == Lesson.State.PUBLISHED and lesson.module.state != Module.State.DRAFT
    return permissions.can_discuss(viewer, course) and (is_published or permissions.can_moderate(viewer, course))


def listed(viewer, thread) -> bool:
    """Return whether lists show a readable thread: not merged, not hidden, held ones only to their author."""
    own_held = thread.state == Thread.State.HELD and thread.author_id == viewer.pk
    return thread.merged_into_id is None and (thread.state == Thread.State.SHOWN or own_held)


def test_the_generated_world_has_every_case_of_the_rules(world):
    """Each rule must allow and refuse, for members and for staff, or the other tests would compare nothing."""
    for model, name in ((Thread, "state"), (Thread, "audience"), (Post, "state"), (Module, "state")):
        values = set(model.objects.values_list(name, flat=True))
        assert values >= set(dict(model._meta.get_field(name).choices)), (model, name)
    assert Thread.objects.exclude(merged_into=None).exists()
    assert Post.objects.filter(thread__state="held", state="shown").exists()
    assert world.threads["visitor"] == world.annotations["visitor"] == set()
    for answers in (world.threads, world.posts, world.annotations, world.post_first_lessons):
        assert len({frozenset(found) for found in answers.values()}) > 8


def test_post_first_lessons_follow_one_rule(world):
    threads = {thread.lesson_id: thread for thread in Thread.objects.exclude(lesson=None)[::10]}
    for name, viewer in world.viewers().items():
        if viewer.is_authenticated:
            must_post_in = world.post_first_lessons[name]
            assert set(must_post_first_lessons(viewer).values_list("lesson", flat=True)) == must_post_in, name
            flagged = {pk for pk, thread in threads.items() if thread.must_post_first(viewer)}
            assert flagged == must_post_in & set(threads)


def test_courses_modules_and_lessons_are_read_by_one_rule(world):
    courses = list(Course.objects.all())
    modules, lessons = list(Module.objects.select_related("course")), world.lessons_with_course()
    for name, viewer in world.viewers().items():
        may_read = {course.pk for course in courses if permissions.can_read(viewer, course)}
        assert ids(Course.objects.visible_to(viewer)) == may_read, name
        shown = {m.pk for m in modules if m.course_id in may_read and m.state != Module.State.DRAFT}
        assert ids(Module.objects.visible_to(viewer)) == shown, name
        published = {
            lesson.pk for lesson in lessons if lesson.module_id in shown and lesson.state == Lesson.State.PUBLISHED
        }
        assert ids(Lesson.objects.visible_to(viewer)) == published, name
        assert {one.pk for one in lessons if published_lesson(viewer, one.pk)} == published, name


def test_what_may_be_edited_is_filtered_by_the_rule(world):
    for name, viewer in world.viewers().items():
        if viewer.is_authenticated:
            may_edit = {c.pk for c in Course.objects.all() if permissions.can_edit_course(viewer, c)}
            assert ids(Course.objects.editable_by(viewer)) == may_edit, name
            lessons = {one.pk for one in world.lessons_with_course() if one.module.course_id in may_edit}
            assert ids(Lesson.objects.editable_by(viewer)) == lessons, name


def test_rows_have_the_role_that_the_rule_returns(world):
    for name, viewer in world.viewers().items():
        for course in Course.objects.visible_to(viewer):
            assert course.membership_role == permissions.role_in(viewer, course), (name, course)


def test_threads_are_read_by_one_rule(world):
    some = set(list(Thread.objects.values_list("pk", flat=True))[::3])
    for name, viewer in world.viewers().items():
        may_read = world.threads[name]
        assert ids(Thread.objects.visible_to(viewer)) == may_read, name
        assert {pk for pk in some if exists(access.get_thread, viewer, pk)} == may_read & some, name


def test_posts_are_read_by_one_rule(world):
    for name, viewer in world.viewers().items():
        assert ids(Post.objects.visible_to(viewer)) == world.posts[name], name
        some = Post.objects.filter(state="shown", thread__merged_into=None).order_by("pk")[::30]
        found = {post.pk for post in some if exists(access.get_post, viewer, post.pk)}
        assert found == world.posts[name] & {post.pk for post in some}, name


def test_search_finds_and_counts_the_posts_that_may_be_read(world):
    columns = ("pk", "seq", "html", "thread__title", "thread__course")
    texts, course_of, course = {}, {}, world.courses[1].pk
    for pk, seq, html, title, course_id in Post.objects.values_list(*columns):
        course_of[pk] = course_id
        texts[pk] = f" {re.sub('<.*?>', '', html)} | {title if seq == 1 else ''} ".lower()
    for name, viewer in world.viewers().items():
        for words in ("", "post", "post 2 of", "thread", "1", "4", "nothing"):
            query = Query((part,)) if (part := phrase_part(words)) else Query(())
            found = {pk for pk in world.posts[name] if f" {words} " in texts[pk] or not words}
            assert_found(query, viewer, found)
            assert_found(query, viewer, {pk for pk in found if course_of[pk] == course}, course)


def assert_found(query: Query, viewer, expected: set[int], course: int | None = None) -> None:
    """Assert that a search in a course, or in all, finds these posts."""
    scope = Scope(reader_tokens(viewer, course))
    scope = scope.narrowed(tokens.course(course)) if course else scope
    assert {hit.pk for hit in POSTS.search(query, scope, limit=1000, newest=True)} == expected
    assert POSTS.count(query, scope) == len(expected)


@pytest.mark.thorough
def test_the_page_of_a_thread_shows_the_posts_that_may_be_read(world):
    for name, viewer in world.viewers().items():
        shown = set()
        for pk in world.threads[name]:
            view = access.get_thread_view(viewer, pk)
            is_staff = permissions.can_moderate(viewer, view.thread.course)
            rows = posts_on_page(view, viewer, 1, is_staff=is_staff)
            if view.thread.merged_into_id is None:
                shown |= {row.pk for row in rows if row.state == Post.State.SHOWN}
            assert is_staff or {row.author_id for row in rows if row.state == Post.State.HELD} <= {viewer.pk}, name
        assert shown == world.posts[name], name


@pytest.mark.thorough
def test_lists_of_threads_contain_what_may_be_read(world):
    for name, viewer in world.viewers().items():
        may_read = world.threads[name]
        threads = [thread for thread in Thread.objects.all() if thread.pk in may_read and listed(viewer, thread)]
        for course in filter(lambda course: permissions.can_discuss(viewer, course), world.courses):
            of_course = {thread.pk for thread in threads if thread.course_id == course.pk}
            assert forum_ids(course, viewer) == of_course, (name, course)
            unread = forum_ids(course, viewer, "unread")
            assert len(unread) == thread_list.unread_thread_count(course, viewer), (name, course)
            assert unread == unread_by_rule(viewer, threads, course, world.post_first_lessons[name]), (name, course)
            home = course_activity(course, viewer)
            assert {thread.pk for thread in home.announcements} <= of_course, (name, course)
            assert {thread.pk for thread in home.unread} <= unread, (name, course)
            assert {reply.pk for reply in home.replies} <= world.posts[name], (name, course)


def forum_ids(course, viewer, view="") -> set[int]:
    """Return the ids of all pages of the course's two lists: topics, and notes in the order of the text."""
    topics, cursor = [], ""
    while True:
        filters = ThreadFilter.from_query(QueryDict(f"show={view}&before={cursor}"))
        page = thread_list.topic_rows(course, filters, viewer)
        topics += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    notes, after = [], course_notes.BEGINNING
    filters = ThreadFilter.from_query(QueryDict(f"show={view}"))
    lessons = course_notes.filter_options(course, viewer, filters).lessons
    while after:
        page = course_notes.note_page(course, viewer, filters, lessons, after)
        notes += [row.thread.pk for _lesson, rows in page.by_lesson for row in rows]
        notes += [row.thread.pk for row in page.rest]
        after = course_notes.Cursor.parse(page.next_cursor)
    assert len(topics + notes) == len({*topics, *notes})
    return {*topics, *notes}


def unread_by_rule(viewer, threads, course, must_post_in) -> set[int]:
    states = {state.thread_id: state for state in ThreadUserState.objects.filter(user=viewer.pk)}
    unread = set()
    for thread in threads:
        state = states.get(thread.pk)
        muted = state and state.subscription_level == ThreadUserState.SubscriptionLevel.MUTED
        is_new = thread.posts.filter(state="shown", seq__gt=state.last_read_seq if state else 0).exists()
        if thread.course_id == course.pk and is_new and not muted and thread.lesson_id not in must_post_in:
            unread.add(thread.pk)
    return unread


def test_the_page_of_a_lesson_shows_its_latest_threads(world):
    for name, viewer in world.viewers().items():
        may_read = world.threads[name]
        threads = [thread for thread in Thread.objects.order_by("-rank", "-pk") if thread.pk in may_read]
        for lesson in Lesson.objects.visible_to(viewer).with_course():
            course = lesson.module.course
            if permissions.can_discuss(viewer, course):
                about = [t for t in threads if t.lesson_id == lesson.pk and not t.lesson_anchor]
                latest = [t.pk for t in about if listed(viewer, t)]
                page = thread_list.lesson_thread_rows(lesson.pk, course, viewer)
                assert [row.pk for row in page.rows] == latest[: thread_list.LESSON_THREADS], (name, lesson)
                assert page.total == len(latest), (name, lesson)


def test_the_audience_that_is_notified_is_the_one_that_may_read(world):
    """Apart from post-first lessons, where an announcement is kept for those who still have to post; and from
    administrators, who read everything but are not notified of what is not for them."""
    viewers = [viewer for viewer in world.viewers().values() if viewer.pk and not viewer.is_superuser]
    members = {viewer.pk for viewer in viewers}
    asks_first = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST).values("lesson")
    for thread in Thread.objects.filter(state="shown").exclude(lesson__in=asks_first).select_related("course"):
        told = {user for user in audience_memberships(thread).values_list("user", flat=True) if user in members}
        readers = {
            viewer.pk
            for viewer in viewers
            if permissions.is_member(viewer, thread.course) and permissions.can_read_thread(viewer, thread)
        }
        # Its author keeps what they wrote to a group that they have left.
        assert told <= readers <= told | {thread.author_id}, thread.pk


@pytest.mark.thorough
def test_annotations_are_read_by_one_rule(world):
    displayed = ids(Annotation.objects.displayed())
    for name, viewer in world.viewers().items():
        may_read = world.annotations[name]
        assert ids(Annotation.objects.visible_to(viewer)) == may_read, name
        assert ids(selectors.readable_annotations(viewer)) == may_read & displayed, name
        some = list(Annotation.objects.order_by("pk").values_list("pk", flat=True))[::25]
        found = {pk for pk in some if exists(get_annotation, viewer, pk)}
        assert found == may_read & displayed & set(some), name


def test_notebooks_contain_what_the_rule_allows(world):
    everything = list(Annotation.objects.select_related("thread", "lesson__module__course"))
    for name, viewer in world.viewers().items():
        kept = {note.pk for note in everything if permissions.can_keep_in_notebook(viewer, note)}
        assert ids(Annotation.objects.in_notebook_of(viewer)) == kept, name


@pytest.mark.thorough
def test_lessons_are_discussed_and_annotated_by_one_rule(world):
    for name, viewer in world.viewers().items():
        for lesson in world.lessons_with_course()[::2]:
            discussed = is_discussed(viewer, lesson)
            assert exists(access.get_lesson, viewer, lesson.pk) == discussed, (name, lesson)
            annotated = discussed and lesson.current_revision_id is not None
            assert exists(get_lesson_context, viewer, lesson.pk) == annotated, (name, lesson)


@pytest.mark.thorough
def test_margins_lists_cards_and_counts_contain_what_may_be_read(world):
    notes_of = defaultdict(dict)
    for note in Annotation.objects.displayed():
        notes_of[note.lesson_id][note.pk] = note
    everything = margin.AnnotationFilter()
    for name, viewer in world.viewers().items():
        for lesson in annotated_lessons(world, viewer):
            here, notes = get_lesson_context(viewer, lesson.pk), notes_of[lesson.pk]
            may_read = world.annotations[name] & set(notes)
            painted = set(json.loads(margin.positions_json(here, viewer, everything))["ids"])
            positioned = {row.pk for row in margin.positions_page(here, viewer, everything)}
            orphaned = {row.pk for row in margin.orphaned(here, viewer, everything)}
            assert painted == positioned, (name, lesson)
            assert (positioned | orphaned, positioned & orphaned) == (may_read, set()), (name, lesson)
            cards = render_cards(here, viewer, list(notes))
            assert {pk for pk, note in notes.items() if str(note.uid) in cards} == may_read, (name, lesson)
            counts = lesson_counts(lesson.module_id, lesson.module.course, viewer).notes
            with_comment = {pk for pk in may_read if notes[pk].thread_id}
            assert counts.get(lesson.pk, 0) == len(with_comment), (name, lesson)


@pytest.mark.thorough
def test_cards_show_no_post_that_may_not_be_read(world):
    posts_of = defaultdict(list)
    for post in Post.objects.filter(thread__annotation__isnull=False).select_related("thread__annotation"):
        posts_of[post.thread.annotation.lesson_id].append(post)
    for name, viewer in world.viewers().items():
        for lesson in annotated_lessons(world, viewer):
            here = get_lesson_context(viewer, lesson.pk)
            cards = render_cards(here, viewer, [post.thread.annotation.pk for post in posts_of[lesson.pk]])
            shown = {post.pk for post in posts_of[lesson.pk] if post.html in cards}
            own_held = {
                post.pk
                for post in posts_of[lesson.pk]
                if post.state == Post.State.HELD
                and (post.author_id == viewer.pk or permissions.can_moderate(viewer, lesson.module.course))
            }
            assert shown <= world.posts[name] | own_held, (name, lesson)
            openings = {post.pk for post in posts_of[lesson.pk] if post.seq == 1 and post.state == Post.State.SHOWN}
            assert openings & world.posts[name] <= shown, (name, lesson)


@pytest.mark.thorough
def test_the_container_contains_what_may_be_read(world):
    displayed = ids(Annotation.objects.displayed())
    for name, viewer in world.viewers().items():
        for lesson in annotated_lessons(world, viewer)[::3]:
            notes = Annotation.objects.filter(lesson=lesson, pk__in=world.annotations[name] & displayed)
            entries = [entry for entry, _row in selectors.rows_after(lesson, viewer, (0, 0), 10_000)]
            assert entries[::-1] == selectors.entries_up_to(lesson, viewer, None, 10_000), (name, lesson)
            assert len(entries) == selectors.count_entries(lesson, viewer), (name, lesson)
            assert {entry.pk for entry in entries if not entry.seq} == ids(notes), (name, lesson)
            replies = ids(Post.objects.filter(thread__annotation__in=notes, seq__gt=1))
            found = {entry.pk for entry in entries if entry.seq}
            assert found == replies & world.posts[name], (name, lesson)


def test_the_unread_count_is_the_length_of_its_lists(world):
    for name, viewer in world.viewers().items():
        if viewer.is_authenticated and not viewer.learner_view:
            threads = unread_followed_threads(viewer)
            new = ids(Notification.objects.filter(user=viewer.pk, seen_at=None))
            unseen = [item for item in latest_notifications(viewer) if item.notification in new]
            assert max(len(threads), len(unseen)) < MAX_ITEMS
            assert user_with_unread_count(viewer.pk).unread_count == len(threads) + len(unseen), name


@pytest.mark.parametrize("is_compiled", [True, False])
def test_notifications_are_of_posts_that_may_be_read(world, is_compiled, monkeypatch):
    if not is_compiled:  # as for members of many courses
        monkeypatch.setattr(query_viewer, "MAX_COURSES", -1)
    for name, viewer in world.viewers().items():
        posts = world.posts[name]
        if viewer.is_authenticated:
            courses = set(viewer.memberships.active().values_list("course", flat=True))
            expected = {
                note.pk
                for note in Notification.objects.filter(user=viewer.pk).select_related("post")
                if note.post_id in posts
                or (note.kind == "moderation" and note.post.author_id == viewer.pk)
                or (note.kind == "report" and (note.course_id in courses or viewer.is_superuser))
            }
            assert {item.notification for item in latest_notifications(viewer)} == expected, name
            assert {thread.pk for thread in unread_followed_threads(viewer)} <= world.threads[name], name


def test_feeds_and_digests_are_of_posts_that_may_be_read(world):
    for name, viewer in world.viewers().items():
        if not viewer.is_authenticated:
            continue
        readable = world.posts[name]
        latest = sorted(readable, reverse=True)[:50]
        assert [item.post for item in latest_posts(viewer)] == latest, name
        follows = ThreadUserState.objects.filter(user=viewer.pk, subscription_level=1)
        read_up_to = {state.thread_id: max(state.last_read_seq, state.mailed_seq) for state in follows}
        unmailed = {
            post.pk
            for post in Post.objects.filter(pk__in=readable, thread__in=read_up_to).exclude(author=viewer.pk)
            if post.seq > read_up_to[post.thread_id]
        }
        assert {item.post for item in unmailed_posts(viewer)} == unmailed, name
