"""Redact names in discussions. A user's own texts lose their name, handle and e-mail address; other people's texts
lose only mentions and the address.
"""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q, QuerySet

from lessons.courses.models import Course
from lessons.courses.redaction import PersonNames, redact_emails, redact_mentions, redact_name
from lessons.discussions.models import Post, PostImage, PostVersion, Report, Thread
from lessons.markup.plain_text import excerpt

CHUNK_SIZE = 500


class Redactor(NamedTuple):
    """The names of erased users: `own` by user id, `handles` by course id."""

    names: list[PersonNames]
    own: dict[int, PersonNames]
    handles: dict[int, set[str]]

    @classmethod
    def of(cls, names: list[PersonNames]) -> "Redactor":
        handles: dict[int, set[str]] = defaultdict(set)
        for person in names:
            for course_id, handle in person.handles.items():
                handles[course_id].add(handle)
        return cls(names, {person.user_id: person for person in names}, handles)

    def redact(self, text: str, course_id: int | None, author_id: int | None) -> str:
        """Redact a text by its author (or None) in a course (or None)."""
        if author_id in self.own:
            text = redact_name(text, self.own[author_id])
        handles = self.handles.get(course_id, set()) if course_id else set()
        return redact_emails(redact_mentions(text, handles), self.names)


def redact_names(names: list[PersonNames], course: Course | None = None) -> None:
    """Redact the names of users in one course, or in all. Call it while texts are still linked to their authors."""
    redactor = Redactor.of(names)
    may_name = _may_name(names, redactor.handles, course)
    by_them = Q(author__in=list(redactor.own))
    _redact_posts(_in_course(Post.objects.all(), "thread__course", course).filter(may_name | by_them), redactor)
    _redact_versions(_in_course(PostVersion.objects.all(), "post__thread__course", course).filter(may_name), redactor)
    titled = by_them | Q(title__contains="@", course__in=list(redactor.handles))
    _redact_titles(_in_course(Thread.objects.all(), "course", course).filter(titled), redactor)
    images = _in_course(PostImage.objects.all(), "post__thread__course", course).select_related("post")
    for image in images.filter(post__author__in=list(redactor.own)):
        alt = redactor.redact(image.alt, None, image.post.author_id)
        PostImage.objects.filter(pk=image.pk).update(alt=alt[:300])
    reports = _in_course(Report.objects.all(), "post__thread__course", course)
    for report in reports.filter(reporter__in=list(redactor.own)):
        reason = redactor.redact(report.reason, None, report.reporter_id)
        Report.objects.filter(pk=report.pk).update(reason=reason[:300])


def _in_course(rows: QuerySet, path: str, course: Course | None) -> QuerySet:
    return rows.filter(**{path: course}) if course else rows


def _may_name(names: list[PersonNames], handles: dict[int, set[str]], course: Course | None) -> Q:
    """Return the condition for rows whose `source` may have a mention or address: a superset, for Python to check."""
    if course:
        return Q(source__contains="@")
    condition = Q(pk=None)
    for handle in set().union(*handles.values()):
        condition |= Q(source__contains=f"@{handle}")
    for person in names:
        if person.email:
            condition |= Q(source__icontains=person.email)
    return condition


def _redact_posts(posts: QuerySet, redactor: Redactor) -> None:
    rows = posts.values_list("pk", "seq", "state", "source", "html", "author_id", "thread__course", "thread")
    for pk, seq, state, source, html, author, course_id, thread in rows.iterator(chunk_size=CHUNK_SIZE):
        new_source, new_html = (redactor.redact(text, course_id, author) for text in (source, html))
        if (new_source, new_html) != (source, html):
            Post.objects.filter(pk=pk).update(source=new_source, html=new_html)
            if seq == 1 and state == Post.State.SHOWN:
                Thread.objects.filter(pk=thread).update(excerpt=excerpt(new_html))


def _redact_versions(versions: QuerySet, redactor: Redactor) -> None:
    rows = versions.values_list("pk", "source", "html", "post__author", "post__thread__course")
    for pk, source, html, author, course_id in rows.iterator(chunk_size=CHUNK_SIZE):
        new_source, new_html = (redactor.redact(text, course_id, author) for text in (source, html))
        if (new_source, new_html) != (source, html):
            PostVersion.objects.filter(pk=pk).update(source=new_source, html=new_html)


def _redact_titles(threads: QuerySet, redactor: Redactor) -> None:
    for pk, title, author, course_id in threads.values_list("pk", "title", "author_id", "course_id"):
        new_title = redactor.redact(title, course_id, author)[:200]
        if new_title != title:
            Thread.objects.filter(pk=pk).update(title=new_title)
