"""Keep the uploaded files of imports until the module is created, to read them again with another encoding."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from lessons.importing.models import UPLOAD_FOLDER, ArticleImport
from lessons.importing.readers import TEXT_FORMATS

State = ArticleImport.State
KEPT_FOR = timedelta(days=60)
"""How long a file is kept after the last work on the review, and how long an import that could not be read."""
UNRECORDED_AFTER = timedelta(days=1)


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
    count = 0
    for article in old.defer("review"):
        with transaction.atomic():
            delete_upload(article)
            if article.state == State.FAILED:
                article.delete()
        count += 1
    return count + _delete_unrecorded(now)


def _delete_unrecorded(now: datetime) -> int:
    """Delete files whose import was never saved, or was deleted with its course."""
    storage = ArticleImport._meta.get_field("upload").storage
    try:
        names = [f"{UPLOAD_FOLDER}/{name}" for name in storage.listdir(UPLOAD_FOLDER)[1]]
    except FileNotFoundError:
        return 0
    known = set(ArticleImport.objects.exclude(upload="").values_list("upload", flat=True))
    unrecorded = [name for name in names if name not in known]
    old = [name for name in unrecorded if storage.get_modified_time(name) < now - UNRECORDED_AFTER]
    for name in old:
        storage.delete(name)
    return len(old)


def has_encodings(article: ArticleImport) -> bool:
    """Return whether the file of the import is text, which can be read in one encoding or another."""
    return not article.is_pasted and article.source_name.lower().endswith(tuple(TEXT_FORMATS))


def is_kept(article: ArticleImport) -> bool:
    """Return whether the file of the import can be read again."""
    return bool(article.upload) and article.upload.storage.exists(article.upload.name or "")
