"""What each rule of `permissions.py` answers for each role and kind of object; and that the code checks each rule.

No rule is tested against itself here: the tables say by hand for what the answer is yes. The objects are never saved,
so nothing but the rules is run. Filters, lists and counts that must agree with the rules: `test_read_rules`; what
addresses answer: `test_permissions` and the tests called `test_access_matrix`.
"""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lessons import permissions
from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.discussions.models import Post, Thread
from lessons.models import Lesson, Module
from tests.discussions.make import thread_by

ROOT = Path(__file__).parent.parent
RULES = {
    name: rule
    for name, rule in inspect.getmembers(permissions, inspect.isfunction)
    if name.startswith("can_") and rule.__module__ == permissions.__name__
}
ME, OTHER = 1, 2
OWN_GROUP, OTHER_GROUP = 1, 2


def person(role=None, **fields) -> User:
    """Return a person whose rules need no query; their group is OWN_GROUP."""
    user = User(pk=ME, **fields)
    set_memberships(user, {1: ActiveMembership(role, OWN_GROUP)} if role else {})
    return user


ROLES = {
    "visitor": AnonymousUser(),
    "stranger": person(),
    "learner": person("learner"),
    "assistant": person("assistant"),
    "instructor": person("instructor"),
    "administrator": person(is_superuser=True),
    "inactive": person(is_superuser=True, is_active=False),
}


def a_course(visibility="members", join_policy="invitation", closed_at=None) -> Course:
    return Course(pk=1, visibility=visibility, join_policy=join_policy, closed_at=closed_at)


OPEN, CLOSED = a_course(), a_course(closed_at=timezone.now())
COURSES = {
    "o": a_course("public", "open"),
    "r": a_course("public", "request"),
    "i": a_course("unlisted", "invitation"),
    "m": a_course("members", "open"),
    "q": a_course("members", "request"),
    "c": a_course("public", "open", timezone.now()),
    "k": a_course("public", "request", timezone.now()),
}


def a_thread(author, audience="course", group=None, course=OPEN, **fields) -> Thread:
    return Thread(pk=1, course=course, author_id=author, audience=audience, group_id=group, **fields)


THREADS = {
    "a": a_thread(ME, kind="question"),
    "b": a_thread(ME, kind="discussion"),
    "c": a_thread(ME, course=CLOSED, kind="question"),
    "d": a_thread(ME, closed=True),
    "e": a_thread(ME, state="hidden"),
    "f": a_thread(ME, "me"),
    "g": a_thread(ME, "me", course=CLOSED),
    "h": a_thread(ME, "group", OTHER_GROUP),
    "A": a_thread(OTHER, kind="question"),
    "B": a_thread(OTHER, kind="discussion"),
    "C": a_thread(OTHER, course=CLOSED, kind="question"),
    "D": a_thread(OTHER, closed=True),
    "E": a_thread(OTHER, state="hidden"),
    "F": a_thread(OTHER, "me"),
    "G": a_thread(OTHER, "group", OWN_GROUP),
    "H": a_thread(OTHER, "group", OTHER_GROUP),
    "S": a_thread(OTHER, "staff"),
}
POSTS = {
    "a": Post(pk=1, author_id=ME, thread=THREADS["a"]),
    "c": Post(pk=1, author_id=ME, thread=THREADS["c"]),
    "d": Post(pk=1, author_id=ME, thread=THREADS["d"]),
    "e": Post(pk=1, author_id=ME, thread=THREADS["A"], state="hidden"),
    "A": Post(pk=1, author_id=OTHER, thread=THREADS["A"]),
    "E": Post(pk=1, author_id=OTHER, thread=THREADS["A"], state="hidden"),
}


def an_annotation(author, audience="", group=None, thread=None, course=OPEN) -> Annotation:
    lesson = Lesson(pk=1, module=Module(course=course))
    note = Annotation(pk=1, author_id=author, lesson=lesson, audience=audience, group_id=group, thread=thread)
    # Post-first lessons are those of `test_read_rules`: asking for them would be a query.
    note.must_post_first = lambda user: False
    return note


