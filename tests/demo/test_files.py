"""The files of the demo, read without a database."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lessons.demo.files import InvalidDemo, read_class
from lessons.demo.moments import InvalidMoment, moment

BRUSSELS = ZoneInfo("Europe/Brussels")
# Just after midnight, at noon, just before midnight; in the weeks after the clocks were changed.
LOADING_TIMES = [
    datetime(2026, 11, 30, 0, 1, tzinfo=BRUSSELS),
    datetime(2026, 11, 8, 12, 0, tzinfo=BRUSSELS),
    datetime(2027, 4, 10, 23, 59, tzinfo=BRUSSELS),
]


@pytest.fixture(scope="module")
def demo():
    return read_class()


def test_it_is_a_class_of_two_groups_that_has_noted_and_discussed(demo):
    learners = [person for person in demo.people if person.role == "learner" and person.name]
    assert len(learners) >= 10
    assert {person.group for person in learners} == {"Group A", "Group B"}
    notes = [conversation for conversation in demo.conversations if conversation.quote]
    assert len(notes) >= 60
    assert {note.label for note in notes} == {"highlight", "note", "question", "confused", "idea"}
    assert len({note.lesson for note in notes}) >= 8
    topics = [conversation for conversation in demo.conversations if not conversation.quote]
    assert {topic.kind for topic in topics} == {"discussion", "question", "announcement"}
    assert {topic.audience for topic in topics} == {"course", "group", "staff"}
    assert any(topic.endorsed_by for topic in topics)
    assert any(topic.kind == "question" and not topic.answer for topic in topics)


def test_nobody_says_the_same_twice(demo):
    texts = Counter(post.text for conversation in demo.conversations for post in conversation.posts)
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.parametrize("now", LOADING_TIMES)
def test_replies_follow_what_they_reply_to_at_any_time_of_loading(demo, now):
    last_seen = {person.key: moment(person.last_seen, now, BRUSSELS) for person in demo.people}
    for conversation in demo.conversations:
        begun = moment(conversation.at, now, BRUSSELS)
        moments = [moment(post.at, now, BRUSSELS) for post in conversation.posts]
        assert moments == sorted(set(moments)), conversation.file
        assert moments[:1] in ([], [begun])
        assert now - timedelta(days=22) < begun < now
        for post, at in zip(conversation.posts, moments, strict=True):
            assert at <= last_seen[post.by], f"{conversation.file}: {post.by} {post.at}"
            assert post.answers < conversation.posts.index(post) + 1


@pytest.mark.parametrize("text", ["1 days ago 18:00", "25 hours ago", "yesterday", "3 days ago"])
def test_a_moment_that_could_come_too_early_or_is_none_is_refused(text):
    with pytest.raises(InvalidMoment):
        moment(text, LOADING_TIMES[0], BRUSSELS)


@pytest.mark.parametrize("text", ["Hello", "---\nby: ines\n---\nHello", "---\nby: ines\nat: now\nwho: me\n---\nHello"])
def test_a_file_that_is_wrong_is_refused_with_its_name(tmp_path, text):
    (tmp_path / "class.toml").write_text("[people]\n[due]\n")
    (tmp_path / "discussions").mkdir()
    (tmp_path / "discussions" / "hello.md").write_text(text)
    with pytest.raises(InvalidDemo, match=r"hello\.md"):
        read_class(tmp_path)
