"""Groups: created, renamed, filled by moving and assigning members; what is written in one stays there."""

import re
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.services.groups import move_members
from lessons.enrolment.group_allocation import allocate
from lessons.permissions import can_read_annotation, can_read_thread
from tests import factories
from tests.annotations.make import note_by
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def page(name, *more):
    return reverse(f"enrolment:{name}", args=["tides", *more])


def membership_of(user):
    return Membership.objects.get(user=user)


PEOPLE = st.lists(st.integers(1, 10_000), unique=True, max_size=60)


@given(PEOPLE, st.lists(st.integers(0, 9), max_size=6), st.integers(1, 9), st.text(max_size=5))
def test_everybody_is_in_exactly_one_group_within_the_maximum_size(people, group_sizes, size, seed):
    groups = allocate(people, group_sizes, size=size, seed=seed)
    assert sorted(p for group in groups for p in group) == sorted(people)
    for before, group in zip([*group_sizes, *[0] * (len(groups) - len(group_sizes))], groups, strict=True):
        assert not group or before + len(group) <= size
    assert all(groups[len(group_sizes) :])


@given(PEOPLE, st.integers(1, 9), st.text(max_size=5))
def test_new_groups_differ_by_one_at_most_and_the_seed_repeats_them(people, size, seed):
    groups = allocate(people, [], size=size, seed=seed)
    sizes = [len(group) for group in groups]
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert allocate(people[::-1], [], size=size, seed=seed) == groups


def test_another_seed_gives_other_groups():
    assert allocate(list(range(30)), [], size=5, seed="a") != allocate(list(range(30)), [], size=5, seed="b")


def test_the_smallest_groups_are_filled_first():
    groups = allocate([1, 2, 3], [4, 1, 2], size=4, seed="x")
    assert [len(group) for group in groups] == [0, 2, 1]


def test_learners_are_assigned_as_previewed(client, course, instructor, assistant):
    for _ in range(11):
        factories.make_member(course)
    data = {"scope": "ungrouped", "size": "4", "seed": "abc"}
    assert client.get(page("allocate_groups")).url == page("groups")  # nothing chosen yet
    preview = client.get(page("allocate_groups"), data)
    assert not course.groups.exists()
    names = [allocation.names for allocation in preview.context["plan"].allocations]
    assert [len(n) for n in names] == [4, 4, 3]
    client.post(page("allocate_groups"), data | {"digest": preview.context["plan"].digest})
    members = [g.memberships.values_list("user__display_name", flat=True) for g in course.groups.order_by("name")]
    assert [sorted(group) for group in members] == names
    assert membership_of(instructor).group is None
    assert AuditEntry.objects.get(verb="allocate groups").detail["seed"] == "abc"


def test_a_learner_who_joins_after_the_preview_is_previewed_first(client, course):
    factories.make_member(course)
    data = {"scope": "ungrouped", "size": "4", "seed": "abc"}
    digest = client.get(page("allocate_groups"), data).context["plan"].digest
    factories.make_member(course)
    response = client.post(page("allocate_groups"), data | {"digest": digest})
    assert "have changed since" in response.content.decode()
    assert not course.groups.exists()


def test_groups_are_refilled_and_nobody_in_one_moves(client, course, learner, other_learner, group_a, group_b):
    new = [factories.make_member(course) for _ in range(3)]
    data = {"scope": "ungrouped", "size": "3", "seed": "abc"}
    client.post(
        page("allocate_groups"), data | {"digest": client.get(page("allocate_groups"), data).context["plan"].digest}
    )
    assert (membership_of(learner).group, membership_of(other_learner).group) == (group_a, group_b)
    assert {membership_of(p).group for p in new} == {group_a, group_b}
    assert sorted(g.memberships.count() for g in course.groups.all()) == [2, 3]


def test_all_learners_are_reassigned_to_the_existing_groups(client, course, learner, other_learner, group_a, group_b):
    factories.make_member(course)
    data = {"scope": "all", "size": "2", "seed": "abc"}
    client.post(
        page("allocate_groups"), data | {"digest": client.get(page("allocate_groups"), data).context["plan"].digest}
    )
    assert sorted(g.memberships.count() for g in course.groups.all()) == [1, 2]


@pytest.mark.parametrize(
    "data", [{"scope": "ungrouped", "size": "0", "seed": "a"}, {"scope": "x", "size": "5", "seed": ""}]
)
def test_an_impossible_allocation_is_refused_with_a_reason(client, course, data):
    response = client.get(page("allocate_groups"), data)
    assert response.status_code == 400
    assert response.context["form"].errors


def test_moving_members_loses_no_notes(course, lesson, learner, instructor, group_a, group_b):
    thread = thread_by(learner, course, audience="group", group=group_a)
    note = note_by(learner, lesson, audience="group", group=group_a)
    mate = factories.make_member(course, group=group_a)
    move_members(course=course, membership_ids=[membership_of(learner).pk], group=group_b, by=instructor)
    thread.refresh_from_db()
    note = Annotation.objects.get(pk=note.pk)
    assert thread.group == group_a
    for reader, reads in ((mate, True), (User.objects.get(pk=learner.pk), False)):
        assert can_read_thread(reader, thread) is reads
        assert can_read_annotation(reader, note) is reads
        assert (thread in course.threads.visible_to(reader)) is reads
        assert (note in Annotation.objects.visible_to(reader)) is reads
    assert note in Annotation.objects.in_notebook_of(learner)


