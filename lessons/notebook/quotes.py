"""The passages of notes with their formulas as TeX, for exports as text."""

from collections.abc import Sequence

from lessons.annotations.models import Annotation
from lessons.markup.formula_spans import TextPart, text_parts
from lessons.models import Revision
from lessons.notebook.entries import NotebookEntry


def quote_parts(entries: Sequence[NotebookEntry]) -> dict[int, list[TextPart]]:
    """Return the passages of revisions with formulas, in parts, by the id of the annotation. Three queries at most."""
    annotations = Annotation.objects.filter(pk__in=[entry.pk for entry in entries if not entry.is_lesson_comment])
    revisions = Revision.objects.filter(pk__in=annotations.values("revision"), html__contains="<math")
    texts = {pk: (html, text) for pk, html, text in revisions.values_list("pk", "html", "text")}
    if not texts:
        return {}
    rows = annotations.filter(revision__in=texts).order_by("revision").values_list("pk", "revision", "start", "end")
    return {pk: text_parts(*texts[revision], start, end) for pk, revision, start, end in rows}
