"""Redact names in discussions: in the texts of the people themselves and of others."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Model, Q, QuerySet
from django.utils import timezone

from lessons.courses.models import Course
from lessons.courses.redaction import Redactor
from lessons.discussions.models import (
    Notification,
    Post,
    PostImage,
    PostVersion,
    Report,
    Thread,
    ThreadTag,
    ThreadTitleHistory,
)
from lessons.markup import post_markdown
from lessons.markup.plain_text import excerpt, plain_text
from lessons.markup.sanitise import InvalidText
from lessons.tagging.models import Tag

CHUNK_SIZE = 500


class RedactedText(NamedTuple):
    """What a row of `model` said in Markdown, and what it says without the names."""

    model: type[Post | PostVersion]
    pk: int
    before: str
    source: str
    html: str


class Redacted(NamedTuple):
    """The ids of what names have been removed from: texts of posts, and titles or tags of threads."""

    posts: set[int]
    threads: set[int]


class PreparedRedaction(NamedTuple):
    """The posts that name the people, redacted outside of any transaction: reading all of them takes a while."""

    redactor: Redactor
    course: Course | None
    texts: list[RedactedText]
    started_at: datetime
    last_post: int
    last_version: int


def prepare_redaction(redactor: Redactor, course: Course | None = None) -> PreparedRedaction:
    """Read the posts of one course, or of all that the people were in, and redact those that name them."""
    started_at = timezone.now()
    last_post, last_version = (model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Post, PostVersion))
    texts = [*_posts(Post.objects.all(), redactor, course), *_versions(PostVersion.objects.all(), redactor, course)]
    return PreparedRedaction(redactor, course, texts, started_at, last_post, last_version)


def _posts(posts: QuerySet, redactor: Redactor, course: Course | None) -> Iterable[RedactedText]:
    rows = posts.filter(_may_name(redactor, course, "thread__course", "author")).order_by("pk")
    columns = ("pk", "source", "html", "author", "thread__course")
    return _redact_texts(Post, rows.values_list(*columns).iterator(chunk_size=CHUNK_SIZE), redactor)


def _versions(versions: QuerySet, redactor: Redactor, course: Course | None) -> Iterable[RedactedText]:
    rows = versions.filter(_may_name(redactor, course, "post__thread__course", "post__author")).order_by("pk")
    columns = ("pk", "source", "html", "post__author", "post__thread__course")
    return _redact_texts(PostVersion, rows.values_list(*columns).iterator(chunk_size=CHUNK_SIZE), redactor)


def _may_name(redactor: Redactor, course: Course | None, path: str, author: str) -> Q:
    """Return the condition for texts to read: all of the course, or of the people's courses, or with an address."""
    if course:
        return Q(**{path: course})
    condition = Q(**{f"{path}__in": redactor.course_ids}) | Q(**{f"{author}__in": redactor.user_ids})
    for person in redactor.people:
        for email in person.emails:
            condition |= Q(source__icontains=email)
    return condition


def _redact_texts(model: type[Post | PostVersion], rows: Iterable, redactor: Redactor) -> Iterable[RedactedText]:
    for pk, source, html, author_id, course_id in rows:
        new_source = redactor.redact(source, course_id=course_id, author_id=author_id)
        new_html = redactor.redact_html(html, course_id=course_id, author_id=author_id)
        text = plain_text(new_html) if new_source != source else ""
        if text and redactor.redact(text, course_id=course_id, author_id=author_id) != text:
            # The name was in parts, such as “<em>Zelda</em> Quennell”.
            new_html = ""
            with suppress(InvalidText):
                new_html = post_markdown.render_post(new_source, footnote_prefix=f"r{pk}")
        if (new_source, new_html) != (source, html):
            yield RedactedText(model, pk, source, new_source, new_html)


