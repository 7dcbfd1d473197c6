"""Export and erase personal data about a person's imports."""

from collections.abc import Collection, Iterator

from django.core.files.storage import Storage

from lessons.courses.models import Course
from lessons.importing.models import ArticleImport


def export_rows(user_id: int) -> Iterator[dict]:
    """Yield the articles that the person has imported; their texts belong to the course."""
    articles = ArticleImport.objects.filter(author=user_id).for_list().select_related("module").order_by("pk")
    for article in articles.iterator(chunk_size=500):
        yield {
            "course": article.course.title,
            "title": article.title or "",
            "file": "" if article.is_pasted else article.source_name,
            "state": article.get_state_display(),
            "module": article.module.title if article.module else "",
            "imported": article.created_at,
        }


def erase(user_ids: Collection[int], course: Course | None = None) -> list[tuple[Storage, str]]:
    """Erase who imported the articles, the names of their files, and the files, whose properties may name people.

    Reviews are kept as part of the course; an import without one is deleted with its file. Return the files, for the
    caller to delete once the transaction is committed.
    """
    articles = ArticleImport.objects.filter(author__in=user_ids)
    if course is not None:
        articles = articles.filter(course=course)
    uploads = [article.upload for article in articles.exclude(upload="").only("upload")]
    articles.filter(review__has_key="sections").update(state=ArticleImport.State.READY)
    articles.exclude(state=ArticleImport.State.READY).delete()
    articles.update(upload="", source_name="", author=None)
    return [(upload.storage, upload.name or "") for upload in uploads]
