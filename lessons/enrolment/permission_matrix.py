"""The page “Who can do what”: it calls each rule of `permissions.py` for each role and each kind of object.

No answers are hard-coded. A row's text is the rule's docstring, its cells are the answers for unsaved sample objects.
"""

from collections.abc import Callable
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
OWN, OTHER = 1, 2
COURSE = 1


class PermissionCell(NamedTuple):
    """`kind` is yes, no, some or most; `exceptions` are the samples allowed (for some) or refused (for most); `role`
    is whose answer it is.
    """

    kind: str
    exceptions: list[str]
    role: str = ""


class PermissionRow(NamedTuple):
    """A rule: what it allows, and a cell for each of `sample_users`, in their order."""

    name: str
    text: str
    subject: str
    cells: list[PermissionCell]


def sample_users() -> list[tuple[str, User | AnonymousUser]]:
    """Return a labelled user of each role. Their memberships are preset, so that no query is run."""
    members = [(str(role.label), _sample_user(ActiveMembership(role.value, OWN_GROUP))) for role in Membership.Role]
    return [
        (_("Visitor"), AnonymousUser()),
        (_("Signed in, not enrolled"), _sample_user(None)),
        *members,
        (_("Site administrator"), _sample_user(None, is_superuser=True)),
    ]


def _sample_user(membership: ActiveMembership | None, **fields) -> User:
    user = User(pk=OWN, **fields)
    user._verified_domains = frozenset()
    set_memberships(user, {COURSE: membership} if membership else {})
    return user


def sample_courses() -> list[tuple[str, Course]]:
    """Return a course of each visibility and join policy. Labels name both, separated by a comma."""
    visibilities = {"public": _("public"), "unlisted": _("unlisted"), "members": _("members only")}
    policies = {"open": _("open to join"), "request": _("on request"), "invitation": _("by invitation")}
    return [
        (f"{visibility_label}, {policy_label}", Course(pk=COURSE, visibility=visibility, join_policy=policy))
        for visibility, visibility_label in visibilities.items()
        for policy, policy_label in policies.items()
    ]


def sample_threads() -> list[tuple[str, Thread]]:
    """Return own and others' threads of each audience. None is on a lesson, so that post-first does not apply."""
    course = Course(pk=COURSE, visibility=Course.Visibility.MEMBERS)
    samples = [
        (_("own"), "course", OWN, None),
        (_("by others, to the course"), "course", OTHER, None),
        (_("by others, to the same group"), "group", OTHER, OWN_GROUP),
        (_("by others, to another group"), "group", OTHER, OTHER_GROUP),
        (_("by others, to staff"), "staff", OTHER, None),
        (_("by others, private"), "me", OTHER, None),
        (_("own, private"), "me", OWN, None),
    ]
    kind = Thread.Kind.QUESTION
    return [
        (label, Thread(pk=1, course=course, author_id=author, audience=audience, group_id=group, kind=kind))
        for label, audience, author, group in samples
    ]


def sample_posts() -> list[tuple[str, Post]]:
    """Return an own post and somebody else's."""
    thread = sample_threads()[1][1]
    return [
        (_("own"), Post(pk=1, thread=thread, author_id=OWN, state=Post.State.SHOWN)),
        (_("by others"), Post(pk=2, thread=thread, author_id=OTHER, state=Post.State.SHOWN)),
    ]


def sample_annotations() -> list[tuple[str, Annotation]]:
    """Return an annotation for each of the sample threads."""
    lesson = Lesson(pk=1, module=Module(pk=1, course=Course(pk=COURSE)))
    return [
        (label, Annotation(pk=1, lesson=lesson, author_id=thread.author_id, thread=thread))
        for label, thread in sample_threads()
    ]


SAMPLES: dict[str, Callable[[], list[tuple]]] = {
    "course": sample_courses,
    "thread": sample_threads,
    "post": sample_posts,
    "annotation": sample_annotations,
}
# By the name of a rule's second parameter, in the order of the page.
SUBJECTS = {
    "": gettext_lazy("The site"),
    "course": gettext_lazy("A course"),
    "thread": gettext_lazy("A discussion"),
    "post": gettext_lazy("A post"),
    "annotation": gettext_lazy("A note on a passage"),
}


def permission_rows() -> list[PermissionRow]:
    """Return a row for each `can_…` of `permissions`, grouped by subject."""
    rules = [
        ("".join(list(signature(rule).parameters)[1:2]), name, rule)
        for name, rule in getmembers(permissions, isfunction)
        if name.startswith("can_") and rule.__module__ == permissions.__name__
    ]
    order = list(SUBJECTS)
    return [_permission_row(*rule) for rule in sorted(rules, key=lambda rule: (order.index(rule[0]), rule[1]))]


def _permission_row(subject: str, name: str, rule: Callable) -> PermissionRow:
    samples = SAMPLES[subject]() if subject else None
    cells = [_permission_cell(rule, user, samples)._replace(role=label) for label, user in sample_users()]
    return PermissionRow(_title(name), _description(rule), str(SUBJECTS[subject]), cells)


def _permission_cell(rule: Callable, user, samples: list[tuple] | None) -> PermissionCell:
    if samples is None:
        return PermissionCell("yes" if rule(user) else "no", [])
    answers = {label: bool(rule(user, sample)) for label, sample in samples}
    allowed, refused = ([label for label, answer in answers.items() if answer is kind] for kind in (True, False))
    if not allowed or not refused:
        return PermissionCell("yes" if allowed else "no", [])
    if len(refused) == 1 < len(allowed):
        return PermissionCell("most", refused)
    return PermissionCell("some", _summarise(allowed, list(answers)))


def _summarise(labels: list[str], all_labels: list[str]) -> list[str]:
    """Shorten labels "a, b": if they are all the labels with a, return only "a"; likewise for b."""
    for part in (0, 1):
        parts = {label.split(", ")[part] if ", " in label else label for label in labels}
        matching = [label for label in all_labels if parts & set(label.split(", "))]
        if matching == labels:
            return list(dict.fromkeys(label.split(", ")[part] if ", " in label else label for label in labels))
    return labels


def _title(name: str) -> str:
    return _(name.removeprefix("can_").replace("_", " ").capitalize())


def _description(rule: Callable) -> str:
    """Return the docstring without the sentences for developers: those about code and queries."""
    sentences = " ".join((getdoc(rule) or "").split()).split(". ")
    return _(". ".join(s.rstrip(".") for s in sentences if "`" not in s and "quer" not in s) + ".").lstrip(".")


def permission_matrix(request):
    """Show who may do what."""
    context = {"roles": [label for label, _user in sample_users()], "rows": permission_rows()}
    return render(request, "enrolment/permission_matrix.html", context)
