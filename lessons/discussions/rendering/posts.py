"""Render posts as HTML."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from lessons.courses.models import Membership
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.thread_page import PostRow
from lessons.markup.row_templates import date_text, render_rows
from lessons.markup.translations import gettext as _


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """Return how long before `now`, in the reader's time zone, the moment was, or its day: `now`, `20 min`, `3 h`,
    `Yesterday`, `Mon`, `12 Nov`, `12 Nov 2025`.
    """
    now = now or timezone.localtime()
    seconds = (now - moment).total_seconds()
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60} if seconds >= 60 else _("now")
    if seconds < 86400:
        return _("%(n)d h") % {"n": seconds // 3600}
    day = moment.astimezone(now.tzinfo)
    days = (now.date() - day.date()).days
    if days == 1:
        return _("Yesterday")
    return date_text(day.date(), "D" if days < 7 else "j M" if day.year == now.year else "j M Y")


def post_time(moment: datetime, now: datetime) -> str:
    """Return when a post was written, for its header; `now` is in the reader’s time zone.

    Such as `4 h ago`, `Yesterday, 18:20`, `Friday, 10:12`, `12 Nov`.
    """
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%(n)d min ago") % {"n": seconds // 60}
    if seconds < 86400:
        return _("%(n)d h ago") % {"n": seconds // 3600}
    day = moment.astimezone(now.tzinfo)
    if seconds < 6 * 86400:
        name = _("Yesterday") if (now.date() - day.date()).days == 1 else date_text(day.date(), "l")
        return f"{name}, {day:%H:%M}"
    return date_text(day.date(), "j M" if day.year == now.year else "j M Y")


MINUTE = len("2026-11-30T19:05")


class Time(NamedTuple):
    """A time as the attribute of a `<time>`, as its text, and in full, in the reader's time zone."""

    iso: str
    relative: str
    full: str

    @classmethod
    def of(cls, moment: datetime, now: datetime) -> "Time":
        local = moment.astimezone(now.tzinfo)
        return cls(iso_minute(moment), relative_time(moment, now), local.isoformat(" ", "minutes")[:MINUTE])


class PostTime(NamedTuple):
    """The time of a post as the attribute of a `<time>`, as its text, and in full, in the reader's time zone."""

    iso: str
    label: str
    full: str

    @classmethod
    def of(cls, moment: datetime, now: datetime) -> "PostTime":
        day = moment.astimezone(now.tzinfo)
        return cls(iso_minute(moment), post_time(moment, now), f"{date_text(day.date(), 'j F Y')}, {day:%H:%M}")


def iso_minute(moment: datetime) -> str:
    """Return a moment, which is given in UTC, as an attribute has it: `strftime` takes several times as long."""
    return f"{moment.isoformat(timespec='minutes')[:MINUTE]}Z"


@cache
def url_of_id(name: str) -> Callable[[int], str]:
    """Return a function from an id to the URL called `name`. Pages need hundreds; `reverse` is too slow."""
    number = 10**17
    before, _number, after = reverse(name, args=[number]).partition(str(number))
    return f"{before}{{}}{after}".format


class PostUrls(NamedTuple):
    post: str
    actions: str
    edit: str
    delete: str
    visibility: str
    thanks: str
    answer: str
    history: str
    moved_to: str


def _post_urls(post: PostRow) -> PostUrls:
    """Return the URLs that a post may link to."""
    pk, post_url = post.pk, url_of_id("discussions:post")
    return PostUrls(
        post_url(pk),
        url_of_id("discussions:post_actions")(pk),
        url_of_id("discussions:edit_post")(pk),
        url_of_id("discussions:delete_post")(pk),
        url_of_id("discussions:hide_post")(pk),
        url_of_id("discussions:thanks")(pk),
        url_of_id("discussions:accept_answer")(pk),
        url_of_id("discussions:post_history")(pk),
        post_url(post.moved_to_id) if post.moved_to_id else "",
    )


class ReplyTo(NamedTuple):
    """The post that another one answers: a link with its author's name, or with its number if readers may not know
    who wrote it."""

    name: str
    url: str


class PostLine(NamedTuple):
    """What the template needs of a post: `tombstone` is the text in its place, empty while it is visible, and `label`
    names the post for those who hear its buttons out of context."""

    post: PostRow
    author: Identity
    is_own: bool
    role: str
    label: str
    time: PostTime
    urls: PostUrls
    reply_to: ReplyTo | None
    tombstone: str


