"""Moving and copying lessons and modules, on their pages."""

import pytest
from django.urls import reverse

from lessons.authoring.bin.services import move_to_bin, restore
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.services import enrol
from lessons.models import CaseStudy, Lesson
from lessons.progress.models import Progress
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.conftest import form_of


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def other_course(instructor):
    course = factories.make_course(title="Locks")
    enrol(user=instructor, course=course, role=Membership.Role.INSTRUCTOR, by=instructor)
    return course


@pytest.fixture
def other_module(other_course):
    return factories.make_module(other_course, title="Gates")


def lesson_page(lesson):
    return reverse("admin:lessons_lesson_move", args=[lesson.pk])


def module_page(module):
    return reverse("admin:lessons_module_copy", args=[module.pk])


def titles(module):
    return list(module.lessons.order_by("position", "pk").values_list("title", flat=True))


@pytest.fixture
def three(module):
    return [factories.make_lesson(module, title=title, position=n) for n, title in enumerate("ABC")]


@pytest.mark.parametrize(("position", "order"), [("1", "CAB"), ("2", "ACB"), ("", "ABC"), ("99", "ABC")])
def test_a_lesson_moves_to_another_place_of_its_module(client, module, three, position, order):
    client.post(lesson_page(three[2]), {"module": module.pk, "position": position, "move": "1"})
    assert "".join(titles(module)) == order


def test_a_lesson_with_notes_moves_within_its_course(client, course, module, lesson, learner):
    note_by(learner, lesson)
    term = factories.make_term(module, lesson=lesson)
    target = factories.make_module(course)
    factories.make_lesson(target, title="Last", position=4)
    response = client.post(lesson_page(lesson), {"module": target.pk, "position": "1", "move": "1"})
    assert response.url == reverse("admin:lessons_module_change", args=[target.pk])
    before = lesson.version
    lesson.refresh_from_db()
    term.refresh_from_db()
    assert titles(target) == [lesson.title, "Last"]
    assert (term.lesson, lesson.version) == (None, before + 1)
    assert AuditEntry.objects.filter(verb="move lesson", course=course).exists()


def test_a_lesson_that_members_have_used_stays_in_its_course(client, course, lesson, learner, other_module):
    note_by(learner, lesson)
    Progress.objects.save_progress(user=learner, lesson=lesson)
    page = client.get(lesson_page(lesson)).content.decode()
    assert "1 note, the progress of 1 person" in page
    response = client.post(lesson_page(lesson), {"module": other_module.pk, "move": "1"})
    assert response.status_code == 422
    assert "Copy it instead." in response.content.decode()
    form = client.get(reverse("admin:lessons_lesson_change", args=[lesson.pk]))
    client.post(reverse("admin:lessons_lesson_change", args=[lesson.pk]), form_of(form) | {"module": other_module.pk})
    assert client.post(module_page(lesson.module), {"course": other_module.course_id, "move": "1"}).status_code == 422
    lesson.refresh_from_db()
    assert lesson.module.course == course


def test_a_lesson_that_only_staff_have_read_moves_to_another_course(client, instructor, lesson, other_module):
    Progress.objects.save_progress(user=instructor, lesson=lesson)
    client.post(lesson_page(lesson), {"module": other_module.pk, "move": "1"})
    lesson.refresh_from_db()
    assert lesson.module == other_module
    assert lesson.state == Lesson.State.PUBLISHED


def test_a_copied_lesson_is_a_draft_below_the_original(client, module, three):
    three[0].tags.add("moon")
    url = reverse("admin:lessons_lesson_change", args=[three[0].pk])
    Lesson.objects.filter(pk=three[0].pk).update(body=f'<p>See <a href="{three[0].get_absolute_url()}">this</a>.</p>')
    response = client.post(lesson_page(three[0]), {"module": module.pk, "copy": "1"})
    copy = Lesson.objects.get(title="A (copy)")
    assert response.url == url.replace(str(three[0].pk), str(copy.pk))
    assert titles(module) == ["A", "A (copy)", "B", "C"]
    assert (copy.state, [tag.name for tag in copy.tags.all()]) == (Lesson.State.DRAFT, ["moon"])
    assert f'href="/lessons/{copy.pk}/' in copy.body
    assert copy.slug != three[0].slug
    assert copy.draft_versions.count() == 1


def test_a_copied_case_study_keeps_its_facts_and_its_title_in_another_course(client, case_study, other_module):
    client.post(lesson_page(case_study), {"module": other_module.pk, "position": "1", "copy": "1"})
    copy = CaseStudy.objects.get(module=other_module)
    assert (copy.title, copy.location, copy.began) == (case_study.title, case_study.location, case_study.began)


def test_a_module_moves_with_everything_in_it(client, module, lesson, other_course):
    factories.make_module(other_course, slug=module.slug, position=3)
    factories.make_term(module, lesson=lesson)
    client.post(module_page(module), {"course": other_course.pk, "move": "1"})
    module.refresh_from_db()
    assert (module.course, module.slug, module.position) == (other_course, f"{module.slug.removesuffix('-2')}-2", 4)
    assert client.get(module.get_absolute_url()).status_code == 200
    verbs = AuditEntry.objects.filter(verb__startswith="move module").values_list("verb", "course")
    assert dict(verbs)["move module"] == other_course.pk


def test_what_was_deleted_from_a_module_moves_with_it(client, module, instructor, other_course):
    asset = factories.make_asset(module.course)
    body = f'<p>A wall: <img src="{asset.get_absolute_url()}" alt="A wall"></p>'
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    entry = move_to_bin(row=lesson, by=instructor)
    client.post(module_page(module), {"course": other_course.pk, "move": "1"})
    entry.refresh_from_db()
    assert entry.course == other_course
    restore(entry=entry, by=instructor)
    moved = Lesson.objects.get(pk=lesson.pk)
    assert moved.module.course == other_course
    assert str(other_course.assets.get().uid) in moved.body
    assert str(other_course.assets.get().uid) in moved.current_revision.html


def test_a_module_does_not_move_to_its_own_course(client, module):
    response = client.post(module_page(module), {"course": module.course_id, "move": "1"})
    assert response.status_code == 422
    assert "already in this course" in response.content.decode()


def test_only_courses_that_the_user_teaches_are_offered(sign_in, instructor, stranger, lesson, other_rows):
    client, foreign = sign_in(instructor), other_rows["lessons_module"]
    for data in ({"module": foreign.pk, "move": "1"}, {"module": foreign.pk, "copy": "1"}, {"module": "x"}):
        assert client.post(lesson_page(lesson), data).status_code == 422
    assert foreign.title not in client.get(lesson_page(lesson)).content.decode()
    assert sign_in(stranger).get(lesson_page(lesson)).status_code == 404
