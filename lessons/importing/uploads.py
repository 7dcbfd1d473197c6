"""Keep the uploaded files of imports until the module is created, to read them again with another encoding."""

from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q

from lessons.importing.models import UPLOAD_FOLDER, ArticleImport
from lessons.importing.readers import TEXT_FORMATS
from lessons.jobs.entries import do_each

State = ArticleImport.State
KEPT_FOR = timedelta(days=60)
"""How long a file is kept after the last work on the review, and how long an import that could not be read."""
UNRECORDED_AFTER = timedelta(days=1)
"""How long a file is kept that no import has, such as the files of a course between their preview and their import."""


def store_upload(article: ArticleImport, data: bytes) -> None:
    """Write the file of an import without saving the import. Call `discard_upload` if saving that fails."""
    article.upload.save("upload", ContentFile(data), save=False)


def discard_upload(article: ArticleImport) -> None:
    """Delete the file of an import that was not saved."""
    if article.upload:
        article.upload.delete(save=False)


def delete_upload(article: ArticleImport) -> None:
    """Delete the file of an import once the transaction is committed."""
    if not article.upload:
        return
    name, storage = article.upload.name or "", article.upload.storage
    ArticleImport.objects.filter(pk=article.pk).update(upload="")
    article.upload = ""
    transaction.on_commit(lambda: storage.delete(name))


def delete_old_uploads(now: datetime) -> int:
    """Delete the files of imports unchanged for KEPT_FOR, and files without an import; return how many.

    Imports that could not be read are deleted with their files.
    """
    old = ArticleImport.objects.filter(updated_at__lt=now - KEPT_FOR).exclude(~Q(state=State.FAILED), upload="")
    # A file that cannot be deleted now is one without an import then.
    return do_each(old.defer("review"), _delete_old_upload) + _delete_unrecorded(now)


@transaction.atomic
def _delete_old_upload(article: ArticleImport) -> None:
    delete_upload(article)
    if article.state == State.FAILED:
        article.delete()


def _delete_unrecorded(now: datetime) -> int:
    """Delete files whose import was never saved, or was deleted with its course."""
    storage = _storage()
    try:
        names = [f"{UPLOAD_FOLDER}/{name}" for name in storage.listdir(UPLOAD_FOLDER)[1]]
    except FileNotFoundError:
        return 0
    known = set(ArticleImport.objects.exclude(upload="").values_list("upload", flat=True))
    unrecorded = [name for name in names if name not in known]
    old = [name for name in unrecorded if storage.get_modified_time(name) < now - UNRECORDED_AFTER]
    return do_each(old, storage.delete)


def has_encodings(article: ArticleImport) -> bool:
    """Return whether the file of the import is text, which can be read in one encoding or another."""
    return not article.is_pasted and article.source_name.lower().endswith(tuple(TEXT_FORMATS))


def is_kept(article: ArticleImport) -> bool:
    """Return whether the file of the import can be read again."""
    return bool(article.upload) and article.upload.storage.exists(article.upload.name or "")


def keep_file(file: File) -> str:
    """Keep a file that no import has for UNRECORDED_AFTER, and return its name."""
    return _storage().save(f"{UPLOAD_FOLDER}/{uuid4()}", file)


def open_kept_file(name: str) -> BinaryIO:
    """Open a file that was kept. Raise FileNotFoundError if it was deleted since."""
    return cast(BinaryIO, _storage().open(name, "rb"))


def delete_kept_file(name: str) -> None:
    """Delete a file that was kept, once the transaction is committed."""
    transaction.on_commit(lambda: _storage().delete(name))


def _storage() -> Storage:
    return ArticleImport._meta.get_field("upload").storage