class Reading(NamedTuple):
    """What the reader has read of the posts on a page, in the order of time: where new ones begin and how many they
    are, and which of the earlier ones are folded, by the ids of the first and the last."""

    new_from: int | None = None
    new_count: int = 0
    folded_from: int | None = None
    folded_to: int | None = None
    folded_count: int = 0


def reading_of(posts: Sequence[PostRow], reader: int, last_read: int | None, answer: int | None) -> Reading:
    """Return where the reader goes on. If there are new posts, those already read are folded, except for the opening
    post, the answer and the last one, if they are MIN_FOLDED or more.
    """
    new = [p for p in posts if p.seq and p.seq > (last_read or 0) and p.author_id != reader and p.pk != answer]
    new = [post for post in new if post.state == Post.State.SHOWN]
    if not last_read or not new:
        return Reading()
    first_new = new[0].seq or 0
    read = [p for p in posts if p.seq and 1 < p.seq < first_new and p.pk != answer][:-1]
    if len(read) < MIN_FOLDED:
        return Reading(new[0].pk, len(new))
    return Reading(new[0].pk, len(new), read[0].pk, read[-1].pk, len(read))


def render_posts(
    posts: Sequence[PostRow],
    thread: Thread,
    *,
    reader: int,
    is_staff: bool,
    can_post: bool,
    can_resolve: bool,
    me_too: bool | None = None,
    must_post_first: bool = False,
    page: int = 1,
    as_tree: bool = False,
    reading: Reading | None = None,
    quote_url: str = "",
    ticked: Container[int] | None = None,
) -> SafeString:
    """Render the posts of a page of `thread`, which comes with its course and endorser, for the user `reader`.

    By time, the answer comes first after the question. A tree has two levels: direct and indirect replies to a post on
    this page are indented below it, by number. `ticked` are the numbers of ticked posts, None if posts are not ticked.
    """
    now = timezone.localtime()
    answer = thread.answer_id if thread.kind == Thread.Kind.QUESTION else None
    branches = _branches(posts) if as_tree else [[post] for post in _answer_first(posts, answer)]
    with_replies = [branch for branch in branches if len(branch) > 1]
    # A post right below the one that it answers need not say so.
    below = {post.pk for top, *rest in with_replies for post in rest if post.reply_to_id == top.pk}
    sight = Sight(reader, now, {post.pk for post in posts}, below, must_post_first, _("post %(seq)s by %(name)s"))
    return render_rows(
        "discussions/posts.html",
        posts=[_line(post, sight) for branch in branches for post in branch],
        thread=thread,
        is_staff=is_staff,
        can_post=can_post,
        can_thank=not thread.course.is_closed,
        can_resolve=can_resolve,
        me_too=me_too,
        answer=answer,
        quote_url=quote_url,
        query=f"?page={page}&" if page > 1 else "?",
        branches={branch[0].pk for branch in with_replies},
        opens={branch[1].pk: branch[0].pk for branch in with_replies},
        closes={branch[-1].pk for branch in with_replies},
        reading=reading or Reading(),
        ticks=ticked is not None,
        ticked=ticked or (),
    )


def _answer_first(posts: Sequence[PostRow], answer: int | None) -> list[PostRow]:
    """Return the posts with the answer right after the question, if both are among them."""
    answers = [post for post in posts if post.pk == answer]
    if not answers or posts[0].seq != 1:
        return list(posts)
    return [posts[0], *answers, *(post for post in posts[1:] if post.pk != answer)]


def _branches(posts: Iterable[PostRow]) -> list[list[PostRow]]:
    """Group posts by the topmost post on this page that they reply to, directly or not. That post comes first."""
    top: dict[int, int] = {}
    branches: dict[int, list[PostRow]] = {}
    for post in posts:
        top[post.pk] = post.pk if post.reply_to_id is None else top.get(post.reply_to_id, post.pk)
        branches.setdefault(top[post.pk], []).append(post)
    return list(branches.values())


class Sight(NamedTuple):
    """What decides how a post looks to its reader: the ids of the posts `on_page`, and of those right `below` the post
    that they answer; whether classmates' posts are hidden because the reader must post first; and what a post is
    called, with its number and author."""

    reader: int
    now: datetime
    on_page: Container[int]
    below: Container[int]
    must_post_first: bool
    label: str


