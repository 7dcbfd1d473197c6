"""Posting: what is accepted, what is refused, and that no text is lost."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import find_unsent_text, save_unsent_text
from lessons.discussions.models import Notification, Post, PostImage, Thread
from lessons.discussions.services import moderation, post_images, posting_limits, threads
from lessons.discussions.services.posting import widen_audience
from lessons.services import withdraw
from tests.discussions.make import known, post_by, thread_by
from tests.image_files import image_file


def create_url(course):
    return f"/courses/{course.slug}/discussions/new/"


def fields(**more):
    return {"kind": "discussion", "title": "Tides", "source": "Why twice a day?", "audience": "course", **more}


@pytest.mark.parametrize("kind", ["discussion", "question"])
def test_a_learner_starts_a_thread(kind, course, learner, sign_in):
    reply = sign_in(known(learner)).post(create_url(course), fields(kind=kind, tags="moon, Sun , moon"))
    thread = Thread.objects.get()
    assert reply.url == f"/threads/{thread.pk}/"
    assert (thread.kind, thread.title, thread.author, thread.visible_post_count) == (kind, "Tides", learner, 1)
    assert set(thread.tags.names()) == {"moon", "Sun"}


def test_only_staff_announce_and_everybody_is_notified(course, learner, other_learner, instructor, sign_in):
    assert sign_in(known(learner)).post(create_url(course), fields(kind="announcement")).status_code == 400
    sign_in(instructor).post(create_url(course), fields(kind="announcement"))
    told = Notification.objects.filter(kind="announcement").values_list("user", flat=True)
    assert set(told) == {learner.pk, other_learner.pk}


def test_fields_that_the_form_lacks_are_ignored(course, learner, instructor, sign_in):
    extra = {"pinned": "1", "by_staff": "1", "author": instructor.pk, "state": "hidden", "course": 999, "group": 5}
    sign_in(known(learner)).post(create_url(course), fields(**extra))
    thread = Thread.objects.get()
    assert (thread.pinned, thread.by_staff, thread.author, thread.state) == (False, False, learner, "shown")


def test_a_learner_posts_to_their_own_group_only(course, learner, group_a, group_b, sign_in):
    client = sign_in(known(learner))
    refused = client.post(create_url(course), fields(audience="group", group=group_b.pk))
    assert (refused.status_code, Thread.objects.count()) == (400, 0)
    assert fields()["source"] in refused.content.decode()
    client.post(create_url(course), fields(audience="group", group=group_a.pk))
    assert Thread.objects.get().group == group_a


@pytest.mark.parametrize("source", ["", "  \n ", "\u200b\u2060\ufeff", "\u3164\u2800", "[](x)", "<!-- -->" * 0])
def test_an_empty_post_is_refused(source, course, learner, sign_in):
    reply = sign_in(known(learner)).post(create_url(course), fields(source=source))
    assert reply.status_code == 400
    assert not Thread.objects.exists()


def test_a_megabyte_is_refused_and_shown_again(course, learner, sign_in):
    reply = sign_in(known(learner)).post(create_url(course), fields(source="tide " * 200_000))
    assert reply.status_code == 400
    assert reply.content.count(b"tide") >= 200_000


def test_the_same_form_twice_creates_one_thread(course, learner, other_learner, sign_in):
    key = str(uuid.uuid4())
    client = sign_in(known(learner))
    assert client.post(create_url(course), fields(key=key)).url == client.post(create_url(course), fields(key=key)).url
    assert Post.objects.count() == 1
    sign_in(known(other_learner)).post(create_url(course), fields(key=key))
    assert Post.objects.count() == 2


def test_text_for_a_closed_thread_is_shown_again_and_saved(course, learner, instructor, sign_in):
    thread = thread_by(learner, course)
    client = sign_in(learner)
    threads.set_closed(thread=thread, by=instructor)
    reply = client.post(f"/threads/{thread.pk}/", {"source": "My long thought"})
    assert reply.status_code == 409
    assert b"My long thought" in reply.content
    assert UnsentText.objects.get(user=learner).fields["source"] == "My long thought"


def test_text_for_a_deleted_thread_is_shown_again(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course)
    client = sign_in(known(other_learner))
    moderation.delete_post(post=thread.posts.get(), by=learner)
    reply = client.post(f"/threads/{thread.pk}/", {"source": "My long thought"})
    assert reply.status_code == 404
    assert b"My long thought" in reply.content


def test_a_reply_to_a_merged_thread_goes_to_the_other(course, learner, instructor, sign_in):
    thread, target = thread_by(learner, course), thread_by(learner, course)
    threads.merge_threads(thread=thread, into=target, by=instructor)
    sign_in(learner).post(f"/threads/{thread.pk}/", {"source": "Late words"})
    assert Post.objects.get(source="Late words").thread == target


def test_a_draft_is_saved_and_deleted_when_it_is_posted(course, learner, sign_in):
    thread = thread_by(learner, course)
    client = sign_in(learner)
    client.post("/drafts/", {"draft_key": f"thread-{thread.pk}", "source": "Half a thought"})
    assert b"Half a thought" in client.get(f"/threads/{thread.pk}/").content
    client.post(f"/threads/{thread.pk}/", {"source": "A whole thought"})
    assert not UnsentText.objects.exists()


def test_a_preview_stores_nothing(course, learner, sign_in):
    client = sign_in(known(learner))
    reply = client.post(create_url(course), {**fields(source="**bold**"), "preview": "1", "audience": ""})
    assert b"<strong>bold</strong>" in client.post("/preview/", {"source": "**bold**", "course": course.slug}).content
    assert not Post.objects.exists()
    assert reply.status_code in (200, 400)


def test_an_edit_keeps_the_earlier_version_for_author_and_staff(course, learner, other_learner, instructor, sign_in):
    post = post_by(learner, thread_by(learner, course), "First words")
    sign_in(learner).post(f"/posts/{post.pk}/edit/", {"source": "Second words"})
    post.refresh_from_db()
    assert "Second" in post.html
    for person, status in ((learner, 200), (instructor, 200), (other_learner, 403)):
        assert sign_in(person).get(f"/posts/{post.pk}/history/").status_code == status
    assert b"First words" in sign_in(learner).get(f"/posts/{post.pk}/history/").content
    assert sign_in(instructor).post(f"/posts/{post.pk}/edit/", {"source": "Mine"}).status_code == 403


def test_deleting_leaves_a_tombstone_and_restoring_brings_it_back(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course, "The opening")
    post_by(other_learner, thread, "A reply")
    opening = thread.posts.get(seq=1)
    sign_in(learner).post(f"/posts/{opening.pk}/deletion/")
    page = sign_in(other_learner).get(f"/threads/{thread.pk}/").content
    assert b"The opening" not in page
    assert b"A reply" in page
    assert b'id="write"' in page
    sign_in(learner).post(f"/posts/{opening.pk}/deletion/", {"restore": "1"})
    assert b"The opening" in sign_in(other_learner).get(f"/threads/{thread.pk}/").content


def test_an_image_is_re_encoded_and_only_readers_see_it(course, learner, other_learner, outsider, sign_in):
    client = sign_in(known(learner))
    assert client.post(create_url(course), fields(image=image_file())).status_code == 400
    client.post(create_url(course), fields(image=image_file(), alt="A [shore] at ebb", audience="staff"))
    image = Post.objects.get().images.get()
    address = f"/posts/images/{image.uid}/"
    assert address.encode() in client.get(f"/threads/{Thread.objects.get().pk}/").content
    assert b"".join(client.get(address).streaming_content)[8:12] == b"WEBP"
    assert [sign_in(p).get(address).status_code for p in (other_learner, outsider)] == [404, 404]


@pytest.mark.thorough
def test_an_image_bomb_is_refused(course, learner, sign_in):
    bomb = image_file(0, size=(20_000, 20_000), mode="1")
    reply = sign_in(known(learner)).post(create_url(course), fields(image=bomb, alt="Bomb"))
    assert reply.status_code == 400
    text = SimpleUploadedFile("b.png", b"not an image")
    assert sign_in(learner).post(create_url(course), fields(image=text, alt="Text")).status_code == 400


def test_new_accounts_are_rate_limited_and_their_links_held(course, learner, other_learner, instructor, sign_in):
    learner.date_joined = timezone.now() - timedelta(hours=1)
    learner.save()
    client = sign_in(learner)
    client.post(create_url(course), fields(source="Look: https://example.org/spam"))
    held = Post.objects.get()
    assert (held.state, held.seq, held.thread.last_seq) == ("held", None, 0)
    assert sign_in(other_learner).get(f"/threads/{held.thread_id}/").status_code == 404
    assert b"example.org" in client.get(f"/threads/{held.thread_id}/").content
    sign_in(instructor).post(f"/posts/{held.pk}/visibility/", {"approve": "1"})
    held.refresh_from_db()
    assert (held.state, held.seq) == ("shown", 1)
    statuses = [client.post(create_url(course), fields()).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


def test_what_a_clock_that_was_ahead_has_dated_limits_nobody(course, learner, sign_in, monkeypatch):
    """The clock was a day ahead when two posts were written; the limit counts those that follow."""
    thread, client = thread_by(learner, course), sign_in(learner)
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ((timedelta(minutes=1), 2, 2),))
    address = f"/threads/{thread.pk}/"
    client.post(address, fields())
    Post.objects.update(created_at=timezone.now() + timedelta(days=1))
    assert [client.post(address, fields()).status_code for _ in range(3)] == [302, 302, 429]


def test_what_a_browser_sends_too_fast_waits_there_and_replaces_no_draft(course, learner, sign_in, monkeypatch):
    thread, client = thread_by(learner, course), sign_in(learner)
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ((timedelta(minutes=1), 1, 1),))
    address, key = f"/threads/{thread.pk}/", f"thread-{thread.pk}"
    save_unsent_text(user_id=learner.pk, draft_key=key, fields={"source": "Begun since"})
    by_script = {"headers": {"Accept": "application/json"}}
    assert client.post(address, {"source": "Queued"}, **by_script).status_code == 429
    assert find_unsent_text(learner.pk, key).fields["source"] == "Begun since"
    page = client.post(address, {"source": "Typed"})
    assert page.status_code == 429
    assert "posting too fast" in page.content.decode()
    assert find_unsent_text(learner.pk, key).fields["source"] == "Typed"


def test_a_mention_notifies_only_those_who_may_read(course, learner, other_learner, group_a, instructor):
    words = "Ask @otto-other and @ines-instructor, not `@asif-assistant`."
    thread_by(learner, course, words, audience="group", group=group_a)
    assert set(Notification.objects.values_list("user", flat=True)) == {instructor.pk}
    thread_by(learner, course, words)
    assert Notification.objects.filter(user=other_learner).count() == 1
    assert '<b class="mention">@otto-other</b>' in Post.objects.last().html


BAD = {
    "nothing": ("", 400),
    "invisible": ("\u200b\u2060", 400),
    "a megabyte": ("tide " * 200_000, 400),
}


@pytest.mark.parametrize(("source", "status"), BAD.values(), ids=BAD.keys())
def test_an_invalid_reply_or_edit_changes_nothing_and_is_shown_again(source, status, course, learner, sign_in):
    thread = thread_by(learner, course, "As it was")
    client, post = sign_in(learner), thread.posts.get()
    for address in (f"/threads/{thread.pk}/", f"/posts/{post.pk}/edit/"):
        reply = client.post(address, {"source": source})
        assert reply.status_code == status
        assert source.strip() in reply.content.decode()
    post.refresh_from_db()
    assert (post.source, thread.posts.count()) == ("As it was", 1)


def test_a_draft_of_a_megabyte_is_refused(course, learner, sign_in):
    key = f"thread-{thread_by(learner, course).pk}"
    assert sign_in(learner).post("/drafts/", {"draft_key": key, "source": "tide " * 200_000}).status_code == 409
    assert not UnsentText.objects.exists()


def test_the_same_reply_twice_creates_one_post(course, learner, sign_in):
    thread, client = thread_by(learner, course), sign_in(learner)
    form = {"source": "Once", "key": str(uuid.uuid4())}
    assert client.post(f"/threads/{thread.pk}/", form).url == client.post(f"/threads/{thread.pk}/", form).url
    assert thread.posts.count() == 2


def test_text_for_a_thread_merged_into_a_closed_one_is_shown_again(course, learner, instructor, sign_in):
    thread, target = thread_by(learner, course), thread_by(learner, course)
    threads.merge_threads(thread=thread, into=target, by=instructor)
    threads.set_closed(thread=target, by=instructor)
    reply = sign_in(learner).post(f"/threads/{thread.pk}/", {"source": "Late words"})
    assert reply.status_code == 409
    assert b"Late words" in reply.content
    assert UnsentText.objects.get(user=learner).fields["source"] == "Late words"


def test_text_for_a_lesson_withdrawn_while_writing_is_shown_again(course, lesson, learner, instructor, sign_in):
    withdraw(lesson=lesson, by=instructor)
    reply = sign_in(known(learner)).post(f"/lessons/{lesson.pk}/comments/new/", fields(source="My long thought"))
    assert reply.status_code == 404
    assert b"My long thought" in reply.content


@pytest.mark.parametrize("act", ["hide", "delete", "close"])
def test_text_for_a_post_removed_while_it_was_edited_is_shown_again(act, course, learner, instructor, sign_in):
    thread = thread_by(learner, course)
    post = post_by(learner, thread, "First words")
    if act == "close":
        threads.set_closed(thread=thread, by=instructor)
    else:
        getattr(moderation, f"{act}_post")(post=post, by=instructor if act == "hide" else learner)
    reply = sign_in(learner).post(f"/posts/{post.pk}/edit/", {"source": "My long thought"})
    assert reply.status_code in (403, 404, 409)
    assert b"My long thought" in reply.content
    post.refresh_from_db()
    assert post.source == "First words"


def test_text_of_a_member_removed_while_writing_is_shown_again(course, learner, other_learner, sign_in):
    thread, client = thread_by(other_learner, course), sign_in(learner)
    course.memberships.filter(user=learner).update(state="removed")
    for address in (f"/threads/{thread.pk}/", create_url(course)):
        reply = client.post(address, fields(source="My long thought"))
        assert reply.status_code == 404
        assert b"My long thought" in reply.content


def test_a_private_thread_that_is_shown_to_others_later_notifies_those_it_mentions(course, learner, other_learner):
    handle = other_learner.memberships.get().handle
    thread = thread_by(learner, course, f"Look, @{handle}!", audience="me")
    post_by(learner, thread, f"And again, @{handle}.")
    assert not other_learner.notifications.exists()
    widen_audience(thread=thread, by=learner, audience="course")
    assert [row.post.seq for row in other_learner.notifications.order_by("post__seq")] == [1, 2]


def test_an_uploaded_image_is_its_authors_alone_until_a_post_shows_it(
    course, learner, other_learner, outsider, sign_in
):
    client, address = sign_in(known(learner)), f"/courses/{course.slug}/discussions/images/"
    assert client.post(address, {"image": image_file(), "alt": " "}).json()["errors"]
    assert client.post(address, {"image": SimpleUploadedFile("b.png", b"x"), "alt": "Text"}).status_code == 400
    assert sign_in(outsider).post(address, {"image": image_file(), "alt": "A shore"}).status_code == 404
    markdown = client.post(address, {"image": image_file(), "alt": "A [shore]"}).json()["markdown"]
    image = PostImage.objects.get()
    assert markdown == f"![A (shore)](/posts/images/{image.uid}/)"

    def statuses():
        replies = [sign_in(reader).get(f"/posts/images/{image.uid}/") for reader in (learner, other_learner)]
        for reply in replies:
            b"".join(reply)  # closes the file
        return [reply.status_code for reply in replies]

    assert statuses() == [200, 404]

    thief = post_by(other_learner, thread_by(other_learner, course), markdown)
    assert not thief.images.exists()
    post_by(learner, thread_by(learner, course), markdown)
    assert statuses() == [200, 200]


def test_images_that_no_post_shows_are_deleted_in_time_with_their_files(
    course, learner, django_capture_on_commit_callbacks
):
    old, new = (post_images.keep_upload(by=learner, alt="A shore", data=b"RIFF") for _n in range(2))
    PostImage.objects.filter(pk=old.pk).update(created_at=timezone.now() - post_images.UNUSED_KEPT_FOR)
    with django_capture_on_commit_callbacks(execute=True):
        assert post_images.delete_unused_images() == 1
    assert [storage.exists(i.file.name) for i in (old, new) for storage in [i.file.storage]] == [False, True]


def test_a_preview_is_what_the_post_will_be(course, learner, other_learner, sign_in):
    source = f"@{course.memberships.get(user=other_learner).handle} one\ntwo $x^2$\n\n- [x] done"
    preview = sign_in(learner).post("/preview/", {"source": source, "course": course.slug}).content.decode()
    assert preview == post_by(learner, thread_by(learner, course), source).html
    assert '<b class="mention">' in preview
