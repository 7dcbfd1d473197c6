"""The pages: what they show, to whom, and with how many queries."""

import re

import pytest

from lessons.db.unsent_texts import save_unsent_text
from lessons.discussions.models import CommentPolicy, MeToo, Post, Thread, ThreadUserState
from lessons.discussions.services import threads
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by
from tests.factories import make_group, make_member


@pytest.fixture
def queries(django_assert_max_num_queries):
    return django_assert_max_num_queries


def forum_of(course):
    return f"/courses/{course.slug}/discussions/"


def test_every_page_can_be_opened(course, lesson, learner, instructor, sign_in):
    thread = thread_by(learner, course, kind="question", lesson=lesson, tags=["moon"])
    post = post_by(instructor, thread, "**Yes.**")
    pages = [forum_of(course), f"{forum_of(course)}new/", f"/lessons/{lesson.pk}/comments/", f"/threads/{thread.pk}/"]
    pages += [f"/posts/{post.pk}/actions/", "/notifications/", "/notifications/settings/"]
    staffs = ["inbox/", "log/", "prompts/"]
    for address in pages:
        for person in (learner, instructor):
            assert sign_in(person).get(address).status_code == 200, address
    for name in staffs:
        assert sign_in(instructor).get(forum_of(course) + name).status_code == 200, name
        assert sign_in(learner).get(forum_of(course) + name).status_code == 404, name
    assert sign_in(instructor).get(f"/threads/{thread.pk}/moderation/").status_code == 200
    assert sign_in(learner).get(f"/threads/{thread.pk}/moderation/").status_code == 403


