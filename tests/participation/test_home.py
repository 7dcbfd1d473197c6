"""A learner's own participation on the home of a course."""

import re
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from lessons.participation.models import ParticipationDecision
from tests.annotations.make import note_by
from tests.participation.make import make_rule


def panel(client, course):
    page = client.get(course.get_absolute_url()).text
    found = re.search(r'<section class="panel" aria-labelledby="participation">.*?</section>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split()) if found else ""


def test_learners_see_what_is_left_of_the_rule_that_ends_next(
    sign_in, course, learner, lesson, module, instructor, django_assert_max_num_queries
):
    client = sign_in(learner)
    assert panel(client, course) == ""
    later = make_rule(course, name="Later", replies=4)
    soon = make_rule(course, name="Soon", module=module, notes=2, due_at=timezone.now() + timedelta(days=2))
    note_by(learner, lesson)
    with django_assert_max_num_queries(8):
        text = panel(client, course)
    assert text.startswith("Participation Details : Soon Soon 1 note left Before ")
    decision = {"user": learner, "decided_by": instructor}
    ParticipationDecision.objects.create(rule=soon, outcome="complete", batch=uuid4(), **decision)
    assert "✓ Confirmed" in panel(client, course)
    ParticipationDecision.objects.create(rule=soon, outcome="counted", batch=uuid4(), **decision)
    assert "1 note left" in panel(client, course)
    soon.delete()
    assert panel(client, course) == f"Participation Details : {later} {later} 4 replies left"
