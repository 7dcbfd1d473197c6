"""The page of the user's unsent texts."""

import pytest

from lessons.courses.services import leave
from lessons.db.models import UnsentText
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db


def keep(user, *keys, **fields):
    for key in keys:
        UnsentText.objects.create(user=user, draft_key=key, fields={"source": f"Words of {key}"} | fields)


def test_the_list_names_each_form_and_links_to_it(sign_in, course, lesson, module, learner, other_learner):
    thread = thread_by(other_learner, course, title="Ebb & flood")
    keep(
        learner,
        f"thread-{thread.pk}",
        f"course-{course.pk}",
        f"note-{lesson.pk}",
        "edit-module-1",
        start="12",
        end="24",
    )
    keep(other_learner, f"course-{course.pk}", source="Nobody else’s business")
    page = sign_in(learner).get("/drafts/").content.decode()
    assert "Reply in “Ebb &amp; flood”" in page
    assert f'href="/threads/{thread.pk}/' in page
    assert f'href="/courses/{course.slug}/discussions/new/' in page
    assert f'href="/lessons/{lesson.pk}/notes/new/?start=12&amp;end=24"' in page
    assert page.count('<article class="unsent-row" id=') == 4
    assert "Words of edit-module-1" in page
    assert "A page that you can no longer open" in page
    assert "Nobody else" not in page


def test_after_leaving_a_course_the_text_is_listed_and_nothing_of_the_course(sign_in, course, learner, other_learner):
    thread = thread_by(other_learner, course, title="Ebb")
    keep(learner, f"thread-{thread.pk}")
    leave(user=learner, course=course)
    page = sign_in(learner).get("/drafts/").content.decode()
    assert "Words of thread" in page
    assert "Ebb" not in page


def test_only_its_author_can_delete_a_text(sign_in, course, learner, other_learner):
    keep(learner, f"course-{course.pk}", "profile-0")
    kept = UnsentText.objects.first()
    assert sign_in(other_learner).post(f"/drafts/{kept.pk}/deletion/").status_code == 404
    assert sign_in(learner).post(f"/drafts/{kept.pk}/deletion/").status_code == 302
    assert [row.draft_key for row in UnsentText.objects.all()] == ["profile-0"]


def test_fifty_texts_cost_as_many_queries_as_one(sign_in, course, learner, django_assert_max_num_queries):
    threads = [thread_by(learner, course) for _ in range(2)]
    client = sign_in(learner)
    keep(learner, f"thread-{threads[0].pk}")
    with django_assert_max_num_queries(12) as first:
        client.get("/drafts/")
    keep(learner, f"thread-{threads[1].pk}", *(f"thread-{10_000 + n}" for n in range(40)))
    with django_assert_max_num_queries(len(first)):
        client.get("/drafts/")


def test_signing_out_offers_to_keep_or_discard_the_text_or_to_stay(sign_in, learner):
    page = sign_in(learner).get("/drafts/?sign-out").content.decode()
    assert page.count("data-action") == 2
    assert "Stay signed in" in page
