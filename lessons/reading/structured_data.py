"""What a page says of itself to machines: schema.org in JSON-LD, and where a licence is written down."""

import json
import re

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from lessons.courses.models import Course
from lessons.models import Module
from lessons.reading.links import cached_reverse, lesson_url, module_url

CREATIVE_COMMONS = re.compile(r"CC (BY(?:-(?:NC|SA|ND))*) (\d\.\d)", re.IGNORECASE)
IN_SCRIPT = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def licence_url(licence: str) -> str:
    """Where a Creative Commons licence stands, from its short name; empty for any other."""
    found = CREATIVE_COMMONS.fullmatch(licence.strip())
    if found:
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/"
    if licence.strip().upper().startswith("CC0"):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return ""


def json_ld_script(data: dict) -> SafeString:
    """`data` as a block that no browser runs; what could end the block is escaped. Empty values are left out."""
    filled = {"@context": "https://schema.org"} | {k: v for k, v in data.items() if v not in ("", None, [], {})}
    words = json.dumps(filled, ensure_ascii=False).translate(IN_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{words}</script>')


def site_root(request) -> str:
    """What stands before the paths of this site; asked for once a page, because Django checks the host each time."""
    return f"{request.scheme}://{request.get_host()}"


def course_json_ld(root: str, course: Course, standfirst: str, modules) -> SafeString:
    return json_ld_script(
        {
            "@type": "Course",
            **_named(root, course, standfirst),
            "inLanguage": course.language,
            "isAccessibleForFree": True,
            "provider": {"@type": "Organization", "name": settings.SITE_NAME, "url": root + "/"},
            "hasPart": [{"@type": "LearningResource", **_named(root, m, "")} for m in modules],
        }
    )


def module_json_ld(root: str, module, minutes: int, tags) -> SafeString:
    return json_ld_script(
        {
            "@type": "LearningResource",
            **_named(root, module, module.summary),
            **_of_text(module, minutes, tags),
            "isPartOf": {"@type": "Course", **_named(root, module.course, "")},
            "learningResourceType": "module",
        }
    )


def lesson_json_ld(root: str, lesson, revision, tags) -> SafeString:
    module = lesson.module
    return json_ld_script(
        {
            "@type": "LearningResource",
            "name": revision.title,
            "url": root + lesson_url(lesson.pk, lesson.slug),
            "description": revision.facts.get("summary", ""),
            **_of_text(module, revision.reading_minutes, tags),
            "isPartOf": {"@type": "LearningResource", **_named(root, module, "")},
            "learningResourceType": "case study" if revision.facts.get("kind") == "case_study" else "lesson",
            "dateModified": revision.published_at.isoformat(),
            "version": str(revision.number),
        }
    )


def _named(root: str, thing: Course | Module, description: str) -> dict:
    path = cached_reverse("course", thing.slug) if isinstance(thing, Course) else module_url(thing)
    named = {"name": thing.title, "url": root + path}
    return named | ({"description": description} if description else {})


def _of_text(module, minutes: int, tags) -> dict:
    return {
        "inLanguage": module.course.language,
        "license": licence_url(module.licence) or module.licence,
        "creditText": module.credit,
        "isBasedOn": module.source,
        "timeRequired": f"PT{minutes}M" if minutes else "",
        "isAccessibleForFree": True,
        "keywords": [name for name, _address in tags],
    }
