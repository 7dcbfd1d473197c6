"""Find the earlier import of an article into the course."""

from collections.abc import Sequence
from pathlib import PurePath

from lessons.courses.models import Course
from lessons.importing.models import ArticleImport
from lessons.tagging.models import normalise_tag


def find_previous_import(*, course: Course, sha256: str, name: str, titles: list[str]) -> ArticleImport | None:
    """Return the latest import that made a module of the course from the same source, file name or title.

    The same source comes first. File names and titles are compared without regard to case. Two queries.
    """
    rows = ArticleImport.objects.filter(course=course, module__course=course, module__bin_entry=None).order_by(
        "-updated_at", "-pk"
    )
    columns = ("pk", "sha256", "source_name", "review__title", "review__original_title")
    match, title_keys = None, _title_keys(titles)
    for pk, digest, file_name, *names in rows.values_list(*columns):
        if digest == sha256:
            match = pk
            break
        is_similar = (name and _file_key(file_name) == _file_key(name)) or title_keys & _title_keys(names)
        match = pk if is_similar and match is None else match
    return ArticleImport.objects.select_related("module").get(pk=match) if match else None


def _file_key(name: str) -> str:
    return normalise_tag(PurePath(name).name)


def _title_keys(titles: Sequence[str | None]) -> set[str]:
    return {normalise_tag(title) for title in titles if title and title.strip()}
