"""Every write to a lesson's draft leaves a version of it."""

import pytest
from django.urls import reverse

from lessons.copying.services import copy_module
from lessons.models import DraftVersion, Lesson
from lessons.services import claim_version, record_draft_version, restore_draft
from tests import factories
from tests.authoring.conftest import form_of

pytestmark = pytest.mark.django_db


def titles(lesson):
    return list(lesson.draft_versions.order_by("pk").values_list("title", "origin"))


def test_the_form_leaves_a_version_and_keeps_what_it_replaced(lesson, instructor, sign_in):
    browser = sign_in(instructor)
    url = reverse("admin:lessons_lesson_change", args=[lesson.pk])
    for title in ("First", "Second"):
        browser.post(url, form_of(browser.get(url)) | {"title": title})
    assert titles(lesson) == [(lesson.title, "earlier"), ("First", "form"), ("Second", "form")]
    version = lesson.draft_versions.first()
    assert (version.author, version.body) == (instructor, Lesson.objects.get(pk=lesson.pk).body)
    assert (version.first_version, version.last_version) == (3, 3)


def test_an_equal_draft_is_not_stored_twice(lesson, instructor):
    for _ in range(2):
        claim_version(lesson=lesson, version=lesson.version)
        lesson.version += 1
        record_draft_version(lesson=lesson, by=instructor, origin=DraftVersion.Origin.AUTOSAVE)
    [version] = lesson.draft_versions.all()
    assert (version.first_version, version.last_version) == (1, 3)


def test_a_version_has_the_facts_of_a_case_study(module, instructor):
    case = factories.make_case_study(module)
    record_draft_version(lesson=case.lesson_ptr, by=instructor, origin=DraftVersion.Origin.FORM)
    assert case.draft_versions.get().facts == case.facts()


def test_a_restored_revision_and_a_copy_are_versions(lesson, instructor):
    lesson = factories.make_published(lesson)
    revision = lesson.current_revision
    Lesson.objects.filter(pk=lesson.pk).update(title="Other")
    restore_draft(revision=revision, by=instructor)
    assert titles(lesson) == [("Other", "earlier"), (revision.title, "restore")]
    copy = copy_module(by=instructor, module=lesson.module, course=lesson.module.course).lessons.get()
    assert titles(copy) == [(revision.title, "copy")]
