"""What one does on a thread's page says what happened, offers to undo it, and leads back to where one was."""

import re

import pytest
from django.utils import timezone

from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.models.threads import POSTS_PER_PAGE
from lessons.discussions.services import moderation, questions
from tests import factories
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def thread(course, learner):
    return thread_by(learner, course, title="Why twice a day?", kind="question")


def page_after(client, address, data=None):
    """Return the page that a form leads to, as text."""
    reply = client.post(address, data or {}, follow=True)
    assert reply.status_code == 200, address
    return reply.content.decode()


def undo_address(html):
    return re.search(r'<form method="post" action="([^"]+)"', html.partition('class="messages"')[2])[1].replace(
        "&amp;", "&"
    )


def test_a_deleted_post_is_restored_by_undo(thread, other_learner, sign_in):
    post, client = post_by(other_learner, thread, "Because of the moon."), sign_in(other_learner)
    html = page_after(client, f"/posts/{post.pk}/deletion/")
    assert "Your post has been deleted." in html
    assert "Because of the moon." not in html
    assert "Because of the moon." in page_after(client, undo_address(html))


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("pin/", {"enabled": "true"}, "The discussion is pinned"),
        ("closure/", {"enabled": "true"}, "The discussion is closed"),
        ("move/", {"lesson": "the lesson"}, "moved to “Why tides come”"),
        ("status/", {"status": "resolved"}, "The question is marked as resolved."),
    ],
)
def test_what_staff_do_with_a_thread_is_said_and_undone(thread, lesson, instructor, sign_in, path, data, said):
    client, before = sign_in(instructor), Thread.objects.values().get(pk=thread.pk)
    data = {name: lesson.pk if value == "the lesson" else value for name, value in data.items()}
    html = page_after(client, f"/threads/{thread.pk}/{path}", data)
    assert said in html
    reply = client.post(undo_address(html))
    assert reply.url == f"/threads/{thread.pk}/"
    assert Thread.objects.values().get(pk=thread.pk) == before
    # Nothing is done twice, so there is nothing to undo either.
    if "enabled" in data:
        again = page_after(client, f"/threads/{thread.pk}/{path}", {"enabled": ""})
        assert ">Undo<" not in again


def test_what_staff_do_with_a_post_is_undone_where_it_is(thread, other_learner, instructor, sign_in):
    post, client = post_by(other_learner, thread), sign_in(instructor)
    html = page_after(client, f"/posts/{post.pk}/visibility/", {"reason": "Rude"})
    assert "The post is hidden." in html
    assert client.post(undo_address(html)).url == f"/threads/{thread.pk}/#p{post.pk}"
    post.refresh_from_db()
    assert post.state == Post.State.SHOWN


def test_undo_leads_to_no_other_site(course, thread, instructor, sign_in):
    client = sign_in(instructor)
    address = undo_address(page_after(client, f"/threads/{thread.pk}/pin/", {"enabled": "true"})).partition("?")[0]
    assert client.post(f"{address}?next=https://example.org/").url == f"/courses/{course.slug}/discussions/log/"


def test_a_merge_and_a_split_lead_to_the_other_thread_and_undo_leads_back(
    course, thread, other_learner, instructor, sign_in
):
    target, client = thread_by(other_learner, course, title="How high is high water?"), sign_in(instructor)
    post_by(other_learner, thread)
    html = page_after(client, f"/threads/{thread.pk}/merge/", {"target_thread": target.pk})
    assert "“Why twice a day?” has been merged into this discussion." in html
    assert client.post(undo_address(html)).url == f"/threads/{thread.pk}/"
    html = page_after(client, f"/threads/{thread.pk}/split/", {"title": "The moon", "seqs": ["2"]})
    assert "1 post has been moved from “Why twice a day?”" in html
    assert client.post(undo_address(html)).url == f"/threads/{thread.pk}/"


def test_posts_are_ticked_to_be_split_off_and_mistakes_are_said(thread, other_learner, instructor, sign_in):
    post_by(other_learner, thread)
    client = sign_in(instructor)
    html = client.get(f"/threads/{thread.pk}/?split=2").content.decode()
    assert 'form="split" name="seqs" value="2" checked' in html
    assert 'name="seqs" value="1"' not in html
    reply = client.post(f"/threads/{thread.pk}/split/", {"title": "The moon"})
    assert reply.status_code == 400
    assert "Tick the posts to split off." in reply.content.decode()
    assert 'id="split"' not in sign_in(other_learner).get(f"/threads/{thread.pk}/?split=2").content.decode()