ANNOTATIONS = {
    "t": an_annotation(ME, thread=THREADS["a"]),
    "T": an_annotation(OTHER, thread=THREADS["A"]),
    "F": an_annotation(OTHER, thread=THREADS["F"]),
    "f": an_annotation(ME, thread=THREADS["f"]),
    "m": an_annotation(ME, "me"),
    "M": an_annotation(OTHER, "me"),
    "c": an_annotation(ME, "course", course=CLOSED),
    "C": an_annotation(OTHER, "course"),
    "g": an_annotation(ME, "group", OTHER_GROUP),
    "G": an_annotation(OTHER, "group", OWN_GROUP),
    "H": an_annotation(OTHER, "group", OTHER_GROUP),
    "S": an_annotation(OTHER, "staff"),
}
SAMPLES = {"": {"+": None}, "course": COURSES, "thread": THREADS, "post": POSTS, "annotation": ANNOTATIONS}

# Of which samples each role is told yes; `-` of none. Letters are the keys above.
# fmt: off
TABLE = """
#                     visitor stranger learner        assistant         instructor        administrator     inactive
can_administer_site   -       -        -              -                 -                 +                 -
can_annotate          -       -        orimq          orimq             orimq             -                 -
can_announce          -       -        -              orimqck           orimqck           orimqck           -
can_close_course      -       -        -              -                 orimqck           orimqck           -
can_decide_participation -    -        -              orimq             orimq             orimq             -
can_delete_for_good   -       -        -              -                 orimqck           orimqck           -
can_copy_course       -       -        -              -                 orimqck           orimqck           -
can_create_courses    -       -        -              -                 +                 +                 -
can_delete_post       -       -        acde           acde              acde              acde              -
can_discuss           -       -        orimqck        orimqck           orimqck           orimqck           -
can_edit_annotation   -       -        tfmg           tfmg              tfmg              -                 -
can_edit_course       -       -        -              -                 orimqck           orimqck           -
can_edit_post         -       -        a              ad                ad                ad                -
can_edit_thread       -       -        abfh           abdefhABDEFGHS    abdefhABDEFGHS    abdefhABDEFGHS    -
can_enter_authoring   -       -        -              -                 +                 +                 -
can_exchange_files    -       -        -              -                 orimqck           orimqck           -
can_join              -       o        -              -                 -                 om                o
can_keep_in_notebook  -       fm       tfmcg          tfmcg             tfmcg             fm                fm
can_leave             -       -        orimqck        orimqck           orimqck           -                 -
can_manage_members    -       -        -              -                 orimqck           orimqck           -
can_moderate          -       -        -              orimqck           orimqck           orimqck           -
can_pin               -       -        -              abcdefghABCDEFGHS abcdefghABCDEFGHS abcdefghABCDEFGHS -
can_place_annotations -       -        -              -                 orimqck           orimqck           -
can_post_anonymously  -       -        orimqck        -                 -                 -                 -
can_read              orick   orick    orimqck        orimqck           orimqck           orimqck           orick
can_read_annotation   -       -        tTfmcCgG       tTfmcCgGHS        tTfmcCgGHS        tTfcCgGHS         -
can_read_thread       -       -        abcdefgABCDG   abcdefghABCDEGHS  abcdefghABCDEGHS  abcdefghABCDEGHS  -
can_reply             -       -        abfhABFGHS     abdefhABDEFGHS    abdefhABDEFGHS    abdefhABDEFGHS    -
can_request_to_join   -       r        -              -                 -                 rq                r
can_resolve_question  -       a        a              aA                aA                aA                a
can_set_participation_rules - -        -              -                 orimq             orimq             -
can_thank             -       -        abdefhABDEFGHS abdefhABDEFGHS    abdefhABDEFGHS    abdefhABDEFGHS    -
can_track_progress    -       ori      orimq          orimq             orimq             orimq             ori
can_view_as_learner   -       -        -              orimqck           orimqck           orimqck           -
can_view_audit_log    -       -        -              orimqck           orimqck           orimqck           -
can_view_insight      -       -        -              orimqck           orimqck           orimqck           -
can_view_members      -       -        -              orimqck           orimqck           orimqck           -
can_view_participation -      -        -              orimqck           orimqck           orimqck           -
can_view_post_history -       acde     acde           acdeAE            acdeAE            acdeAE            acde
can_view_work         -       -        -              orimqck           orimqck           orimqck           -
can_widen_audience    -       f        f              f                 f                 f                 f
"""
# fmt: on


