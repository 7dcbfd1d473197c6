"""A notebook to take along. Each writer yields text a batch at a time, so that a large one is never held whole."""

import csv
import json
import re
from collections.abc import Iterator
from itertools import chain

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.discussions.models import Post
from lessons.notebook import lesson_comments
from lessons.notebook.entries import NotebookEntry, entry_batches, notebook_annotations
from lessons.notebook.filters import NotebookFilter
from lessons.webannotations.selectors import serialized
from lessons.webannotations.serialize import CONTEXT

BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet program would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")
# Before a heading, a list or a fence: `#`, `-`, or the sign behind a number.
BLOCK_MARKER = re.compile(r"^(\s*\d*)((?<!\d)[#+\-=~|]|(?<=\d)[.)])", re.MULTILINE)


def export_markdown(user: User, wish: NotebookFilter, root: str) -> Iterator[str]:
    """Quotes as quotes, one's words as they were written, under headings of course and lesson."""
    yield f"# {_('My notebook')}\n"
    course, lesson = None, None
    for entries in chain(entry_batches(user, wish), lesson_comments.comment_batches(user, wish)):
        for entry in entries:
            if entry.course != course:
                course, lesson = entry.course, None
                yield f"\n## {_escape_markdown(course)}\n"
            if entry.lesson_id != lesson:
                lesson = entry.lesson_id
                yield f"\n### {_escape_markdown(entry.lesson)}\n"
            yield _in_markdown(entry, root)


def _in_markdown(entry: NotebookEntry, root: str) -> str:
    quote = "\n".join(f"> {line}".rstrip() for line in _escape_markdown(entry.quote, is_line=False).splitlines())
    facts = [entry.label, date_format(localtime(entry.created_at), "DATE_FORMAT"), entry.audience]
    facts += [_escape_markdown(", ".join(name for name, _slug in entry.tags))] if entry.tags else []
    facts += [_("no longer in the text")] if entry.is_gone else []
    if entry.address:
        facts.append(f"[{_('in the text')}]({root}{entry.address})")
    if entry.thread_address and entry.replies:
        replies = ngettext("%(n)d reply", "%(n)d replies", entry.replies) % {"n": entry.replies}
        facts.append(f"[{replies}]({root}{entry.thread_address})")
    words = f"\n{entry.text.strip()}\n" if entry.text else ""
    quoted = f"\n{quote}\n" if entry.quote else ""
    return f"{quoted}{words}\n{' · '.join(facts)}\n"


def _escape_markdown(words: str, *, is_line: bool = True) -> str:
    """Words that are no Markdown, so that none of their signs is taken for any."""
    words = MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(words.split()) if is_line else words)
    return BLOCK_MARKER.sub(r"\1\\\2", words)


class _Echo:
    """A file that gives back what is written into it, for csv."""

    def write(self, line: str) -> str:
        return line


def export_csv(user: User, wish: NotebookFilter, root: str) -> Iterator[str]:
    """CSV as RFC 4180 has it, marked as UTF-8 for spreadsheet programs, and nothing in it a formula."""
    writer = csv.writer(_Echo())
    names = (_("course"), _("lesson"), _("label"), _("quote"), _("words"), _("tags"), _("who reads it"))
    more = (_("state"), _("replies"), _("written"), _("address"), _("thread"))
    yield BYTE_ORDER_MARK + writer.writerow(names + more)
    for entries in chain(entry_batches(user, wish), lesson_comments.comment_batches(user, wish)):
        yield "".join(writer.writerow([defused(str(cell)) for cell in _cells(entry, root)]) for entry in entries)


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
        entry.address and root + entry.address,
        entry.thread_address and root + entry.thread_address,
    ]


def export_jsonld(user: User, wish: NotebookFilter, root: str) -> Iterator[str]:
    """The notes on passages as a W3C AnnotationCollection, without the replies of others."""
    page = f"{root}{reverse('notebook:export', args=['jsonld'])}"
    head = {
        "@context": CONTEXT,
        "id": page,
        "type": "AnnotationCollection",
        "label": _("My notebook"),
        "total": notebook_annotations(user, wish).count(),
    }
    first = {"id": f"{page}#items", "type": "AnnotationPage", "partOf": page}
    # The page is left open at its end, for the items to follow one batch after another.
    yield f'{_json(head)[:-1]},"first":{_json(first)[:-1]},"items":['
    between = ""
    for entries in entry_batches(user, wish):
        pks = [entry.pk for entry in entries]
        found = serialized(Annotation.objects.filter(pk__in=pks), Post.objects.none(), user, root)
        yield between + ",".join(_json(found[False, pk]) for pk in pks if (False, pk) in found)
        between = ","
    yield "]}}"


def _json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def defused(cell: str) -> str:
    """With an apostrophe where a spreadsheet program would calculate what somebody wrote."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
