"""The audit log in plain sentences: a message for each verb, and for the counts and ids in its details."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.courses.models import AuditEntry, Membership
from lessons.time_zones import format_moment

# %s stands for the target.
MESSAGES = {
    "join": gettext_lazy("joined the course"),
    "enrol": gettext_lazy("enrolled %s"),
    "set membership pending": gettext_lazy("set the membership of %s to pending"),
    "set membership left": gettext_lazy("set the membership of %s to left"),
    "set membership removed": gettext_lazy("removed %s from the course"),
    "set membership rejected": gettext_lazy("rejected %s"),
    "change role": gettext_lazy("changed the role of %s"),
    "change group": gettext_lazy("changed the group of %s"),
    "remove": gettext_lazy("removed %s from the course"),
    "leave": gettext_lazy("left the course"),
    "reject request": gettext_lazy("rejected the join request of %s"),
    "import roster": gettext_lazy("imported a roster"),
    "invite": gettext_lazy("created an invitation for: %s"),
    "revoke invitation": gettext_lazy("revoked an invitation for: %s"),
    "create group": gettext_lazy("created the group %s"),
    "rename group": gettext_lazy("renamed a group to %s"),
    "delete group": gettext_lazy("deleted the group %s"),
    "move members": gettext_lazy("moved members to the group %s"),
    "allocate groups": gettext_lazy("assigned learners to groups"),
    "view as learner": gettext_lazy("viewed the course as a learner of: %s"),
    "close course": gettext_lazy("closed the course"),
    "reopen course": gettext_lazy("reopened the course"),
    "set retention": gettext_lazy("set when personal data is removed from the course"),
    "purge course": gettext_lazy("personal data was removed from the course"),
    "erase user": gettext_lazy("erased the account of %s"),
    "publish": gettext_lazy("published %s"),
    "withdraw": gettext_lazy("withdrew %s"),
    "schedule publish": gettext_lazy("scheduled the publication of %s"),
    "schedule withdraw": gettext_lazy("scheduled the withdrawal of %s"),
    "cancel scheduled publish": gettext_lazy("cancelled the scheduled publication of %s"),
    "cancel scheduled withdraw": gettext_lazy("cancelled the scheduled withdrawal of %s"),
    "fail scheduled publish": gettext_lazy("the scheduled publication was not possible: %s"),
    "fail scheduled withdraw": gettext_lazy("the scheduled withdrawal was not possible: %s"),
    "restore": gettext_lazy("restored an earlier version of %s"),
    "module draft": gettext_lazy("made the module %s a draft"),
    "module published": gettext_lazy("published the module %s"),
    "module archived": gettext_lazy("archived the module %s"),
    "bin module": gettext_lazy("moved the module %s to the bin"),
    "bin lesson": gettext_lazy("moved the lesson %s to the bin"),
    "bin glossaryterm": gettext_lazy("moved the glossary term %s to the bin"),
    "bin timelineevent": gettext_lazy("moved the event %s to the bin"),
    "bin prompt": gettext_lazy("moved the discussion prompt %s to the bin"),
    "restore from bin": gettext_lazy("restored %s from the bin"),
    "delete from bin": gettext_lazy("%s was deleted for good"),
    "edit glossary": gettext_lazy("edited the glossary of %s"),
    "edit timeline": gettext_lazy("edited the timeline of %s"),
    "copy lesson": gettext_lazy("created %s as a copy"),
    "move lesson": gettext_lazy("moved %s to another module"),
    "move module": gettext_lazy("moved the module %s into this course"),
    "move module away": gettext_lazy("moved the module %s to another course"),
    "copy module": gettext_lazy("copied the module %s into this course"),
    "create course": gettext_lazy("created the course"),
    "copy course": gettext_lazy("created this course as a copy"),
    "import": gettext_lazy("imported %s"),
    "import annotations": gettext_lazy("imported notes into %s"),
    "place annotation": gettext_lazy("placed a note manually: %s"),
    "add image": gettext_lazy("added the image %s"),
    "delete image": gettext_lazy("deleted the image %s"),
    "set comment policy open": gettext_lazy("opened comments on %s"),
    "set comment policy post_first": gettext_lazy("hid classmates’ comments on %s until a learner posts"),
    "set comment policy off": gettext_lazy("turned off new comments on %s"),
    "open prompts": gettext_lazy("opened the discussion prompts of %s"),
    "endorse answer": gettext_lazy("endorsed an answer in %s"),
    "unmark answer": gettext_lazy("unmarked the answer in %s"),
    "mark question open": gettext_lazy("marked the question %s as open"),
    "mark question resolved": gettext_lazy("marked the question %s as resolved"),
    "hide reported post": gettext_lazy("a post was hidden by reports in %s"),
    "hide post": gettext_lazy("hid a post in %s"),
    "keep post hidden": gettext_lazy("kept a reported post hidden in %s"),
    "reject held post": gettext_lazy("rejected a post held for review in %s"),
    "show post": gettext_lazy("showed a hidden post again in %s"),
    "publish held post": gettext_lazy("published a post held for review in %s"),
    "approve post": gettext_lazy("kept a reported post in %s"),
    "message learner": gettext_lazy("sent an e-mail to %s"),
    "warn author": gettext_lazy("warned the author of a post in %s"),
    "reveal author": gettext_lazy("revealed the author of an anonymous post in %s"),
    "pin thread": gettext_lazy("pinned %s"),
    "unpin thread": gettext_lazy("unpinned %s"),
    "close thread": gettext_lazy("closed %s"),
    "reopen thread": gettext_lazy("reopened %s"),
    "edit thread": gettext_lazy("renamed %s"),
    "move thread": gettext_lazy("moved %s to another lesson or the forum"),
    "merge thread": gettext_lazy("merged %s into another discussion"),
    "add participation rule": gettext_lazy("wrote the participation rule %s"),
    "change participation rule": gettext_lazy("changed the participation rule %s"),
    "delete participation rule": gettext_lazy("deleted the participation rule %s"),
    "confirm participation": gettext_lazy("confirmed the participation of %s"),
    "confirm participation of learners": gettext_lazy("confirmed learners’ participation: %s"),
    "refuse participation": gettext_lazy("decided that the participation of %s is not complete"),
    "withdraw participation": gettext_lazy("let what is counted of %s hold again"),
    "split thread": gettext_lazy("split posts off from %s"),
}
UNDO = "undo: "


def verb_message(verb: str) -> str:
    """Return the message for a verb, with %s for the target. An unknown verb is its own message."""
    if verb.startswith(UNDO):
        return _("undid: ") + verb_message(verb.removeprefix(UNDO))
    return str(MESSAGES.get(verb, f"{verb} %s"))


def entry_message(entry: AuditEntry) -> str:
    """Return the message for the entry's verb. Users who enrolled themselves have “joined”."""
    has_joined = entry.verb == "enrol" and entry.actor_id and entry.actor_id == entry.affected_user_id
    return verb_message("join" if has_joined else entry.verb)


