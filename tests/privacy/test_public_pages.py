"""What anybody can read names no member and tells of no membership."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import Membership
from tests import factories
from tests.discussions.make import post_by, thread_by

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:href|src)="(/[^"#]*)|<loc>http://testserver(/[^<]*)|<link[^>]*href="http://testserver(/[^"]*)')
NOT_PAGES = ("/static/", "/accounts/log", "/accounts/sign", "/accounts/pass")


def public_pages():
    """Everything that a visitor reaches from the library, the sitemap and the feeds by links."""
    client, waiting, seen = Client(), ["/", "/sitemap.xml", "/robots.txt"], {}
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(NOT_PAGES):
            continue
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = content.decode("utf-8", "ignore")
        found = [next(filter(None, groups)) for groups in LINK.findall(seen[address])]
        waiting += [one.replace("&amp;", "&") for one in found]
    return seen


@pytest.fixture
def talkative(course, lesson, case_study, instructor, assistant, learner, other_learner):
    lesson.tags.add("tide")
    factories.make_asset(course, uploaded_by=instructor)
    thread = thread_by(learner, course, "I wonder about it.", title="A title of talk", lesson=lesson, tags=["tide"])
    post_by(assistant, thread, "@lea-learner, look at the moon.")
    unlisted = factories.make_course(title="Unlisted shore", visibility="unlisted")
    factories.make_member(unlisted, Membership.Role.INSTRUCTOR, name="Ursula Unlisted")
    cache.clear()
    return course


def test_no_public_page_names_a_member(talkative, lesson, module):
    pages = public_pages()
    for there in (talkative, module, lesson):
        assert there.get_absolute_url() in pages
    assert reverse("reading:lesson_feed", args=[talkative.slug]) in pages
    assert reverse("reading:tag", args=["tide"]) in pages
    assert "application/ld+json" in pages[lesson.get_absolute_url()]
    people = User.objects.exclude(display_name="")
    names = set(people.values_list("display_name", flat=True)) | set(people.values_list("email", flat=True))
    names |= set(Membership.objects.values_list("handle", flat=True)) | {"Group A", "Group B"}
    assert len(names) > 8
    for address, words in pages.items():
        assert {name for name in names if name and name in words} == set(), address
        assert "A title of talk" not in words, address
        assert "look at the moon" not in words, address


def test_pages_of_members_tell_visitors_nothing(talkative, learner):
    client = Client()
    for name in (
        "privacy:audit_log",
        "privacy:course_closing",
        "discussions:forum",
        "discussions:new_thread_mentions",
    ):
        answer = client.get(reverse(name, args=[talkative.slug]))
        there_is_none = client.get(reverse(name, args=["no-such-course"]))
        assert answer.status_code == there_is_none.status_code == 302
        assert not answer.content