def test_a_thread_page_takes_eight_queries_however_long(course, learner, other_learner, sign_in, queries, monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    thread = thread_by(learner, course, tags=["moon", "sun"])
    reader = sign_in(other_learner)
    with queries(8):
        reader.get(f"/threads/{thread.pk}/")
    for _ in range(60):
        post_by(learner, thread, anonymous=True)
    with queries(8):
        page = reader.get(f"/threads/{thread.pk}/?page=2")
    assert page.content.count(b'<article class="post') == 11
    assert ThreadUserState.objects.get(user=other_learner).last_read_seq == 61


def test_the_forum_takes_eight_queries_however_many_threads(course, lesson, learner, instructor, sign_in, queries):
    reader = sign_in(instructor)
    for n in range(12):
        thread_by(instructor, course, tags=[f"tag {n}"], lesson=lesson if n % 2 else None)
    with queries(8):
        assert reader.get(forum_of(course)).content.count(b'<li class="thread') == 12


@pytest.mark.parametrize("policy", CommentPolicy.Rule.values)
def test_the_list_of_a_lesson_takes_eight_queries_however_many_threads(
    policy, course, lesson, learner, instructor, sign_in, queries
):
    CommentPolicy.objects.create(lesson=lesson, policy=policy)
    save_unsent_text(user_id=learner.pk, draft_key=f"lesson-{lesson.pk}", fields={"source": "Half a thought"})
    readers = [sign_in(person) for person in (learner, instructor)]
    for number in (1, 11):
        for n in range(number):
            thread_by(instructor, course, lesson=lesson, tags=[f"tag {n}"])
        for reader in readers:
            with queries(8):
                html = reader.get(f"/lessons/{lesson.pk}/comments/").content.decode()
            assert html.count('<li class="thread') == Thread.objects.count()
    assert Thread.objects.count() == 12


def test_the_form_of_a_thread_takes_six_queries_however_many_groups(course, learner, instructor, sign_in, queries):
    for person in (learner, make_member(course), instructor):
        reader = sign_in(person)
        for n in range(4):
            make_group(course, f"Group {person.pk} {n}")
        with queries(6):
            assert reader.get(f"{forum_of(course)}new/").status_code == 200


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(course, learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.selectors.thread_list.PAGE_SIZE", 4)
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    ten = [thread_by(learner, course) for _ in range(10)]
    Thread.objects.filter(pk__in=[t.pk for t in ten[:5]]).update(rank=7)
    client, address, seen = sign_in(learner), forum_of(course), []
    while address and len(seen) < 20:
        html = client.get(address).content.decode()
        seen += re.findall(r'<h2><a href="/threads/(\d+)/', html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        address = older and forum_of(course) + older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 10


@pytest.mark.thorough
def test_each_filter_finds_matching_threads(course, lesson, group_a, learner, other_learner, instructor, sign_in):
    asked = thread_by(learner, course, kind="question", title="Asked")
    tagged = thread_by(other_learner, course, tags=["spring tide"], title="Tagged")
    hung = thread_by(other_learner, course, lesson=lesson, title="Hung")
    grouped = thread_by(learner, course, audience="group", group=group_a, title="Grouped")
    told = thread_by(instructor, course, kind="announcement", title="Told")
    note_by(other_learner, lesson)
    MeToo.objects.create(thread=asked, user=other_learner)
    Thread.objects.filter(pk=asked.pk).update(me_too_count=1)
    client = sign_in(learner)

    def found(query):
        html = client.get(forum_of(course) + query).content.decode()
        return [int(pk) for pk in re.findall(r'<h2><a href="/threads/(\d+)/', html)]

    everything = [told.pk, grouped.pk, hung.pk, tagged.pk, asked.pk]
    assert found("") == found("?order=newest") == found("?show=all") == everything
    assert found("?show=questions") == found("?show=unanswered") == found("?kind=question") == [asked.pk]
    assert found("?unanswered=1") == [asked.pk]
    assert found("?order=asked")[0] == asked.pk
    assert found("?show=announcements") == [told.pk]
    assert found("?tag=spring-tide") == [tagged.pk]
    assert found(f"?lesson={lesson.pk}") == [hung.pk]
    assert found(f"?group={group_a.pk}") == [grouped.pk]
    assert found("?author=@otto-other") == [hung.pk, tagged.pk]
    assert found("?show=mine") == found("?tab=mine") == [grouped.pk, asked.pk]
    assert found("?show=following") == [grouped.pk, asked.pk]
    assert found("?show=unread") == [told.pk, hung.pk, tagged.pk]
    for nonsense in ("?before=x", "?before=9.9.9", "?lesson=%0A", "?group=²", f"?before={'9' * 30}.1", "?tag=%F0%9F"):
        assert client.get(forum_of(course) + nonsense).status_code == 200


def test_the_url_of_a_post_is_permanent(course, learner, instructor, sign_in):
    thread, target = thread_by(learner, course), thread_by(learner, course)
    post = post_by(learner, thread)
    client = sign_in(learner)
    assert client.get(f"/posts/{post.pk}/").url == f"/threads/{thread.pk}/#p{post.pk}"
    threads.merge_threads(thread=thread, into=target, by=instructor)
    assert client.get(f"/posts/{post.pk}/").url == f"/threads/{target.pk}/#p{post.pk}"
    assert client.get(f"/threads/{thread.pk}/").url == f"/threads/{target.pk}/"
    tombstone = Post.objects.get(thread=thread, seq=2)
    assert client.get(f"/posts/{tombstone.pk}/").url == f"/threads/{target.pk}/#p{post.pk}"


def test_first_unread_leads_past_what_was_read(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course)
    client = sign_in(other_learner)
    client.get(f"/threads/{thread.pk}/")
    posts = [post_by(learner, thread) for _ in range(2)]
    assert client.get(f"/threads/{thread.pk}/unread/").url.endswith(f"#p{posts[0].pk}")


def test_next_unread_leads_to_another_thread_and_then_to_the_list(course, learner, other_learner, sign_in):
    one, two = thread_by(learner, course), thread_by(learner, course)
    client = sign_in(other_learner)
    client.get(f"/threads/{one.pk}/")
    assert client.get(f"/threads/{one.pk}/next/").url == f"/threads/{two.pk}/unread/"
    client.get(f"/threads/{two.pk}/")
    assert client.get(f"/threads/{two.pk}/next/").url == forum_of(course)


def test_a_missing_page_is_not_found(course, learner, sign_in):
    thread = thread_by(learner, course)
    for page in ("2", "0", "-1", "x", "9" * 40):
        assert sign_in(learner).get(f"/threads/{thread.pk}/?page={page}").status_code == 404


def test_new_posts_are_counted_and_not_repeated(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course)
    client = sign_in(other_learner)
    client.get(f"/threads/{thread.pk}/")
    post_by(learner, thread)
    reply = client.get(f"/threads/{thread.pk}/new-posts/?after=1")
    assert reply.json()["count"] == 1
    again = client.get(f"/threads/{thread.pk}/new-posts/?after=1", headers={"If-None-Match": reply["ETag"]})
    assert again.status_code == 304


def test_staff_turn_comments_off_and_learners_see_that(course, lesson, learner, instructor, sign_in):
    address = f"/lessons/{lesson.pk}/comments/"
    assert sign_in(learner).post(f"{address}policy/", {"policy": "off"}).status_code == 403
    sign_in(instructor).post(f"{address}policy/", {"policy": "off"})
    assert CommentPolicy.objects.get().policy == "off"
    assert b"turned off" in sign_in(learner).get(address).content
    reply = sign_in(learner).post(f"{address}new/", {"source": "Hello", "kind": "discussion", "audience": "course"})
    assert reply.status_code == 409
    assert b"Hello" in reply.content


def test_a_whole_page_stays_small(course, learner, other_learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    thread = thread_by(learner, course)
    for _ in range(49):
        post_by(other_learner, thread, "Because of the moon, and a little because of the sun. " * 4)
    assert len(sign_in(learner).get(f"/threads/{thread.pk}/").content) <= 75_000