def detail_messages(entry: AuditEntry, groups: dict[int, str]) -> list[str]:
    """Return a phrase for each of the entry's details. `groups` maps the ids of the course's groups to their names."""
    detail = entry.detail
    if entry.verb == "change role":
        return [_change_message(_role_label(detail.get("before")), _role_label(detail.get("role")))]
    if entry.verb == "change group":
        ids = detail.get("before"), detail.get("group")
        names = [groups.get(pk, _("a deleted group")) if pk else _("no group") for pk in ids]
        return [_change_message(*names)]
    phrases = [_role_label(detail["role"])] if "role" in detail and entry.verb != "invite" else []
    phrases += [message(detail[key]) for key, message in COUNT_MESSAGES.items() if isinstance(detail.get(key), int)]
    if entry.course and "at" in detail:
        phrases.append(format_moment(datetime.fromisoformat(detail["at"]), entry.course.zone))
    if entry.verb == "set retention":
        months = detail.get("months")
        phrases.append(ngettext("after %s month", "after %s months", months) % months if months else _("never"))
    return [*phrases, _("seed %s") % detail["seed"]] if "seed" in detail else phrases


COUNT_MESSAGES = {
    "groups": lambda n: ngettext("%s group", "%s groups", n) % n,
    "members": lambda n: ngettext("%s member", "%s members", n) % n,
    "people": lambda n: ngettext("%s person", "%s people", n) % n,
    "new": lambda n: _("%s new") % n,
    "deleted": lambda n: _("%s deleted") % n,
    "changed": lambda n: _("%s changed") % n,
    "invalid": lambda n: _("%s skipped") % n,
    "notes": lambda n: ngettext("%s note", "%s notes", n) % n,
    "replies": lambda n: ngettext("%s reply", "%s replies", n) % n,
    "lessons": lambda n: ngettext("%s lesson", "%s lessons", n) % n,
    "modules": lambda n: ngettext("%s module", "%s modules", n) % n,
}


def _role_label(role: str | None) -> str:
    return str(dict(Membership.Role.choices).get(role or "", role or "–"))


def _change_message(before: str, after: str) -> str:
    return _("%(before)s → %(now)s") % {"before": before, "now": after}
