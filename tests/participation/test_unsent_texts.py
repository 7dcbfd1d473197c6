"""What a teacher writes in the forms of participation is kept until it is sent, also through an ended session."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import sign_writer
from lessons.unsent.form_pages import course_id_of
from tests.participation.make import make_rule

pytestmark = pytest.mark.django_db


def test_after_an_ended_session_each_form_shows_what_was_written(
    client, sign_in, course, instructor, assistant, learner
):
    rule, other = make_rule(course, replies=1), make_rule(course, replies=2)
    member = learner.memberships.get(course=course).pk
    new = reverse("participation:create_rule", args=[course.slug])
    edit = reverse("participation:edit_rule", args=[course.slug, rule.pk])
    decide = reverse("participation:learner", args=[course.slug, rule.pk, member])
    written = {"name": "Second half", "replies": "3", "due_at": "2126-03-12T18:00"}
    for key, address, fields in (
        (f"add-rule-{course.pk}", new, written),
        (f"edit-rule-{rule.pk}", edit, written),
        (f"decision-{rule.pk}-{member}", decide, {"outcome": "complete", "reason": "Second half was oral."}),
    ):
        data = {"unsent_text": sign_writer(instructor.pk, key)} | fields
        assert client.post(address, data).url == f"/accounts/login/?{urlencode({'next': address})}"
        assert course_id_of(key) == course.pk
        teacher = sign_in(instructor)
        page = teacher.get(address).text
        assert all(value in page for value in fields.values()), key
        assert "data-restored" in page
        listed = teacher.get("/drafts/").text
        assert f'href="{address}"' in listed
        assert "Second half" in listed
        elsewhere = reverse("participation:learner", args=[course.slug, other.pk, member])
        assert "data-restored" not in teacher.get(elsewhere).text
        assert "was oral" not in sign_in(assistant).get(decide).text
        assert teacher.post(address, data).status_code == 302
        assert not UnsentText.objects.exists()


def test_texts_are_kept_only_for_those_who_may_send_them(sign_in, course, learner, assistant, instructor):
    rule, member = make_rule(course, replies=1), learner.memberships.get(course=course).pk
    rules = [f"add-rule-{course.pk}", f"edit-rule-{rule.pk}"]
    decisions = [f"decision-{rule.pk}-{member}"]
    unknown = [f"decision-{member}", f"decision-x-{member}", f"decision-{rule.pk}-{member + 99}", "decision-999-1"]

    def saved(user):
        keys = rules + decisions + unknown
        return [k for k in keys if sign_in(user).post("/drafts/", {"draft_key": k, "reason": "X"}).status_code == 204]

    assert saved(learner) == []
    assert saved(assistant) == decisions
    assert saved(instructor) == rules + decisions
