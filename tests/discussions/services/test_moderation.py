"""Questions, reports, moderation, its log and undoing."""

import pytest

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Notification, Post, Thread
from lessons.discussions.services import counters, moderation, questions, threads
from tests import factories
from tests.discussions.make import known, post_by, thread_by
from tests.indexed import assert_posts_are_indexed


@pytest.fixture
def thread(course, learner):
    return thread_by(learner, course, kind="question")


def last_entry():
    return AuditEntry.objects.order_by("-pk").first()


def undo(client, course):
    return client.post(f"/courses/{course.slug}/discussions/log/{last_entry().pk}/undo/")


def test_the_author_marks_the_answer_and_a_follow_up_reopens_the_question(thread, learner, other_learner, sign_in):
    post = post_by(other_learner, thread)
    assert sign_in(other_learner).post(f"/posts/{post.pk}/answer/").status_code == 403
    client = sign_in(learner)
    client.post(f"/posts/{post.pk}/answer/")
    thread.refresh_from_db()
    assert (thread.answer, thread.endorsed_by, thread.status) == (post, None, "resolved")
    client.post(f"/threads/{thread.pk}/", {"source": "Thanks!"})
    thread.refresh_from_db()
    assert thread.status == "resolved"
    client.post(f"/threads/{thread.pk}/", {"source": "But at new moon?", "follow_up": "on"})
    thread.refresh_from_db()
    assert thread.status == "open"


def test_an_answer_marked_by_staff_is_endorsed(course, thread, other_learner, instructor, sign_in):
    post = post_by(other_learner, thread)
    sign_in(instructor).post(f"/posts/{post.pk}/answer/")
    page = sign_in(other_learner).get(f"/threads/{thread.pk}/").content.decode()
    assert "Endorsed by Ines Instructor" in page
    moderation.delete_post(post=post, by=other_learner)
    thread.refresh_from_db()
    assert (thread.answer, thread.status) == (None, "open")


def test_an_endorsement_does_not_carry_over_to_another_answer(thread, learner, other_learner, instructor, sign_in):
    endorsed, chosen = post_by(other_learner, thread), post_by(other_learner, thread)
    sign_in(instructor).post(f"/posts/{endorsed.pk}/answer/")
    asker = sign_in(learner)
    assert b'value="resolved"' in asker.get(f"/threads/{thread.pk}/").content
    asker.post(f"/posts/{chosen.pk}/answer/")
    thread.refresh_from_db()
    assert (thread.answer, thread.endorsed_by, thread.status) == (chosen, None, "resolved")
    asker.post(f"/posts/{endorsed.pk}/answer/")
    sign_in(instructor).post(f"/posts/{endorsed.pk}/answer/")
    asker.post(f"/posts/{endorsed.pk}/answer/")
    thread.refresh_from_db()
    assert (thread.answer, thread.endorsed_by) == (endorsed, instructor)


def test_me_too_and_thanks_count_once_each(thread, learner, other_learner, sign_in):
    client, post = sign_in(other_learner), thread.posts.get()
    for _ in range(2):
        client.post(f"/threads/{thread.pk}/me-too/", {"enabled": "true"})
        client.post(f"/posts/{post.pk}/thanks/", {"enabled": "true"})
    sign_in(learner).post(f"/posts/{post.pk}/thanks/", {"enabled": "true"})
    thread.refresh_from_db()
    post.refresh_from_db()
    assert (thread.me_too_count, post.thanks_count) == (1, 1)
    client.post(f"/threads/{thread.pk}/me-too/", {"enabled": ""})
    thread.refresh_from_db()
    assert thread.me_too_count == 0
    assert sign_in(learner).post(f"/threads/{thread.pk}/me-too/", {"enabled": "true"}).status_code == 403


