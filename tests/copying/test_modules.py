"""Copying a module or a course: everything in it as drafts, nothing of its readers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.authoring.bin.services import move_to_bin
from lessons.copying.services import copy_course, copy_module
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.services import enrol
from lessons.discussions.models import CommentPolicy, Thread
from lessons.models import CaseStudy, Lesson, Module, Prompt
from lessons.participation.requirements import Amounts
from lessons.progress.models import Progress
from lessons.services import withdraw
from tests import factories
from tests.discussions.make import thread_by
from tests.forms import form_key_on
from tests.participation.make import make_rule


@pytest.fixture
def next_term(instructor):
    course = factories.make_course(title="Tides, next term", slug="tides-next", visibility="members")
    enrol(user=instructor, course=course, role=Membership.Role.INSTRUCTOR, by=instructor)
    return course


@pytest.fixture
def full(module, lesson, case_study):
    """Return the module with one of everything that it can have."""
    Module.objects.filter(pk=module.pk).update(licence="CC BY 4.0", source="A book", credit="M. Marais", summary="Sea")
    Lesson.objects.filter(pk=lesson.pk).update(due_at="2026-03-01T12:00Z", summary="The moon does it.", version=7)
    module.tags.add("tides")
    case_study.tags.add("floods")
    factories.make_term(module, lesson=lesson)
    factories.make_event(module, lesson=case_study.lesson_ptr)
    module.prompts.create(text="Who pays for a wall?", lesson=lesson, position=3)
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    module.refresh_from_db()
    return module


def test_everything_in_the_module_is_copied(full, next_term, instructor):
    copy = copy_module(by=instructor, module=full, course=next_term)
    assert (copy.course, copy.title, copy.slug) == (next_term, "The moving sea", "moving-sea")
    assert (copy.summary, copy.licence, copy.source, copy.credit) == ("Sea", "CC BY 4.0", "A book", "M. Marais")
    lesson, case = copy.lessons.order_by("position")
    assert (lesson.title, lesson.summary, lesson.body) == ("Why tides come", "The moon does it.", factories.BODY)
    copied_case = CaseStudy.objects.get(pk=case.pk)
    old = CaseStudy.objects.get(module=full)
    for name in ("title", "slug", "body", "location", "began", "ended", "parties", "outcome", "questions"):
        assert getattr(copied_case, name) == getattr(old, name)
    assert not CaseStudy.objects.filter(pk=lesson.pk).exists()
    assert [list(row.tags.names()) for row in (copy, lesson, case)] == [["tides"], [], ["floods"]]
    assert (copy.glossaryterms.get().term, copy.glossaryterms.get().lesson) == ("spring tide", lesson)
    event = copy.timelineevents.get()
    assert (event.date, event.sort_key, event.lesson) == (
        "1607-01-30",
        full.timelineevents.get().sort_key,
        case,
    )
    assert (copy.prompts.get().text, copy.prompts.get().lesson) == ("Who pays for a wall?", lesson)
    assert lesson.comment_policy.policy == "post_first"


def test_copies_are_drafts_and_nothing_of_the_readers_is_copied(full, lesson, next_term, instructor, learner):
    thread_by(learner, full.course, lesson=lesson)
    Progress.objects.create(user=learner, lesson=lesson)
    copy = copy_module(by=instructor, module=full, course=next_term)
    assert copy.state == Module.State.DRAFT
    for new in copy.lessons.all():
        assert (new.state, new.current_revision, new.version, new.due_at) == ("draft", None, 1, None)
        assert not new.revisions.exists()
    assert not Thread.objects.filter(course=next_term).exists()
    assert not Progress.objects.filter(lesson__module=copy).exists()
    assert list(next_term.memberships.values_list("user", flat=True)) == [instructor.pk]


def test_the_original_stays_as_it_was(full, next_term, instructor):
    before = list(Lesson.objects.filter(module=full).order_by("pk").values())
    copy_module(by=instructor, module=full, course=next_term)
    assert list(Lesson.objects.filter(module=full).order_by("pk").values()) == before
    assert full.prompts.count() == full.glossaryterms.count() == full.timelineevents.count() == 1


def test_a_withdrawn_lesson_is_not_published_with_the_drafts(full, lesson, next_term, instructor, sign_in):
    withdraw(lesson=lesson, by=instructor)
    copy = copy_module(by=instructor, module=full, course=next_term)
    page = sign_in(instructor).post(
        f"/admin/lessons/module/{copy.pk}/publication/", {"state": "published"}, follow=True
    )
    assert "1 lesson was published." in page.content.decode()
    assert list(copy.lessons.order_by("position").values_list("state", flat=True)) == ["withdrawn", "published"]


def test_a_copy_in_the_same_course_has_another_slug_and_title(full, instructor):
    copies = [copy_module(by=instructor, module=full, course=full.course) for _ in range(2)]
    assert [copy.slug for copy in copies] == ["moving-sea-2", "moving-sea-3"]
    assert {copy.title for copy in copies} == {"The moving sea (copy)"}
    assert full.position < copies[0].position < copies[1].position


@pytest.mark.thorough
def test_links_between_the_lessons_point_to_the_copies(full, lesson, case_study, next_term, instructor):
    body = '<p><a href="/lessons/{}/the-flood/">flood</a> <a href="/lessons/999999/x/">gone</a></p>'
    Lesson.objects.filter(pk=lesson.pk).update(body=body.format(case_study.pk))
    copy = copy_module(by=instructor, module=full, course=next_term)
    new, case = copy.lessons.order_by("position")
    assert new.body == body.format(case.pk)


@pytest.mark.thorough
def test_the_audit_log_says_where_a_copy_came_from(full, next_term, instructor):
    copy_module(by=instructor, module=full, course=next_term)
    entry = AuditEntry.objects.get(verb="copy module")
    assert (entry.course, entry.actor, entry.target_name) == (next_term, instructor, "The moving sea")
    assert entry.detail == {"copied_from": full.pk, "from_course": full.course_id}


@pytest.mark.thorough
def test_many_rows_take_as_many_queries_as_few(full, lesson, next_term, instructor):
    def queries(module):
        forget_memberships(instructor)
        with CaptureQueriesContext(connection) as captured:
            copy_module(by=instructor, module=module, course=next_term)
        return len(captured)

    asset = factories.make_asset(full.course)
    body = f'<a href="/lessons/{lesson.pk}/x/">x</a><img src="/assets/{asset.uid}/" alt="x">'
    Lesson.objects.filter(pk=lesson.pk).update(body=body)

    few = queries(full)
    for n in range(12):
        case = factories.make_case_study(full, body=body)
        case.tags.add(f"tag {n}", "floods")
        factories.make_term(full, term=f"term {n}", lesson=case.lesson_ptr)
        factories.make_event(full)
        Prompt.objects.create(module=full, text=f"Why {n}?")
        CommentPolicy.objects.create(lesson=case, policy=CommentPolicy.Rule.OFF)
    assert queries(full) == few
    assert few <= 38


@pytest.mark.thorough
def test_a_course_is_copied_with_its_modules_and_one_instructor(full, learner, assistant, instructor):
    second = factories.make_module(full.course, title="Winds", slug="winds", position=9)
    copy = copy_course(by=instructor, course=full.course, title="Tides 2027", slug="tides-2027")
    assert list(copy.modules.order_by("position").values_list("title", "slug", "state")) == [
        ("The moving sea", "moving-sea", "draft"),
        ("Winds", "winds", "draft"),
    ]
    assert list(copy.memberships.values_list("user", "role")) == [(instructor.pk, "instructor")]
    assert (copy.visibility, copy.join_policy, copy.language) == ("members", "invitation", full.course.language)
    entry = AuditEntry.objects.get(verb="copy course")
    assert entry.detail["copied_from"] == full.course_id
    assert set(entry.detail["modules"]) == {str(full.pk), str(second.pk)}


# --- The pages ---------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_module_is_copied_by_a_button(full, next_term, stranger_course_of, instructor, sign_in):
    client = sign_in(instructor)
    address = f"/admin/lessons/module/{full.pk}/copies/"
    assert address in client.get(f"/admin/lessons/module/{full.pk}/change/").content.decode()
    page = client.get(address)
    assert b"Tides, next term" in page.content
    assert b"Tides and shores" in page.content
    assert b"Another course" not in page.content
    form = {"course": next_term.pk, "form_key": form_key_on(page)}
    replies = [client.post(address, form) for _ in range(2)]
    copy = next_term.modules.get()
    assert {reply.url for reply in replies} == {f"/admin/lessons/module/{copy.pk}/change/"}


@pytest.fixture
def stranger_course_of(db):
    course = factories.make_course(title="Another course")
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    return course


@pytest.mark.thorough
@pytest.mark.parametrize("answer", ["", "x", "theirs"])
def test_a_module_can_only_be_copied_to_a_course_that_the_user_may_edit(
    full, stranger_course_of, instructor, sign_in, answer
):
    course = stranger_course_of.pk if answer == "theirs" else answer
    page = sign_in(instructor).post(f"/admin/lessons/module/{full.pk}/copies/", {"course": course})
    assert page.status_code == 422
    assert Module.objects.count() == 1


@pytest.mark.thorough
def test_a_course_form_submitted_twice_creates_one_copy(full, instructor, sign_in):
    client, course = sign_in(instructor), full.course
    address = f"/admin/courses/course/{course.pk}/copies/"
    assert address in client.get(f"/admin/courses/course/{course.pk}/change/").content.decode()
    taken = client.post(address, {"title": "Tides 2027", "slug": course.slug})
    assert taken.status_code == 422
    assert "Another course has this address." in taken.content.decode()
    form = {"title": "Tides 2027", "slug": "tides-2027", "form_key": form_key_on(taken)}
    replies = [client.post(address, form, follow=True) for _ in range(2)]
    assert all("Tides 2027" in reply.content.decode() for reply in replies)
    assert Course.objects.filter(slug="tides-2027").count() == 1


# --- Prompts -----------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_copied_prompts_become_threads_for_every_group_once(full, next_term, instructor, sign_in):
    full.prompts.get().threads.create(course=full.course, title="Opened last term", author=instructor)
    copy = copy_module(by=instructor, module=full, course=next_term)
    group = factories.make_group(next_term)
    readers = [factories.make_member(next_term, group=of) for of in (group, None)]
    client, address = sign_in(instructor), f"/courses/{next_term.slug}/discussions/prompts/"
    assert b"Who pays for a wall?" in client.get(address).content
    for _ in range(2):
        client.post(address, {"module": copy.pk})
    thread = Thread.objects.get(course=next_term)
    assert (thread.audience, thread.group, thread.lesson, thread.prompt) == (
        "course",
        None,
        copy.prompts.get().lesson,
        copy.prompts.get(),
    )
    for reader in readers:
        assert b"Who pays for a wall?" in sign_in(reader).get(f"/threads/{thread.pk}/").content


@pytest.mark.thorough
def test_participation_rules_are_copied_without_their_days(course, module, lesson, instructor):
    now = timezone.now()
    dates = {"starts_on": now.date(), "due_at": now}
    make_rule(course, name="All", note_sections=2, **dates)
    make_rule(course, name="Lesson", lesson=lesson, replies=3)
    make_rule(course, name="Module", module=module, checks=4, due_at=now)
    make_rule(course, name="Deleted", checks=4, deleted_at=now)
    gone = factories.make_lesson(module)
    make_rule(course, name="In the bin", lesson=gone, notes=1)
    move_to_bin(row=gone, by=instructor)
    copy = copy_course(by=instructor, course=course, title="Next term", slug="next-term")
    rules = copy.participation_rules.all()
    assert [(rule.name, rule.asked, rule.starts_on, rule.due_at) for rule in rules] == [
        ("All", Amounts(notes=2, note_sections=2), None, None),
        ("Lesson", Amounts(replies=3), None, None),
        ("Module", Amounts(checks=4), None, None),
    ]
    assert (rules[1].lesson.module.course, rules[1].lesson.title, rules[2].module.course) == (copy, lesson.title, copy)
