"""The audit log of a course: staff can read it, and nobody can change it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import MESSAGES
from lessons.courses.models import AuditEntry, AuditText, Membership
from lessons.courses.roster_csv import read_roster
from lessons.courses.services import join, record
from lessons.courses.services.bulk_enrol import bulk_enrol
from lessons.discussions.models import CommentPolicy
from lessons.enrolment.group_allocation import plan_allocation
from lessons.models import Module
from tests import factories
from tests.discussions.make import thread_by

ROOT = Path(__file__).parent.parent.parent
NOT_OF_A_COURSE = {"request export"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(course):
    return reverse("privacy:audit_log", args=[course.slug])


def fill(course, by, count, verb="pin thread", **detail):
    for n in range(count):
        record(by=by, verb=verb, course=course, target=f"thing {n}", **detail)


def test_entries_show_the_names_that_people_have_now(course, instructor, learner, sign_in, address):
    thread = thread_by(learner, course, title="Tides")
    record(by=instructor, verb="pin thread", course=course, target=thread, thread=thread.pk, reason="Worth it")
    learner.display_name = "Lea Renamed"
    learner.save()
    page = sign_in(instructor).get(address).content.decode()
    assert "Lea Renamed" in page
    assert "Lea Learner" not in page
    assert "Tides" in page
    assert "Worth it" in page
    assert AuditText.objects.filter(target__contains="Tides").count() == 0
    thread.delete()
    assert "a deleted discussion" in sign_in(instructor).get(address).content.decode()


def test_the_log_is_filtered_by_person_action_and_date(course, instructor, assistant, sign_in, address):
    fill(course, assistant, 2, "close thread")
    fill(course, instructor, 3)
    client = sign_in(instructor)
    both = client.get(address, {"actor": assistant.pk, "verb": "close thread"}).context["rows"]
    assert [row.entry.verb for row in both] == ["close thread"] * 2
    today, gone = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    assert client.get(address, {"until": gone.isoformat()}).context["rows"] == []
    assert len(client.get(address, {"since": today.isoformat(), "until": today.isoformat()}).context["rows"]) >= 5
    wrong = client.get(address, {"since": "yesterday", "actor": "0", "verb": "x", "before": "9" * 40})
    assert wrong.status_code == 400
    assert "Enter a valid date." in wrong.content.decode()


def test_pages_follow_each_other_without_gaps_and_cost_the_same(
    course, instructor, sign_in, address, django_assert_num_queries
):
    fill(course, instructor, 120)
    client, seen, page = sign_in(instructor), [], address
    everything = list(course.audit_entries.order_by("-pk").values_list("pk", flat=True))
    while page:
        with django_assert_num_queries(8):
            answer = client.get(page)
        seen += [row.entry.pk for row in answer.context["rows"]]
        page = answer.context["older_url"] and address + answer.context["older_url"]
    assert seen == everything


def test_the_log_has_no_entries_of_other_courses(course, instructor, sign_in, address):
    other = factories.make_course(title="Elsewhere")
    fill(other, instructor, 1, "strange deed")
    assert "strange deed" not in sign_in(instructor).get(address).content.decode()


def test_entries_are_created_in_one_place_without_names():
    made = re.compile(r"AuditEntry\(|AuditEntry\.objects\.(create|get_or_create|update_or_create)")
    code = {file: file.read_text().replace("class AuditEntry(", "") for file in (ROOT / "lessons").rglob("*.py")}
    assert len([file for file, source in code.items() if made.search(source)]) == 1


@pytest.mark.parametrize("change", ["verb", "target", "detail", "created_at"])
def test_the_database_refuses_to_change_an_entry(learner, change):
    value = {"detail": "'{}'", "created_at": "'2001-01-01'"}.get(change, "'x'")
    with pytest.raises(DatabaseError, match="frozen"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE courses_auditentry SET {change} = {value}")


def test_the_database_refuses_to_delete_an_entry(learner):
    with pytest.raises(DatabaseError, match="kept"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM courses_auditentry")


def test_the_orm_is_refused_too(learner):
    with pytest.raises(DatabaseError, match="kept"):
        AuditEntry.objects.first().delete()


def test_entries_remain_after_people_and_courses_are_deleted(course, instructor, learner):
    ids = list(AuditEntry.objects.values_list("pk", flat=True))
    assert AuditEntry.objects.filter(affected_user=learner).exists()
    User.objects.get(pk=learner.pk).delete()
    course.delete()
    assert list(AuditEntry.objects.values_list("pk", flat=True)) == ids
    assert not AuditEntry.objects.filter(course__isnull=False).exists()
    assert AuditEntry.objects.filter(affected_user=None, actor=None).exists()


VERB = re.compile(r"""(?:verb=|_log\()"([a-z][^"{]*)\"""")


def test_every_verb_has_a_sentence():
    verbs = {verb for file in (ROOT / "lessons").rglob("*.py") for verb in VERB.findall(file.read_text())}
    assert "move members" in verbs
    verbs |= {f"set comment policy {rule}" for rule in CommentPolicy.Rule}
    verbs |= {f"module {state}" for state in Module.State}
    verbs |= {f"set membership {state}" for state in Membership.State if state != "active"}
    assert sorted(verbs - set(MESSAGES) - NOT_OF_A_COURSE) == []


def test_changes_of_groups_and_roles_are_sentences_with_counts(
    course, instructor, learner, group_a, group_b, sign_in, address
):
    client = sign_in(instructor)

    def people(name, *more):
        return reverse(f"enrolment:{name}", args=["tides", *more])

    seat = course.memberships.get(user=learner)
    client.post(people("groups"), {"name": "Otters"})
    form = {"version_token": seat.version_token, "role": "learner", "group": group_b.pk}
    client.post(people("membership", seat.pk), form)
    seat.refresh_from_db()
    client.post(people("membership", seat.pk), form | {"version_token": seat.version_token, "role": "assistant"})
    client.post(people("move_members"), {"memberships": seat.pk, "group": group_a.pk})
    client.post(people("group", group_a.pk), {"name": "Herons"})
    client.post(people("group", group_a.pk), {"delete": "true", "confirm": "true"})
    bulk_enrol(course=course, lines=read_roster("new@example.org").lines, by=instructor)
    digest = plan_allocation(course, scope="ungrouped", size=5, seed="abc").digest
    client.post(people("allocate_groups"), {"scope": "ungrouped", "size": 5, "seed": "abc", "digest": digest})
    rows = client.get(address).context["rows"][:8]
    assert [f"{row.before}{row.target}{row.after}: {', '.join(row.details)}" for row in rows] == [
        "assigned learners to groups: 1 group, 1 member, seed abc",
        "imported a roster: 1 new, 0 changed, 0 skipped",
        "deleted the group Herons: 1 member",
        "renamed a group to Herons: ",
        "moved members to the group Group A: 1 member",
        "changed the role of Lea Learner: Learner → Assistant",
        "changed the group of Lea Learner: a deleted group → Group B",
        "created the group Otters: ",
    ]


def test_a_promotion_by_the_administrators_is_a_change_of_role(course, learner, administrator, sign_in):
    seat, client = course.memberships.get(user=learner), sign_in(administrator)
    form = {"role": "instructor", "group": seat.group_id, "state": "active"}
    for _ in range(2):
        client.post(reverse("admin:courses_membership_change", args=[seat.pk]), form)
    entry = AuditEntry.objects.get(affected_user=learner, actor=administrator)
    assert (entry.verb, entry.detail) == ("change role", {"before": "learner", "role": "instructor"})


def test_a_user_who_enrolled_themselves_has_joined(course, instructor, outsider, sign_in, address):
    join(user=outsider, course=course)
    row = sign_in(instructor).get(address).context["rows"][0]
    assert (row.before, row.target, row.details) == ("joined the course", "", ["Learner"])
