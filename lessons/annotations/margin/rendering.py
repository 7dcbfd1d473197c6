"""The cards of annotations: what each shows. `templates/rows/annotations/cards.html` prints them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.margin.cards import (
    LATEST_NUMBERS,
    LATEST_REPLIES,
    MAX_REPLIES,
    AnnotationRow,
    PostRow,
    card_rows,
)
from lessons.annotations.margin.context import LessonContext
from lessons.annotations.models import DIVERGED, Label, Placement, labels_for
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import visible_reply_count
from lessons.discussions.rendering.posts import post_header, time_tag, tombstone_text
from lessons.discussions.selectors.thread_list import Tag
from lessons.markup.row_templates import render_rows
from lessons.markup.text_diff import diff_words

MAX_QUOTE = 300
# Passages are compared up to this many characters, with this many unchanged words shown around each change.
MAX_COMPARED, CONTEXT_WORDS = 3000, 6
READABLE = (Post.State.SHOWN, Post.State.HELD)


class Quote(NamedTuple):
    """The passage on a card: its text, or its changes as HTML, and the message beside it."""

    text: str | SafeString
    message: str
    is_orphaned: bool = False
    is_changed: bool = False


class Reply(NamedTuple):
    post: PostRow
    person: Identity
    time: SafeString
    is_answer: bool


class Card(NamedTuple):
    """What a card shows. `owner` is set for a highlight, `person` is None where it is somebody else's. `is_clear` is
    None but for the reader's own question to others, of which they can say so.
    """

    row: AnnotationRow
    label: str
    time: SafeString
    person: Identity | None
    owner: str
    is_own: bool
    is_open_question: bool
    is_clear: bool | None
    audience: str
    quote: Quote
    opening: PostRow | None
    tags: Sequence[Tag]
    replies: list[Reply]
    reply_count: int
    earlier_count: int
    can_reply: bool
    share_choices: Sequence[tuple[str, str]]


def render_cards(
    context: LessonContext,
    user: User,
    ids: list[int],
    group_sizes: dict[int, int] | None = None,
    *,
    as_list: bool = False,
    all_replies: bool = False,
) -> SafeString:
    """Return the cards of these annotations in this order, without those that `user` may not read; `as_list` each in
    a <li>, with `all_replies` not only the latest ones. `group_sizes` says how many highlights an id stands
    for. Five queries at most.
    """
    latest, max_replies = (MAX_REPLIES, MAX_REPLIES) if all_replies else (LATEST_NUMBERS, LATEST_REPLIES)
    rows, sizes = card_rows(context, user, ids, latest=latest), group_sizes or {}
    labels = {label.key: label for label in labels_for(context.course)}
    renderer = CardRenderer(context, reader=user.pk, labels=labels, max_replies=max_replies)
    cards = []
    for row in (rows.annotations[pk] for pk in ids if pk in rows.annotations):
        tags = rows.tags[row.thread_id] if row.thread_id else []
        cards.append(renderer.card(row, rows.quotes[row.pk], rows.posts[row.thread_id], tags, sizes.get(row.pk, 1)))
    return renderer.render(cards, as_list=as_list)


class CardRenderer:
    """Renders the annotations of one lesson for one reader. `labels` are the course's, by key; a card shows the latest
    `max_replies`.
    """

    def __init__(
        self, context: LessonContext, *, reader: int, labels: dict[str, Label], max_replies: int = LATEST_REPLIES
    ):
        self.context, self.reader, self.max_replies = context, reader, max_replies
        self.labels = {key: str(label.name) for key, label in labels.items()}
        self.audiences = {
            Thread.Audience.ME: _("Only you"),
            Thread.Audience.STAFF: _("Staff only"),
            Thread.Audience.COURSE: _("Everybody"),
        }

    def render(self, cards: list[Card], *, as_list: bool) -> SafeString:
        return render_rows(
            "annotations/cards.html",
            cards=cards,
            as_list=as_list,
            context=self.context,
            READABLE=READABLE,
            post_header=post_header,
            tombstone_text=tombstone_text,
        )

    def card(self, row: AnnotationRow, quote: str, posts: list[PostRow], tags: Sequence[Tag], group_size: int) -> Card:
        """Return the card of an annotation. `posts` are the opening and replies of its thread, of which it shows
        the latest, the answer and the reader's own; `group_size` is the number of highlights that it stands for.
        """
        # A reply that waits for approval has no number either, but its opening has one by then.
        posts = sorted(posts, key=_seq)
        opening, replies = (posts[0] if posts else None), self._shown_replies(posts[1:], row)
        reply_count = self._reply_count(row, opening)
        is_own = row.author_id == self.reader
        person = self._person(row, is_own)
        has_thread = row.thread_id is not None
        audience = (row.thread_audience if has_thread else row.audience) or ""
        group = row.thread_group if has_thread else row.group
        return Card(
            row=row,
            label=self.labels.get(row.label, row.label),
            time=mark_safe(time_tag(row.created_at)),
            person=person,
            owner="" if has_thread else _owner_text(group_size, person),
            is_own=is_own,
            is_open_question=row.kind == Thread.Kind.QUESTION and row.status == Thread.Status.OPEN,
            is_clear=_is_clear(row) if is_own and audience != Thread.Audience.ME else None,
            audience=group or "" if audience == Thread.Audience.GROUP else self.audiences[Thread.Audience(audience)],
            quote=_quote(row, quote),
            opening=opening,
            tags=tags,
            replies=[self._reply(post, row) for post in replies],
            reply_count=reply_count,
            earlier_count=max(0, reply_count - sum(post.state == Post.State.SHOWN for post in replies)),
            can_reply=self._can_reply(row),
            share_choices=self._share_choices(row) if is_own else (),
        )

    def _share_choices(self, row: AnnotationRow) -> list[tuple[str, str]]:
        """Return the audiences with which its author can share a note of theirs that only they can read, and what the
        menu calls that.
        """
        if row.thread_audience != Thread.Audience.ME or self.context.comments_off:
            return []
        group = self.context.group
        return [
            *([(Thread.Audience.GROUP, _("Share with %(group)s") % {"group": group})] if group else []),
            (Thread.Audience.COURSE, _("Share with the whole course")),
            (Thread.Audience.STAFF, _("Ask the instructors")),
        ]

    def _person(self, row: AnnotationRow, is_own: bool) -> Identity | None:
        """Return the person whom the card names: on a highlight, only the reader."""
        if row.thread_id is None:
            return Identity(_("You"), is_you=True) if is_own else None
        return self._identity(row)

    def _identity(self, row: AnnotationRow | PostRow) -> Identity:
        return display_identity(author=row.author_id, name=row.author_name, alias=row.alias, reader=self.reader)

    def _reply(self, post: PostRow, row: AnnotationRow) -> Reply:
        time = mark_safe(time_tag(post.created_at))
        return Reply(post, self._identity(post), time, is_answer=post.pk == row.answer_id)

    def _shown_replies(self, replies: list[PostRow], row: AnnotationRow) -> list[PostRow]:
        """Return the replies that the card shows, in their order; those that wait for approval among them."""
        own = [post.pk for post in replies if post.author_id == self.reader and post.seq]
        shown = {post.pk for post in [post for post in replies if post.seq][-self.max_replies :]} | set(own[-1:])
        return [post for post in replies if post.pk in shown or post.seq is None or post.pk == row.answer_id]

    def _reply_count(self, row: AnnotationRow, opening: PostRow | None) -> int:
        if row.thread_id is None or self.context.must_post_first:
            return 0
        return visible_reply_count(row.visible_post_count, opening and opening.state)

    def _can_reply(self, row: AnnotationRow) -> bool:
        is_open = row.state == Thread.State.SHOWN and not row.closed and not row.merged_into_id
        return (is_open or self.context.is_staff) and not self.context.course.is_closed


def _is_clear(row: AnnotationRow) -> bool | None:
    """Return whether the author of a question has said that it is clear now; None for what is no question, or is
    resolved otherwise.
    """
    if row.thread_id is None:
        return row.cleared_at is not None if row.is_question else None
    if row.kind != Thread.Kind.QUESTION or not row.is_question:
        return None
    is_clear = row.cleared_at is not None and row.status != Thread.Status.OPEN
    return None if row.status == Thread.Status.RESOLVED and not is_clear else is_clear


def _seq(post: PostRow) -> float:
    return post.seq or float("inf")


def _owner_text(group_size: int, person: Identity | None) -> str:
    """Return whose highlight it is, or how many people share it, never the names of others."""
    if group_size == 1:
        return person.name if person else _("Somebody")
    if person:
        others = group_size - 1
        return ngettext("You and %(n)d other", "You and %(n)d others", others) % {"n": others}
    return ngettext("%(n)d person", "%(n)d people", group_size) % {"n": group_size}


def _quote(row: AnnotationRow, quote: str) -> Quote:
    if row.placement_state == Placement.State.REMOVED:
        message = _("This passage is no longer in the text. Read it in revision %(number)s")
        return Quote(_truncate(quote), message % {"number": row.revision_number}, is_orphaned=True)
    if row.placement_state not in DIVERGED:
        return Quote(_truncate(quote), "")
    is_same = row.current_text == row.exact
    message = _placement_message(row.placement_state == Placement.State.MANUAL, is_same)
    if is_same:
        return Quote(_truncate(quote), message)
    changes = diff_words(row.exact[:MAX_COMPARED], row.current_text[:MAX_COMPARED], keep=CONTEXT_WORDS)
    return Quote(changes, message, is_changed=True)


def _placement_message(is_manual: bool, is_same: bool) -> str:
    if is_manual:
        return _("Placed by hand.") if is_same else _("Placed by hand on another passage. It was:")
    return _("The text has changed. It was:")


def _truncate(text: str) -> str:
    return text if len(text) <= MAX_QUOTE else text[:MAX_QUOTE].rstrip() + "…"
