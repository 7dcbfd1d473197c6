"""The reported and held posts of the staff inbox, with the forms of what staff decide about them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from lessons.db.idempotency import FORM_KEY_FIELD, form_key
from lessons.db.models import UnsentText
from lessons.db.templatetags.unsent_text import render_unsent_text
from lessons.discussions.identity import Identity
from lessons.discussions.models import Post, Report
from lessons.discussions.rendering.inbox import Age, age
from lessons.discussions.rendering.posts import author_of
from lessons.discussions.selectors.reported_posts import ReportedPost
from lessons.markup.row_templates import render_rows, url

NEW_ACCOUNT = timedelta(days=2)


class ReportLine(NamedTuple):
    """A post that waits for a decision. `reply_to` is whom it answers, `unsent` what staff have begun to write."""

    post: Post
    author: Identity
    group_name: str
    html: SafeString
    reports: list[Report]
    reply_to: Identity | None
    is_new_account: bool
    is_held: bool
    unsent: UnsentText | None = None

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
        return age(self.reports[0].created_at)

    @property
    def reported_since(self) -> str:
        return timesince(self.reports[0].created_at)

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
    return [_report_line(reported, reader, now, unsent.get(reason_key(reported.post))) for reported in posts]


def render_reports(request: HttpRequest, lines: Iterable[ReportLine], here: str) -> SafeString:
    """Return the posts with their forms. `here` is the address of the page that they lead back to."""
    csrf = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    rows = [(line, csrf + _form_key(request), _draft(request, line)) for line in lines]
    return render_rows("discussions/inbox_posts.html", lines=rows, here=here)


def reason_key(post: Post) -> str:
    """Return the draft key of what staff write about the post."""
    return f"reason-{post.pk}"


def _form_key(request: HttpRequest) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY_FIELD, form_key(request))


def _draft(request: HttpRequest, line: ReportLine) -> SafeString:
    """Return what keeps the message to the author while it is written."""
    if line.post.author_id is None:
        return SafeString()
    return render_unsent_text(request.user, reason_key(line.post), restored=line.unsent is not None)


def _report_line(reported: ReportedPost, reader: int, now: datetime, unsent: UnsentText | None) -> ReportLine:
    post, author = reported.post, author_of(reported.post, reader)
    is_new = post.author is not None and not author.is_alias and now - post.author.date_joined < NEW_ACCOUNT
    return ReportLine(
        post=post,
        author=author,
        group_name=reported.group_name,
        html=mark_safe(post.html),
        reports=reported.reports,
        reply_to=author_of(post.reply_to, reader) if post.reply_to else None,
        is_new_account=is_new,
        is_held=reported.is_held,
        unsent=unsent,
    )