def rows():
    for line in TABLE.strip().splitlines():
        if not line.startswith("#"):
            name, *cells = line.split()
            yield pytest.param(name, dict(zip(ROLES, cells, strict=True)), id=name)


def answers(name: str) -> dict[str, str]:
    """Return the answers of the rule, written as in the table."""
    about = "".join(list(inspect.signature(RULES[name]).parameters)[1:2])
    return {
        role: "".join(key for key, sample in SAMPLES[about].items() if ask(RULES[name], user, sample)) or "-"
        for role, user in ROLES.items()
    }


def ask(rule, user, sample) -> bool:
    return rule(user) if sample is None else rule(user, sample)


@pytest.mark.parametrize(("name", "expected"), [*rows()])
def test_each_rule_answers_as_in_the_table(name, expected):
    assert answers(name) == expected


def test_every_rule_has_a_row():
    assert {row.values[0] for row in rows()} == set(RULES)


def test_require_raises_for_what_is_not_allowed():
    permissions.require(True)
    with pytest.raises(PermissionDenied):
        permissions.require(False)


def test_learner_view_of_another_course_grants_nothing_here():
    elsewhere = User(pk=ME)
    set_memberships(elsewhere, {2: ActiveMembership("instructor", OWN_GROUP)})
    for name, rule in RULES.items():
        about = "".join(list(inspect.signature(rule).parameters)[1:2])
        if about:
            stranger = answers(name)["stranger"]
            told = "".join(key for key, sample in SAMPLES[about].items() if rule(elsewhere, sample)) or "-"
            assert told == stranger, name


def calls_in(path: Path) -> set[str]:
    """Return the names of all functions that are called in a file."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def test_every_rule_is_checked_by_the_code_that_depends_on_it():
    """The code calls it, or the filter that its docstring names; the page that prints the rules does not count."""
    apart = {ROOT / "lessons" / "permissions.py", ROOT / "lessons" / "enrolment" / "permission_matrix.py"}
    called = set().union(*(calls_in(path) for path in (ROOT / "lessons").rglob("*.py") if path not in apart))
    for name, rule in RULES.items():
        filters = re.findall(r"As a filter: `\S*?\.(\w+)\(user\)`", " ".join(inspect.getdoc(rule).split()))
        assert name in called or (filters and set(filters) <= called), f"{name} is never checked"


@pytest.mark.django_db
def test_only_staff_announce(course, learner, assistant):
    """The form does not offer it to others (see `test_writing`), and the view that saves it refuses it from them."""
    with pytest.raises(PermissionDenied):
        thread_by(learner, course, kind="announcement")
    assert not Thread.objects.exists()
    assert thread_by(assistant, course, kind="announcement").kind == "announcement"


@pytest.mark.django_db
def test_only_staff_pin(course, learner, assistant, sign_in):
    thread = thread_by(learner, course)
    address = f"/threads/{thread.pk}/pin/"
    assert sign_in(learner).post(address, {"enabled": "true"}).status_code == 403
    thread.refresh_from_db()
    assert not thread.pinned
    assert sign_in(assistant).post(address, {"enabled": "true"}).status_code == 302
    thread.refresh_from_db()
    assert thread.pinned
