"""Enrolling and joining, handles, and who can see a course."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import IntegrityError, connection

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.services import EnrolmentRefused, enrol, join
from tests.factories import make_course, make_member, make_user

pytestmark = pytest.mark.django_db


def test_joining_twice_creates_one_membership_and_one_audit_entry(course, outsider):
    assert join(user=outsider, course=course) == join(user=outsider, course=course)
    assert AuditEntry.objects.filter(course=course, verb="enrol", actor=outsider).count() == 1


def test_joining_does_not_demote_an_instructor(course, instructor):
    assert join(user=instructor, course=course).role == Membership.Role.INSTRUCTOR


def test_a_former_member_gets_the_old_membership_and_handle_back(course, learner):
    old = course.memberships.get(user=learner)
    course.memberships.filter(user=learner).update(state=Membership.State.LEFT)
    again = join(user=learner, course=course)
    assert (again.pk, again.handle, again.state) == (old.pk, old.handle, Membership.State.ACTIVE)


def test_a_removed_member_cannot_rejoin(course, learner):
    course.memberships.filter(user=learner).update(state=Membership.State.REMOVED)
    with pytest.raises(EnrolmentRefused):
        join(user=learner, course=course)


def test_people_with_the_same_name_get_different_handles(course):
    handles = [enrol(user=make_user("Émile Zola"), course=course, by=None).handle for _ in range(3)]
    assert handles == ["émile-zola", "émile-zola-2", "émile-zola-3"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_people_who_join_at_the_same_moment_are_all_enrolled():
    course, zola, other_zola = make_course(join_policy="open"), make_user("Zola"), make_user("Zola")

    def join_course(user):
        with closing(connection):
            return join(user=user, course=course)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(join_course, [zola, other_zola] * 3))
    assert sorted(course.memberships.values_list("handle", flat=True)) == ["zola", "zola-2"]


def test_a_name_without_letters_still_gives_a_handle(course):
    assert enrol(user=make_user("☃"), course=course, by=None).handle == "reader"


def test_addresses_differ_by_more_than_case():
    make_user(email="ada@example.org")
    with pytest.raises(IntegrityError):
        User.objects.create(email="Ada@example.org", display_name="Ada")


def test_several_people_may_have_no_address():
    assert [make_user(email=None).email for _ in range(2)] == [None, None]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Lind", "AL"), ("Leïla", "L"), ("Jan van der Meer", "JM"), ("  ", "?"), ("☃ Snow", "S")],
)
def test_initials_are_those_of_first_and_last_name(name, initials):
    assert User(display_name=name).initials == initials


@pytest.mark.parametrize("visibility", Course.Visibility.values)
def test_visibility_determines_who_can_read_a_course(visibility):
    course = make_course(visibility=visibility)
    member, stranger = make_member(course), make_user()
    left = make_member(course)
    course.memberships.filter(user=left).update(state=Membership.State.LEFT)
    visible = {u: Course.objects.visible_to(u).filter(pk=course.pk).exists() for u in (member, stranger, left)}
    assert visible == {member: True, stranger: visibility != "members", left: visibility != "members"}


def test_an_unlisted_course_is_in_its_members_library_only():
    course = make_course(visibility="unlisted")
    assert course in Course.objects.listed_for(make_member(course))
    assert course not in Course.objects.listed_for(make_user())


def test_a_course_is_listed_once_however_many_members_it_has(course, learner, other_learner, instructor):
    assert [(c, c.membership_role) for c in Course.objects.visible_to(learner)] == [(course, "learner")]
