"""Suggestions for @name: members who may read the thread, without revealing who has posted."""

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
def suggested(sign_in):
    def ask(person, url, beginning="", **query):
        reply = sign_in(person).get(f"{url}mentions/", {"q": beginning, **query})
        assert reply.status_code == 200
        return [row["handle"] for row in reply.json()["people"]]

    return ask


def url_of(thread):
    return f"/threads/{thread.pk}/"


def forum_of(course):
    return f"/courses/{course.slug}/discussions/"


def test_names_and_handles_with_the_prefix_are_suggested(course, learner, other_learner, instructor, suggested):
    factories.make_member(course, name="Émile Durkheim")
    url = url_of(thread_by(learner, course))
    assert suggested(other_learner, url, "le") == suggested(other_learner, url, "LEA") == ["lea-learner"]
    assert suggested(other_learner, url, "instr") == ["ines-instructor"]
    for prefix in ("É", "e\u0301mi", "EMILE", "durk"):
        assert suggested(other_learner, url, prefix) == ["émile-durkheim"]
    assert suggested(other_learner, url, "earner") == suggested(other_learner, url, "%") == []
    assert "otto-other" not in suggested(other_learner, url)


def test_accents_and_letters_that_few_keyboards_have_need_not_be_typed(course, learner, suggested):
    names = ["Søren Ærøskøbing", "Zoë Straße", "Łukasz Łęcki", "Ελένη Παππά", "김 지훈", "Ngô Bảo Châu", "A.B [x]"]
    for name in names:
        factories.make_member(course, name=name)
    handles = dict(course.memberships.values_list("user__display_name", "handle"))
    for prefix in ("soren", "aeros", "zoe", "STRASS", "luk", "LECKI", "ελενη", "김", "BAO", "A", "ngo"):
        found = suggested(learner, forum_of(course), prefix)
        assert found, prefix
    assert suggested(learner, forum_of(course), "bao") == [handles["Ngô Bảo Châu"]]
    assert suggested(learner, forum_of(course), "[") == [handles["A.B [x]"]]
    assert suggested(learner, forum_of(course), "a*") == []


def test_in_a_group_its_members_and_staff_are_suggested(course, learner, group_a, instructor, suggested):
    fellow = factories.make_member(course, group=group_a, name="Fay Fellow")
    thread = thread_by(learner, course, audience="group", group=group_a)
    wanted = ["asif-assistant", "fay-fellow", "ines-instructor"]
    assert suggested(learner, url_of(thread)) == suggested(learner, forum_of(course), audience="group") == wanted
    assert "otto-other" not in suggested(instructor, url_of(thread))
    assert suggested(fellow, url_of(thread), "otto") == []


def test_nobody_is_suggested_in_a_private_thread(course, learner, instructor, suggested):
    assert suggested(learner, url_of(thread_by(learner, course, audience="me"))) == []
    assert suggested(learner, forum_of(course), audience="me") == []
    assert suggested(instructor, forum_of(course), audience="group") == ["asif-assistant"]
    assert suggested(learner, forum_of(course), audience="staff") == ["asif-assistant", "ines-instructor"]
    assert len(suggested(learner, forum_of(course), audience="nonsense")) == 3


def test_outsiders_and_other_groups_get_no_suggestions(course, learner, other_learner, outsider, group_a, sign_in):
    private = thread_by(learner, course, audience="group", group=group_a)
    for person, url in [(other_learner, url_of(private)), (outsider, url_of(private)), (outsider, forum_of(course))]:
        assert sign_in(person).get(f"{url}mentions/").status_code == 404


def test_suggestions_do_not_reveal_an_anonymous_author(course, learner, instructor, assistant, suggested):
    hidden = thread_by(learner, course, audience="staff", anonymous=True)
    open_one = thread_by(learner, course, audience="staff")
    assert suggested(instructor, url_of(hidden)) == ["asif-assistant"]
    assert suggested(instructor, url_of(open_one)) == ["asif-assistant", "lea-learner"]


def test_posting_in_a_thread_does_not_change_its_suggestions(course, learner, other_learner, instructor, suggested):
    thread = thread_by(instructor, course)
    before = suggested(other_learner, url_of(thread))
    post_by(learner, thread, anonymous=True)
    assert suggested(other_learner, url_of(thread)) == before
    assert not any(Alias.objects.get().name in words for words in before)


def test_the_list_is_bounded_in_rows_and_queries(course, learner, sign_in, django_assert_max_num_queries):
    url = url_of(thread_by(learner, course))
    for _ in range(30):
        factories.make_member(course, name="Max Many")
    client = sign_in(learner)
    client.get(f"{url}mentions/")
    with django_assert_max_num_queries(10):
        found = client.get(f"{url}mentions/", {"q": "max"}).json()
    assert (len(found["people"]), found["complete"]) == (8, False)
    assert client.get(f"{url}mentions/", {"q": "otto"}).json()["complete"]


def test_too_many_requests_are_refused(course, learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.views.compose_api.REQUESTS_PER_MINUTE", 2)
    monkeypatch.setattr("time.time", lambda: 60.0)
    client = sign_in(learner)
    statuses = [client.get(f"{forum_of(course)}mentions/").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
