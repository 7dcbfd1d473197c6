"""Save a review, undo and redo its steps. Callers have checked that the user may edit the course's content."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lessons.importing.models import ArticleImport, ReviewStep
from lessons.importing.review.history import MAX_STEPS, packed, unpacked


class ReviewConflict(ValueError):
    """The review was saved in another window since it was opened; `current` is what is saved now."""

    def __init__(self, current: ArticleImport):
        super().__init__(_("This review was saved in another window in the meantime. Check what is saved now."))
        self.current = current


class Step(NamedTuple):
    """The name of a change, and the window that made it. Steps of typing with the same `key` are merged."""

    label: str
    window: str = ""
    key: str = ""


class Steps(NamedTuple):
    """The labels of the step that can be undone and of the one that can be redone, empty if there is none."""

    undo: str
    redo: str


def save_review(*, article: ArticleImport, review: dict, version: int, step: Step | None = None) -> ArticleImport:
    """Save over `version`, as a step that can be undone, if anything has changed.

    Raise ReviewConflict if another window has saved since.
    """
    if version == article.version and review == article.review:
        return article
    document, step = packed(article.review), step or Step("")
    with transaction.atomic():
        _write(article, review, version)
        article.steps.filter(is_undone=True).delete()
        if not _continues_last(article, step):
            _add_step(article, version, step, document)
    return article


def _write(article: ArticleImport, review: dict, version: int) -> None:
    """Write the review over `version`. Raise ReviewConflict, also while the article is being read again."""
    rows = ArticleImport.objects.open().filter(pk=article.pk, version=version, state=ArticleImport.State.READY)
    now = ArticleImport._meta.get_field("updated_at").pre_save(article, add=False)
    if not rows.update(review=review, version=version + 1, updated_at=now):
        article.refresh_from_db()
        raise ReviewConflict(article)
    article.review, article.version = review, version + 1


def _continues_last(article: ArticleImport, step: Step) -> bool:
    last = article.steps.defer("document").last() if step.key else None
    return last is not None and (last.key, last.window) == (step.key, step.window)


def _add_step(article: ArticleImport, version: int, step: Step, document: bytes) -> None:
    ReviewStep.objects.create(
        article=article,
        version=version,
        window=step.window[:36],
        key=step.key,
        label=step.label[:200],
        document=document,
    )
    kept = article.steps.order_by("-pk").values("pk")[:MAX_STEPS]
    oldest = list(kept)[-1]["pk"]
    article.steps.filter(pk__lt=oldest).delete()


def undo(*, article: ArticleImport, version: int) -> str:
    """Undo one step; return its label, empty if there is none. Raise ReviewConflict."""
    return _swap(article, version, article.steps.filter(is_undone=False).last())


def redo(*, article: ArticleImport, version: int) -> str:
    """Redo one step; return its label, empty if there is none. Raise ReviewConflict."""
    return _swap(article, version, article.steps.filter(is_undone=True).first())


def _swap(article: ArticleImport, version: int, step: ReviewStep | None) -> str:
    """Exchange the review and the document of a step."""
    if step is None:
        return ""
    review, document = unpacked(bytes(step.document), article.review), packed(article.review)
    with transaction.atomic():
        _write(article, review, version)
        article.steps.update(version=None)
        ReviewStep.objects.filter(pk=step.pk).update(document=document, is_undone=not step.is_undone, key="")
    return step.label


def available_steps(article: ArticleImport) -> Steps:
    """Return what can be undone and redone. One query."""
    labels = list(article.steps.values_list("is_undone", "label"))
    done = [label for is_undone, label in labels if not is_undone]
    undone = [label for is_undone, label in labels if is_undone]
    return Steps(done[-1] if done else "", undone[0] if undone else "")


def shown_review(article: ArticleImport, version: int, window: str) -> dict | None:
    """Return the review that a window showed as `version`, if all later changes came from that window.

    So pressing a button before the response to another one has arrived is not a conflict. Two queries.
    """
    if not window or version >= article.version:
        return None
    steps = list(article.steps.filter(is_undone=False).defer("document"))
    shown = next((n for n in reversed(range(len(steps))) if (steps[n].version or version + 1) <= version), None)
    if shown is None or any(step.window != window for step in steps[shown:]):
        return None
    return unpacked(bytes(steps[shown].document), article.review)


def keep_review(article: ArticleImport) -> None:
    """Return to the review of an article whose file could not be read again."""
    rows = ArticleImport.objects.filter(pk=article.pk, state=ArticleImport.State.FAILED, review__has_key="sections")
    rows.update(state=ArticleImport.State.READY, error="", encoding="")
