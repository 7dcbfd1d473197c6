"""What somebody wrote and did in conversations. Of others' words no more than the title of the thread."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.db.ids import parse_id
from lessons.discussions.models import (
    Draft,
    Follow,
    MeToo,
    Notification,
    Participation,
    Post,
    PostImage,
    PostVersion,
    Report,
    Thanks,
    Thread,
    ThreadUserState,
)
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText

CHUNK_SIZE = 500


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("threads", _("Conversations that you started"), _threads(user))
    yield ExportSection("posts", _("Your posts"), _posts(user))
    yield ExportSection("edits", _("What your posts said before you edited them"), _edits(user))
    yield ExportSection("drafts", _("Your drafts"), _drafts(user))
    yield ExportSection("reading-marks", _("How far you read, what you follow and mute"), _thread_states(user))
    yield ExportSection("follows", _("Courses and lessons that you follow"), _follows(user))
    yield ExportSection("thanks", _("Posts that you thanked for"), _thanks(user))
    yield ExportSection("questions", _("Questions that you ask too"), _me_toos(user))
    yield ExportSection("participations", _("Lessons where you wrote first"), _participations(user))
    yield ExportSection("reports", _("Your reports"), _reports(user))
    yield ExportSection("notifications", _("What you were told"), _notifications(user))
    yield ExportSection("preferences", _("How you are told"), _preferences(user))


def uploaded_images(user: User) -> Iterable[PostImage]:
    """The images in their posts."""
    return PostImage.objects.filter(post__author=user).order_by("pk").iterator(chunk_size=CHUNK_SIZE)


def quoted_posts(post: Post | None, user: User) -> str:
    """What was answered, if another wrote it: a quote of it is not one's own."""
    return post.source if post and post.author_id != user.pk else ""


def without_quotes(source: str, html: str, anothers: str) -> dict:
    """Markdown and HTML without the quoted lines that stand in `anothers`."""
    words = without_lines(source, lambda line: line in anothers)
    if words != source:
        with suppress(InvalidText):
            return {"markdown": words, "html": post_markdown.render_post(words)}
        html = ""
    return {"markdown": words, "html": html}


def without_lines(source: str, is_anothers: Callable[[str], bool]) -> str:
    """`source` with […] in the place of quoted lines that are another's."""
    return "\n".join(
        "> […]" if line.startswith(">") and line[1:].strip() and is_anothers(line[1:].strip()) else line
        for line in source.split("\n")
    )


def title_of(thread: Thread, user: User) -> str:
    """Its title, or the passage it is about; its first words, where it has neither and they are one's own."""
    return thread.title or thread.quote[:120] or (thread.excerpt if thread.author_id == user.pk else "")


def _place(thread: Thread, user: User) -> dict:
    return {"course": thread.course.title, "thread": thread.pk, "title": title_of(thread, user)}


def _threads(user: User):
    threads = Thread.objects.filter(author=user).order_by("pk").select_related("course", "lesson", "group", "alias")
    for thread in threads.iterator(chunk_size=CHUNK_SIZE):
        yield _place(thread, user) | {
            "lesson": thread.lesson and thread.lesson.title,
            "kind": thread.kind,
            "who_reads": thread.audience,
            "group": thread.group and thread.group.name,
            "as": thread.alias and thread.alias.name,
            "called_before": [name.title for name in thread.title_history.all()],
            "state": thread.state,
            "started": thread.created_at,
        }


def _posts(user: User):
    posts = Post.objects.filter(author=user).order_by("pk").select_related("thread__course", "alias", "reply_to")
    for post in posts.prefetch_related("images").iterator(chunk_size=CHUNK_SIZE):
        yield _place(post.thread, user) | {
            "post": post.pk,
            "number": post.seq,
            "answers_post": post.reply_to_id,
            "as": post.alias and post.alias.name,
            "who_reads": post.thread.audience,
            "state": post.state,
            "thanks": post.thanks_count,
            "written": post.created_at,
            "edited": post.edited_at,
            **without_quotes(post.source, post.html, quoted_posts(post.reply_to, user)),
            "images": [{"file": f"images/{image.uid}.webp", "shows": image.alt} for image in post.images.all()],
        }


def _edits(user: User):
    versions = PostVersion.objects.filter(post__author=user).order_by("pk").select_related("post__reply_to")
    for row in versions.iterator(chunk_size=CHUNK_SIZE):
        words = without_quotes(row.source, row.html, quoted_posts(row.post.reply_to, user))
        yield {"post": row.post_id, "written": row.written_at, **words}


def _drafts(user: User):
    for draft in Draft.objects.filter(user=user).order_by("pk").iterator(chunk_size=CHUNK_SIZE):
        words = without_lines(draft.source, lambda line, place=draft.draft_key: _is_quoted_line(line, place, user))
        begun = {"title": draft.title, "kind": draft.kind, "tags": draft.tags, "markdown": words}
        yield {"place": draft.draft_key, **begun, "changed": draft.updated_at}


def _is_quoted_line(line: str, place: str, user: User) -> bool:
    """A draft does not say which post of its thread it quotes."""
    kind, _dash, thread = place.partition("-")
    if kind != "thread" or not parse_id(thread):
        return False
    return Post.objects.filter(thread=parse_id(thread), source__contains=line).exclude(author=user).exists()


def _thread_states(user: User):
    marks = ThreadUserState.objects.filter(user=user).order_by("pk").select_related("thread__course")
    for mark in marks.iterator(chunk_size=CHUNK_SIZE):
        subscription_level = mark.get_subscription_level_display()
        yield _place(mark.thread, user) | {
            "read_to_number": mark.last_read_seq,
            "subscription_level": subscription_level,
            "wrote": mark.has_posted,
            "read": mark.read_at,
        }


def _follows(user: User):
    for follow in Follow.objects.filter(user=user).select_related("course", "lesson"):
        yield {"course": follow.course.title, "lesson": follow.lesson and follow.lesson.title}


def _thanks(user: User):
    rows = Thanks.objects.filter(user=user).order_by("pk").select_related("post__thread__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield _place(row.post.thread, user) | {"post": row.post_id, "number": row.post.seq}


def _me_toos(user: User):
    rows = MeToo.objects.filter(user=user).order_by("pk").select_related("thread__course")
    yield from (_place(row.thread, user) for row in rows.iterator(chunk_size=CHUNK_SIZE))


def _participations(user: User):
    rows = Participation.objects.filter(user=user).order_by("pk").select_related("lesson__module__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield {"course": row.lesson.module.course.title, "lesson": row.lesson.title}


def _reports(user: User):
    rows = Report.objects.filter(reporter=user).order_by("pk").select_related("post__thread__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield _place(row.post.thread, user) | {
            "post": row.post_id,
            "reason": row.reason,
            "reported": row.created_at,
            "settled": row.resolved_at,
        }


def _notifications(user: User):
    """Of a mention, an answer or an announcement that it was; what staff wrote to oneself also in words."""
    rows = Notification.objects.filter(user=user).order_by("pk").select_related("course", "post__thread")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield {
            "course": row.course.title,
            "thread": row.post.thread_id,
            "title": title_of(row.post.thread, user),
            "kind": row.kind,
            "words_to_you": row.message,
            "told": row.created_at,
            "seen": row.seen_at,
            "mailed": row.mailed_at,
        }


def _preferences(user: User):
    if hasattr(user, "preference"):
        yield {"mail": user.preference.email_frequency}
