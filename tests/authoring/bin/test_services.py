"""Moving things to the bin, restoring them, and what everybody sees of them meanwhile."""

import pytest
from django.urls import reverse

from lessons.authoring.bin.services import NotInBin, Restored, TermTaken, move_to_bin, restore
from lessons.courses.models import AuditEntry
from lessons.models import BinEntry, CaseStudy, GlossaryTerm, Lesson, Module
from lessons.services import AssetInUse, delete_asset, set_module_state
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.bin.make import binned, fresh, is_there, notes_on


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_deleted_lesson_is_gone_and_comes_back_as_it_was(lesson, learner, instructor, sign_in):
    note = note_by(learner, lesson)
    entry = binned(lesson, instructor)
    assert sign_in(learner).get(lesson.get_absolute_url()).status_code == 404
    assert sign_in(instructor).get(reverse("reading:preview", args=[lesson.pk])).status_code == 404
    assert fresh(lesson).state == Lesson.State.WITHDRAWN, "for queries that do not start at lessons"
    assert not lesson.module.lessons.exists()
    restored = restore(entry=entry, by=instructor)
    assert restored == Restored(lesson)
    assert sign_in(learner).get(lesson.get_absolute_url()).status_code == 200
    assert fresh(lesson).state == Lesson.State.PUBLISHED
    assert note.lesson == lesson
    assert notes_on(lesson) == 1
    assert verbs()[-2:] == ["bin lesson", "restore from bin"]
    assert not BinEntry.objects.exists()


def test_a_case_study_is_deleted_as_a_lesson_and_is_still_a_case_study(case_study, instructor):
    entry = binned(case_study, instructor)
    assert (entry.kind, is_there(case_study)) == ("lesson", False)
    restore(entry=entry, by=instructor)
    assert CaseStudy.objects.get().outcome == case_study.outcome


def test_a_deleted_module_takes_what_is_in_it_along_and_brings_it_back(lesson, learner, instructor, sign_in):
    module = lesson.module
    term, event = factories.make_term(module), factories.make_event(module)
    set_module_state(module=module, state=Module.State.ARCHIVED, by=instructor)
    entry = binned(module, instructor)
    assert not any(map(is_there, [module, lesson, term, event]))
    for url in (module.get_absolute_url(), lesson.get_absolute_url()):
        assert sign_in(learner).get(url).status_code == 404
    restore(entry=entry, by=instructor)
    assert all(map(is_there, [module, lesson, term, event]))
    assert (fresh(module).state, fresh(lesson).state) == (Module.State.ARCHIVED, Lesson.State.PUBLISHED)


def test_a_lesson_deleted_before_its_module_stays_in_the_bin_when_the_module_is_restored(lesson, instructor):
    other = factories.make_lesson(lesson.module)
    first, second = binned(lesson, instructor), binned(lesson.module, instructor)
    restore(entry=second, by=instructor)
    assert is_there(other)
    assert not is_there(lesson)
    restore(entry=first, by=instructor)
    assert is_there(lesson)
    assert fresh(lesson).state == Lesson.State.PUBLISHED


def test_restoring_a_lesson_restores_its_module_too(lesson, instructor):
    first, second = binned(lesson, instructor), binned(lesson.module, instructor)
    assert restore(entry=first, by=instructor).module == lesson.module
    assert is_there(lesson.module)
    assert is_there(lesson)
    with pytest.raises(NotInBin):
        restore(entry=second, by=instructor)


def test_a_module_that_is_restored_with_its_lesson_gets_a_free_address_too(lesson, instructor):
    entry, module = binned(lesson, instructor), lesson.module
    binned(module, instructor)
    factories.make_module(module.course, slug=module.slug)
    assert restore(entry=entry, by=instructor).module_slug == fresh(module).slug == f"{module.slug}-2"


def test_an_image_that_only_something_in_the_bin_shows_is_in_use(lesson, instructor):
    asset = factories.make_asset(lesson.module.course)
    shown = factories.make_lesson(lesson.module, body=f'<img src="{asset.get_absolute_url()}" alt="A wall">')
    binned(shown, instructor)
    with pytest.raises(AssetInUse):
        delete_asset(asset=asset, by=instructor)


def test_an_address_can_be_used_again_and_the_restored_module_gets_a_free_one(lesson, instructor):
    module = lesson.module
    entries = binned(lesson, instructor), binned(module, instructor)
    new = factories.make_module(module.course, slug=module.slug)
    restored = restore(entry=entries[1], by=instructor)
    assert restored.new_slug == fresh(module).slug == f"{module.slug}-2" != new.slug
    factories.make_lesson(module, slug=lesson.slug)
    assert restore(entry=entries[0], by=instructor).new_slug == fresh(lesson).slug == f"{lesson.slug}-2"


def test_a_term_whose_name_was_taken_comes_back_by_another_name_or_replaces_the_new_one(module, instructor):
    old = factories.make_term(module, "ebb")
    entry = binned(old, instructor)
    new = factories.make_term(module, "Ebb")
    with pytest.raises(TermTaken) as refusal:
        restore(entry=entry, by=instructor)
    assert refusal.value.other == new
    assert not is_there(old)
    with pytest.raises(TermTaken):
        restore(entry=entry, by=instructor, new_name="EBB")
    assert fresh(old).term == "ebb"
    restore(entry=entry, by=instructor, new_name="Ebb tide")
    assert sorted(GlossaryTerm.objects.values_list("term", "key")) == [("Ebb", "ebb"), ("Ebb tide", "ebb tide")]
    entry = binned(old, instructor)
    GlossaryTerm.all_objects.filter(pk=old.pk).update(term="ebb", key="ebb")
    restore(entry=entry, by=instructor, replaces=True)
    assert is_there(old)
    assert not is_there(new)
    assert BinEntry.objects.get().title == "Ebb"


def test_deleting_twice_creates_one_entry(lesson, instructor):
    entry = binned(lesson, instructor)
    assert move_to_bin(row=lesson, by=instructor) == entry
    assert BinEntry.objects.get() == entry
    module_entry = binned(lesson.module, instructor)
    assert move_to_bin(row=lesson.module, by=instructor) == module_entry
    assert verbs().count("bin module") == 1


def test_a_course_is_deleted_with_its_bin(lesson, instructor):
    factories.make_term(lesson.module)
    binned(lesson, instructor)
    binned(lesson.module, instructor)
    lesson.module.course.delete()
    assert not BinEntry.objects.exists()
    assert not Module.all_objects.exists()


def test_two_people_delete_and_restore_at_once(at_once, lesson, instructor):
    entries = at_once(*[lambda: move_to_bin(row=lesson, by=instructor)] * 3)
    assert len({entry.pk for entry in entries}) == 1

    def again():
        try:
            return restore(entry=entries[0], by=instructor)
        except NotInBin:
            return None

    outcomes = at_once(again, again, again)
    assert len([outcome for outcome in outcomes if outcome]) == 1
    assert at_once(lambda: is_there(lesson) and not BinEntry.objects.exists()) == [True]


def test_nothing_is_left_behind_when_a_module_and_its_lesson_are_deleted_and_restored_at_once(
    at_once, lesson, instructor
):
    first = binned(lesson, instructor)
    at_once(
        lambda: move_to_bin(row=lesson.module, by=instructor),
        lambda: restore(entry=first, by=instructor),
    )
    [states] = at_once(lambda: {is_there(lesson), is_there(lesson.module)})
    assert len(states) == 1, "either was first, and both are where the second one put them"