def test_a_thread_to_merge_into_is_found_by_its_words_or_address(
    course, lesson, thread, learner, other_learner, group_a, instructor, sign_in
):
    words = thread_by(other_learner, course, "Über die Flut.", title="Ebbe und Flut")
    near = thread_by(other_learner, course, title="Something else")
    grouped = thread_by(learner, course, "Über die Flut.", title="Ebbe in our group", audience="group", group=group_a)
    client = sign_in(instructor)

    def found(search):
        html = client.get(f"/threads/{thread.pk}/moderation/", {"q": search}).content.decode()
        return [int(pk) for pk in re.findall(r'name="target_thread" value="(\d+)"', html)]

    assert found("EBBE uber") == [words.pk]
    assert found(f"http://testserver/threads/{near.pk}/?page=1#p3") == [near.pk]
    assert found(f"http://testserver/threads/{grouped.pk}/") == found("sun") == found("/threads/0/") == []
    assert set(found("")) == {near.pk, words.pk}
    Thread.objects.filter(pk=thread.pk).update(lesson=lesson)
    Thread.objects.filter(pk=words.pk).update(lesson=lesson, rank=1)
    assert found("") == [words.pk, near.pk]


def test_the_answer_is_shown_below_the_question_wherever_it_is(course, learner, other_learner, instructor, sign_in):
    thread = thread_by(learner, course, kind="question")
    last = POSTS_PER_PAGE + 3
    posts = [
        Post(thread=thread, seq=seq, author=other_learner, source="x", html=f"<p>Words {seq}.</p>")
        for seq in range(2, last + 1)
    ]
    Post.objects.bulk_create(posts)
    Thread.objects.filter(pk=thread.pk).update(last_seq=last, visible_post_count=last)
    client = sign_in(learner)
    for seq in (30, last):
        questions.mark_answer(post=Post.objects.get(thread=thread, seq=seq), by=instructor)
        numbers = re.findall(r'data-seq="(\d+)"', client.get(f"/threads/{thread.pk}/").content.decode())
        assert numbers[:3] == ["1", str(seq), "2"]
        assert len(numbers) == POSTS_PER_PAGE + (seq == last)
    # It counts as read only where it belongs.
    state = learner.thread_states.get(thread=thread)
    assert state.last_read_seq == POSTS_PER_PAGE
    moderation.hide_post(post=Post.objects.get(thread=thread, seq=last), by=instructor)
    assert f"Words {last}." not in client.get(f"/threads/{thread.pk}/").content.decode()


def test_the_side_of_a_thread_says_who_reads_and_replies_and_what_else_there_is(
    course, lesson, learner, other_learner, instructor, sign_in, django_assert_max_num_queries
):
    thread = thread_by(learner, course, kind="question", lesson=lesson, tags=["moon"])
    for person in (instructor, other_learner, instructor):
        post_by(person, thread)
    others = [thread_by(other_learner, course, title=f"Other {n}", lesson=lesson) for n in range(2)]
    client = sign_in(learner)
    client.get(f"/threads/{thread.pk}/")
    with django_assert_max_num_queries(8):
        html = client.get(f"/threads/{thread.pk}/").content.decode()
    for words in (
        "Everyone in the course can read this",
        "<dd>3, by 2 people</dd>",
        "You asked this, so you are notified of every reply.",
        "Unanswered",
        '<span class="chip staff">Instructor</span>',
        *(f'href="/threads/{other.pk}/"' for other in others),
    ):
        assert words in html, words
    # Whoever must post first learns from no number how many have.
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    newcomer = factories.make_member(course)
    thread = thread_by(instructor, course, lesson=lesson)
    post_by(other_learner, thread)
    assert "<dd>0</dd>" in sign_in(newcomer).get(f"/threads/{thread.pk}/").content.decode()


def test_a_held_post_is_published_where_it_is(course, thread, instructor, sign_in):
    newcomer = factories.make_member(course, name="Nia Newcomer")
    newcomer.date_joined = timezone.now()
    newcomer.save()
    sign_in(newcomer).post(f"/threads/{thread.pk}/", {"source": "See https://example.org"})
    held = Post.objects.get(thread=thread, state="held")
    client = sign_in(instructor)
    assert f'formaction="/posts/{held.pk}/visibility/"' in client.get(f"/threads/{thread.pk}/").content.decode()
    assert "The post is published." in page_after(client, f"/posts/{held.pk}/visibility/", {"approve": "1"})


def test_an_asker_undoes_what_they_said_of_their_question(thread, learner, other_learner, sign_in):
    post, client = post_by(other_learner, thread), sign_in(learner)
    for address, data, status in (
        (f"/threads/{thread.pk}/status/", {"status": "resolved"}, "resolved"),
        (f"/posts/{post.pk}/answer/", {}, "resolved"),
    ):
        html = page_after(client, address, data)
        thread.refresh_from_db()
        assert thread.status == status
        client.post(undo_address(html))
        thread.refresh_from_db()
        assert (thread.status, thread.answer) == ("open", None)
