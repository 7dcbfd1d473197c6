"""Metadata of a page for machines: schema.org as JSON-LD, and the URL of a licence."""

import json
import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lessons.courses.models import Course
from lessons.markup.row_templates import url
from lessons.models import Lesson, Module, Revision
from lessons.reading.links import lesson_url, module_url

CREATIVE_COMMONS = re.compile(r"CC (BY(?:-(?:NC|SA|ND))*) (\d\.\d)", re.IGNORECASE)
SCRIPT_ESCAPES = str.maketrans(
    {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def licence_url(licence: str) -> str:
    """Return the URL of a Creative Commons licence from its short name; empty for any other."""
    match = CREATIVE_COMMONS.fullmatch(licence.strip())
    if match:
        return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/"
    if licence.strip().upper().startswith("CC0"):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return ""


def json_ld_script(data: dict) -> SafeString:
    """Return `data` as a script element that no browser runs, without empty values.

    What could end the element is written as JSON's own escapes, as Django's `json_script` does.
    """
    filled = {"@context": "https://schema.org"} | {k: v for k, v in data.items() if v not in ("", None, [], {})}
    json_ld = mark_safe(json.dumps(filled, ensure_ascii=False).translate(SCRIPT_ESCAPES))
    return format_html('<script type="application/ld+json">{}</script>', json_ld)


def site_root(request) -> str:
    """Return scheme and host of this site. Call it once per page: Django validates the host each time."""
    return f"{request.scheme}://{request.get_host()}"


def course_json_ld(root: str, course: Course, summary: str, modules: Iterable[Module]) -> SafeString:
    return json_ld_script(
        {
            "@type": "Course",
            **_named(root, course, summary),
            "inLanguage": course.language,
            "isAccessibleForFree": True,
            "provider": {"@type": "Organization", "name": settings.SITE_NAME, "url": root + "/"},
            "hasPart": [{"@type": "LearningResource", **_named(root, m, "")} for m in modules],
        }
    )


def module_json_ld(root: str, module: Module, minutes: int, tags: Iterable[tuple[str, str]]) -> SafeString:
    return json_ld_script(
        {
            "@type": "LearningResource",
            **_named(root, module, module.summary),
            **_about_text(module, minutes, tags),
            "isPartOf": {"@type": "Course", **_named(root, module.course, "")},
            "learningResourceType": "module",
        }
    )


def lesson_json_ld(root: str, lesson: Lesson, revision: Revision, tags: Iterable[tuple[str, str]]) -> SafeString:
    module = lesson.module
    return json_ld_script(
        {
            "@type": "LearningResource",
            "name": revision.title,
            "url": root + lesson_url(lesson.pk, lesson.slug),
            "description": revision.facts.get("summary", ""),
            **_about_text(module, revision.reading_minutes, tags),
            "isPartOf": {"@type": "LearningResource", **_named(root, module, "")},
            "learningResourceType": "case study" if revision.facts.get("kind") == "case_study" else "lesson",
            "dateModified": revision.published_at.isoformat(),
            "version": str(revision.number),
        }
    )


def _named(root: str, page: Course | Module, description: str) -> dict:
    path = url("reading:course", page.slug) if isinstance(page, Course) else module_url(page)
    named = {"name": page.title, "url": root + path}
    return named | ({"description": description} if description else {})


def _about_text(module: Module, minutes: int, tags: Iterable[tuple[str, str]]) -> dict:
    return {
        "inLanguage": module.course.language,
        "license": licence_url(module.licence) or module.licence,
        "creditText": module.credit,
        "isBasedOn": module.source,
        "timeRequired": f"PT{minutes}M" if minutes else "",
        "isAccessibleForFree": True,
        "keywords": [name for name, _url in tags],
    }
