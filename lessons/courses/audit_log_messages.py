"""The log in plain sentences: what each verb says, and what its counts and ids mean."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.courses.models import AuditEntry, Membership

# %s stands for what it was done to; where there is none, the sentence says it.
MESSAGES = {
    "join": gettext_lazy("joined the course"),
    "seat": gettext_lazy("gave a seat to %s"),
    "seat pending": gettext_lazy("set the seat of %s to waiting"),
    "seat left": gettext_lazy("set the seat of %s to left"),
    "seat removed": gettext_lazy("removed %s from the course"),
    "seat refused": gettext_lazy("refused %s a seat"),
    "change role": gettext_lazy("changed the role of %s"),
    "change group": gettext_lazy("changed the group of %s"),
    "remove": gettext_lazy("removed %s from the course"),
    "leave": gettext_lazy("left the course"),
    "refuse request": gettext_lazy("refused the request of %s"),
    "roster": gettext_lazy("brought a roster"),
    "invite": gettext_lazy("made an invitation for: %s"),
    "end invitation": gettext_lazy("ended an invitation for: %s"),
    "make group": gettext_lazy("made the group %s"),
    "rename group": gettext_lazy("renamed a group; it is now %s"),
    "remove group": gettext_lazy("removed the group %s"),
    "move members": gettext_lazy("moved members to the group %s"),
    "deal groups": gettext_lazy("dealt learners into groups"),
    "view as learner": gettext_lazy("saw the course as a learner of: %s"),
    "close course": gettext_lazy("closed the course"),
    "reopen course": gettext_lazy("opened the course again"),
    "set emptying": gettext_lazy("set when the course is emptied of people"),
    "empty course": gettext_lazy("the course was emptied of people"),
    "erase person": gettext_lazy("erased the account of %s"),
    "publish": gettext_lazy("published %s"),
    "withdraw": gettext_lazy("withdrew %s"),
    "restore": gettext_lazy("brought back an earlier revision of %s"),
    "module draft": gettext_lazy("made the module %s a draft"),
    "module published": gettext_lazy("published the module %s"),
    "module archived": gettext_lazy("archived the module %s"),
    "copy module": gettext_lazy("copied the module %s here"),
    "copy course": gettext_lazy("made this course as a copy"),
    "import": gettext_lazy("imported %s"),
    "import notes": gettext_lazy("imported notes into %s"),
    "place note": gettext_lazy("placed a note by hand: %s"),
    "add picture": gettext_lazy("added the picture %s"),
    "delete picture": gettext_lazy("deleted the picture %s"),
    "set comments to open": gettext_lazy("opened the comments on %s"),
    "set comments to post_first": gettext_lazy("hid classmates’ comments on %s until one writes"),
    "set comments to off": gettext_lazy("switched off new comments on %s"),
    "open prompts": gettext_lazy("opened the prompts of %s"),
    "endorse answer": gettext_lazy("endorsed an answer in %s"),
    "unmark answer": gettext_lazy("took the mark of an answer away in %s"),
    "mark question open": gettext_lazy("marked the question %s as open"),
    "mark question resolved": gettext_lazy("marked the question %s as resolved"),
    "hide reported post": gettext_lazy("a post was hidden by reports in %s"),
    "hide post": gettext_lazy("hid a post in %s"),
    "show post": gettext_lazy("showed a post again in %s"),
    "publish held post": gettext_lazy("released a post that was held in %s"),
    "approve post": gettext_lazy("approved a post in %s"),
    "warn author": gettext_lazy("warned the author of a post in %s"),
    "reveal author": gettext_lazy("looked who wrote anonymously in %s"),
    "pin thread": gettext_lazy("pinned %s"),
    "unpin thread": gettext_lazy("unpinned %s"),
    "close thread": gettext_lazy("closed %s"),
    "reopen thread": gettext_lazy("opened %s again"),
    "edit thread": gettext_lazy("renamed %s"),
    "move thread": gettext_lazy("moved %s to another place"),
    "merge thread": gettext_lazy("merged %s into another conversation"),
    "split thread": gettext_lazy("split posts off from %s"),
}
UNDO = "undo: "


def verb_message(verb: str) -> str:
    """With %s for the target. A verb that is not known is its own sentence."""
    if verb.startswith(UNDO):
        return _("undid: ") + verb_message(verb.removeprefix(UNDO))
    return str(MESSAGES.get(verb, f"{verb} %s"))


def entry_message(entry: AuditEntry) -> str:
    """The entry's sentence. Who seats themselves has joined."""
    has_joined = entry.verb == "seat" and entry.actor_id and entry.actor_id == entry.affected_user_id
    return verb_message("join" if has_joined else entry.verb)


def detail_messages(entry: AuditEntry, groups: dict[int, str]) -> list[str]:
    """What the detail adds, in words. `groups` are the names of the course's groups."""
    detail = entry.detail
    if entry.verb == "change role":
        return [_change_message(_role(detail.get("before")), _role(detail.get("role")))]
    if entry.verb == "change group":
        names = {None: _("no group"), **groups}
        return [
            _change_message(*(names.get(detail.get(key), _("a group that is gone")) for key in ("before", "group")))
        ]
    words = [_role(detail["role"])] if "role" in detail and entry.verb != "invite" else []
    words += [one(detail[key]) for key, one in COUNT_MESSAGES.items() if isinstance(detail.get(key), int)]
    if entry.verb == "set emptying":
        months = detail.get("months")
        words.append(ngettext("after %s month", "after %s months", months) % months if months else _("never"))
    return [*words, _("seed %s") % detail["seed"]] if "seed" in detail else words


COUNT_MESSAGES = {
    "groups": lambda n: ngettext("%s group", "%s groups", n) % n,
    "members": lambda n: ngettext("%s member", "%s members", n) % n,
    "people": lambda n: ngettext("%s person", "%s people", n) % n,
    "new": lambda n: _("%s new") % n,
    "changed": lambda n: _("%s changed") % n,
    "wrong": lambda n: _("%s left out") % n,
    "notes": lambda n: ngettext("%s note", "%s notes", n) % n,
    "replies": lambda n: ngettext("%s reply", "%s replies", n) % n,
    "modules": lambda n: ngettext("%s module", "%s modules", n) % n,
}


def _role(role: str | None) -> str:
    return str(dict(Membership.Role.choices).get(role, role or "–"))


def _change_message(before: str, now: str) -> str:
    return _("%(before)s becomes %(now)s") % {"before": before, "now": now}
