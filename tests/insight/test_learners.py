"""What each learner has done in a lesson, for its course's staff: the same as the page of their work says."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.insight.counted import FigureFilter
from lessons.insight.learner_rows import LearnerRow, learner_rows
from lessons.insight.lesson_map import insight_lesson
from lessons.insight.work import Kind, Work
from lessons.models import Lesson
from lessons.practice.writing import save_check
from lessons.progress.models import Progress
from lessons.progress.reached import record_reached
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.generated_world import generate_world
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(sign_in, assistant):
    return sign_in(assistant)


def rows_of(page):
    """Return the cells of the table by the name in their row."""
    table = page.content.decode().partition("Table of learners")[2].partition("</table>")[0].partition("<tbody")[2]
    rows = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")[:-1]]
    texts = [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]
    return {name: cells for name, *cells in texts}


def test_learners_stand_beside_the_map_with_what_they_did_in_the_lesson(
    staff, course, lesson, learner, other_learner, instructor
):
    single, short = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    old = lesson.current_revision
    record_reached(user=learner, revision=old, offset=old.text.index("Neap"))
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body.replace("Neap tides", "Then neap tides"))
    publish(lesson=lesson, by=instructor)
    Progress.objects.save_progress(user=learner, lesson=lesson)
    Progress.objects.save_progress(user=other_learner, lesson=lesson, completed_at=timezone.now())
    note = note_by(learner, lesson)
    note_by(learner, lesson, audience="me")
    note_by(learner, lesson, anonymous=True)
    highlight_by(learner, lesson)
    post_by(other_learner, note.thread)
    post_by(learner, thread_by(other_learner, course, title="Of no lesson"))
    answer_by(learner, single, "1")
    save_check(row=single, check=SINGLE._replace(question="What pulls the sea?"), version=1)
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    single.refresh_from_db()
    answer_by(learner, single, "0")
    newcomer = factories.make_member(course, name="Newcomer")
    page = staff.get(reverse("insight:lesson", args=[lesson.pk]))
    today = timezone.now().astimezone(course.zone).date()
    found = rows_of(page)
    assert found["Lea Learner"][:-1] == ["Group A", "Read to 74%", "1", "0", "1 of 2"]
    assert found["Otto Other"][:-1] == ["Group B", "✓ Completed", "0", "1", "0 of 2"]
    assert found["Newcomer"] == ["–", "Not opened", "0", "0", "0 of 2", "–"]
    assert set(found) == {"Lea Learner", "Otto Other", "Newcomer"}
    assert str(today.year) in found["Lea Learner"][-1]
    address = reverse("insight:member_work", args=[course.slug, course.memberships.get(user=newcomer).pk])
    assert f'href="{address}?lesson={lesson.pk}"' in page.content.decode()
    assert not rows_of(staff.get(reverse("insight:lesson", args=[lesson.pk]), {"revision": 1}))


def test_all_learners_of_a_lesson_are_pages_that_can_be_filtered(
    staff, course, lesson, group_a, group_b, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("lessons.insight.views.learners.PAGE_SIZE", 4)
    groups = [group_a, group_b]
    people = [factories.make_member(course, name=f"Learner {n}", group=groups[n % 2]) for n in range(10)]
    for n, person in enumerate(people[:6]):
        done = {"completed_at": timezone.now()} if n < 3 else {}
        Progress.objects.save_progress(user=person, lesson=lesson, **done)
    address = reverse("insight:learners", args=[lesson.pk])

    def names(query):
        found, query = [], query or "?"
        while query:
            with django_assert_max_num_queries(7):
                page = staff.get(address + query)
            found += [int(name.split()[1]) for name in rows_of(page)]
            query = page.context["next"]
        return found

    staff.get(address)
    assert names("") == [*range(10)]
    assert names("?show=incomplete") == [*range(3, 10)]
    assert names(f"?show=unopened&group={group_a.pk}") == [6, 8]
    assert names("?show=nonsense&group=x") == [*range(10)]
    assert "No learner matches" in staff.get(address, {"after": "zzz"}).content.decode()
    assert staff.get(address, {"revision": "7"}).status_code == 404
    panel = staff.get(reverse("insight:lesson", args=[lesson.pk])).content.decode()
    assert f'href="{address}?"' in panel
    assert "8 of 10 learners" in " ".join(panel.split())


@pytest.mark.thorough
def test_the_numbers_equal_what_the_page_of_the_work_lists(db):
    world = generate_world()
    lessons = Lesson.objects.with_course().exclude(current_revision=None).order_by("pk")
    seen = 0
    for lesson in sample(lessons, "the lists of work", parts=8):
        course = lesson.module.course
        rows: list[LearnerRow] = learner_rows(insight_lesson(lesson.pk, 0), FigureFilter(), limit=50).rows
        members = {row.pk: row.user for row in course.memberships.select_related("user")}
        for row in rows:
            listed = Work(User.objects.get(pk=members[row.membership].pk), course, is_own=False).listed
            notes = listed[Kind.NOTES].filter(lesson=lesson).count()
            replies = listed[Kind.REPLIES].filter(thread__lesson=lesson).count()
            assert (row.notes, row.replies) == (notes, replies)
            seen += notes + replies
    assert world.lessons
    assert seen
