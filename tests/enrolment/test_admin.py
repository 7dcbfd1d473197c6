"""Users, memberships, groups and the audit log in the admin."""

import pytest
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.models.active_memberships import roles_by_course
from tests import factories
from tests.authoring.conftest import form_of


@pytest.fixture
def client(sign_in, administrator):
    return sign_in(administrator)


def test_a_new_membership_has_a_handle_and_an_audit_entry(client, course, outsider, group_a):
    form = {"course": course.pk, "email": outsider.email.upper(), "role": "assistant", "group": group_a.pk}
    assert client.post(reverse("admin:courses_membership_add"), form).status_code == 302
    membership = Membership.objects.get(user=outsider)
    assert (membership.role, membership.handle, membership.group, membership.state) == (
        "assistant",
        "olga-outsider",
        group_a,
        "active",
    )
    assert AuditEntry.objects.filter(verb="enrol", affected_user__display_name="Olga Outsider").exists()


def test_a_membership_is_changed_and_ended(client, course, learner):
    membership = Membership.objects.get(user=learner)
    address = reverse("admin:courses_membership_change", args=[membership.pk])
    client.post(address, form_of(client.get(address)) | {"role": "assistant"})
    assert roles_by_course(User.objects.get(pk=learner.pk)) == {course.pk: "assistant"}
    client.post(address, form_of(client.get(address)) | {"state": "removed"})
    assert roles_by_course(User.objects.get(pk=learner.pk)) == {}
    assert AuditEntry.objects.filter(verb="set membership removed").exists()


def test_a_group_of_another_course_is_refused(client, course, outsider):
    group = factories.make_group(factories.make_course(), "Elsewhere")
    form = {"course": course.pk, "email": outsider.email.upper(), "role": "learner", "group": group.pk}
    response = client.post(reverse("admin:courses_membership_add"), form)
    assert "belongs to another course" in response.content.decode()


def test_the_name_of_a_group_is_unique_in_its_course(client, course, group_a, group_b):
    message = "already has a group “Group A”"
    form = {"course": course.pk, "name": "group a"}
    assert message in client.post(reverse("admin:courses_readinggroup_add"), form).content.decode()
    address = reverse("admin:courses_readinggroup_change", args=[group_b.pk])
    assert message in client.post(address, {"name": "GROUP A"}).content.decode()
    assert client.post(address, {"name": "Group C"}).status_code == 302


def test_changes_of_groups_are_recorded(client, course):
    client.post(reverse("admin:courses_readinggroup_add"), {"course": course.pk, "name": "Otters"})
    group = course.groups.get(name="Otters")
    client.post(reverse("admin:courses_readinggroup_change", args=[group.pk]), {"name": "Herons"})
    client.post(reverse("admin:courses_readinggroup_delete", args=[group.pk]), {"post": "yes"})
    lines = list(AuditEntry.objects.filter(verb__endswith=" group").order_by("pk").values_list("verb", "text__target"))
    assert lines == [("create group", "Otters"), ("rename group", "Herons"), ("delete group", "Herons")]
    assert not course.groups.exists()


def test_groups_are_labelled_with_their_course(client, course, learner, group_b):
    factories.make_group(factories.make_course(title="Winds"), "Group A")
    form = client.get(reverse("admin:courses_membership_add")).context["adminform"].form
    offered = [label for _pk, label in form.fields["group"].choices]
    assert offered[1:] == ["Tides and shores: Group A", "Tides and shores: Group B", "Winds: Group A"]
    membership = course.memberships.get(user=learner)
    form = client.get(reverse("admin:courses_membership_change", args=[membership.pk])).context["adminform"].form
    assert [label for _pk, label in form.fields["group"].choices][1:] == offered[1:3]


def test_a_new_user_has_an_address_in_lower_case(client):
    form = {"email": "New@Example.org", "display_name": "New", "usable_password": "false"}
    assert client.post(reverse("admin:accounts_user_add"), form).status_code == 302
    assert User.objects.get(display_name="New").email == "new@example.org"


def test_an_administrator_creates_a_course(client):
    form = {"title": "Winds", "slug": "winds", "language": "en", "time_zone": "UTC"}
    form |= {"visibility": "public", "join_policy": "open"}
    assert client.post(reverse("admin:courses_course_add"), form).status_code == 302
    assert Course.objects.get(slug="winds").title == "Winds"


