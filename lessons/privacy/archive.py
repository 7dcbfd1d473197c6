"""A person's data as one ZIP: JSON for programs, HTML for people. Written row by row, however large it is."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lessons.accounts import personal_data as accounts
from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.annotations import personal_data as annotations
from lessons.authoring import personal_data as authoring
from lessons.courses import personal_data as courses
from lessons.discussions.models import PostImage
from lessons.discussions.personal_data import export as discussions
from lessons.importing import personal_data as importing
from lessons.mail import personal_data as mail
from lessons.markup.post_markdown import POST_IMAGE_URL
from lessons.markup.row_templates import render_rows
from lessons.models import Asset, PublicationSchedule, Revision
from lessons.participation import personal_data as participation
from lessons.practice import personal_data as practice
from lessons.progress import personal_data as progress
from lessons.unsent import personal_data as unsent

ROWS_MARKER = "<!--rows-->"
CHUNK_SIZE = 500
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
h1, h2 { font-family: Georgia, serif; line-height: 1.2 }
article { border-top: 1px solid #8886; padding: .75rem 0 }
dl { display: grid; grid-template-columns: minmax(6rem, 11rem) 1fr; gap: .15rem 1rem; margin: 0 }
dt { color: #778; } dd { margin: 0; white-space: pre-wrap }
.post-body { border-inline-start: 4px solid #8886; padding-inline-start: 1rem; white-space: normal; margin-top: .5rem }
.post-body img { max-width: 100% }
"""


class Field(NamedTuple):
    name: str
    value: str


def write_archive(user: User, target: IO[bytes]) -> None:
    """Write the ZIP to `target`, a file opened for writing; only a few hundred rows are in memory at once."""
    with (
        override(user.language or settings.LANGUAGE_CODE),
        ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True) as archive,
    ):
        archive.writestr("style.css", STYLE)
        counts = [(section, _write_section(archive, section)) for section in all_sections(user)]
        for image in discussions.uploaded_images(user):
            _write_image(archive, image)
        index = render_rows("privacy/export_index.html", counts=counts, **_index_context(user))
        archive.writestr("index.html", _render_page(_("Your data"), index))


def _write_section(archive: ZipFile, section: ExportSection) -> int:
    """Write the section as JSON and as a page, in one pass over its rows; return how many there are.

    A ZIP takes one file at a time, so the page is collected in a temporary file.
    """
    count = 0
    with tempfile.TemporaryFile() as page:
        with archive.open(f"json/{section.key}.json", "w", force_zip64=True) as out:
            out.write(b"[")
            for count, row in enumerate(section.rows, 1):
                out.write(b",\n" if count > 1 else b"\n")
                out.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode())
                page.write(_render_row(row).encode())
            out.write(b"\n]\n")
        page.seek(0)
        with archive.open(f"{section.key}.html", "w", force_zip64=True) as out:
            before, after = _render_page(section.title, mark_safe(ROWS_MARKER)).split(ROWS_MARKER)
            out.write(before.encode())
            shutil.copyfileobj(page, out)
            out.write(after.encode())
    return count


def _write_image(archive: ZipFile, image: PostImage) -> None:
    """Write the image without compressing it again; skip one whose file is missing."""
    with suppress(FileNotFoundError), image.file.open("rb") as source:
        info = ZipInfo(f"images/{image.uid}.webp")
        with archive.open(info, "w", force_zip64=True) as out:
            shutil.copyfileobj(source, out)


def _render_page(title: str, content: SafeString) -> str:
    return render_rows("privacy/export_page.html", language=get_language(), title=title, content=content)


def _index_context(user: User) -> dict[str, str]:
    created_at = date_format(timezone.localtime(), "DATETIME_FORMAT")
    intro = _("What %(site)s keeps about %(name)s (%(when)s). The folder json has each page as JSON, for programs.")
    return {
        "intro": intro % {"site": settings.SITE_NAME, "name": user, "when": created_at},
        "others": _("What others wrote is not included: it is their data."),
    }


def _render_row(row: dict) -> str:
    """Return the row as a list of its fields, and under it the safe HTML it may have, as the site shows it."""
    html = row.get("html")
    left_out = ("html", "markdown") if html else ("html",)
    fields = [
        Field(name.replace("_", " "), _format(value))
        for name, value in row.items()
        if name not in left_out and value not in (None, "", [])
    ]
    body = mark_safe(POST_IMAGE_URL.sub(_path_in_archive, html)) if html else ""
    return render_rows("privacy/export_row.html", fields=fields, body=body)


def _path_in_archive(match: re.Match) -> str:
    return f"images/{match[0].split('/')[-2]}.webp"


def _format(value) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(_format(item) for item in value)
    return ", ".join(_format(item) for item in value.values()) if isinstance(value, dict) else str(value)


def all_sections(user: User) -> Iterator[ExportSection]:
    """Yield every section. Rows are read from the database while they are written to the archive."""
    yield from accounts.export_sections(user)
    yield from courses.export_sections(user)
    yield from progress.export_sections(user)
    yield from practice.export_sections(user)
    yield from participation.export_sections(user)
    yield from annotations.export_sections(user)
    yield from discussions.export_sections(user)
    yield from unsent.export_sections(user)
    emails = mail.export_rows(user.pk, accounts.email_addresses(user))
    yield ExportSection("emails", _("E-mails sent to you recently"), emails)
    yield ExportSection("published", _("Revisions that you published"), _published_rows(user))
    yield from authoring.export_sections(user)
    yield ExportSection("scheduled", _("Publications that you scheduled"), _scheduled_rows(user))
    yield ExportSection("imported", _("Articles that you imported"), importing.export_rows(user.pk))
    yield ExportSection("uploaded", _("Images that you uploaded for lessons"), _uploaded_rows(user))


def _published_rows(user: User) -> Iterator[dict]:
    """Yield which revisions the user published; the texts themselves belong to the course."""
    revisions = Revision.objects.filter(author=user).order_by("pk").select_related("lesson__module__course")
    for revision in revisions.defer("html", "text", "facts").iterator(chunk_size=CHUNK_SIZE):
        yield {
            "course": revision.lesson.module.course.title,
            "title": revision.title,
            "revision": revision.number,
            "what_changed": revision.change_summary,
            "published": revision.published_at,
        }


def _scheduled_rows(user: User) -> Iterator[dict]:
    """Yield what is still to be done, or could not be done."""
    schedules = PublicationSchedule.objects.filter(scheduled_by=user).order_by("pk")
    for schedule in schedules.select_related("lesson__module__course"):
        yield {
            "course": schedule.lesson.module.course.title,
            "title": schedule.lesson.title,
            "what": schedule.get_action_display(),
            "what_changed": schedule.change_summary,
            "at": schedule.due_at,
            "scheduled": schedule.created_at,
        }


def _uploaded_rows(user: User) -> Iterator[dict]:
    for asset in Asset.objects.filter(uploaded_by=user).order_by("pk").select_related("course"):
        yield {"course": asset.course.title, "shows": asset.alt, "uploaded": asset.created_at}
