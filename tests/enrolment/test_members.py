"""The list of members: what it shows, finds and leaves out, page by page."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.courses.roster_csv import read_roster
from lessons.courses.services.bulk_enrol import bulk_enrol
from lessons.discussions.models import ThreadUserState
from lessons.enrolment.views.members import PAGE_SIZE
from lessons.progress.models import Progress
from tests import factories
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


URL = "/courses/tides/members/"


def handles(answer):
    return re.findall(r"<td role=\"cell\" class=\"handle\"><bdi>@([^<]+)</bdi>", answer.content.decode())


def fill(course, by, count):
    text = "".join(f"p{n}@example.org,Reader {n:04}\n" for n in range(count))
    bulk_enrol(course=course, lines=read_roster(text).lines, by=by)


def test_it_shows_name_handle_role_group_and_state(client, learner):
    row = next(r for r in client.get(URL).content.decode().split("<tr>") if "Lea Learner" in r)
    for words in ("@lea-learner", "Learner", "Group A", "Active", "never"):
        assert words in row


def test_names_are_escaped(client, course):
    factories.make_member(course, name="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(URL).content.decode()


def test_last_opened_is_the_latest_lesson_or_thread(client, course, learner, other_learner, lesson):
    assert "<time" not in client.get(URL).content.decode()
    Progress.objects.save_progress(user=learner, lesson=lesson)
    thread = thread_by(other_learner, course)
    mark = ThreadUserState.objects.get(user=other_learner, thread=thread)
    ThreadUserState.objects.filter(pk=mark.pk).update(read_at=timezone.now())
    assert client.get(URL).content.decode().count("<time") == 2


def test_activity_in_another_course_does_not_show(client, course, learner):
    elsewhere = factories.make_published()
    Progress.objects.save_progress(user=learner, lesson=elsewhere)
    assert "<time" not in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["ines-instructor", "lea-learner", "otto-other"]),
        ("role=learner", ["lea-learner", "otto-other"]),
        ("group=none", ["ines-instructor"]),
        ("q=OTTO", ["otto-other"]),
        ("q=@lea-l", ["lea-learner"]),
        ("state=left", ["gone"]),
        ("state=all", ["gone", "ines-instructor", "lea-learner", "otto-other"]),
        ("state=nonsense&role=king&group=x&after=%F0%9F%92%A9x&before=", []),
        ("role=king", ["ines-instructor", "lea-learner", "otto-other"]),
        ("group=999999999999999999", []),
        ("q=%25", []),
    ],
)
def test_it_is_filtered(client, course, learner, other_learner, query, expected):
    gone = factories.make_member(course, name="Gone")
    Membership.objects.filter(user=gone).update(state="left")
    assert handles(client.get(f"{URL}?{query}")) == expected


def test_pages_forward_and_back_show_everybody_once(client, course, instructor):
    fill(course, instructor, 2 * PAGE_SIZE + 10)
    seen, query = [], ""
    while True:
        answer = client.get(f"{URL}?{query}")
        seen += handles(answer)
        query = answer.context["older"]
        if not query:
            break
    assert seen == sorted(course.memberships.values_list("handle", flat=True))
    back = handles(client.get(f"{URL}?{answer.context['newer']}"))
    assert back == seen[PAGE_SIZE : 2 * PAGE_SIZE]


def test_a_page_needs_the_same_number_of_queries_for_many_members(
    client, course, instructor, django_assert_num_queries
):
    fill(course, instructor, 3 * PAGE_SIZE)
    client.get(URL)
    with django_assert_num_queries(7):
        client.get(URL)
    with django_assert_num_queries(7):
        client.get(f"{URL}?after=reader-0070&role=learner")


def test_assistants_see_the_list_and_change_nothing(sign_in, assistant, course, learner):
    page = sign_in(assistant).get(URL)
    assert handles(page) == ["asif-assistant", "lea-learner"]
    assert "Add member" not in page.content.decode()
    assert "export" not in page.content.decode()
    work = f"{URL}{course.memberships.get(user=learner).pk}/work/"
    assert re.findall(r"[\w/-]+/members/\d+/[\w/]*", page.content.decode()) == [work]


def test_the_export_is_filtered_like_the_list(client, course, learner, other_learner):
    text = client.get(reverse("enrolment:export", args=["tides"]), {"q": "lea"}).content.decode()
    assert learner.email in text
    assert other_learner.email not in text


def test_the_export_needs_the_same_number_of_queries_for_many_members(
    client, course, instructor, django_assert_num_queries
):
    fill(course, instructor, 60)
    with django_assert_num_queries(6):
        assert client.get(f"{URL}export/").content.decode().count("\n") == 62


def test_managers_search_by_address_and_see_it_on_the_membership(client, course, learner, other_learner):
    Membership.objects.filter(user=other_learner).update(handle="someone")
    assert handles(client.get(URL, {"q": learner.email.upper()})) == ["lea-learner"]
    text = client.get(reverse("enrolment:export", args=["tides"]), {"q": learner.email}).content.decode()
    assert text.count("example.org") == 1
    membership = course.memberships.get(user=learner)
    assert learner.email in client.get(reverse("enrolment:membership", args=["tides", membership.pk])).content.decode()


def test_assistants_cannot_search_by_address(sign_in, assistant, course, learner):
    assert handles(sign_in(assistant).get(URL, {"q": learner.email})) == []


def test_the_list_shows_no_addresses(client, learner):
    assert learner.email not in client.get(URL).content.decode()


@pytest.mark.parametrize("text", ["100%", "a_c", "b\\d", "@100"])
def test_a_search_text_is_not_a_pattern(client, course, text):
    for name, who in zip(("100% Wool", "a_c", "abc", "b\\d", "100 Wool"), "vwxyz", strict=True):
        factories.make_member(course, name=name, email=f"{who}@example.org")  # a search finds the number of an address
    found = client.get(URL, {"q": text}).content.decode()
    expected = {"100%": ["100% Wool"], "a_c": ["a_c"], "b\\d": ["b\\d"], "@100": ["100% Wool", "100 Wool"]}[text]
    assert [
        name for name in ("100% Wool", "a_c", "abc", "b\\d", "100 Wool") if f"<bdi>{name}</bdi>" in found
    ] == expected
