"""Groups: made, renamed, filled by hand and by dealing; what is written in one stays there."""

import re
from html import escape

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


def seat_of(user):
    return Membership.objects.get(user=user)


PEOPLE = st.lists(st.integers(1, 10_000), unique=True, max_size=60)


@given(PEOPLE, st.lists(st.integers(0, 9), max_size=6), st.integers(1, 9), st.text(max_size=5))
def test_everybody_sits_once_in_a_group_that_is_not_too_large(people, seated, size, seed):
    groups = allocate(people, seated, size=size, seed=seed)
    assert sorted(p for group in groups for p in group) == sorted(people)
    for sits, group in zip([*seated, *[0] * (len(groups) - len(seated))], groups, strict=True):
        assert not group or sits + len(group) <= size
    assert all(groups[len(seated) :])


@given(PEOPLE, st.integers(1, 9), st.text(max_size=5))
def test_new_groups_differ_by_one_at_most_and_the_seed_repeats_them(people, size, seed):
    groups = allocate(people, [], size=size, seed=seed)
    sizes = [len(group) for group in groups]
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert allocate(people[::-1], [], size=size, seed=seed) == groups


def test_another_seed_deals_other_groups():
    assert allocate(list(range(30)), [], size=5, seed="a") != allocate(list(range(30)), [], size=5, seed="b")


def test_the_smallest_groups_are_filled_first():
    groups = allocate([1, 2, 3], [4, 1, 2], size=4, seed="x")
    assert [len(group) for group in groups] == [0, 2, 1]


def test_learners_are_dealt_as_they_were_shown(client, course, instructor, assistant):
    for _ in range(11):
        factories.make_member(course)
    wish = {"whom": "free", "size": "4", "seed": "abc"}
    shown = client.get(page("allocate_groups"), wish)
    assert not course.groups.exists()
    names = [hand.names for hand in shown.context["deal"].hands]
    assert [len(n) for n in names] == [4, 4, 3]
    client.post(page("allocate_groups"), wish | {"shown": shown.context["deal"].digest})
    members = [g.memberships.values_list("user__display_name", flat=True) for g in course.groups.order_by("name")]
    found = [sorted(of_one) for of_one in members]
    assert found == names
    assert seat_of(instructor).group is None
    assert AuditEntry.objects.get(verb="allocate groups").detail["seed"] == "abc"


def test_who_comes_between_is_not_dealt_unseen(client, course):
    factories.make_member(course)
    wish = {"whom": "free", "size": "4", "seed": "abc"}
    shown = client.get(page("allocate_groups"), wish).context["deal"].digest
    factories.make_member(course)
    answer = client.post(page("allocate_groups"), wish | {"shown": shown})
    assert "have changed since" in answer.content.decode()
    assert not course.groups.exists()


def test_groups_are_refilled_and_nobody_in_one_moves(client, course, learner, other_learner, group_a, group_b):
    new = [factories.make_member(course) for _ in range(3)]
    wish = {"whom": "free", "size": "3", "seed": "abc"}
    client.post(
        page("allocate_groups"), wish | {"shown": client.get(page("allocate_groups"), wish).context["deal"].digest}
    )
    assert (seat_of(learner).group, seat_of(other_learner).group) == (group_a, group_b)
    assert {seat_of(p).group for p in new} == {group_a, group_b}
    assert sorted(g.memberships.count() for g in course.groups.all()) == [2, 3]


def test_everybody_is_dealt_anew_into_the_groups_there_are(client, course, learner, other_learner, group_a, group_b):
    factories.make_member(course)
    wish = {"whom": "everybody", "size": "2", "seed": "abc"}
    client.post(
        page("allocate_groups"), wish | {"shown": client.get(page("allocate_groups"), wish).context["deal"].digest}
    )
    assert sorted(g.memberships.count() for g in course.groups.all()) == [1, 2]


@pytest.mark.parametrize(
    "wish", [{}, {"whom": "free", "size": "0", "seed": "a"}, {"whom": "x", "size": "5", "seed": ""}]
)
def test_a_deal_that_cannot_be_is_refused_with_why(client, course, wish):
    answer = client.get(page("allocate_groups"), wish)
    assert answer.status_code == 400
    assert answer.context["form"].errors


def test_nobodys_notes_are_lost_by_a_move(course, lesson, learner, instructor, group_a, group_b):
    thread = thread_by(learner, course, audience="group", group=group_a)
    note = note_by(learner, lesson, audience="group", group=group_a)
    mate = factories.make_member(course, group=group_a)
    move_members(course=course, seats=[seat_of(learner).pk], group=group_b, by=instructor)
    thread.refresh_from_db()
    note = Annotation.objects.get(pk=note.pk)
    assert thread.group == group_a
    for reader in (User.objects.get(pk=p.pk) for p in (learner, mate)):
        assert can_read_thread(reader, thread)
        assert can_read_annotation(reader, note)
        assert thread in course.threads.visible_to(reader)
        assert note in Annotation.objects.visible_to(reader)


def test_ticked_members_move_by_the_form(client, learner, other_learner, group_b):
    form = {"seats": [seat_of(learner).pk, seat_of(other_learner).pk], "group": group_b.pk}
    assert client.post(page("move_members"), form).url == page("groups")
    assert (seat_of(learner).group, seat_of(other_learner).group) == (group_b, group_b)
    assert AuditEntry.objects.get(verb="move members").detail == {"members": 1}


