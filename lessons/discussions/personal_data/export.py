"""Export a user's data in discussions. Of other people's texts it contains only thread titles."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from django.db.models import Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.discussions.models import (
    DueReminder,
    Follow,
    MeToo,
    Notification,
    Participation,
    Post,
    PostImage,
    PostVersion,
    Report,
    RewriteNotice,
    Thanks,
    Thread,
    ThreadUserState,
)
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson
from lessons.permissions import can_read_thread

CHUNK_SIZE = 500


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the sections of the user's data export."""
    yield ExportSection("threads", _("Discussions that you started"), _threads(user))
    yield ExportSection("posts", _("Your posts"), _posts(user))
    yield ExportSection("edits", _("Earlier versions of your posts"), _edits(user))
    yield ExportSection("threads-read", _("What you have read, follow and mute"), _thread_states(user))
    yield ExportSection("follows", _("Courses and lessons that you follow"), _follows(user))
    yield ExportSection("thanks", _("Posts you thanked somebody for"), _thanks(user))
    yield ExportSection("me-too", _("Questions you also have"), _me_toos(user))
    yield ExportSection("participations", _("Lessons you have posted on"), _participations(user))
    yield ExportSection("reports", _("Your reports"), _reports(user))
    yield ExportSection("notifications", _("Your notifications"), _notifications(user))
    yield ExportSection("rewritten", _("Passages you asked about that were rewritten"), _rewritten(user))
    yield ExportSection("due-reminders", _("Reminders of what is due"), _due_reminders(user))
    yield ExportSection("preferences", _("Your notification settings"), _preferences(user))


def uploaded_images(user: User) -> Iterable[PostImage]:
    """Return the images in the user's posts, and those uploaded for one that was not sent."""
    return (
        PostImage.objects.filter(Q(post__author=user) | Q(uploader=user))
        .order_by("pk")
        .iterator(chunk_size=CHUNK_SIZE)
    )


def quoted_posts(post: Post | None, user: User) -> str:
    """Return the text of the post replied to if it is by somebody else: quotes of it are not the user's own text."""
    return post.source if post and post.author_id != user.pk else ""


def without_quotes(source: str, html: str, quoted: str) -> dict:
    """Return Markdown and HTML of a post without the quoted lines that are in `quoted`."""
    own_text = without_lines(source, lambda line: line in quoted)
    if own_text != source:
        with suppress(InvalidText):
            return {"markdown": own_text, "html": post_markdown.render_post(own_text)}
        html = ""
    return {"markdown": own_text, "html": html}


def without_lines(source: str, is_quoted: Callable[[str], bool]) -> str:
    """Return `source` with […] in place of the quoted lines that are somebody else's."""
    return "\n".join(
        "> […]" if line.startswith(">") and line[1:].strip() and is_quoted(line[1:].strip()) else line
        for line in source.split("\n")
    )


def title_of(thread: Thread, user: User) -> str:
    """Return the title of a thread, or its passage, or its excerpt if the user wrote that. A thread of others that the
    user may no longer read has none. One query at most, for one of others on a lesson, besides the memberships."""
    if thread.author_id == user.pk:
        return thread.title or thread.hidden_title or thread.quote[:120] or thread.excerpt
    return (thread.title or thread.quote[:120]) if can_read_thread(user, thread) else ""


def _title_of_lesson(lesson: Lesson | None) -> str | None:
    """Return the title of a lesson as it was published; None without a lesson."""
    if lesson is None:
        return None
    return lesson.current_revision.title if lesson.current_revision else ""


# The published title of a lesson, without its long texts.
LESSON = "lesson__current_revision"
LONG_TEXTS = ("lesson__body", f"{LESSON}__html", f"{LESSON}__text")


def _thread_reference(thread: Thread, user: User) -> dict:
    """Return the fields of a row that identify its thread."""
    return {"course": thread.course.title, "thread": thread.pk, "title": title_of(thread, user)}


def _threads(user: User):
    threads = Thread.objects.filter(author=user).order_by("pk").select_related("course", LESSON, "group", "alias")
    for thread in threads.defer(*LONG_TEXTS).iterator(chunk_size=CHUNK_SIZE):
        yield _thread_reference(thread, user) | {
            "lesson": _title_of_lesson(thread.lesson),
            "kind": thread.kind,
            "who_reads": thread.audience,
            "group": thread.group and thread.group.name,
            "as": thread.alias and thread.alias.name,
            "earlier_titles": [earlier.title for earlier in thread.title_history.all()],
            "state": thread.state,
            "started": thread.created_at,
        }