def test_three_reports_hide_a_post_until_staff_review_it(course, thread, other_learner, instructor, sign_in):
    post = post_by(other_learner, thread, "Something rude")
    reporters = [factories.make_member(course) for _ in range(3)]
    for reporter in [reporters[0], *reporters]:
        sign_in(reporter).post(f"/posts/{post.pk}/report/", {"reason": "Rude"})
    post.refresh_from_db()
    assert (post.state, post.open_report_count) == ("hidden", 3)
    assert b"Something rude" not in sign_in(reporters[0]).get(f"/threads/{thread.pk}/").content
    sign_in(instructor).post(f"/posts/{post.pk}/visibility/", {"approve": "1", "reason": "It is not"})
    post.refresh_from_db()
    assert (post.state, post.open_report_count) == ("shown", 0)
    assert last_entry().verb == "show post"
    assert last_entry().reason == "It is not"


def test_own_posts_cannot_be_reported_and_a_reason_is_required(thread, learner, other_learner, sign_in):
    post = thread.posts.get()
    assert sign_in(learner).post(f"/posts/{post.pk}/report/", {"reason": "x"}).status_code == 403
    assert sign_in(other_learner).post(f"/posts/{post.pk}/report/", {"reason": " "}).status_code == 400


STAFF_ACTS = ["pin", "closure", "move", "merge", "split"]


@pytest.mark.parametrize("act", STAFF_ACTS)
def test_only_staff_of_the_course_moderate(act, course, thread, learner, other_learner, outsider, sign_in):
    elsewhere = factories.make_member(factories.make_course(), "instructor")
    address = f"/threads/{thread.pk}/{act}/"
    statuses = [sign_in(p).post(address, {"enabled": "true"}).status_code for p in (learner, other_learner)]
    assert statuses == [403, 403]
    assert [sign_in(p).post(address).status_code for p in (outsider, elsewhere)] == [404, 404]


@pytest.mark.parametrize("act", ["pin", "closure"])
def test_pinning_and_closing_are_undone_from_the_log(act, course, thread, instructor, sign_in):
    client, field = sign_in(instructor), {"pin": "pinned", "closure": "closed"}[act]
    client.post(f"/threads/{thread.pk}/{act}/", {"enabled": "true", "reason": "Because"})
    thread.refresh_from_db()
    assert getattr(thread, field)
    assert b"Because" in client.get(f"/courses/{course.slug}/discussions/log/").content
    undo(client, course)
    thread.refresh_from_db()
    assert not getattr(thread, field)


def test_a_thread_moves_only_within_its_course(course, thread, lesson, instructor, members_course, sign_in):
    foreign = factories.make_published(factories.make_lesson(factories.make_module(members_course)))
    client = sign_in(instructor)
    assert client.post(f"/threads/{thread.pk}/move/", {"lesson": foreign.pk}).status_code == 400
    client.post(f"/threads/{thread.pk}/move/", {"lesson": lesson.pk})
    thread.refresh_from_db()
    assert thread.lesson == lesson
    undo(client, course)
    thread.refresh_from_db()
    assert thread.lesson is None


def test_a_merge_keeps_urls_and_can_be_undone(course, thread, learner, other_learner, instructor, sign_in):
    into = thread_by(other_learner, course)
    replies = [post_by(other_learner, thread, anonymous=True), post_by(learner, thread)]
    client = sign_in(instructor)
    client.post(f"/threads/{thread.pk}/merge/", {"target_thread": into.pk})
    assert list(into.posts.values_list("seq", flat=True)) == [1, 2, 3, 4]
    undo(client, course)
    thread.refresh_from_db()
    into.refresh_from_db()
    assert thread.merged_into is None
    assert [p.seq for p in Post.objects.filter(pk__in=[r.pk for r in replies], thread=thread).order_by("seq")] == [
        2,
        3,
    ]
    for each in (thread, into):
        wanted = counters.expected_counters(each)._asdict()
        assert {name: getattr(each, name) for name in wanted} == wanted
    assert undo(client, course).status_code == 302
    assert AuditEntry.objects.filter(verb__startswith="undo").count() == 1


def test_threads_with_different_audiences_do_not_merge(course, thread, learner, group_a, instructor, sign_in):
    private = thread_by(learner, course, audience="group", group=group_a)
    reply = sign_in(instructor).post(f"/threads/{private.pk}/merge/", {"target_thread": thread.pk})
    assert reply.status_code == 409


