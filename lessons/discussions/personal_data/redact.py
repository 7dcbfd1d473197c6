"""Names that stand in words. In one's own words one's name and address; in those of others, which stay theirs, only
mentions by handle, which the portal made of them, and the address."""

from collections import defaultdict

from django.db.models import Q, QuerySet

from lessons.courses.models import Course
from lessons.courses.redaction import PersonNames, redact_emails, redact_mentions, redact_name
from lessons.discussions.models import Draft, Post, PostImage, PostVersion, Report, Thread
from lessons.discussions.services.drafts import course_id_of_draft
from lessons.markup.plain_text import excerpt


def redact_names(names: list[PersonNames], course: Course | None = None) -> None:
    """Before anything is unlinked: whose words are whose must still be known."""
    own = {one.user_id: one for one in names}
    handles = defaultdict(set)
    for one in names:
        for place, handle in one.handles.items():
            handles[place].add(handle)

    def clean(words: str, place: int | None, author: int | None) -> str:
        if author in own:
            words = redact_name(words, own[author])
        return redact_emails(redact_mentions(words, handles.get(place, ())), names)

    asked = _asked(names, handles, course)
    _posts(_in(Post.objects.all(), "thread__course", course).filter(asked("") | Q(author__in=list(own))), clean)
    _versions(_in(PostVersion.objects.all(), "post__thread__course", course).filter(asked("")), clean)
    _titles(_in(Thread.objects.all(), "course", course).filter(_titled(own, handles)), clean)
    _drafts(Draft.objects.filter(asked("")), course, clean)
    for image in _in(PostImage.objects.all(), "post__thread__course", course).filter(post__author__in=list(own)):
        alt = clean(image.alt, None, image.post.author_id)
        PostImage.objects.filter(pk=image.pk).update(alt=alt[:300])
    for report in _in(Report.objects.all(), "post__thread__course", course).filter(reporter__in=list(own)):
        Report.objects.filter(pk=report.pk).update(reason=clean(report.reason, None, report.reporter_id)[:300])


def _titled(own: dict, handles: dict) -> Q:
    return Q(author__in=list(own)) | Q(title__contains="@", course__in=list(handles))


def _in(rows: QuerySet, path: str, course: Course | None) -> QuerySet:
    return rows.filter(**{path: course}) if course else rows


def _asked(names: list[PersonNames], handles: dict[int, set[str]], course: Course | None):
    """Rows that may hold a mention or an address; what does is decided by the words themselves."""

    def condition(path: str) -> Q:
        if course:
            return Q(**{f"{path}source__contains": "@"})
        wanted = [f"@{handle}" for some in handles.values() for handle in some]
        either = Q(pk=None)
        for word in wanted:
            either |= Q(**{f"{path}source__contains": word})
        for one in names:
            if one.email:
                either |= Q(**{f"{path}source__icontains": one.email})
        return either

    return condition


def _posts(posts: QuerySet, clean) -> None:
    rows = posts.values_list("pk", "seq", "state", "source", "html", "author_id", "thread__course", "thread")
    for pk, seq, state, source, html, author, place, thread in rows.iterator(chunk_size=500):
        new = {"source": clean(source, place, author), "html": clean(html, place, author)}
        if new != {"source": source, "html": html}:
            Post.objects.filter(pk=pk).update(**new)
            if seq == 1 and state == Post.State.SHOWN:
                Thread.objects.filter(pk=thread).update(excerpt=excerpt(new["html"]))


def _versions(versions: QuerySet, clean) -> None:
    rows = versions.values_list("pk", "source", "html", "post__author", "post__thread__course")
    for pk, source, html, author, place in rows.iterator(chunk_size=500):
        new = {"source": clean(source, place, author), "html": clean(html, place, author)}
        if new != {"source": source, "html": html}:
            PostVersion.objects.filter(pk=pk).update(**new)


def _titles(threads: QuerySet, clean) -> None:
    for pk, title, author, place in threads.values_list("pk", "title", "author_id", "course_id"):
        new = clean(title, place, author)[:200]
        if new != title:
            Thread.objects.filter(pk=pk).update(title=new)


def _drafts(drafts: QuerySet, course: Course | None, clean) -> None:
    for draft in drafts:
        place = course_id_of_draft(draft.draft_key)
        if course is None or place == course.pk:
            Draft.objects.filter(pk=draft.pk).update(source=clean(draft.source, place, None))
