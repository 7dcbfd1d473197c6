"""Whether an article was imported into the course before."""

from pathlib import PurePath

from lessons.courses.models import Course
from lessons.importing.models import ArticleImport
from lessons.tagging.models import normalise_tag


def find_previous_import(*, course: Course, sha256: str, name: str, titles: list[str]) -> ArticleImport | None:
    """The latest import that made a module out of this very source, or else of this file or of this title.

    Names and titles are compared without regard to case. Two queries.
    """
    rows = ArticleImport.objects.filter(course=course, module__course=course).order_by("-updated_at", "-pk")
    columns = ("pk", "sha256", "source_name", "review__title", "review__found_title")
    same, keys = None, _keys(titles)
    for pk, digest, file, *names in rows.values_list(*columns):
        if digest == sha256:
            same = pk
            break
        is_alike = (name and _file(file) == _file(name)) or keys & _keys(names)
        same = pk if is_alike and same is None else same
    return ArticleImport.objects.select_related("module").get(pk=same) if same else None


def _file(name: str) -> str:
    return normalise_tag(PurePath(name).name)


def _keys(titles: list[str | None]) -> set[str]:
    return {normalise_tag(title) for title in titles if title and title.strip()}