def _posts(user: User):
    posts = Post.objects.filter(author=user).order_by("pk").select_related("thread__course", "alias", "reply_to")
    for post in posts.prefetch_related("images").iterator(chunk_size=CHUNK_SIZE):
        yield _thread_reference(post.thread, user) | {
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
        text = without_quotes(row.source, row.html, quoted_posts(row.post.reply_to, user))
        yield {"post": row.post_id, "written": row.written_at, **text}


def _thread_states(user: User):
    states = ThreadUserState.objects.filter(user=user).order_by("pk").select_related("thread__course")
    for state in states.iterator(chunk_size=CHUNK_SIZE):
        yield _thread_reference(state.thread, user) | {
            "read_to_number": state.last_read_seq,
            "subscription": state.get_subscription_level_display(),
            "has_posted": state.has_posted,
            "read": state.read_at,
        }


def _follows(user: User):
    for follow in Follow.objects.filter(user=user).select_related("course", LESSON).defer(*LONG_TEXTS):
        yield {"course": follow.course.title, "lesson": _title_of_lesson(follow.lesson)}


def _thanks(user: User):
    rows = Thanks.objects.filter(user=user).order_by("pk").select_related("post__thread__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield _thread_reference(row.post.thread, user) | {"post": row.post_id, "number": row.post.seq}


def _me_toos(user: User):
    rows = MeToo.objects.filter(user=user).order_by("pk").select_related("thread__course")
    yield from (_thread_reference(row.thread, user) for row in rows.iterator(chunk_size=CHUNK_SIZE))


def _participations(user: User):
    rows = Participation.objects.filter(user=user).order_by("pk").select_related("lesson__module__course", LESSON)
    for row in rows.defer(*LONG_TEXTS).iterator(chunk_size=CHUNK_SIZE):
        yield {"course": row.lesson.module.course.title, "lesson": _title_of_lesson(row.lesson)}


def _reports(user: User):
    rows = Report.objects.filter(reporter=user).order_by("pk").select_related("post__thread__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield _thread_reference(row.post.thread, user) | {
            "post": row.post_id,
            "reason": row.reason,
            "reported": row.created_at,
            "resolved": row.resolved_at,
        }


def _notifications(user: User):
    """Yield notifications; only the messages from staff have a text, and the outcomes of reports."""
    outcomes = {value: str(label) for value, label in Notification.Outcome.choices}
    rows = Notification.objects.filter(user=user).order_by("pk").select_related("post__thread__course")
    for row in rows.iterator(chunk_size=CHUNK_SIZE):
        yield {
            "course": row.post.thread.course.title,
            "thread": row.post.thread_id,
            "title": title_of(row.post.thread, user),
            "kind": row.kind,
            "message": outcomes.get(row.message, "") if row.kind == Notification.Kind.REPORT else row.message,
            "created": row.created_at,
            "seen": row.seen_at,
            "mailed": row.mailed_at,
        }


def _rewritten(user: User):
    rows = RewriteNotice.objects.filter(user=user).order_by("pk").select_related("lesson__module__course", LESSON)
    for row in rows.defer(*LONG_TEXTS).iterator(chunk_size=CHUNK_SIZE):
        yield {
            "course": row.lesson.module.course.title,
            "lesson": _title_of_lesson(row.lesson),
            "thread": row.thread_id,
            "quote": row.quote,
            "asked": row.asked_at,
            "created": row.created_at,
            "seen": row.seen_at,
            "mailed": row.mailed_at,
        }


def _due_reminders(user: User):
    rows = DueReminder.objects.filter(user=user).order_by("pk").select_related("lesson__module__course", LESSON)
    for row in rows.defer(*LONG_TEXTS).iterator(chunk_size=CHUNK_SIZE):
        yield {
            "course": row.lesson.module.course.title,
            "lesson": _title_of_lesson(row.lesson),
            "due": row.due_at,
            "created": row.created_at,
            "seen": row.seen_at,
            "mailed": row.mailed_at,
        }


def _preferences(user: User):
    if hasattr(user, "preference"):
        yield {"email": user.preference.email_frequency}