def redact_names(prepared: PreparedRedaction) -> Redacted:
    """Redact the names of the people. Call it in the transaction, while texts are still linked to their authors."""
    redactor, course = prepared.redactor, prepared.course
    meanwhile = Post.objects.filter(Q(pk__gt=prepared.last_post) | Q(edited_at__gte=prepared.started_at))
    versions = PostVersion.objects.filter(pk__gt=prepared.last_version)
    written = [*_posts(meanwhile, redactor, course), *_versions(versions, redactor, course)]
    changed = [text for text in (*prepared.texts, *written) if _save_text(text)]
    threads = _redact_titles(redactor, course) | _redact_tags(redactor, course)
    for model, field, path, author in (
        (PostImage, "alt", "post__thread__course", "post__author"),
        (Report, "reason", "post__thread__course", "reporter"),
        (Notification, "message", "course", None),
    ):
        _redact_field(model, field, path, author, redactor, course)
    return Redacted({text.pk for text in changed if text.model is Post}, threads)


def _save_text(text: RedactedText) -> bool:
    """Save the text unless its row was edited or emptied meanwhile; the excerpt of a thread follows its first post.

    Return whether it was saved.
    """
    rows = text.model._default_manager.filter(pk=text.pk, source=text.before)
    is_saved = rows.update(source=text.source, html=text.html) > 0
    if is_saved and text.model is Post:
        opening = Post.objects.filter(pk=text.pk, seq=1, state=Post.State.SHOWN).values_list("thread", flat=True)
        for thread_id in opening:
            Thread.objects.filter(pk=thread_id).update(excerpt=excerpt(text.html))
    return is_saved


def _in_course(rows: QuerySet, path: str, course: Course | None) -> QuerySet:
    return rows.filter(**{path: course}) if course else rows


def _redact_field(
    model: type[Model], field: str, path: str, author: str | None, redactor: Redactor, course: Course | None
) -> set[int]:
    """Redact a short text of each row that has one. `path` leads to its course, `author` to who wrote it. Return the
    ids of those that named somebody.
    """
    changed = set()
    rows = _in_course(model._default_manager.exclude(**{field: ""}), path, course)
    max_length = model._meta.get_field(field).max_length  # type: ignore[union-attr]
    columns = rows.values_list("pk", field, path, *([author] if author else []))
    for pk, text, course_id, *author_id in columns.iterator(chunk_size=CHUNK_SIZE):
        redacted = redactor.redact(text, course_id=course_id, author_id=author_id[0] if author_id else None)
        if redacted != text:
            model._default_manager.filter(pk=pk).update(**{field: redacted[:max_length]})
            changed.add(pk)
    return changed


def _redact_titles(redactor: Redactor, course: Course | None) -> set[int]:
    """Redact titles, excerpts of posts that are not shown, and earlier titles with their tags. Return the ids of the
    threads whose title named somebody.
    """
    fields = ("title", "hidden_title", "excerpt")
    changed = {field: _redact_field(Thread, field, "course", "author", redactor, course) for field in fields}
    earlier = _in_course(ThreadTitleHistory.objects.all(), "thread__course", course).select_related("thread")
    for row in earlier.iterator(chunk_size=CHUNK_SIZE):
        where = {"course_id": row.thread.course_id, "author_id": row.thread.author_id}
        title, tags = redactor.redact(row.title, **where)[:200], [redactor.redact(tag, **where) for tag in row.tags]
        if (title, tags) != (row.title, row.tags):
            ThreadTitleHistory.objects.filter(pk=row.pk).update(title=title, tags=tags)
    return changed["title"]


def _redact_tags(redactor: Redactor, course: Course | None) -> set[int]:
    """Remove tags that name the people from threads; delete those that nothing else has. Return the threads' ids."""
    tags = Tag.objects.filter(threadtags__content_object__course=course) if course else Tag.objects.all()
    named = [
        pk
        for pk, name in tags.values_list("pk", "name").distinct().iterator(chunk_size=CHUNK_SIZE)
        if redactor.redact(name, course_id=course.pk if course else None) != name
    ]
    tagged = _in_course(ThreadTag.objects.filter(tag__in=named), "content_object__course", course)
    threads = set(tagged.values_list("content_object", flat=True))
    tagged.delete()
    for tag in Tag.objects.filter(pk__in=named):
        uses = (
            relation.related_model._base_manager.filter(**{relation.field.name: tag})
            for relation in Tag._meta.related_objects
        )
        if not any(rows.exists() for rows in uses):
            tag.delete()
    return threads
