"""The notebook as a file. Each exporter yields text a batch at a time, so that a large one is never held whole."""

import csv
import json
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.markup.csv_text import escape_formula
from lessons.markup.formula_spans import TextPart
from lessons.markup.markdown_text import escape_markdown
from lessons.markup.tex_delimiters import delimited
from lessons.notebook import lesson_comments
from lessons.notebook.entries import NotebookEntry, entry_batches, notebook_annotations
from lessons.notebook.filters import NotebookFilter
from lessons.notebook.quotes import quote_parts
from lessons.webannotations.selectors import annotation_rows, serialize_rows
from lessons.webannotations.serialize import CONTEXT

BYTE_ORDER_MARK = "\ufeff"


def export_markdown(user: User, filters: NotebookFilter, root: str) -> Iterator[str]:
    """Yield passages as quotes and comments as they were written, under headings of course and lesson."""
    yield f"# {_('My notebook')}\n"
    course, lesson = None, None
    for entries in _batches(user, filters):
        parts = quote_parts(entries)
        for entry in entries:
            if entry.course != course:
                course, lesson = entry.course, None
                yield f"\n## {escape_markdown(course)}\n"
            if entry.lesson_id != lesson:
                lesson = entry.lesson_id
                yield f"\n### {escape_markdown(entry.lesson)}\n"
            yield _in_markdown(entry, root, [] if entry.is_lesson_comment else parts.get(entry.pk, []))


def _batches(user: User, filters: NotebookFilter) -> Iterator[Sequence[NotebookEntry]]:
    """Yield the annotations, then the comments on whole lessons."""
    yield from entry_batches(user, filters)
    yield from lesson_comments.comment_batches(user, filters)


def _in_markdown(entry: NotebookEntry, root: str, parts: list[TextPart]) -> str:
    passage = "".join(map(_part_in_markdown, parts or [TextPart(entry.quote)]))
    quote = "\n".join(f"> {line}".rstrip() for line in passage.splitlines())
    details = [entry.label, date_format(localtime(entry.created_at), "DATE_FORMAT"), entry.audience]
    details += [escape_markdown(", ".join(name for name, _slug in entry.tags))] if entry.tags else []
    details += [_("no longer in the text")] if entry.is_orphaned else []
    if entry.url:
        details.append(f"[{_('in the text')}]({root}{entry.url})")
    if entry.thread_url and entry.replies:
        replies = ngettext("%(n)d reply", "%(n)d replies", entry.replies) % {"n": entry.replies}
        details.append(f"[{replies}]({root}{entry.thread_url})")
    text = f"\n{entry.text.strip()}\n" if entry.text else ""
    quoted = f"\n{quote}\n" if entry.quote else ""
    return f"{quoted}{text}\n{' · '.join(details)}\n"


def _part_in_markdown(part: TextPart) -> str:
    return delimited(part.text) if part.is_tex else escape_markdown(part.text, is_line=False)


class _Echo:
    """A file for the csv module that returns what is written to it."""

    def write(self, line: str) -> str:
        return line


def export_csv(user: User, filters: NotebookFilter, root: str) -> Iterator[str]:
    """Yield CSV (RFC 4180) with a byte order mark for spreadsheet programs, without formulas."""
    writer = csv.writer(_Echo())
    names = (_("course"), _("lesson"), _("label"), _("passage"), _("note"), _("tags"), _("audience"))
    more = (_("state"), _("replies"), _("written"), _("URL"), _("thread"))
    yield BYTE_ORDER_MARK + writer.writerow(names + more)
    for entries in _batches(user, filters):
        yield "".join(
            writer.writerow([escape_formula(str(cell)) for cell in _cells(entry, root)]) for entry in entries
        )


def _cells(entry: NotebookEntry, root: str) -> list:
    return [
        entry.course,
        entry.lesson,
        entry.label,
        entry.quote,
        entry.text,
        ", ".join(name for name, _slug in entry.tags),
        entry.audience,
        entry.placement_state,
        entry.replies,
        f"{entry.created_at:%Y-%m-%dT%H:%M:%SZ}",
        entry.url and root + entry.url,
        entry.thread_url and root + entry.thread_url,
    ]


def export_jsonld(user: User, filters: NotebookFilter, root: str) -> Iterator[str]:
    """Yield the annotations as a W3C AnnotationCollection, without the replies of others."""
    page = f"{root}{reverse('notebook:export', args=['jsonld'])}"
    head = {
        "@context": CONTEXT,
        "id": page,
        "type": "AnnotationCollection",
        "label": _("My notebook"),
        "total": notebook_annotations(user, filters).count(),
    }
    first = {"id": f"{page}#items", "type": "AnnotationPage", "partOf": page}
    # The page is left open at its end, for the items to follow one batch after another.
    yield f'{_json(head)[:-1]},"first":{_json(first)[:-1]},"items":['
    separator = ""
    for entries in entry_batches(user, filters):
        pks = [entry.pk for entry in entries]
        documents = serialize_rows(annotation_rows(Annotation.objects.filter(pk__in=pks)), [], user, root)
        yield separator + ",".join(_json(documents[False, pk]) for pk in pks if (False, pk) in documents)
        separator = ","
    yield "]}}"


def _json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
