"""Who is offered while one types @name: those who may read, and nothing that tells who wrote."""

import pytest

from lessons.courses.models import Membership
from lessons.discussions.models import Alias
from tests import factories
from tests.discussions.make import post_by, thread_by


@pytest.fixture(autouse=True)
def everybody(course, instructor, assistant, learner, other_learner, outsider, administrator):
    former = factories.make_member(course, name="Lena Left")
    Membership.objects.filter(user=former).update(state=Membership.State.LEFT)


@pytest.fixture
def offered(sign_in):
    def ask(person, place, beginning="", **query):
        reply = sign_in(person).get(f"{place}mentions/", {"q": beginning, **query})
        assert reply.status_code == 200
        return [row["handle"] for row in reply.json()["people"]]

    return ask


def at(thread):
    return f"/threads/{thread.pk}/"


def forum_of(course):
    return f"/courses/{course.slug}/discussions/"


def test_names_and_handles_that_begin_so_are_offered(course, learner, other_learner, instructor, offered):
    factories.make_member(course, name="Émile Durkheim")
    place = at(thread_by(learner, course))
    assert offered(other_learner, place, "le") == offered(other_learner, place, "LEA") == ["lea-learner"]
    assert offered(other_learner, place, "instr") == ["ines-instructor"]
    assert offered(other_learner, place, "É") == offered(other_learner, place, "durk") == ["émile-durkheim"]
    assert offered(other_learner, place, "earner") == offered(other_learner, place, "%") == []
    assert "otto-other" not in offered(other_learner, place)


def test_a_group_is_offered_itself_and_the_staff(course, learner, group_a, instructor, offered):
    fellow = factories.make_member(course, group=group_a, name="Fay Fellow")
    thread = thread_by(learner, course, audience="group", group=group_a)
    wanted = ["asif-assistant", "fay-fellow", "ines-instructor"]
    assert offered(learner, at(thread)) == offered(learner, forum_of(course), audience="group") == wanted
    assert "otto-other" not in offered(instructor, at(thread))
    assert offered(fellow, at(thread), "otto") == []


def test_nobody_is_offered_where_nobody_else_reads(course, learner, instructor, offered):
    assert offered(learner, at(thread_by(learner, course, audience="me"))) == []
    assert offered(learner, forum_of(course), audience="me") == []
    assert offered(instructor, forum_of(course), audience="group") == ["asif-assistant"]
    assert offered(learner, forum_of(course), audience="staff") == ["asif-assistant", "ines-instructor"]
    assert len(offered(learner, forum_of(course), audience="nonsense")) == 3


def test_strangers_and_other_groups_are_told_nothing(course, learner, other_learner, outsider, group_a, sign_in):
    private = thread_by(learner, course, audience="group", group=group_a)
    for person, place in [(other_learner, at(private)), (outsider, at(private)), (outsider, forum_of(course))]:
        assert sign_in(person).get(f"{place}mentions/").status_code == 404


def test_the_list_does_not_tell_who_asked_anonymously(course, learner, instructor, assistant, offered):
    hidden = thread_by(learner, course, audience="staff", anonymous=True)
    open_one = thread_by(learner, course, audience="staff")
    assert offered(instructor, at(hidden)) == ["asif-assistant"]
    assert offered(instructor, at(open_one)) == ["asif-assistant", "lea-learner"]


def test_writing_in_a_thread_changes_nothing_of_what_it_offers(course, learner, other_learner, instructor, offered):
    thread = thread_by(instructor, course)
    before = offered(other_learner, at(thread))
    post_by(learner, thread, anonymous=True)
    assert offered(other_learner, at(thread)) == before
    assert not any(Alias.objects.get().name in words for words in before)


def test_the_list_is_bounded_in_rows_and_queries(course, learner, sign_in, django_assert_max_num_queries):
    place = at(thread_by(learner, course))
    for _ in range(30):
        factories.make_member(course, name="Max Many")
    client = sign_in(learner)
    client.get(f"{place}mentions/")
    with django_assert_max_num_queries(10):
        found = client.get(f"{place}mentions/", {"q": "max"}).json()
    assert (len(found["people"]), found["complete"]) == (8, False)
    assert client.get(f"{place}mentions/", {"q": "otto"}).json()["complete"]


def test_who_asks_too_often_is_asked_to_wait(course, learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.views.compose_api.REQUESTS_PER_MINUTE", 2)
    monkeypatch.setattr("time.time", lambda: 60.0)
    client = sign_in(learner)
    statuses = [client.get(f"{forum_of(course)}mentions/").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
