"""The checks of a lesson, at their places in its text."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from lessons.markup.row_templates import url
from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import Lesson
from lessons.permissions import can_track_progress
from lessons.practice.shown import ShownCheck
from lessons.reading.selectors.published_lesson import PublishedLesson


def place_checks(html: SafeString, checks: Sequence[ShownCheck], render: Mapping[str, Any], request) -> SafeString:
    """Return the text with its checks at their places; a place whose check was not published is left out.

    render: the context of `practice/_check.html` that is the same for all, see `check_context`.
    """
    if "data-check" not in html:
        return html
    by_uid = {check.uid: check for check in checks}
    pieces = CHECK_PLACE.split(html)
    for n in range(1, len(pieces), 2):
        check = by_uid.pop(pieces[n], None)  # a check that stands in two places is shown at the first
        pieces[n] = render_check(check, render, request) if check else ""
    return mark_safe("".join(pieces))


def render_check(check: ShownCheck, render: Mapping[str, Any], request) -> SafeString:
    lesson = render["lesson"]
    addresses = {
        "answer_url": url("reading:answer_check", lesson.pk, check.uid),
        "compare_url": url("reading:compare_answer", lesson.pk, check.uid),
        "passage_url": f"{lesson.get_absolute_url()}#check-{check.uid}" if render.get("is_alone") else "",
        "again_url": f"{render['page']}?{urlencode({'again': check.uid})}#check-{check.uid}",
        **_earlier(check, render),
    }
    # Nothing stands beside the section: white space would be part of the text that notes are anchored in.
    html = render_to_string("practice/_check.html", {**render, **addresses, "shown": check}, request)
    return mark_safe(html.strip())


def _earlier(check: ShownCheck, render: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has become of a check of an earlier revision; nothing for one of another text."""
    versions = render.get("current_versions")
    if versions is None:
        return {}
    version = versions.get(check.uid)
    url = f"{render['lesson'].get_absolute_url()}#check-{check.uid}" if version else ""
    return {"is_earlier": True, "is_changed": version != check.version, "current_url": url}


def earlier_context(published: PublishedLesson) -> dict[str, Any]:
    """Return what checks of an earlier revision of the lesson need beside `check_context`: nobody answers them there.

    current_versions: those of the published checks, by their uids.
    """
    return {"can_answer": False, "current_versions": {c["uid"]: c["version"] for c in published.checks}}


def check_context(request, lesson: Lesson, page: str) -> dict[str, Any]:
    """Return what the templates of a lesson's checks need beside the check. page: the address that shows them."""
    course, user = lesson.module.course, request.user
    sign_in = f"{reverse('account_login')}?{urlencode({'next': page})}" if not user.is_authenticated else ""
    return {"lesson": lesson, "page": page, "can_answer": can_track_progress(user, course), "sign_in_url": sign_in}
