"""A person's data as one ZIP: JSON for machines, HTML for people. Written row by row, however much it is."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from html import escape
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lessons.accounts import personal_data as accounts
from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.annotations import personal_data as notes
from lessons.courses import personal_data as courses
from lessons.discussions.models import PostImage
from lessons.discussions.personal_data import export as talk
from lessons.discussions.personal_data.export import uploaded_images
from lessons.markup.post_markdown import POST_IMAGE_URL
from lessons.models import Asset, Revision
from lessons.progress import personal_data as progress

ROWS_MARKER = "<!--rows-->"
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


def write_archive(user: User, target: IO[bytes]) -> None:
    """Writes the ZIP to `target`, a file opened for writing; no more than a few hundred rows are in memory at once."""
    with (
        override(user.language or settings.LANGUAGE_CODE),
        ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True) as archive,
    ):
        archive.writestr("style.css", STYLE)
        counts = [(part, _section(archive, part)) for part in all_sections(user)]
        for image in uploaded_images(user):
            _add_image(archive, image)
        archive.writestr("index.html", _page(_("Your data"), [_index(user, counts)]))


def _section(archive: ZipFile, part: ExportSection) -> int:
    """The section as JSON and as a page, in one pass over its rows; returns how many there are. A ZIP takes one file
    at a time, so that the page waits beside it."""
    count = 0
    with tempfile.TemporaryFile() as page:
        with archive.open(f"json/{part.key}.json", "w", force_zip64=True) as out:
            out.write(b"[")
            for count, row in enumerate(part.rows, 1):
                out.write(b",\n" if count > 1 else b"\n")
                out.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode())
                page.write(_row(row).encode())
            out.write(b"\n]\n")
        page.seek(0)
        with archive.open(f"{part.key}.html", "w", force_zip64=True) as out:
            before, after = _page(part.title, [ROWS_MARKER]).split(ROWS_MARKER)
            out.write(before.encode())
            shutil.copyfileobj(page, out)
            out.write(after.encode())
    return count


def _add_image(archive: ZipFile, image: PostImage) -> None:
    """Already compressed, so stored as it is; one that is gone from the disk is left out."""
    with suppress(FileNotFoundError), image.file.open("rb") as found:
        info = ZipInfo(f"images/{image.uid}.webp")
        with archive.open(info, "w", force_zip64=True) as out:
            shutil.copyfileobj(found, out)


def _page(title: str, blocks: Iterable[str]) -> str:
    home = escape(_("Your data"))
    return (
        f'<!doctype html><html lang="{get_language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f'<link rel="stylesheet" href="style.css"></head><body><p><a href="index.html">{home}</a></p>'
        f"<h1>{escape(title)}</h1>{''.join(blocks)}</body></html>\n"
    )


def _index(user: User, counts: list[tuple[ExportSection, int]]) -> str:
    made = date_format(timezone.localtime(), "DATETIME_FORMAT")
    words = _("What %(site)s keeps of %(name)s (%(when)s). Each page stands in the folder json too, for machines.")
    words %= {"site": settings.SITE_NAME, "name": user, "when": made}
    items = "".join(f'<li><a href="{part.key}.html">{escape(part.title)}</a> ({count})</li>' for part, count in counts)
    others = _("What others wrote is not in it: they may have it themselves.")
    return f"<p>{escape(words)}</p><ul>{items}</ul><p>{escape(others)}</p>"


def _row(row: dict) -> str:
    """What is safe HTML stands as it was shown, the rest as words."""
    said = row.get("html")
    facts = "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(_words(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", []) and name != "html" and not (name == "markdown" and said)
    )
    shown = f'<div class="post-body" dir="auto">{POST_IMAGE_URL.sub(_in_archive, said)}</div>' if said else ""
    return f"<article><dl>{facts}</dl>{shown}</article>\n"


def _in_archive(found: re.Match) -> str:
    return f"images/{found[0].split('/')[-2]}.webp"


def _words(value) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(_words(each) for each in value)
    return ", ".join(_words(each) for each in value.values()) if isinstance(value, dict) else str(value)


def all_sections(user: User) -> Iterable[ExportSection]:
    """Lazy: rows are read from the database while they are written down."""
    yield from accounts.export_sections(user)
    yield from courses.export_sections(user)
    yield from progress.sections(user)
    yield from notes.export_sections(user)
    yield from talk.export_sections(user)
    yield ExportSection("published", _("Texts that you published"), _published(user))
    yield ExportSection("uploaded", _("Images that you uploaded for lessons"), _uploaded(user))


def _published(user: User):
    """The texts are the course's: here stands which they are."""
    revisions = Revision.objects.filter(author=user).order_by("pk").select_related("lesson__module__course")
    for revision in revisions.defer("html", "text", "facts").iterator(chunk_size=500):
        yield {
            "course": revision.lesson.module.course.title,
            "title": revision.title,
            "revision": revision.number,
            "what_changed": revision.change_summary,
            "published": revision.published_at,
        }


def _uploaded(user: User):
    for asset in Asset.objects.filter(uploaded_by=user).order_by("pk").select_related("course"):
        yield {"course": asset.course.title, "shows": asset.alt, "uploaded": asset.created_at}
