"""The reported and held posts of the staff inbox, with the forms of what staff decide about them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from lessons.db.models import UnsentText
from lessons.db.templatetags.unsent_text import render_unsent_text
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post
from lessons.discussions.rendering.form_fields import hidden_fields
from lessons.discussions.rendering.inbox import Age, age
from lessons.discussions.selectors.reported_posts import ReportedPost
from lessons.markup.row_templates import render_rows, url

NEW_ACCOUNT = timedelta(days=2)


class ReportLine(NamedTuple):
    """A post that waits for a decision. `reply_to` is whom it answers, `unsent` what staff have begun to write."""

    post: ReportedPost
    author: Identity
    html: SafeString
    reply_to: Identity | None
    is_new_account: bool
    unsent: UnsentText | None = None

    @property
    def is_held(self) -> bool:
        return self.post.is_held

    @property
    def is_hidden(self) -> bool:
        return self.post.state == Post.State.HIDDEN

    @property
    def is_shown(self) -> bool:
        return self.post.state == Post.State.SHOWN

    @property
    def state(self) -> str:
        return str(Post.State(self.post.state).label)

    @property
    def written(self) -> datetime:
        return timezone.localtime(self.post.created_at)

    @property
    def reported(self) -> Age:
        """Return how long ago the first report was."""
        return age(self.post.reports[0].created_at)

    @property
    def reported_since(self) -> str:
        return timesince(self.post.reports[0].created_at)

    @property
    def url(self) -> str:
        return url("discussions:post", self.post.pk)

    @property
    def reply_url(self) -> str:
        return url("discussions:post", self.post.reply_to_id)

    @property
    def decision_url(self) -> str:
        return url("discussions:decide_post", self.post.pk)

    @property
    def actions_url(self) -> str:
        return url("discussions:post_actions", self.post.pk)

    @property
    def moderate_url(self) -> str:
        return url("discussions:moderate", self.post.thread_id)


def report_lines(posts: list[ReportedPost], reader: int, unsent: Mapping[str, UnsentText]) -> list[ReportLine]:
    """Return the posts as they are shown, with what the reader has begun to write about each."""
    now = timezone.localtime()
    return [_report_line(post, reader, now, unsent.get(reason_key(post.pk))) for post in posts]


def render_reports(request: HttpRequest, lines: Iterable[ReportLine], here: str) -> SafeString:
    """Return the posts with their forms. `here` is the address of the page that they lead back to."""
    fields = hidden_fields(request)
    rows = [(line, fields(), _draft(request, line)) for line in lines]
    return render_rows("discussions/inbox_posts.html", lines=rows, here=here)


def reason_key(post: int) -> str:
    """Return the draft key of what staff write about the post with this id."""
    return f"reason-{post}"


def _draft(request: HttpRequest, line: ReportLine) -> SafeString:
    """Return what keeps the message to the author while it is written."""
    if line.post.author_id is None:
        return SafeString()
    return render_unsent_text(request.user, reason_key(line.post.pk), restored=line.unsent is not None)


def _report_line(post: ReportedPost, reader: int, now: datetime, unsent: UnsentText | None) -> ReportLine:
    author = display_identity(author=post.author_id, name=post.author_name, alias=post.alias_name, reader=reader)
    answered = display_identity(
        author=post.reply_author_id, name=post.reply_author_name, alias=post.reply_alias_name, reader=reader
    )
    joined = post.author_joined
    return ReportLine(
        post=post,
        author=author,
        html=mark_safe(post.html),
        reply_to=answered if post.reply_to_id else None,
        is_new_account=joined is not None and not author.is_alias and now - joined < NEW_ACCOUNT,
        unsent=unsent,
    )