def test_a_split_creates_a_thread_and_can_be_undone(course, thread, other_learner, instructor, sign_in):
    for _ in range(3):
        post_by(other_learner, thread)
    client = sign_in(instructor)
    assert client.post(f"/threads/{thread.pk}/split/", {"title": "Apart", "seqs": ["x"]}).status_code == 400
    client.post(f"/threads/{thread.pk}/split/", {"title": "Apart", "seqs": ["2", "4"]})
    new = Thread.objects.get(title="Apart")
    thread.refresh_from_db()
    assert (new.visible_post_count, thread.visible_post_count, thread.last_seq) == (2, 2, 4)
    undo(client, course)
    thread.refresh_from_db()
    assert thread.visible_post_count == 4
    assert sign_in(other_learner).get(f"/threads/{new.pk}/").url == f"/threads/{thread.pk}/"
    assert_posts_are_indexed()


def test_closing_twice_is_logged_once(course, thread, instructor, assistant):
    for person in (instructor, assistant):
        threads.set_closed(thread=thread, by=person)
    assert AuditEntry.objects.filter(verb="close thread").count() == 1


def test_a_message_to_the_author_reaches_only_the_author(course, thread, learner, other_learner, instructor, sign_in):
    post = thread.posts.get()
    sign_in(instructor).post(f"/posts/{post.pk}/visibility/")
    sign_in(instructor).post(f"/posts/{post.pk}/warning/", {"reason": "Mind your words"})
    told = Notification.objects.filter(kind="moderation").order_by("pk")
    assert list(told.values_list("user", "message")) == [(learner.pk, ""), (learner.pk, "Mind your words")]
    assert b"Mind your words" in sign_in(learner).get("/notifications/").content
    assert b"Mind your words" not in sign_in(other_learner).get("/notifications/").content


def test_prompts_become_threads_once(course, module, lesson, learner, instructor, sign_in):
    module.prompts.create(text="Who pays for a wall?", lesson=lesson)
    module.prompts.create(text="What is a tide?", position=1)
    client, address = sign_in(instructor), f"/courses/{course.slug}/discussions/prompts/"
    assert b"Who pays" in client.get(address).content
    for _ in range(2):
        client.post(address, {"module": module.pk})
    assert Thread.objects.filter(audience="course", by_staff=True).count() == 2
    assert sign_in(learner).post(address, {"module": module.pk}).status_code == 404
    for nonsense in ("", "x", "²", "9" * 40):
        assert client.post(address, {"module": nonsense}).status_code == 404


def test_only_the_author_can_widen_the_audience_of_a_private_thread(
    course, lesson, learner, other_learner, instructor, sign_in
):
    note = thread_by(learner, course, audience="me", lesson=lesson)
    for person in (other_learner, instructor):
        assert sign_in(person).post(f"/threads/{note.pk}/audience/", {"audience": "course"}).status_code == 404
    sign_in(learner).post(f"/threads/{note.pk}/audience/", {"audience": "course"})
    assert sign_in(other_learner).get(f"/threads/{note.pk}/").status_code == 200
    assert sign_in(learner).post(f"/threads/{note.pk}/audience/", {"audience": "group"}).status_code == 403


def test_thanks_can_be_withdrawn(thread, other_learner):
    post = thread.posts.get()
    for wanted in (True, False, False):
        questions.set_thanks(post=post, by=known(other_learner), enabled=wanted)
    post.refresh_from_db()
    assert post.thanks_count == 0


def test_what_undoing_did_has_no_undo_of_its_own(course, thread, instructor, sign_in):
    threads.set_pinned(thread=thread, by=instructor)
    client = sign_in(instructor)
    undo(client, course)
    part = AuditEntry.objects.get(verb="unpin thread")
    log = f"/courses/{course.slug}/discussions/log/"
    assert "undo/" not in client.get(log).content.decode()
    client.post(f"{log}{part.pk}/undo/")
    thread.refresh_from_db()
    assert not thread.pinned
    threads.set_pinned(thread=thread, by=instructor)
    assert client.get(log).content.decode().count("/undo/") == 1
