"""What `permissions.py` says, asked of itself: each rule is called for each role and each kind of thing.

Nothing here knows an answer. Its words are the rule's docstring, its row the answers to samples that were never saved.
"""

from inspect import getdoc, getmembers, isfunction, signature
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons import permissions
from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.discussions.models import Post, Thread
from lessons.models import Lesson, Module

OWN_GROUP, OTHER_GROUP = 1, 2
ME, OTHER = 1, 2
COURSE = 1


class PermissionRow(NamedTuple):
    """`cells` has an answer for each of `people()`, in their order: yes, no, or of what."""

    name: str
    words: str
    about: str
    cells: list["PermissionCell"]


class PermissionCell(NamedTuple):
    """`kind` is yes, no, some or most; `some` names the samples for which it is yes, of most for which no."""

    kind: str
    exceptions: list[str]


def sample_users() -> list[tuple[str, object]]:
    """Somebody of each role. They ask no database: their seats are known."""
    seated = [(label, _person(ActiveMembership(role, OWN_GROUP))) for role, label in Membership.Role.choices]
    visitor, signed_in = (_("Visitor"), AnonymousUser()), (_("Signed in, without a seat"), _person(None))
    return [visitor, signed_in, *seated, (_("Site administrator"), _person(None, is_superuser=True))]


def _person(seat: ActiveMembership | None, **fields) -> User:
    user = User(pk=ME, **fields)
    set_memberships(user, {COURSE: seat} if seat else {})
    return user


def courses() -> list[tuple[str, Course]]:
    """A course of each visibility and each way to join: what differs between them is named."""
    readable = {"public": _("public"), "unlisted": _("unlisted"), "members": _("members only")}
    joining = {"open": _("open to join"), "request": _("on request"), "invitation": _("by invitation")}
    return [
        (f"{words}, {how}", Course(pk=COURSE, visibility=visibility, join_policy=policy))
        for visibility, words in readable.items()
        for policy, how in joining.items()
    ]


def threads() -> list[tuple[str, Thread]]:
    """One's own and others', for each audience. None hangs on a lesson: write-first is not asked."""
    course = Course(pk=COURSE, visibility=Course.Visibility.MEMBERS)
    made = []
    for audience, whose, author, group in (
        ("course", _("one’s own"), ME, None),
        ("course", _("others’ to the course"), OTHER, None),
        ("group", _("others’ in one’s group"), OTHER, OWN_GROUP),
        ("group", _("others’ in another group"), OTHER, OTHER_GROUP),
        ("staff", _("others’ to staff"), OTHER, None),
        ("me", _("others’ to themselves"), OTHER, None),
        ("me", _("one’s own to oneself"), ME, None),
    ):
        kind = Thread.Kind.QUESTION
        made.append(
            (whose, Thread(pk=1, course=course, author_id=author, audience=audience, group_id=group, kind=kind))
        )
    return made


def posts() -> list[tuple[str, Post]]:
    thread = threads()[1][1]
    return [
        (_("one’s own"), Post(pk=1, thread=thread, author_id=ME, state=Post.State.SHOWN)),
        (_("others’"), Post(pk=2, thread=thread, author_id=OTHER, state=Post.State.SHOWN)),
    ]


def annotations() -> list[tuple[str, Annotation]]:
    lesson = Lesson(pk=1, module=Module(pk=1, course=Course(pk=COURSE)))
    return [(whose, Annotation(pk=1, lesson=lesson, author_id=t.author_id, thread=t)) for whose, t in threads()]


SAMPLES = {"course": courses, "thread": threads, "post": posts, "annotation": annotations}
ABOUT = {
    "": gettext_lazy("The site"),
    "course": gettext_lazy("A course"),
    "thread": gettext_lazy("A conversation"),
    "post": gettext_lazy("A post"),
    "annotation": gettext_lazy("A note on a passage"),
}


def permission_rows() -> list[PermissionRow]:
    """Every function of `permissions` that asks whether somebody can, grouped by what it is about."""
    asked = [
        (about, name, rule)
        for name, rule in getmembers(permissions, isfunction)
        if name.startswith("can_") and rule.__module__ == permissions.__name__
        for about in ["".join(list(signature(rule).parameters)[1:2])]
    ]
    order = list(ABOUT)
    return [_rule(*one) for one in sorted(asked, key=lambda one: (order.index(one[0]), one[1]))]


def _rule(about: str, name: str, rule) -> PermissionRow:
    samples = SAMPLES[about]() if about else None
    cells = [_answer(rule, person, samples) for _label, person in sample_users()]
    return PermissionRow(_title(name), _words(rule), str(ABOUT[about]), cells)


def _answer(rule, person, samples) -> PermissionCell:
    if samples is None:
        return PermissionCell("yes" if rule(person) else "no", [])
    given = {label: bool(rule(person, thing)) for label, thing in samples}
    if len(set(given.values())) == 1:
        return PermissionCell("yes" if all(given.values()) else "no", [])
    yes, no = ([label for label, answer in given.items() if answer is wanted] for wanted in (True, False))
    return (
        PermissionCell("most", no) if len(no) == 1 < len(yes) else PermissionCell("some", _summarise(yes, list(given)))
    )


def _summarise(labels: list[str], among: list[str]) -> list[str]:
    """Of "a, b" labels that together are all with a, only "a"; so for b."""
    for part in (0, 1):
        words = {label.split(", ")[part] if ", " in label else label for label in labels}
        whole = [label for label in among if any(word in label.split(", ") for word in words)]
        if whole == labels:
            return list(dict.fromkeys(label.split(", ")[part] if ", " in label else label for label in labels))
    return labels


def _title(name: str) -> str:
    return _(name.removeprefix("can_").replace("_", " ").capitalize())


def _words(rule) -> str:
    """The docstring's sentences for people: those that name code are for who reads the code."""
    sentences = " ".join((getdoc(rule) or "").split()).split(". ")
    return _(". ".join(s.rstrip(".") for s in sentences if "`" not in s and "quer" not in s) + ".").lstrip(".")


def permission_matrix(request):
    return render(
        request,
        "enrolment/permission_matrix.html",
        {"people": [label for label, _person in sample_users()], "rules": permission_rows()},
    )