def _line(post: PostRow, sight: Sight) -> PostLine:
    author = display_identity(author=post.author_id, name=post.author_name, alias=post.alias_name, reader=sight.reader)
    label = sight.label if post.seq else _("the post by %(name)s")
    return PostLine(
        post=post,
        author=author,
        is_own=author.is_you,
        role=staff_title(post.staff_role) if post.by_staff else "",
        label=label % {"seq": post.seq, "name": author.name},
        time=PostTime.of(post.created_at, sight.now),
        urls=_post_urls(post),
        reply_to=_reply_to(post, sight) if post.reply_to_id and post.pk not in sight.below else None,
        tombstone="" if post.state in VISIBLE_STATES else tombstone_text(post.state, post.moved_to_id),
    )


def _reply_to(post: PostRow, sight: Sight) -> ReplyTo:
    """Return the link to the post that this one answers. Its author is named only where the reader sees that post."""
    assert post.reply_to_id is not None
    pk, is_own = post.reply_to_id, post.reply_to_author_id == sight.reader
    url = f"#p{pk}" if pk in sight.on_page else url_of_id("discussions:post")(pk)
    is_hidden = sight.must_post_first and not post.reply_to_by_staff and not is_own
    if post.reply_to_state != Post.State.SHOWN or post.reply_to_thread != post.thread or is_hidden:
        return ReplyTo(_("post %(seq)s") % {"seq": post.reply_to_seq or "–"}, url)
    author = display_identity(
        author=post.reply_to_author_id,
        name=post.reply_to_author_name,
        alias=post.reply_to_alias_name,
        reader=sight.reader,
    )
    return ReplyTo(_("you") if author.is_you else author.name, url)


def author_of(post: Post, reader: int) -> Identity:
    """Return the author of a post, which comes with author and pseudonym, as a reader sees them."""
    name, alias = post.author.display_name if post.author else "", post.alias.name if post.alias else None
    return display_identity(author=post.author_id, name=name, alias=alias, reader=reader)


def people_of(posts: Iterable[PostRow], reader: int) -> list[Identity]:
    """Return whom the reader sees as authors of the posts that are shown, each once, in order."""
    authors = (
        display_identity(author=p.author_id, name=p.author_name, alias=p.alias_name, reader=reader)
        for p in posts
        if p.state == Post.State.SHOWN
    )
    return list(dict.fromkeys(authors))


def staff_title(role: str | None) -> str:
    """Return the title of somebody who posted as staff."""
    titles: dict[str | None, str] = {
        Membership.Role.ASSISTANT: _("Teaching assistant"),
        Membership.Role.INSTRUCTOR: _("Instructor"),
    }
    return titles.get(role) or _("Staff")


VISIBLE_STATES = (Post.State.SHOWN, Post.State.HELD)
MIN_FOLDED = 3


def tombstone_text(state: str, moved_to: int | None = None) -> str:
    """Return the text in place of a post that was deleted, hidden or moved, to the post with the id `moved_to`."""
    if state == Post.State.MOVED and not moved_to:
        return _("This post is no longer here.")
    messages: dict[str, str] = {
        Post.State.DELETED: _("This post was deleted by its author."),
        Post.State.HIDDEN: _("This post was hidden by the course’s staff."),
        Post.State.MOVED: _("This post was moved to another discussion."),
    }
    return messages[state]


def time_tag(moment: datetime) -> SafeString:
    """Render the time of a post."""
    return format_html('<time datetime="{}">{}</time>', iso_minute(moment), relative_time(moment))


def post_header(author: Identity, by_staff: bool, meta: str) -> SafeString:
    """Render the line above a post: initials, name and role of its author, and `meta`, which is HTML."""
    staff = format_html('<span class="chip staff">{}</span>', _("staff")) if by_staff else ""
    you = format_html(' <span class="you">{}</span>', _("(you)")) if author.is_you else ""
    return format_html(
        '<header class="post-header"><span class="avatar {}" aria-hidden="true">{}</span><h3><bdi>{}</bdi>{}</h3>{}{}'
        "</header>",
        author.avatar_class,
        author.initials,
        author.name,
        you,
        staff,
        mark_safe(meta),
    )


def page_links(page: int, last: int, label: str) -> SafeString:
    """Render links to the pages of a thread; nothing if there is only one."""
    if last < 2:
        return mark_safe("")
    current = mark_safe(' aria-current="page"')
    links = format_html_join(
        "", '<a href="?page={}"{}>{}</a>', ((n, current if n == page else "", n) for n in range(1, last + 1))
    )
    return format_html('<nav class="pager" aria-label="{}">{}</nav>', label, links)
