"""What one member has done in a course: the same list and figures for its staff as for the member, except for what is
private or anonymous.
"""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.annotations.services import publish
from lessons.courses.models import Course, Membership
from lessons.discussions.models import Post
from lessons.insight.work import Kind, Work, figures
from lessons.insight.work_list import WorkFilter, work_page
from lessons.models import Lesson
from lessons.permissions import can_read_thread
from lessons.practice.models import Answer
from lessons.practice.writing import save_check
from lessons.progress.models import Progress
from lessons.progress.reached import record_reached
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.generated_world import generate_world
from tests.practice.make import EXPLAIN, SHORT, SINGLE, answer_by, publish_with_checks


def of_member(user, course):
    return f"/courses/{course.slug}/members/{course.memberships.get(user=user).pk}/work/"


def list_in(client, address):
    """Return the list of the page as text."""
    html = client.get(address).content.decode()
    return re.sub(r"<[^>]+>", " ", html.partition('class="work-day"')[2].partition('class="fine soft stack')[0])


@pytest.fixture
def pages(sign_in, course, learner, instructor):
    """Return a function that returns the lists that the learner and their instructor see, in this order."""

    def lists(query=""):
        own, other = sign_in(learner), sign_in(instructor)
        return list_in(own, f"/courses/{course.slug}/work/{query}"), list_in(other, of_member(learner, course) + query)

    return lists


