"""After 30 days, or at once if an instructor says so, what is in the bin is deleted for good."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db.models import ProtectedError
from django.utils import timezone

from lessons.annotations.models import Annotation
from lessons.authoring.bin.emptying import KEPT_FOR, delete_for_good, empty_bins
from lessons.authoring.bin.services import restore
from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post, PostImage, Thread
from lessons.discussions.services.threads import merge_threads, move_thread
from lessons.importing.models import ArticleImport
from lessons.models import Asset, BinEntry, GlossaryTerm, Lesson, Module
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.bin.make import binned, fresh
from tests.discussions.make import post_by, thread_by


def test_the_bin_is_emptied_after_30_days_and_not_before(lesson, instructor):
    now = timezone.now()
    first, second = binned(factories.make_term(lesson.module), instructor), binned(lesson, instructor)
    BinEntry.objects.filter(pk=first.pk).update(deleted_at=now - KEPT_FOR)
    BinEntry.objects.filter(pk=second.pk).update(deleted_at=now - KEPT_FOR + timedelta(seconds=1))
    assert empty_bins(now) == 1
    assert BinEntry.objects.get() == second
    assert empty_bins(now, lambda: True) == 0
    assert empty_bins(now + KEPT_FOR) == 1
    assert fresh(lesson) is None
    assert AuditEntry.objects.filter(verb="delete from bin", actor=None).count() == 2


def test_an_entry_that_cannot_be_deleted_stops_no_other(module, instructor, monkeypatch):
    first, second, third = (binned(factories.make_term(module, term), instructor) for term in ("ebb", "flood", "neap"))
    delete = GlossaryTerm.delete

    def fail(term):
        if term.term == "flood":
            raise ProtectedError("Needed.", {term})
        return delete(term)

    monkeypatch.setattr(GlossaryTerm, "delete", fail)
    with pytest.raises(ProtectedError):  # so that the run of the job counts as failed
        empty_bins(timezone.now() + KEPT_FOR)
    assert list(BinEntry.objects.all()) == [second]
    monkeypatch.undo()
    assert empty_bins(timezone.now() + KEPT_FOR) == 1


def test_notes_and_comments_go_with_the_lesson_and_the_forum_stays(lesson, module, learner, other_learner, instructor):
    course = lesson.module.course
    other = factories.make_published(factories.make_lesson(module))
    note_by(learner, lesson)
    kept_note = note_by(learner, other)
    comment = thread_by(learner, course, title="", lesson=lesson)
    post_by(other_learner, comment)
    forum = thread_by(other_learner, course, title="Which way does the water go?")
    move_thread(thread=forum, by=instructor, lesson=lesson)
    moved_note = note_by(learner, lesson, "greatest")
    move_thread(thread=moved_note.thread, by=instructor, lesson=None)
    merged = thread_by(learner, course, title="Asked twice")
    merge_threads(thread=merged, into=comment, by=instructor)
    delete_for_good(entry=binned(lesson, instructor), by=instructor)
    assert list(Annotation.objects.all()) == [kept_note]
    assert set(Thread.objects.all()) == {kept_note.thread, forum, moved_note.thread}
    assert set(Thread.objects.filter(pk__in=[forum.pk, moved_note.thread_id]).values_list("lesson", flat=True)) == {
        None
    }
    assert Post.objects.filter(thread=comment.pk).count() == 0
    detail = AuditEntry.objects.latest("pk").detail
    assert (detail["notes"], detail["people"]) == (2, 2)


def test_images_that_no_other_text_shows_go_with_their_files(
    module, learner, instructor, django_capture_on_commit_callbacks
):
    course = module.course
    only_here, elsewhere = factories.make_asset(course), factories.make_asset(course)
    body = "".join(
        f'<p>See</p><figure><img src="{asset.get_absolute_url()}" alt="A wall"></figure>'
        for asset in (only_here, elsewhere)
    )
    lesson = factories.make_published(factories.make_lesson(module, body=body))
    other = factories.make_lesson(module, body=body.replace(str(only_here.uid), str(elsewhere.uid)))
    binned(other, instructor)
    comment = thread_by(learner, course, title="", lesson=lesson)
    attached = PostImage.objects.create(post=comment.posts.get(), alt="x", file=only_here.file)
    entry = binned(lesson, instructor)
    assert default_storage.exists(only_here.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        delete_for_good(entry=entry, by=instructor)
    assert list(Asset.objects.all()) == [elsewhere]
    assert [default_storage.exists(row.file.name) for row in (only_here, elsewhere)] == [False, True]
    assert not PostImage.objects.filter(pk=attached.pk).exists()


def test_a_module_goes_with_what_was_deleted_from_it_before(lesson, instructor):
    module = lesson.module
    article = factories.make_article(module.course, instructor)
    ArticleImport.objects.filter(pk=article.pk).update(module=module)
    binned(lesson, instructor)
    binned(factories.make_event(module), instructor)
    delete_for_good(entry=binned(module, instructor), by=instructor)
    assert not BinEntry.objects.exists()
    assert not Module.all_objects.exists()
    assert not Lesson.all_objects.exists()
    assert not ArticleImport.objects.exists(), "the text of its article is gone, too"


def test_restoring_and_deleting_for_good_at_once_does_one_of_them(at_once, lesson, instructor):
    entry = binned(lesson, instructor)

    def attempt(job):
        try:
            job(entry=entry, by=instructor)
        except ValueError:
            return False
        return True

    assert sorted(at_once(lambda: attempt(restore), lambda: attempt(delete_for_good))) == [False, True]
