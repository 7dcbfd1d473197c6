"""A note as a card, joined rather than rendered: fifty of them come at once."""

from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.annotations.margin.context import LessonContext
from lessons.annotations.models import DIVERGED, Label, Placement
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import visible_reply_count
from lessons.discussions.rendering.posts import post_header, time_tag, tombstone_text
from lessons.markup.text_diff import diff_words

MAX_QUOTE = 300
# Longer passages are compared so far, and of words that stayed only so many are shown at either end.
MAX_COMPARED, CONTEXT_WORDS = 3000, 6
LAST = float("inf")


class CardRenderer:
    """Prints the notes of one lesson for one reader. `kinds` are the course's, by key."""

    def __init__(self, here: LessonContext, *, reader: int, kinds: dict[str, Label]):
        self.here, self.reader, self.kinds = here, reader, kinds

    def card(self, note: dict, tags: list[tuple[str, str]]) -> str:
        """`note` has the columns of `cards`, and the `posts` of its thread: the opening, first replies, the answer."""
        # A reply that waits for staff has no number either, but its opening has one by then.
        opening, *replies = sorted(note["posts"], key=lambda post: post["seq"] or LAST) or [None]
        person, label = self._person(note), self._label(note)
        names = f"{person.name}, {label}" if person else label
        mine = note["author_id"] == self.reader
        classes = "annotation" + (" own" if mine else "") + (" question" if self._is_open_question(note) else "")
        thread = f' data-thread="{note["thread"]}"' if note["thread"] else ""
        if note["is_new"]:
            classes, thread = f"{classes} unread", f'{thread} aria-describedby="new-{note["pk"]}"'
        return (
            f'<article class="{classes}" id="note-{note["uid"]}" data-id="{note["pk"]}"{thread} tabindex="-1" '
            f'aria-label="{escape(names)}">{self._head(note, person, label, opening)}{self._quote(note)}'
            f"{self._post_body(opening) if opening else ''}{self._tags(tags)}"
            f"{self._replies(note, replies)}{self._acts(note, opening, mine)}</article>"
        )

    def _person(self, note: dict) -> Identity | None:
        """Nobody's name stands at a mark without words, but one's own."""
        if note["thread"] is None:
            return Identity(_("You"), is_you=True) if note["author_id"] == self.reader else None
        return self._identity(note)

    def _identity(self, row: dict) -> Identity:
        return display_identity(
            author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=self.reader
        )

    def _label(self, note: dict) -> str:
        kind = self.kinds.get(note["label"])
        return str(kind.name) if kind else note["label"]

    def _is_open_question(self, note: dict) -> bool:
        return note.get("kind") == Thread.Kind.QUESTION and note["status"] == Thread.Status.OPEN

    def _head(self, note: dict, person: Identity | None, label: str, opening: dict | None) -> str:
        edited = f"<span>{escape(_('edited'))}</span>" if opening and opening["edited_at"] else ""
        when = f'<a class="when" href="/notes/{note["pk"]}/">{time_tag(note["created_at"])}</a>'
        unread = f'<span class="visually-hidden new" id="new-{note["pk"]}">{escape(_("unread"))}</span>'
        new = unread if note["is_new"] else ""
        about = f'<span class="post-meta">{new}{edited}{when}{self._chips(note, label)}</span>'
        if note["thread"] is None:
            return f'<header class="post-header"><b>{escape(self._owner_text(note, person))}</b>{about}</header>'
        return post_header(person, note["by_staff"], about)

    def _owner_text(self, note: dict, person: Identity | None) -> str:
        """Whose mark it is, or how many people's: never who the others are."""
        n = note["alike"]
        if n == 1:
            return person.name if person else _("Somebody")
        if person:
            return ngettext("You and %(n)d other", "You and %(n)d others", n - 1) % {"n": n - 1}
        return ngettext("%(n)d person", "%(n)d people", n) % {"n": n}

    def _chips(self, note: dict, label: str) -> str:
        chips = ""
        if note["label"] != "note":
            chips += (
                f'<span class="chip label{" open" if self._is_open_question(note) else ""}">{escape(label)}</span>'
            )
        if note.get("state") == Thread.State.HELD:
            chips += f'<span class="chip">{escape(_("waiting for staff"))}</span>'
        words = {
            Thread.Audience.ME: _("only you"),
            Thread.Audience.STAFF: _("instructors"),
            Thread.Audience.GROUP: note["group__name"] or "",
            Thread.Audience.COURSE: _("everybody"),
        }[note["audience"]]
        return chips + f'<span class="chip audience"><bdi>{escape(words)}</bdi></span>'

    def _quote(self, note: dict) -> str:
        pk, state, exact = note["pk"], note["placed"], escape(_truncate(note["exact"]))
        quote = f'<blockquote class="quote" dir="auto"><a href="/notes/{pk}/">{exact}</a></blockquote>'
        if state == Placement.State.REMOVED:
            number = note["revision__number"]
            old = f"/lessons/{self.here.lesson.pk}/revisions/{number}/?note={pk}#note-{note['uid']}"
            words = _("These words are no longer in the text. Read them in revision %(number)s") % {"number": number}
            quote = f'<blockquote class="quote orphaned" dir="auto"><a href="{old}">{exact}</a></blockquote>'
            return f'{quote}<p class="previous-text"><a href="{old}">{escape(words)}</a>{self._place_link(pk)}</p>'
        if state not in DIVERGED:
            return quote
        by_hand, is_same = state == Placement.State.MANUAL, note["now"] == note["exact"]
        if not is_same:
            changes = diff_words(note["exact"][:MAX_COMPARED], note["now"][:MAX_COMPARED], keep=CONTEXT_WORDS)
            quote = f'<blockquote class="quote changed" dir="auto"><a href="/notes/{pk}/">{changes}</a></blockquote>'
        return f'<p class="previous-text">{escape(_placement_message(by_hand, is_same))}</p>{quote}'

    def _place_link(self, pk: int) -> str:
        if not self.here.admin_model:
            return ""
        address = f"/admin/lessons/{self.here.admin_model}/{self.here.lesson.pk}/annotations/{pk}/"
        return f' <a href="{address}">{escape(_("Place it by hand"))}</a>'

    def _post_body(self, post: dict) -> str:
        if post["state"] in (Post.State.SHOWN, Post.State.HELD):
            return f'<div class="post-body" dir="auto">{post["html"]}</div>'
        return f'<p class="post-body tombstone">{escape(tombstone_text(post["state"]))}</p>'

    def _tags(self, tags: list[tuple[str, str]]) -> str:
        at = f"/lessons/{self.here.lesson.pk}/notes/?tag="
        links = (f'<li><a class="tag" href="{at}{slug}"><bdi>{escape(name)}</bdi></a></li>' for name, slug in tags)
        return f'<ul class="tags" aria-label="{escape(_("Tags"))}">{"".join(links)}</ul>' if tags else ""

    def _replies(self, note: dict, replies: list[dict]) -> str:
        shown = "".join(self._reply(note, post) for post in replies)
        return f'<div class="replies">{shown}</div>' if shown else ""

    def _reply(self, note: dict, post: dict) -> str:
        answers = post["pk"] == note["answer_id"]
        mark = f'<span class="chip answered">{escape(_("answer"))}</span>' if answers else ""
        about = f'<span class="post-meta">{mark}{time_tag(post["created_at"])}</span>'
        by = post_header(self._identity(post), post["by_staff"], about)
        return f'<article class="reply{" answer" if answers else ""}">{by}{self._post_body(post)}</article>'

    def _acts(self, note: dict, opening: dict | None, mine: bool) -> str:
        acts = self._of_thread(note, opening, mine) if note["thread"] else ""
        if mine and not self.here.course.is_closed:
            acts += f'<a href="/notes/{note["pk"]}/edit/">{escape(_("Edit"))}</a>'
        return f'<footer class="post-actions">{acts}</footer>' if acts else ""

    def _of_thread(self, note: dict, opening: dict | None, mine: bool) -> str:
        at, is_closed = f"/threads/{note['thread']}/", self.here.course.is_closed
        replies = (
            0
            if self.here.must_post_first
            else visible_reply_count(note["visible_post_count"], opening and opening["state"])
        )
        acts = ""
        if replies:
            words = ngettext("%(n)d reply", "%(n)d replies", replies) % {"n": replies}
            acts += f'<a class="count" href="{at}">{escape(words)}</a>'
        if note["kind"] == Thread.Kind.QUESTION:
            acts += self._me_too(note, mine or is_closed)
        if opening and opening["state"] == Post.State.SHOWN:
            acts += self._thanks(opening, mine or is_closed)
        takes = note["state"] == Thread.State.SHOWN and not note["closed"] and not note["merged_into_id"]
        if (takes or self.here.staff) and not is_closed:
            acts += f'<a class="reply-to" href="{at}#write">{escape(_("Reply"))}</a>'
        return f'{acts}<a href="{at}">{escape(_("Open thread"))}</a>'

    def _me_too(self, note: dict, is_told: bool) -> str:
        """A button, or how many press it: told to who asked, and to all in a closed course. So for thanks."""
        n = note["me_too_count"]
        words = f"▲ {n} " + ngettext("also asks", "also ask", n) if n else f"▲ {_('I ask this too')}"
        if is_told:
            return f'<span class="count">{escape(words)}</span>' if n else ""
        return _button(f"/threads/{note['thread']}/me-too/", note["asked"], words)

    def _thanks(self, post: dict, is_told: bool) -> str:
        count, words = post["thanks_count"], _("Thanks")
        words = f"{words} {count}" if count else words
        if is_told:
            return f'<span class="count">{escape(words)}</span>' if count else ""
        return _button(f"/posts/{post['pk']}/thanks/", post["thanked"], words)


def _placement_message(by_hand: bool, is_same: bool) -> str:
    if by_hand:
        return _("Placed here by hand.") if is_same else _("Placed at other words by hand. The words were:")
    return _("The text has changed. The words were:")


def _button(address: str, is_pressed: bool, words: str) -> str:
    """Without script it is sent by the page's form `act`."""
    value, pressed = ("", "true") if is_pressed else ("true", "false")
    return (
        f'<button form="act" formaction="{address}" name="enabled" value="{value}" aria-pressed="{pressed}">'
        f"{escape(words)}</button>"
    )


def _truncate(words: str) -> str:
    return words if len(words) <= MAX_QUOTE else words[:MAX_QUOTE].rstrip() + "…"