def test_into_no_group(client, learner):
    client.post(page("move_members"), {"seats": seat_of(learner).pk, "group": "", "script": "1"})
    assert seat_of(learner).group is None


def test_members_and_groups_of_other_courses_do_not_move(client, course, learner, group_a):
    elsewhere = factories.make_course()
    stranger, group = factories.make_member(elsewhere), factories.make_group(elsewhere)
    bad = [
        {"seats": seat_of(stranger).pk, "group": group_a.pk},
        {"seats": seat_of(learner).pk, "group": group.pk},
        {"seats": "x", "group": group_a.pk},
        {"group": group_a.pk},
    ]
    assert [client.post(page("move_members"), form | {"script": "1"}).status_code for form in bad] == [400] * 4
    assert (seat_of(stranger).group, seat_of(learner).group) == (None, group_a)


def test_a_group_is_made_and_renamed(client, course, group_a):
    client.post(page("groups"), {"name": "  Otters "})
    assert course.groups.filter(name="Otters").exists()
    client.post(page("group", group_a.pk), {"name": "Herons"})
    group_a.refresh_from_db()
    assert group_a.name == "Herons"


@pytest.mark.parametrize("name", ["Group B", "group b", "GROUP  B", "", "\u202eevil", "\u200d", "x" * 81])
def test_a_name_that_cannot_be_is_refused_with_why(client, course, group_a, group_b, name):
    assert client.post(page("groups"), {"name": name}).status_code == 400
    assert client.post(page("group", group_a.pk), {"name": name}).status_code in (400, 409)
    assert sorted(course.groups.values_list("name", flat=True)) == ["Group A", "Group B"]


def test_of_two_names_that_are_one_the_older_is_named(client, course, group_b):
    factories.make_group(course, "École 7")
    for name in ("école 07", "E\u0301cole 7"):
        assert "There is a group “École 7” already" in client.post(page("groups"), {"name": name}).content.decode()
    assert client.post(page("group", group_b.pk), {"name": "GROUP B"}).status_code == 302


def test_the_database_keeps_a_name_once_a_course(course, group_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_group(course, "group a")
    assert factories.make_group(factories.make_course(), "group a").pk


def test_groups_are_listed_in_the_order_of_their_numbers(client, course):
    for n in (10, 2, 1, 11):
        factories.make_group(course, f"Group {n}")
    in_order = ["Group 1", "Group 2", "Group 10", "Group 11"]
    forum = client.get(reverse("discussions:forum", args=["tides"]))
    assert [name for _pk, name in forum.context["groups"]] == in_order
    for where in ("groups", "invitations", "add_member", "start_learner_view", "members"):
        words = client.get(page(where)).content.decode()
        assert re.findall(r"<option[^>]*>(Group \d+)<", words)[:4] == in_order, where
    board = re.findall(r'data-name="(Group \d+)"', client.get(page("groups")).content.decode())
    assert board == in_order


def test_a_group_in_which_something_was_written_stays(client, course, learner, group_a, group_b):
    thread_by(learner, course, audience="group", group=group_a)
    answer = client.post(page("group", group_a.pk), {"remove": "true"})
    assert answer.status_code == 409
    assert "keeps what its members wrote" in answer.content.decode()
    assert client.post(page("group", group_b.pk), {"remove": "true"}).status_code == 302
    assert [g.name for g in course.groups.all()] == ["Group A"]


def test_before_members_lose_their_group_it_is_asked_and_then_told(client, course, learner, group_a):
    asked = client.post(page("group", group_a.pk), {"remove": "true"})
    assert asked.status_code == 200
    assert "1 member has no group then." in asked.content.decode()
    assert seat_of(learner).group == group_a
    done = client.post(page("group", group_a.pk), {"remove": "true", "confirm": "true"}, follow=True)
    assert "“Group A” is removed." in done.content.decode()
    assert seat_of(learner).group is None


def test_the_board_asks_as_much_for_few_as_for_many(client, course, django_assert_num_queries):
    client.get(page("groups"))
    for n in range(6):
        factories.make_member(course, group=factories.make_group(course, f"G{n}"))
    with django_assert_num_queries(5):
        assert client.get(page("groups")).content.decode().count("data-membership") == 7


def test_sizes_are_true_where_not_everybody_is_shown(client, course, learner, group_a, monkeypatch):
    monkeypatch.setattr("lessons.enrolment.views.groups.MAX_SHOWN", 2)
    for n in range(4):
        factories.make_member(course, group=group_a, name=f"Zoe {n}")
    words = client.get(page("groups")).content.decode()
    assert words.count("data-membership") == 2
    assert 'Group A</bdi></a> <span class="count">5</span>' in words
    assert "and 4 more" in words


def test_a_groups_name_is_shown_as_it_is_wherever_groups_are_chosen(client, course):
    name = '<b>Tom & "Jerry"</b>'
    group = factories.make_group(course, name)
    seat = course.memberships.get(user=factories.make_member(course, group=group, name=name))
    for where in ("groups", "invitations", "add_member", "start_learner_view", "members"):
        words = client.get(page(where)).content.decode()
        assert "<b>Tom" not in words, where
        assert escape(name) in words, where
    words = client.get(page("membership", seat.pk)).content.decode()
    assert f'<option value="{group.pk}" selected>{escape(name)}</option>' in words