def test_the_audit_log_is_read_only(client, course):
    factories.make_enrolled(course)
    entry = AuditEntry.objects.get()
    address = reverse("admin:courses_auditentry_change", args=[entry.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"verb": "x"}).status_code == 403
    assert client.get(reverse("admin:courses_auditentry_add")).status_code == 403
    assert client.post(reverse("admin:courses_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403


def test_an_unknown_address_is_refused_with_what_to_do(client, course):
    form = {"course": course.pk, "email": "nobody@example.org", "role": "learner"}
    assert "Ask them to sign up" in client.post(reverse("admin:courses_membership_add"), form).content.decode()


def test_a_former_member_gets_the_old_membership_back(client, course, learner):
    course.memberships.filter(user=learner).update(state="left")
    form = {"course": course.pk, "email": learner.email, "role": "assistant"}
    client.post(reverse("admin:courses_membership_add"), form)
    membership = Membership.objects.get(user=learner)
    assert (membership.state, membership.role) == ("active", "assistant")


@pytest.mark.parametrize(
    "rows",
    ["accounts_user", "courses_membership", "courses_course", "courses_auditentry", "courses_readinggroup"],
)
def test_lists_need_the_same_number_of_queries_for_many_rows(client, course, rows, django_assert_max_num_queries):
    for _ in range(8):
        factories.make_member(course)
    with django_assert_max_num_queries(8):
        assert client.get(reverse(f"admin:{rows}_changelist")).status_code == 200


def test_a_replaced_address_no_longer_signs_in(client, outsider):
    outsider.mark_email_verified()
    address = reverse("admin:accounts_user_change", args=[outsider.pk])
    client.post(address, form_of(client.get(address)) | {"email": "new@example.org"})
    outsider.refresh_from_db()
    assert (outsider.email, list(outsider.emailaddress_set.all())) == ("new@example.org", [])


@pytest.fixture
def teacher(course, instructor):
    return course.memberships.get(user=instructor)


@pytest.mark.parametrize("change", [{"role": "learner"}, {"state": "removed"}, {"state": "left"}])
def test_the_last_instructor_keeps_their_membership(client, course, teacher, change):
    address = reverse("admin:courses_membership_change", args=[teacher.pk])
    answer = client.post(address, form_of(client.get(address)) | change)
    assert "needs an instructor" in answer.content.decode()
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    assert client.post(address, form_of(client.get(address)) | change).status_code == 302


def test_the_last_instructor_cannot_be_re_enrolled_with_a_lesser_role(client, course, teacher):
    form = {"course": course.pk, "email": teacher.user.email, "role": "assistant"}
    assert "needs an instructor" in client.post(reverse("admin:courses_membership_add"), form).content.decode()
    teacher.refresh_from_db()
    assert teacher.role == "instructor"


def test_an_instructor_with_a_closed_account_does_not_count(client, course, teacher):
    factories.make_member(course, Membership.Role.INSTRUCTOR, is_active=False)
    address = reverse("admin:courses_membership_change", args=[teacher.pk])
    answer = client.post(address, form_of(client.get(address)) | {"role": "learner"})
    assert "needs an instructor" in answer.content.decode()


def close_account(client, person):
    address = reverse("admin:accounts_user_change", args=[person.pk])
    form = form_of(client.get(address))
    return client.post(address, {name: value for name, value in form.items() if value and name != "is_active"})


def test_the_account_of_the_last_instructor_is_not_closed(client, course, instructor):
    page = close_account(client, instructor).content.decode()
    assert f"“{course.title}” would have no instructor" in page
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    assert close_account(client, instructor).status_code == 302
    assert not User.objects.get(pk=instructor.pk).is_active


def test_the_last_administrator_keeps_account_and_rights(client, administrator):
    assert "would have no administrator" in close_account(client, administrator).content.decode()
    address = reverse("admin:accounts_user_change", args=[administrator.pk])
    form = form_of(client.get(address))
    form = {name: value for name, value in form.items() if value and name != "is_superuser"}
    assert "would have no administrator" in client.post(address, form).content.decode()


@pytest.mark.parametrize("rows", ["courses_membership", "accounts_user"])
def test_users_and_memberships_are_not_deleted(client, course, instructor, teacher, rows):
    pk = {"courses_membership": teacher.pk, "accounts_user": instructor.pk}[rows]
    address = reverse(f"admin:{rows}_delete", args=[pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert address not in client.get(reverse(f"admin:{rows}_change", args=[pk])).content.decode()
    assert course.memberships.filter(pk=teacher.pk).exists()


def test_a_course_is_deleted_with_its_memberships(client, members_course):
    factories.make_member(members_course)
    address = reverse("admin:courses_course_delete", args=[members_course.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Membership.objects.filter(course_id=members_course.pk).exists()
