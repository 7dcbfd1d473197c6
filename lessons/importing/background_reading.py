"""Read long articles outside of requests: at once in a separate process, or by the scheduler if that was killed.

A process claims an article before reading it, and renews the claim while it reads; if the process is killed, the claim
expires and the article is read again. Only the holder of the claim saves the result, so that it is saved once. No
transaction is open while an article is read.
"""

import atexit
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lessons.db.availability import StorageUnavailable
from lessons.importing import readers
from lessons.importing.images import store_images, written_files
from lessons.importing.models import ArticleImport, ArticleText
from lessons.importing.services import PreparedImport, keep_decisions, prepare_import
from lessons.importing.uploads import delete_upload, has_encodings
from lessons.markup.sanitise import InvalidText

log = logging.getLogger(__name__)
State = ArticleImport.State
CLAIMED_FOR = timedelta(seconds=60)
RENEWED_EVERY = 15.0
MAX_AT_ONCE = 2
"""The number of articles that are read at the same time, by all processes of the site together."""
MAX_ATTEMPTS = 3
READ, ANALYSED = 40, 90
"""The progress in per cent after reading the file, and after making the outline and the suggestions."""
COMMAND = "read_articles"


def start_reading() -> None:
    """Have the waiting articles read in the background, and return at once.

    Without the setting READ_ARTICLES_IN_BACKGROUND, as in tests, read them before returning.
    """
    if settings.READ_ARTICLES_IN_BACKGROUND:
        Thread(target=_run_command, name="reading of an article", daemon=True).start()
    else:
        read_waiting()


def _run_command() -> None:
    """Run the command in a separate process, so that reading does not slow pages down, and wait for it."""
    try:
        process = subprocess.Popen(  # noqa: S603, the command is a constant
            [sys.executable, str(settings.BASE_DIR / "manage.py"), COMMAND, f"--parent={os.getpid()}"],
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        log.error("Articles are waiting for the scheduler: no process could be started (%s).", type(error).__name__)
        return
    atexit.register(process.terminate)
    process.wait()
    atexit.unregister(process.terminate)


def read_waiting(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Read the waiting articles one after another; return how many. Raise DatabaseError, StorageUnavailable."""
    count = 0
    while not is_stopping() and (article := _claim()):
        with _renewed_claim(article):
            _read(article)
        count += 1
    return count


def _claim() -> ArticleImport | None:
    """Claim the article that has waited longest or whose claim has expired; None if enough are being read."""
    now = timezone.now()
    unclaimed = Q(state=State.WAITING) | Q(state=State.READING, claimed_until__lte=now)
    waiting = ArticleImport.objects.open().filter(unclaimed).order_by("pk")
    if ArticleImport.objects.filter(state=State.READING, claimed_until__gt=now).count() >= MAX_AT_ONCE:
        return None
    for pk in waiting.values_list("pk", flat=True):
        claim = {"state": State.READING, "claim": uuid4(), "claimed_until": now + CLAIMED_FOR}
        if waiting.filter(pk=pk).update(**claim, progress=0, attempts=F("attempts") + 1):
            return ArticleImport.objects.select_related("course", "author").get(pk=pk)
    return None


def _held(article: ArticleImport):
    """Return the row, provided that this process holds its claim and no module was created from it."""
    return ArticleImport.objects.open().filter(pk=article.pk, state=State.READING, claim=article.claim)


@contextmanager
def _renewed_claim(article: ArticleImport) -> Iterator[None]:
    """Renew the claim in the background until the block ends."""
    if not settings.READ_ARTICLES_IN_BACKGROUND:
        yield
        return
    ended = Event()
    renewal = Thread(target=_renew, args=(article, ended), name="claim of an article", daemon=True)
    renewal.start()
    try:
        yield
    finally:
        ended.set()
        renewal.join()


def _renew(article: ArticleImport, ended: Event) -> None:
    while not ended.wait(RENEWED_EVERY):
        try:
            _held(article).update(claimed_until=timezone.now() + CLAIMED_FOR)
        except DatabaseError as error:
            log.warning("The claim of an article was not renewed: %s.", type(error).__name__)
        finally:
            connection.close()


def _read(article: ArticleImport) -> None:
    """Read one article, and save the result or the reason why it could not be read."""
    author = article.author
    with override((author.language if author else "") or settings.LANGUAGE_CODE):
        if article.attempts > MAX_ATTEMPTS:
            _fail(
                article,
                _("Reading this file was interrupted several times. Split it and import the parts one by one."),
            )
            return
        try:
            prepared = _prepare(article)
        except InvalidText as error:
            _refuse(article, str(error))
        except FileNotFoundError:
            _fail(article, _("The file is no longer there. Discard this import and upload the file again."))
        except (DatabaseError, StorageUnavailable):
            raise
        except Exception:  # one file that makes a reader fail must not stop the others
            log.exception("The article %s could not be read.", article.pk)
            _fail(article, _("This file could not be read. Save it in another format, or copy the text and paste it."))
        else:
            _finish(article, prepared)


def _prepare(article: ArticleImport) -> PreparedImport:
    with article.upload.open("rb") as file:
        data = file.read()
    parsed = readers.read_upload(article.source_name, data, encoding=article.encoding)
    _held(article).update(progress=READ)
    name = "" if article.is_pasted else article.source_name
    prepared = prepare_import(by=article.author, course=article.course, name=name, parsed=parsed)
    if "sections" in article.review:
        keep_decisions(prepared, article)
    _held(article).update(progress=ANALYSED)
    return prepared


def _finish(article: ArticleImport, prepared: PreparedImport) -> None:
    """Save what was read, unless the import was discarded or claimed by another process in the meantime."""
    with written_files(article, prepared.images):
        _store(article, prepared)


@transaction.atomic
def _store(article: ArticleImport, prepared: PreparedImport) -> None:
    new = prepared.article
    fields = {"review": new.review, "sha256": new.sha256, "previous": new.previous, "version": F("version") + 1}
    if not _held(article).update(**fields, **_released(), state=State.READY, progress=100, updated_at=timezone.now()):
        return
    text = new.text
    ArticleText.objects.update_or_create(
        article_id=article.pk,
        defaults={"original": text.original, "blocks": text.blocks, "word_counts": text.word_counts},
    )
    article.review = new.review
    article.steps.all().delete()
    store_images(article, prepared.images)


def _fail(article: ArticleImport, reason: str) -> None:
    _held(article).update(**_released(), state=State.FAILED, error=reason[:500], updated_at=timezone.now())


@transaction.atomic
def _refuse(article: ArticleImport, reason: str) -> None:
    """Save why the file could not be read, and delete it, unless another encoding may help."""
    _fail(article, reason)
    may_be_read = has_encodings(article) or "sections" in article.review
    if not may_be_read and ArticleImport.objects.filter(pk=article.pk, state=State.FAILED).exists():
        delete_upload(article)


def _released() -> dict[str, UUID | None]:
    return {"claim": None, "claimed_until": None}


@transaction.atomic
def read_again(*, article: ArticleImport, encoding: str) -> None:
    """Queue the file of an import to be read again in an encoding; the review's decisions are kept where possible."""
    waiting = {"state": State.WAITING, "encoding": encoding, "error": "", "progress": 0, "attempts": 0}
    ArticleImport.objects.filter(pk=article.pk, module=None).exclude(upload="").update(**waiting, **_released())
    transaction.on_commit(start_reading)
