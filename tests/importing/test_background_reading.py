"""Long articles are read outside of requests, once, whatever happens to the process; failures have a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.importing import personal_data, readers
from lessons.importing.background_reading import MAX_ATTEMPTS, read_again, read_waiting
from lessons.importing.document import PASTED_PAGE
from lessons.importing.models import UPLOAD_FOLDER, ArticleImport
from lessons.importing.review import sections
from lessons.importing.review_steps import ReviewConflict, Step, save_review
from lessons.importing.services import create_module_from_review
from lessons.importing.uploads import KEPT_FOR, delete_old_uploads, store_upload
from lessons.operations.backups import stored_files
from tests import factories
from tests.importing.archives import zipped
from tests.importing.articles import SALT

pytestmark = pytest.mark.django_db
State = ArticleImport.State
POLISH = "# Morze\n\n## Zażółć gęślą jaźń\n\nŁódź płynie.\n\n## Brzeg\n\nBrzeg jest blisko.\n"


@pytest.fixture
def upload(course, instructor):
    def store(data=SALT, name="salt.md", **fields):
        article = ArticleImport(
            course=course, author=instructor, source_name=name, **{"state": State.WAITING, **fields}
        )
        store_upload(article, data.encode() if isinstance(data, str) else data)
        article.save()
        return article

    return store


def files():
    return list(stored_files(UPLOAD_FOLDER))


def test_a_waiting_article_is_read_once(upload):
    first, second = upload(), upload(SALT.replace("Salt", "Sugar"))
    assert (read_waiting(), read_waiting()) == (2, 0)
    first.refresh_from_db()
    assert (first.state, first.progress, first.review["title"]) == (State.READY, 100, "Salt on the Table")
    assert first.text.blocks["b1"]["text"].startswith("Salt keeps food")
    with first.upload.open() as file:
        assert (file.read(), first.claim) == (SALT.encode(), None)
    assert ArticleImport.objects.get(pk=second.pk).is_ready


def test_an_article_claimed_by_another_process_is_not_read_until_the_claim_expires(upload):
    soon, ago = (timezone.now() + timedelta(minutes=n) for n in (1, -1))
    claimed = upload(state=State.READING, claim=uuid4(), claimed_until=soon)
    assert read_waiting() == 0
    ArticleImport.objects.filter(pk=claimed.pk).update(claimed_until=ago)
    assert read_waiting() == 1
    upload(state=State.READING, claim=uuid4(), claimed_until=soon)
    upload(state=State.READING, claim=uuid4(), claimed_until=soon)
    upload()
    assert read_waiting() == 0


def test_an_article_whose_process_is_killed_each_time_is_given_up(upload):
    killed = upload(attempts=MAX_ATTEMPTS)
    assert read_waiting() == 1
    killed.refresh_from_db()
    assert (killed.state, killed.error.split(".")[0]) == (
        State.FAILED,
        "Reading this file was interrupted several times",
    )


def test_an_article_discarded_while_it_is_read_leaves_nothing_behind(upload, monkeypatch):
    def read_and_discard(text):
        ArticleImport.objects.all().delete()
        return readers.markdown.read(text)

    monkeypatch.setitem(readers.TEXT_FORMATS, ".md", read_and_discard)
    upload()
    assert read_waiting() == 1
    assert not ArticleImport.objects.exists()


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "is empty"), (bytes(range(256)) * 50, "is not text"), (None, "no longer there")]
)
def test_an_unreadable_article_says_why_and_keeps_its_file(upload, data, reason):
    article = upload(b"x" if data is None else data)
    if data is None:
        article.upload.storage.delete(article.upload.name)
    read_waiting()
    article.refresh_from_db()
    assert article.state == State.FAILED
    assert reason in article.error
    assert len(files()) == (data is not None)


def test_the_file_of_a_document_that_is_refused_is_deleted(upload, django_capture_on_commit_callbacks):
    refused = upload(zipped({"notes.pdf": b"no page"}), "page.zip")
    with django_capture_on_commit_callbacks(execute=True):
        read_waiting()
    refused.refresh_from_db()
    assert (refused.state, refused.upload.name, files()) == (State.FAILED, "", [])
    assert delete_old_uploads(timezone.now() + KEPT_FOR + timedelta(days=1)) == 1
    assert not ArticleImport.objects.exists()


def test_a_text_is_read_again_in_another_encoding_and_keeps_the_decisions(upload, django_capture_on_commit_callbacks):
    article = upload(POLISH.encode("cp1250"), "morze.md", encoding="cp1252")
    read_waiting()
    article.refresh_from_db()
    assert article.review["sections"][0]["heading"] != "Zażółć gęślą jaźń"
    changed = sections.rename(article.review, "s2", "Na brzegu")
    save_review(article=article, review=changed, version=article.version, step=Step("Edit"))
    with django_capture_on_commit_callbacks(execute=True):
        read_again(article=article, encoding="cp1250")
    article = ArticleImport.objects.get(pk=article.pk)
    assert [section["heading"] for section in article.review["sections"]] == ["Zażółć gęślą jaźń", "Na brzegu"]
    assert article.text.blocks["b1"]["text"] == "Łódź płynie."
    assert not article.steps.exists()


def test_pasted_text_is_read_completely_and_has_no_file_name(upload, instructor):
    page = "<h1>Kelp</h1><p>Kelp grows fast.</p><ul><li><a href='https://example.org/'>Related: Algae</a></li></ul>"
    first, other = upload(page, PASTED_PAGE), upload("<h1>Algae</h1><p>Algae are old.</p>", PASTED_PAGE)
    assert read_waiting() == 2
    create_module_from_review(by=instructor, article=ArticleImport.objects.get(pk=other.pk))
    third = upload(page.replace("Kelp", "Dulse"), PASTED_PAGE)
    read_waiting()
    first.refresh_from_db()
    third.refresh_from_db()
    assert (first.review["omissions"], str(upload(b"", PASTED_PAGE))) == ([], "pasted article")
    assert (third.previous, third.review["title"]) == (None, "Dulse")


def test_a_review_is_not_saved_while_its_file_is_read_again(upload):
    article = upload()
    read_waiting()
    article.refresh_from_db()
    read_again(article=article, encoding="")
    changed = sections.rename(article.review, "s1", "Salty")
    with pytest.raises(ReviewConflict):
        save_review(article=article, review=changed, version=article.version)


def test_reading_again_does_not_change_an_import_that_has_made_a_module_since(upload, instructor, monkeypatch):
    article = upload()
    read_waiting()
    ArticleImport.objects.update(state=State.WAITING)

    def read_and_create(text):
        create_module_from_review(by=instructor, article=ArticleImport.objects.get(pk=article.pk))
        return readers.markdown.read(text.replace("Salt", "Sugar"))

    monkeypatch.setitem(readers.TEXT_FORMATS, ".md", read_and_create)
    assert read_waiting() == 1
    article.refresh_from_db()
    assert (article.review["title"], article.module.title) == ("Salt on the Table", "Salt on the Table")
    assert read_waiting() == 0


def test_the_file_is_deleted_once_it_is_not_needed(upload, instructor, django_capture_on_commit_callbacks):
    article = upload()
    read_waiting()
    with django_capture_on_commit_callbacks(execute=True):
        create_module_from_review(by=instructor, article=ArticleImport.objects.get(pk=article.pk))
    assert files() == []


def test_old_files_are_deleted_with_their_failed_imports(upload, django_capture_on_commit_callbacks):
    failed, waiting, recent = upload(b""), upload(), upload()
    read_waiting()
    old = timezone.now() - KEPT_FOR - timedelta(days=1)
    ArticleImport.objects.exclude(pk=recent.pk).update(updated_at=old)
    failed.upload.storage.save(f"{UPLOAD_FOLDER}/unknown", ContentFile(b"of a course that was deleted"))
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_old_uploads(timezone.now()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_old_uploads(timezone.now() + timedelta(days=2)) == 1
    assert set(ArticleImport.objects.values_list("pk", flat=True)) == {waiting.pk, recent.pk}
    assert len(files()) == 1


def test_the_imports_of_a_person_are_exported_and_erased(upload, course, instructor):
    other = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Olga")
    read, waiting, kept = upload(), upload(), upload()
    ArticleImport.objects.filter(pk=kept.pk).update(author=other)
    ArticleImport.objects.filter(pk=read.pk).update(state=State.READY, review={"title": "Salt", "sections": []})
    rows = list(personal_data.export_rows(instructor.pk))
    assert [(row["title"], row["file"]) for row in rows] == [("Salt", "salt.md"), ("", "salt.md")]
    assert len(personal_data.erase([instructor.pk], course)) == 2
    left = ArticleImport.objects.order_by("pk").values_list("pk", "author", "source_name", "upload")
    assert [row[:3] for row in left] == [(read.pk, None, ""), (kept.pk, other.pk, "salt.md")]
    assert [bool(row[3]) for row in left] == [False, True]
    assert waiting.pk not in {row[0] for row in left}