def test_it_lists_what_somebody_did_and_what_others_replied(pages, course, lesson, learner, other_learner, instructor):
    note = note_by(learner, lesson, label="question")
    thread = thread_by(learner, course, "Is the moon alone in this?", title="The other pull")
    post_by(other_learner, note.thread, "The moon, twice as hard.")
    post_by(learner, thread_by(other_learner, course, title="Neap tides"), "They follow a week later.")
    Progress.objects.save_progress(user=learner, lesson=lesson)
    record_reached(user=learner, revision=lesson.current_revision, offset=len(lesson.current_revision.text) // 2)
    for shown in pages():
        for said in ("Which pulls harder?", "The other pull", "The moon, twice as hard.", "They follow a week later."):
            assert said in shown
        assert "Opened" in shown
        assert "Read to 5" in shown or "Read to 49%" in shown
        assert "Reply by Otto Other" in " ".join(shown.split())
    assert figures(Work(learner, course, is_own=False)).counts == {
        "notes": 1,
        "discussions": 1,
        "replies": 1,
        "received": 1,
        "reading": 1,
        "checks": 0,
    }
    post_by(instructor, thread, "It is not.")
    assert figures(Work(learner, course, is_own=True)).counts["received"] == 2


def test_private_and_anonymous_things_are_listed_for_their_author_alone_and_counted_for_nobody(
    pages, course, lesson, learner, other_learner
):
    note_by(learner, lesson, source="My private thought.", audience="me")
    note_by(learner, lesson, source="An anonymous note.", anonymous=True)
    anonymous = thread_by(learner, course, "An anonymous question.", anonymous=True, title="Who knows")
    post_by(other_learner, anonymous, "An answer to the anonymous.")
    highlight_by(learner, lesson, "Neap tides")
    highlight_by(learner, lesson, "in line", label="confused", audience="course")
    own, other = pages()
    hidden = ("My private thought.", "An anonymous note.", "An anonymous question.", "An answer to the anonymous.")
    for said in (*hidden, "Neap tides", "in line"):
        assert said in own
        assert said not in other
    own, other = (figures(Work(learner, course, is_own=is_own)) for is_own in (True, False))
    assert own.counts == other.counts == dict.fromkeys(Kind, 0)
    assert (own.unlisted, other.unlisted) == (6, 0)


def test_answers_to_checks_are_listed_with_their_question(pages, course, lesson, learner, instructor):
    single, explain = publish_with_checks(lesson, SINGLE, EXPLAIN)
    answer_by(learner, single, "1")
    answer_by(learner, single, "0")
    answer_by(learner, explain, "The earth turns below it.")
    own, other = pages("?kind=checks")
    for shown in (own, other):
        for said in (SINGLE.question, "Not right first time", "2 attempts", EXPLAIN.question):
            assert said in shown
    assert ("In your own words" in own, "In their own words" in other) == (True, True)
    found = figures(Work(learner, course, is_own=False))
    assert (found.counts["checks"], found.marked, found.right) == (2, 1, 0)
    save_check(row=single, check=SINGLE._replace(question="What pulls the sea?"), version=1)
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    for shown in pages("?kind=checks"):
        assert SINGLE.question not in shown
        assert "A question that has been changed since" in shown


@pytest.mark.thorough
def test_a_check_counts_once_by_its_first_answer_and_not_once_it_is_gone(
    pages, sign_in, course, lesson, learner, instructor
):
    check, other = publish_with_checks(lesson, SINGLE, SHORT)
    answer_by(learner, check, "1")
    save_check(row=check, check=SINGLE._replace(question="What pulls the sea?"), version=1)
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    check.refresh_from_db()
    answer_by(learner, check, "0")
    answer_by(learner, other, "spring tide")
    for address in (f"/courses/{course.slug}/work/", of_member(learner, course)):
        page = sign_in(learner if address.endswith(f"{course.slug}/work/") else instructor).get(address)
        assert "<b>1</b> of 2 checks right first time" in page.content.decode()
        assert page.context["figures"].counts["checks"] == 2
    for shown in pages("?kind=checks"):
        assert (shown.count("Not right first time"), shown.count("✓ Right first time")) == (1, 1)
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Another text without checks.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    for shown in pages("?kind=checks"):
        assert shown.count("A check that is no longer in the text") == 2
    for is_own in (True, False):
        found = figures(Work(learner, course, is_own=is_own))
        assert (found.counts["checks"], found.marked, found.right) == (2, 0, 0)


@pytest.mark.thorough
def test_only_the_day_of_reading_and_of_answers_can_be_found_out(
    sign_in, course, module, lesson, learner, other_learner, instructor, monkeypatch
):
    """Neither by their order, nor by an address, nor in another time zone."""
    monkeypatch.setattr("lessons.insight.views.work.PAGE_SIZE", 1)
    second = factories.make_published(factories.make_lesson(module, title="Other lesson"))
    checks = publish_with_checks(lesson, SINGLE, SHORT)
    noon = timezone.now().astimezone(course.zone).replace(hour=12, minute=0)
    thread_by(learner, course, "Written at noon.")
    Post.objects.update(created_at=noon)
    for person, in_order in ((learner, 1), (other_learner, -1)):
        for n, (one, check) in enumerate(list(zip((lesson, second), checks, strict=True))[::in_order]):
            Progress.objects.save_progress(user=person, lesson=one)
            answer_by(person, check, "0")
            Progress.objects.filter(user=person, lesson=one).update(opened_at=noon.replace(hour=1 + 22 * n))
            Answer.objects.filter(user=person, question=check).update(first_at=noon.replace(hour=23 - 22 * n))

    def entries(person):
        address, found = of_member(person, course), []
        while address:
            page = sign_in(instructor).get(address)
            text = re.sub(
                r"<[^>]+>", " ", page.content.decode().partition('class="work-day"')[2].partition("</ol>")[0]
            )
            found.append((" ".join(text.split()), page.context["older"]))
            address = page.context["older"] and of_member(person, course) + page.context["older"]
        return found

    untimed = entries(other_learner)
    assert len(untimed) == 4
    first, *others = entries(learner)
    assert "Written at noon." in first[0]
    assert others == untimed
    User.objects.filter(pk=instructor.pk).update(time_zone="Pacific/Kiritimati")
    assert entries(other_learner) == untimed


def test_members_of_the_staff_are_told_that_nobody_else_sees_their_page(sign_in, course, learner, assistant):
    own = {user: sign_in(user).get(f"/courses/{course.slug}/work/").content.decode() for user in (learner, assistant)}
    assert ("staff see this page, too" in own[learner], "staff see this page, too" in own[assistant]) == (True, False)
    assert "Only you see this page" in own[assistant]


@pytest.mark.thorough
def test_filters_are_by_kind_and_lesson(pages, course, module, lesson, learner):
    other_lesson = factories.make_published(factories.make_lesson(module, title="Other lesson"))
    note_by(learner, lesson, source="On the first.")
    note_by(learner, other_lesson, source="On the second.")
    thread_by(learner, course, "On no lesson.")
    for shown in pages(f"?lesson={other_lesson.pk}"):
        assert "On the second." in shown
        assert "On the first." not in shown
        assert "On no lesson." not in shown
    for shown in pages("?kind=discussions"):
        assert "On no lesson." in shown
        assert "On the" not in shown.replace("On the other", "")
    for query in ("?kind=nonsense&lesson=x&before=1.2", f"?before={10**17}.0.1", "?before=1.1.1.1", "?before=1.4.1"):
        for shown in pages(query):
            assert "On the second." in shown or "before=1" in query


def test_the_pages_follow_each_other_without_gap_or_repetition(course, lesson, learner, other_learner):
    moment = timezone.now()
    for n in range(4):
        note_by(learner, lesson, source=f"Note {n}")
        post_by(other_learner, thread_by(learner, course, title=f"Topic {n}"))
    Progress.objects.save_progress(user=learner, lesson=lesson)
    Post.objects.update(created_at=moment)
    Progress.objects.update(opened_at=moment)
    work = Work(learner, course, is_own=True)
    whole = work_page(work, WorkFilter()).rows
    assert len(whole) == 13
    found, cursor = [], ""
    for _ in range(5):
        page = work_page(work, WorkFilter(), cursor, size=3)
        found, cursor = [*found, *page.rows], page.next_cursor
    assert [(entry.kind, entry.pk) for entry in found] == [(entry.kind, entry.pk) for entry in whole]
    assert not cursor


@pytest.mark.thorough
def test_it_takes_as_many_queries_however_much_there_is(sign_in, course, lesson, learner, instructor, monkeypatch):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(of_member(learner, course)).status_code == 200
        return len(captured)

    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    row = publish_with_checks(lesson, SINGLE)[0]
    client = sign_in(instructor)
    one_of_each(course, lesson, row, learner, instructor)
    queries()
    few = queries()
    for _ in range(4):
        one_of_each(course, lesson, row, learner, instructor)
    assert queries() == few <= 20


def one_of_each(course, lesson, check, learner, instructor):
    note_by(learner, lesson)
    thread = thread_by(learner, course)
    post_by(instructor, thread)
    post_by(learner, thread)
    Progress.objects.save_progress(user=learner, lesson=lesson)
    answer_by(learner, check, "0")


def test_what_was_written_to_a_former_group_is_listed_without_its_title(
    pages, sign_in, course, group_a, group_b, learner, other_learner
):
    thread = thread_by(learner, course, "For us alone.", title="Group matter", audience="group", group=group_a)
    post_by(factories.make_member(course, group=group_a), thread, "Agreed.")
    Membership.objects.filter(user=learner).update(group=group_b)
    own, other = pages()
    assert "For us alone." in own
    assert "For us alone." in other
    assert ("Group matter" in own, "Group matter" in other) == (False, True)
    for shown in (own, other):
        assert "Agreed." not in shown


def test_lessons_that_are_withdrawn_are_not_named(pages, course, lesson, learner):
    note_by(learner, lesson)
    Progress.objects.save_progress(user=learner, lesson=lesson)
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    for shown in pages():
        assert "Which pulls harder?" in shown
        assert "Why tides come" not in shown
    assert figures(Work(learner, course, is_own=True)).counts["reading"] == 0


def test_only_staff_see_the_page_of_a_learner(sign_in, course, learner, other_learner, assistant, outsider):
    address = of_member(learner, course)
    assert sign_in(assistant).get(address).status_code == 200
    for user in (learner, other_learner, outsider):
        assert sign_in(user).get(address).status_code == 404
    assert sign_in(assistant).get(of_member(assistant, course)).status_code == 404
    assert sign_in(outsider).get(f"/courses/{course.slug}/work/").status_code == 404
    Membership.objects.filter(user=learner).update(state=Membership.State.LEFT)
    assert sign_in(assistant).get(address).status_code == 404


def test_names_and_texts_are_escaped(sign_in, course, instructor):
    member = factories.make_member(course, name="<b>Bo</b>")
    thread_by(member, course, "Words", title="<script>alert(1)</script>")
    html = sign_in(instructor).get(of_member(member, course)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;b&gt;Bo" in html


def test_the_page_for_printing_has_everything(sign_in, course, lesson, learner, monkeypatch):
    monkeypatch.setattr("lessons.insight.views.work.PAGE_SIZE", 2)
    for n in range(3):
        note_by(learner, lesson, source=f"Note {n}.")
    client = sign_in(learner)
    assert "Note 0." not in list_in(client, f"/courses/{course.slug}/work/")
    assert "Note 0." in list_in(client, f"/courses/{course.slug}/work/?print=1")


def test_somebody_who_views_as_a_learner_has_no_work(sign_in, course, instructor):
    client = sign_in(instructor)
    client.post(f"/courses/{course.slug}/learner-view/", {"group": ""})
    assert "not done anything in this course yet" in client.get(f"/courses/{course.slug}/work/").content.decode()


@pytest.mark.thorough
def test_figures_equal_a_naive_recount_for_every_member(db):
    """The same for everybody who looks, and equal to the entries that are listed."""
    world = generate_world()
    courses = Course.objects.in_bulk([course.pk for course in world.courses])
    for membership in sample(Membership.objects.active().order_by("pk"), "a recount", parts=3):
        course = courses[membership.course_id]
        member = User.objects.get(pk=membership.user_id)
        counts = figures(Work(member, course, is_own=False)).counts
        assert counts == recount(member, course)
        assert counts == figures(Work(member, course, is_own=True)).counts
        entries = work_page(Work(member, course, is_own=False), WorkFilter(), size=500).rows
        listed = Counter(entry.kind for entry in entries)
        assert counts == {kind: listed[kind] for kind in Kind}


def recount(member, course):
    posts = [
        post
        for post in Post.objects.filter(thread__course=course).select_related("thread", "reply_to")
        if post.state == "shown"
    ]
    annotations = Annotation.objects.filter(lesson__module__course=course, thread__isnull=False)
    notes = {note.thread_id: note for note in annotations}
    own = [
        post
        for post in posts
        if post.author_id == member.pk and post.alias_id is None and post.thread.audience != "me"
    ]
    openings = [post for post in own if post.seq == 1]
    noted = [
        post
        for post in openings
        if post.thread_id in notes
        and notes[post.thread_id].author_id == member.pk
        and post.thread.alias_id is None
        and post.thread.state in ("shown", "held")
    ]
    return {
        Kind.NOTES: len(noted),
        Kind.DISCUSSIONS: sum(post.thread_id not in notes for post in openings),
        Kind.REPLIES: sum(post.seq > 1 for post in own),
        Kind.RECEIVED: sum(is_received(post, member) for post in posts),
        Kind.READING: 0,
        Kind.CHECKS: 0,
    }


def is_received(post, member):
    if post.author_id == member.pk or post.seq == 1 or post.thread.merged_into_id:
        return False
    if post.reply_to:
        is_to_member = post.reply_to.author_id == member.pk and post.reply_to.alias_id is None
    else:
        is_to_member = post.thread.author_id == member.pk and post.thread.alias_id is None
    if not is_to_member or not can_read_thread(member, post.thread):
        return False
    return post.by_staff or not post.thread.must_post_first(member)
