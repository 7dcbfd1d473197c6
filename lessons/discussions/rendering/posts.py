"""Posts and lists of threads as HTML, joined rather than rendered: they are most of what these pages are."""

from datetime import datetime
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """`now`, `20 min`, `3 h`, `Mon`, `12 Nov`, `12 Nov 2025`."""
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60} if seconds >= 60 else _("now")
    if seconds < 86400:
        return _("%(n)d h") % {"n": seconds // 3600}
    day = timezone.localtime(moment)
    return date_format(day, "D" if seconds < 6 * 86400 else "j M" if day.year == now.year else "j M Y")


def time_tag(moment: datetime) -> str:
    return f'<time datetime="{moment:%Y-%m-%dT%H:%MZ}">{relative_time(moment)}</time>'


def post_header(person: Identity, by_staff: bool, about: str) -> str:
    """The line over a post: initials, name, role, and `about`, which is HTML."""
    chip = f'<span class="chip staff">{escape(_("staff"))}</span>' if by_staff else ""
    you = f' <span class="you">{escape(_("(you)"))}</span>' if person.is_you else ""
    side = " alias" if person.is_alias else ""
    return (
        f'<header class="post-header"><span class="initials{side}" aria-hidden="true">{escape(person.initials)}</span>'
        f"<b><bdi>{escape(person.name)}</bdi>{you}</b>{chip}{about}</header>"
    )


class PostRenderer:
    """Prints the posts of one thread for one reader. `rows` are dicts of POST_FIELDS."""

    def __init__(self, thread: Thread, *, reader: int, staff: bool, can_post: bool, settles: bool, page: int = 1):
        self.thread, self.reader, self.staff = thread, reader, staff
        self.here = f"?page={page}&amp;" if page > 1 else "?"
        self.can_post, self.settles = can_post, settles
        self.answer = thread.answer_id if thread.kind == Thread.Kind.QUESTION else None
        self.words = {
            "reply": escape(_("Reply")),
            "quote": escape(_("Quote")),
            "thanks": escape(_("Thanks")),
            "more": escape(_("More")),
            "answer": escape(_("This answers it")),
            "to": escape(_("to")),
            "edited": escape(_("edited")),
        }

    def render_flat(self, rows) -> SafeString:
        return mark_safe("".join(map(self.render_post, rows)))

    def render_tree(self, rows) -> SafeString:
        """Two levels: what answers a post of this page, or an answer to it, stands indented beneath, by number."""
        top, branches = {}, {}
        for row in rows:
            pk = row["pk"]
            top[pk] = top.get(row["reply_to_id"], pk)
            branches.setdefault(top[pk], []).append(row)
        return mark_safe("".join(self._branch(branch) for branch in branches.values()))

    def _branch(self, branch: list[dict]) -> str:
        first, *answers = branch
        if not answers:
            return self.render_post(first)
        beneath = "".join(map(self.render_post, answers))
        return f'{self.render_post(first)}<div class="answers" data-to="{first["pk"]}">{beneath}</div>'

    def render_post(self, row: dict) -> str:
        if row["state"] in (Post.State.SHOWN, Post.State.HELD):
            return self._visible_post(row)
        return self._tombstone(row)

    def identity(self, row: dict) -> Identity:
        return display_identity(
            author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=self.reader
        )

    def _visible_post(self, row: dict) -> str:
        pk, answers = row["pk"], row["pk"] == self.answer
        classes = "post" + (" staff" if row["by_staff"] else "") + (" answer" if answers else "")
        return (
            f'<article class="{classes}" id="p{pk}" data-seq="{row["seq"] or ""}">'
            f"{post_header(self.identity(row), row['by_staff'], self._about(row))}"
            f"{self._answer_mark() if answers else ''}"
            f'<div class="post-body" dir="auto">{row["html"]}</div>{self._actions(row)}</article>'
        )

    def _about(self, row: dict) -> str:
        number = f'<a class="number" href="/posts/{row["pk"]}/">#{row["seq"]}</a>' if row["seq"] else ""
        to = ""
        if row["reply_to_id"]:
            to = f'<a href="/posts/{row["reply_to_id"]}/">{self.words["to"]} #{row["reply_to__seq"]}</a>'
        edited = ""
        if row["edited_at"]:
            edited = self.words["edited"]
            if self.staff or row["author_id"] == self.reader:
                edited = f'<a href="/posts/{row["pk"]}/history/">{edited}</a>'
        held = f'<span class="chip">{escape(_("waiting for staff"))}</span>' if row["state"] == "held" else ""
        return f'<span class="post-meta">{to}{edited}{time_tag(row["created_at"])}{number}{held}</span>'

    def _answer_mark(self) -> str:
        by = self.thread.endorsed_by
        words = _("Answer, endorsed by %(name)s") % {"name": by.display_name} if by else _("Answer")
        return f'<p class="answer-mark">✓ {escape(words)}</p>'

    def _actions(self, row: dict) -> str:
        pk, mine, words = row["pk"], row["author_id"] == self.reader, self.words
        if row["state"] == Post.State.HELD:
            return ""
        count = f" <b>{row['thanks_count']}</b>" if row["thanks_count"] else ""
        acts = ""
        if self.can_post:
            acts += f'<a href="{self.here}reply={pk}#write">{words["reply"]}</a>'
            acts += f'<a href="{self.here}quote={pk}#write">{words["quote"]}</a>'
        if mine or self.thread.course.is_closed:
            acts += f'<span class="count">{words["thanks"]}{count}</span>' if count else ""
        else:
            pressed = 'value="" aria-pressed="true"' if row["thanked"] else 'value="true" aria-pressed="false"'
            acts += (
                f'<button form="act" formaction="/posts/{pk}/thanks/" name="enabled" {pressed}>'
                f"{words['thanks']}{count}</button>"
            )
        if self.settles and row["seq"] != 1 and pk != self.thread.answer_id:
            acts += f'<button form="act" formaction="/posts/{pk}/answer/">{words["answer"]}</button>'
        return f'<footer class="post-actions">{acts}<a href="/posts/{pk}/actions/">{words["more"]}</a></footer>'

    def _tombstone(self, row: dict) -> str:
        mine, state = row["author_id"] == self.reader and self.reader is not None, row["state"]
        more = ""
        if state == Post.State.MOVED and row["moved_to_id"]:
            more = f' <a href="/posts/{row["moved_to_id"]}/">{escape(_("Go there"))}</a>'
        elif mine or (self.staff and state == Post.State.HIDDEN):
            more = f' <a href="/posts/{row["pk"]}/actions/">{escape(_("Look at it"))}</a>'
        return (
            f'<article class="post tombstone" id="p{row["pk"]}" data-seq="{row["seq"]}"><p>#{row["seq"]} '
            f"{escape(tombstone_text(state))}{more}</p></article>"
        )


def tombstone_text(state: str) -> str:
    """What a tombstone says."""
    return {
        Post.State.DELETED: _("This post was deleted by its author."),
        Post.State.HIDDEN: _("This post was hidden by the course’s staff."),
        Post.State.MOVED: _("This post was moved to another thread."),
    }[state]


def page_links(page: int, last: int, label: str) -> SafeString:
    """The pages of a thread; nothing where there is one."""
    if last < 2:
        return mark_safe("")
    here = ' aria-current="page"'
    links = "".join(f'<a href="?page={n}"{here if n == page else ""}>{n}</a>' for n in range(1, last + 1))
    return mark_safe(f'<nav class="pager" aria-label="{escape(label)}">{links}</nav>')
