"""Of a large class, what learners have done is counted once a minute, and everything else each time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.discussions.models import Post
from lessons.participation.models import ParticipationDecision
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by
from tests.factories import make_member
from tests.participation.make import make_rule

pytestmark = pytest.mark.django_db
OLD = "In a class of this size the figures are up to a minute old."


@pytest.fixture
def rule(course):
    return make_rule(course, notes=1)


def page_of(rule):
    return reverse("participation:standings", args=[rule.course.slug, rule.pk])


def test_only_what_is_counted_may_be_a_minute_old(
    sign_in, rule, lesson, instructor, learner, other_learner, monkeypatch
):
    monkeypatch.setattr("lessons.discussions.kept.LARGE_CLASS", 1)
    client = sign_in(instructor)

    def figures():
        return {row.user: (row.done.notes, row.is_complete) for row in client.get(page_of(rule)).context["rows"]}

    note_by(learner, lesson)
    assert figures() == {learner.pk: (1, True), other_learner.pk: (0, False)}
    note_by(other_learner, lesson, "Neap tides")
    page = client.get(page_of(rule))
    assert figures()[other_learner.pk] == (0, False)
    assert OLD in page.text
    assert "1 of 2 complete, 1 of them not confirmed yet" in page.text

    # Decisions, the file and what is confirmed are of now.
    ParticipationDecision.objects.create(
        rule=rule, user=learner, outcome="incomplete", reason="Copied.", batch=uuid4(), decided_by=instructor
    )
    assert figures()[learner.pk] == (1, False)
    export = client.get(reverse("participation:export", args=[rule.course.slug, rule.pk]))
    assert b"".join(export).decode().count(",yes,") == 1
    client.post(reverse("participation:confirm", args=[rule.course.slug, rule.pk]), {"all": "1"})
    assert ParticipationDecision.objects.filter(user=other_learner, outcome="complete").exists()
    assert figures() == {learner.pk: (1, False), other_learner.pk: (0, True)}

    # So are the learners, and the rule.
    Membership.objects.filter(user=learner).update(state=Membership.State.LEFT)
    assert list(figures()) == [other_learner.pk]
    Membership.objects.filter(user=learner).update(state=Membership.State.ACTIVE)
    rule.notes = 2
    rule.save()
    assert figures()[other_learner.pk] == (1, True)

    post = Post.objects.get(author=other_learner)
    post.state = Post.State.HIDDEN
    post.save()
    assert figures()[other_learner.pk] == (1, True)
    cache.clear()
    assert figures()[other_learner.pk] == (0, True)


def test_what_the_staff_did_may_be_a_minute_old_but_not_who_they_are(
    sign_in, course, learner, other_learner, assistant, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("lessons.discussions.kept.LARGE_CLASS", 1)
    client, address = sign_in(assistant), reverse("participation:staff", args=[course.slug])

    def answers(query=""):
        page = client.get(address + query)
        assert OLD in page.text
        return {row.name: row.answers for row in page.context["work"].members}

    post_by(assistant, thread_by(learner, course, kind="question"))
    found = answers()
    assert found[assistant.display_name] == 1
    post_by(assistant, thread_by(other_learner, course, kind="question"))
    with django_assert_max_num_queries(6):
        assert answers() == found
    assert answers("?period=week")[assistant.display_name] == 2
    newcomer = make_member(course, role=Membership.Role.ASSISTANT)
    assert answers() == found | {newcomer.display_name: 0}
    cache.clear()
    assert answers()[assistant.display_name] == 2
    Membership.objects.filter(user=other_learner).update(state=Membership.State.LEFT)
    assert OLD not in client.get(address).text


def test_a_small_class_is_counted_each_time(sign_in, rule, lesson, instructor, learner, other_learner):
    client = sign_in(instructor)
    assert OLD not in client.get(page_of(rule)).text
    note_by(learner, lesson)
    assert "1 of 2 complete" in client.get(page_of(rule)).text


def test_what_counts_is_listed_a_page_at_a_time(
    sign_in, course, learner, other_learner, assistant, django_assert_max_num_queries
):
    rule, thread = make_rule(course, replies=5), thread_by(other_learner, course)
    own, anonymous = post_by(learner, thread), post_by(learner, thread, anonymous=True)
    began = timezone.now() - timedelta(days=3)
    # Pairs of the same moment, so that a page ends within one.
    posts = Post.objects.bulk_create(
        Post(thread=thread, author=learner, seq=100 + n, html="<p>x</p>", created_at=began + timedelta(hours=n // 2))
        for n in range(103)
    )
    ids = {own.pk, *(post.pk for post in posts)}
    client, address = sign_in(learner), page_of(rule)
    with django_assert_max_num_queries(9):
        page = client.get(address)
    assert [listed(page), older(page) != ""] == [50, True]
    assert '<span class="count quiet">105</span>' in page.text
    found = links(page)
    while older(page):
        page = client.get(address + older(page))
        assert "Show the latest" in page.text
        found += links(page)
    assert len(found) == len(set(found)) == 105
    assert set(found) == ids | {anonymous.pk}
    for cursor in (
        "?replies=",
        "?replies=1",
        "?replies=x.y",
        "?replies=1.2.3",
        f"?replies={'9' * 18}.1",
        "?checks=9.9",
    ):
        assert client.get(address + cursor).status_code == 200
    assert listed(client.get(address + "?replies=x")) == 50

    member = learner.memberships.get(course=course)
    page = sign_in(assistant).get(reverse("participation:learner", args=[course.slug, rule.pk, member.pk]))
    assert "1 anonymous post counts, too." in page.text
    assert reverse("discussions:post", args=[anonymous.pk]) not in page.text


def links(page) -> list[int]:
    [section] = page.context["work"].sections
    return [int(row.url.rstrip("/").rpartition("/")[2]) for row in section.rows]


def listed(page) -> int:
    return len(links(page))


def older(page) -> str:
    [section] = page.context["work"].sections
    assert ('rel="next"' in page.text) == bool(section.more)
    assert f'href="?{section.more}"' in page.text or not section.more
    return f"?{section.more}" if section.more else ""