def test_selected_members_are_moved(client, learner, other_learner, group_b):
    form = {"memberships": [membership_of(learner).pk, membership_of(other_learner).pk], "group": group_b.pk}
    assert client.post(page("move_members"), form).url == page("groups")
    assert (membership_of(learner).group, membership_of(other_learner).group) == (group_b, group_b)
    assert AuditEntry.objects.get(verb="move members").detail == {"members": 1}


def test_members_are_moved_out_of_their_group(client, learner):
    client.post(page("move_members"), {"memberships": membership_of(learner).pk, "group": "", "script": "1"})
    assert membership_of(learner).group is None


def test_members_and_groups_of_other_courses_do_not_move(client, course, learner, group_a):
    elsewhere = factories.make_course()
    stranger, group = factories.make_member(elsewhere), factories.make_group(elsewhere)
    bad = [
        {"memberships": membership_of(stranger).pk, "group": group_a.pk},
        {"memberships": membership_of(learner).pk, "group": group.pk},
        {"memberships": "x", "group": group_a.pk},
        {"group": group_a.pk},
    ]
    assert [client.post(page("move_members"), form | {"script": "1"}).status_code for form in bad] == [400] * 4
    assert (membership_of(stranger).group, membership_of(learner).group) == (None, group_a)


def test_a_group_is_created_and_renamed(client, course, group_a):
    client.post(page("groups"), {"name": "  Otters "})
    assert course.groups.filter(name="Otters").exists()
    client.post(page("group", group_a.pk), {"name": "Herons"})
    group_a.refresh_from_db()
    assert group_a.name == "Herons"


@pytest.mark.parametrize("name", ["Group B", "group b", "GROUP  B", "", "\u202eevil", "\u200d", "x" * 81])
def test_an_impossible_name_is_refused_with_a_reason(client, course, group_a, group_b, name):
    assert client.post(page("groups"), {"name": name}).status_code == 400
    assert client.post(page("group", group_a.pk), {"name": name}).status_code in (400, 409)
    assert sorted(course.groups.values_list("name", flat=True)) == ["Group A", "Group B"]


def test_the_existing_group_is_named_where_a_name_is_taken(client, course, group_b):
    factories.make_group(course, "École 7")
    for name in ("école 07", "E\u0301cole 7"):
        assert (
            "This course already has a group “École 7”" in client.post(page("groups"), {"name": name}).content.decode()
        )
    assert client.post(page("group", group_b.pk), {"name": "GROUP B"}).status_code == 302


def test_the_database_keeps_names_unique_in_a_course(course, group_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_group(course, "group a")
    assert factories.make_group(factories.make_course(), "group a").pk


def test_groups_are_listed_in_the_order_of_their_numbers(client, course):
    for n in (10, 2, 1, 11):
        factories.make_group(course, f"Group {n}")
    in_order = ["Group 1", "Group 2", "Group 10", "Group 11"]
    forum = client.get(reverse("discussions:forum", args=["tides"]))
    assert re.findall(r">(Group \d+)<", forum.text)[:4] == in_order
    for where in ("groups", "invitations", "add_member", "start_learner_view", "members"):
        html = client.get(page(where)).content.decode()
        assert re.findall(r"<option[^>]*>(Group \d+)<", html)[:4] == in_order, where
    board = re.findall(r'data-name="(Group \d+)"', client.get(page("groups")).content.decode())
    assert board == in_order


def test_a_group_in_which_something_was_written_is_not_deleted(client, course, learner, group_a, group_b):
    thread_by(learner, course, audience="group", group=group_a)
    response = client.post(page("group", group_a.pk), {"delete": "true"})
    assert response.status_code == 409
    assert "holds what its members wrote" in response.content.decode()
    assert client.post(page("group", group_b.pk), {"delete": "true"}).status_code == 302
    assert [g.name for g in course.groups.all()] == ["Group A"]


def test_deleting_a_group_with_members_is_confirmed_first(client, course, learner, group_a):
    confirmation = client.post(page("group", group_a.pk), {"delete": "true"})
    assert confirmation.status_code == 200
    assert "1 member will be left without a group." in confirmation.content.decode()
    assert membership_of(learner).group == group_a
    response = client.post(page("group", group_a.pk), {"delete": "true", "confirm": "true"}, follow=True)
    assert "The group “Group A” has been deleted." in response.content.decode()
    assert membership_of(learner).group is None


def test_the_board_needs_the_same_number_of_queries_for_many_members(client, course, django_assert_num_queries):
    client.get(page("groups"))
    for n in range(6):
        factories.make_member(course, group=factories.make_group(course, f"G{n}"))
    with django_assert_num_queries(6):
        assert client.get(page("groups")).content.decode().count("data-membership") == 7


def test_sizes_are_right_if_not_everybody_is_shown(client, course, learner, group_a, monkeypatch):
    monkeypatch.setattr("lessons.enrolment.views.groups.MAX_SHOWN", 2)
    for n in range(4):
        factories.make_member(course, group=group_a, name=f"Zoe {n}")
    html = client.get(page("groups")).content.decode()
    assert html.count("data-membership") == 2
    assert 'Group A</bdi></a> <span class="count quiet">5</span>' in html
    assert "and 4 more" in html


def test_group_names_are_escaped_in_every_select(client, course):
    name = '<b>Tom & "Jerry"</b>'
    group = factories.make_group(course, name)
    membership = course.memberships.get(user=factories.make_member(course, group=group, name=name))
    for where in ("groups", "invitations", "add_member", "start_learner_view", "members"):
        html = client.get(page(where)).content.decode()
        assert "<b>Tom" not in html, where
        assert name in unescape(html), where
    html = client.get(page("membership", membership.pk)).content.decode()
    assert "<b>Tom" not in html
    assert f'<option value="{group.pk}" selected>{name}</option>' in unescape(html)
