"""A text reaches the audience named on its button or nobody: a form with another audience is refused."""

import pytest

from lessons.annotations.models import Annotation
from lessons.courses.services import enrol
from lessons.discussions.models import Notification, Post, Thread
from lessons.discussions.services import posting
from lessons.discussions.services.errors import ReadersChanged
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import known, thread_by

WORDS = "Why twice a day?"


def writing_forms(course, lesson, highlight):
    """Return the address and fields of every form that chooses the audience of a new thread."""
    thread = {"title": "Tides", "source": WORDS, "kind": "discussion"}
    note = {"source": WORDS, "kind": "note", "exact": "sun and moon"}
    return [
        (f"/courses/{course.slug}/discussions/new/", thread),
        (f"/lessons/{lesson.pk}/comments/new/", thread),
        (f"/lessons/{lesson.pk}/notes/new/", note),
        (f"/notes/{highlight.pk}/edit/", note | {"action": "comment"}),
    ]


def forged(group_b):
    unknown = [{"audience": "group", "group": value} for value in (group_b.pk, "0", "x", "9" * 30, "-1")]
    return [*unknown, {"audience": "everybody"}, {"audience": ""}, {"audience": "STAFF"}, {}]


@pytest.mark.thorough
def test_no_form_accepts_an_audience_it_did_not_show(course, lesson, learner, group_a, group_b, sign_in):
    client, highlight = sign_in(known(learner)), highlight_by(learner, lesson)
    for address, fields in writing_forms(course, lesson, highlight):
        for readers in forged(group_b):
            answer = client.post(address, fields | readers)
            assert (answer.status_code, Post.objects.count()) == (400, 0), (address, readers)
            assert f"{WORDS}</textarea>" in answer.content.decode(), (address, readers)
    for address, fields in writing_forms(course, lesson, highlight):
        assert client.post(address, fields | {"audience": "group", "group": group_a.pk}).status_code == 302
    assert set(Thread.objects.values_list("audience", "group")) == {("group", group_a.pk)}
    assert Thread.objects.count() == 4


def test_the_forms_name_the_group_that_their_button_names(
    course, lesson, learner, group_a, group_b, instructor, sign_in
):
    client, highlight = sign_in(known(learner)), highlight_by(learner, lesson)
    hidden = f'<input type="hidden" name="group" value="{group_a.pk}">'
    for address, _fields in writing_forms(course, lesson, highlight):
        page = client.get(address, follow=True).content.decode()
        assert hidden in page
        assert "Post to Group A" in page
    enrol(user=learner, course=course, group=group_b, by=instructor)
    for address, fields in writing_forms(course, lesson, highlight):
        moved = client.post(address, fields | {"audience": "group", "group": group_a.pk})
        assert "Your group has changed" in moved.content.decode(), address
    assert not Post.objects.exists()


def test_a_reply_is_refused_where_its_readers_have_changed(course, learner, sign_in):
    thread = thread_by(known(learner), course, audience="me")
    client, url = sign_in(learner), f"/threads/{thread.pk}/"
    assert 'name="audience" value="me"' in client.get(url).content.decode()
    posting.widen_audience(thread=thread, by=learner, audience="course")
    for readers in ({"audience": "me", "group": ""}, {"audience": "course", "group": "7"}, {"group": "7"}):
        answer = client.post(url, {"source": WORDS} | readers)
        assert answer.status_code == 409
        assert f"{WORDS}</textarea>" in answer.content.decode()
        assert "Reply to everybody in the course" in answer.content.decode()
    assert thread.posts.count() == 1
    assert client.post(url, {"source": WORDS, "audience": "course", "group": ""}).status_code == 302


@pytest.mark.parametrize("form", ["thread", "note"])
def test_a_private_text_is_shared_with_the_named_group_only(form, course, lesson, learner, group_a, group_b, sign_in):
    note = note_by(learner, lesson, audience="me")
    client, thread = sign_in(learner), note.thread
    address, action = (
        (f"/threads/{thread.pk}/audience/", {})
        if form == "thread"
        else (
            f"/notes/{note.pk}/edit/",
            {"action": "share"},
        )
    )
    for readers in (
        {"audience": "group", "group": group_b.pk},
        {"audience": "group", "group": "x"},
        {"audience": "x"},
    ):
        client.post(address, action | readers)
        thread.refresh_from_db()
        assert thread.audience == "me"
    client.post(address, action | {"audience": "group", "group": group_a.pk})
    thread.refresh_from_db()
    assert thread.group == group_a
    with pytest.raises(ReadersChanged):
        posting.widen_audience(thread=thread, by=learner, audience="course")


@pytest.mark.parametrize("audience", ["course", "group"])
def test_sharing_a_private_text_notifies_those_it_mentions(
    audience, course, lesson, learner, other_learner, assistant, group_a, sign_in
):
    words = "Ask @asif-assistant, @otto-other and @lea-learner"
    thread = thread_by(learner, course, words, audience="me")
    note = note_by(learner, lesson, audience="me", source=words)
    assert not Notification.objects.exists()
    for _twice in range(2):
        sign_in(learner).post(f"/threads/{thread.pk}/audience/", {"audience": audience})
        sign_in(learner).post(f"/notes/{note.pk}/edit/", {"audience": audience, "action": "share"})
    told = [assistant.pk] + ([other_learner.pk] if audience == "course" else [])
    for shared in (thread, note.thread):
        mentions = Notification.objects.filter(post__thread=shared, kind="mention")
        assert sorted(mentions.values_list("user", flat=True)) == sorted(told)


def test_highlights_are_shared_with_the_named_group_only(lesson, learner, group_a, group_b, sign_in):
    highlight = highlight_by(learner, lesson, label="confused")
    for group, audience in ((group_b, "me"), (group_a, "group")):
        data = {"action": "share", "audience": "group", "group": group.pk}
        sign_in(learner).post(f"/notes/{highlight.pk}/edit/", data)
        assert Annotation.objects.get().audience == audience
