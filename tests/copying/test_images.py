"""Lessons that are copied or moved to another course get copies of their images."""

import pytest

from lessons.annotations.services import publish
from lessons.authoring.status import lesson_status
from lessons.copying.images import ASSET_UID, copied_images
from lessons.copying.services import copy_module
from lessons.courses.models import Membership
from lessons.courses.services import enrol
from lessons.models import Asset, Lesson
from lessons.operations.backups import stored_files
from lessons.services import withdraw
from tests import factories
from tests.authoring.conftest import form_of
from tests.authoring.test_images import stored
from tests.test_permissions import answer


@pytest.fixture
def other_course(instructor):
    course = factories.make_course(title="The closed sea", slug="closed-sea", visibility="members")
    enrol(user=instructor, course=course, role=Membership.Role.INSTRUCTOR, by=instructor)
    return course


@pytest.fixture
def asset(members_only):
    return factories.make_asset(members_only)


@pytest.fixture
def members_only(course):
    course.visibility = "members"
    course.save()
    return course


def body_with(*assets):
    return "<h2>Walls</h2>" + "".join(f'<p><img src="/assets/{a.uid}/" alt="A wall"></p>' for a in assets)


def illustrated(lesson, *assets, by):
    Lesson.objects.filter(pk=lesson.pk).update(body=body_with(*assets))
    publish(lesson=lesson, by=by)
    return Lesson.objects.get(pk=lesson.pk)


def uid_in(html):
    return ASSET_UID.search(html)[0]


def test_a_copied_module_shows_images_of_its_course(course, other_course, lesson, asset, instructor, sign_in):
    illustrated(lesson, asset, asset, by=instructor)
    copy = copy_module(by=instructor, module=lesson.module, course=other_course)
    new = Asset.objects.get(course=other_course)
    assert (new.alt, new.width, new.height, new.uploaded_by) == (asset.alt, asset.width, asset.height, instructor)
    assert set(ASSET_UID.findall(copy.lessons.first().body)) == {str(new.uid)}
    assert new.file.name != asset.file.name
    assert stored(new) == stored(asset)
    reader = sign_in(factories.make_member(other_course))
    assert [answer(reader, "get", f"/assets/{row.uid}/", {}) for row in (asset, new)] == [404, 200]


def test_a_copy_in_the_same_course_shows_the_same_images(lesson, asset, instructor):
    illustrated(lesson, asset, by=instructor)
    copy = copy_module(by=instructor, module=lesson.module, course=lesson.module.course)
    assert uid_in(copy.lessons.first().body) == str(asset.uid)
    assert Asset.objects.count() == 1


def test_images_that_the_user_may_not_edit_are_not_copied(lesson, other_course, instructor):
    foreign = factories.make_asset(factories.make_course(visibility="members"))
    Lesson.objects.filter(pk=lesson.pk).update(body=body_with(foreign))
    copy = copy_module(by=instructor, module=lesson.module, course=other_course)
    assert uid_in(copy.lessons.first().body) == str(foreign.uid)
    assert Asset.objects.count() == 1


@pytest.mark.parametrize("uid", ["-" * 36, "11111111-1111-1111-1111-111111111111"])
def test_a_url_without_an_image_is_copied_unchanged(lesson, other_course, instructor, uid):
    body = f'<p><img src="/assets/{uid}/" alt="x"></p>'
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    assert copy_module(by=instructor, module=lesson.module, course=other_course).lessons.first().body == body


def test_an_image_without_its_file_is_skipped(lesson, asset, other_course, instructor):
    illustrated(lesson, asset, by=instructor)
    asset.file.storage.delete(asset.file.name)
    assert copy_module(by=instructor, module=lesson.module, course=other_course).lessons.exists()


def test_a_failure_leaves_neither_rows_nor_files(asset, other_course, instructor):
    with pytest.raises(ZeroDivisionError), copied_images([body_with(asset)], course=other_course, by=instructor):
        raise ZeroDivisionError
    assert Asset.objects.get() == asset
    assert len(list(stored_files("assets"))) == 1


def moved(client, lesson, module):
    address = f"/admin/lessons/lesson/{lesson.pk}/change/"
    reply = client.post(address, form_of(client.get(address)) | {"module": module.pk})
    assert reply.status_code == 302
    return Lesson.objects.get(pk=lesson.pk)


def test_a_moved_lesson_shows_images_of_its_new_course(lesson, asset, other_course, instructor, sign_in):
    lesson = illustrated(lesson, asset, by=instructor)
    before = lesson.current_revision
    lesson = moved(sign_in(instructor), lesson, factories.make_module(other_course))
    new = Asset.objects.get(course=other_course)
    shown = lesson.current_revision
    assert uid_in(lesson.body) == uid_in(shown.html) == str(new.uid)
    assert (shown.number, shown.text, shown.title) == (before.number + 1, before.text, before.title)
    assert (lesson.state, lesson_status(lesson)) == ("published", "published")
    before.refresh_from_db()
    assert uid_in(before.html) == str(asset.uid)
    reader = sign_in(factories.make_member(other_course))
    assert f"/assets/{new.uid}".encode() in reader.get(lesson.get_absolute_url()).content
    assert answer(reader, "get", f"/assets/{new.uid}/", {}) == 200


def test_unpublished_changes_stay_unpublished_after_the_move(lesson, asset, other_course, instructor, sign_in):
    lesson = illustrated(lesson, asset, by=instructor)
    Lesson.objects.filter(pk=lesson.pk).update(body=body_with(asset) + "<p>Not yet.</p>")
    lesson = moved(sign_in(instructor), lesson, factories.make_module(other_course))
    assert "Not yet." in lesson.body
    assert "Not yet." not in lesson.current_revision.html
    assert lesson_status(lesson) == "unpublished-changes"


def test_a_withdrawn_lesson_stays_withdrawn_when_it_moves(lesson, asset, other_course, instructor, sign_in):
    lesson = illustrated(lesson, asset, by=instructor)
    withdraw(lesson=lesson, by=instructor)
    lesson = moved(sign_in(instructor), lesson, factories.make_module(other_course))
    assert lesson.state == "withdrawn"
    assert uid_in(lesson.current_revision.html) == uid_in(lesson.body)


def test_a_lesson_that_moves_within_its_course_is_not_published_again(lesson, asset, course, instructor, sign_in):
    lesson = illustrated(lesson, asset, by=instructor)
    lesson = moved(sign_in(instructor), lesson, factories.make_module(course))
    assert lesson.current_revision.number == 2
    assert Asset.objects.count() == 1
