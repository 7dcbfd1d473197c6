"""A user's profile, and what it changes on the pages they see."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from lessons.privacy.archive import all_sections
from lessons.privacy.erasure import erase_user
from tests.discussions.make import thread_by
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

PROFILE = {
    "display_name": "Ada Lind",
    "pronouns": "she/her",
    "about": "Reads by the sea.",
    "language": "en",
    "time_zone": "Pacific/Auckland",
    "theme": "dark",
    "text_size": "large",
}


def change(client, **fields):
    return client.post(reverse("accounts:profile"), {**PROFILE, **fields})


def test_the_profile_is_saved(sign_in, learner):
    assert change(sign_in(learner)).url == reverse("accounts:profile")
    learner.refresh_from_db()
    assert {name: getattr(learner, name) for name in PROFILE} == PROFILE


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("Reads.\r\n\r\n  Swims. \u200b\r\n", "Reads.\nSwims."),
        ("\n".join("abcdefg"), "a\nb\nc\nd\ne f g"),
        ("\r\n", ""),
    ],
)
def test_the_description_has_a_few_lines_at_most(sign_in, learner, typed, saved):
    client = sign_in(learner)
    change(client, about=typed)
    learner.refresh_from_db()
    assert learner.about == saved
    assert (
        saved.replace("\n", "<br>")
        in client.get(reverse("enrolment:member_profile", args=[learner.uid])).content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "\u200d"),
        ("display_name", "\u202eadA"),
        ("display_name", "x" * 10_000),
        ("pronouns", "x" * 41),
        ("about", "x" * 401),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "../../etc/passwd"),
        ("language", "xx"),
        ("theme", "dark onload=x"),
        ("text_size", "9"),
    ],
)
def test_invalid_values_are_refused_and_the_form_stays_filled_in(sign_in, learner, field, value):
    reply = change(sign_in(learner), **{field: value})
    assert reply.context["form"].errors[field]
    assert "Reads by the sea." in reply.content.decode() or field == "about"
    name = learner.display_name
    learner.refresh_from_db()
    assert (learner.display_name, learner.theme) == (name, "")
    assert f"Account of {name}" in reply.content.decode()


def test_theme_and_text_size_are_in_the_html_of_every_page(sign_in, learner, lesson):
    client = sign_in(learner)
    plain = client.get("/").content.decode()
    change(client)
    for url in ("/", lesson.get_absolute_url(), "/nowhere/", reverse("account_email")):
        page = client.get(url).content.decode()
        assert ' data-theme="dark" data-text="large">' in page
        assert '<meta name="color-scheme" content="dark">' in page
    assert "data-theme" not in plain + sign_in(None).get("/").content.decode()


def test_the_admin_has_theme_and_text_size_too(sign_in, instructor):
    client = sign_in(instructor)
    change(client)
    body = re.search(r'<body class="([^"]*)"', client.get(reverse("admin:index")).content.decode())
    assert {"theme-dark", "text-large"} <= set(body[1].split())


def test_times_are_in_the_users_time_zone_and_only_for_them(sign_in, learner, lesson):
    learner.time_zone = "Pacific/Auckland"
    learner.save()
    seen = {}
    client = sign_in(learner)
    for who, at in (("learner", client), ("visitor", sign_in(None))):
        seen[who] = at.get(lesson.get_absolute_url()).headers.get("ETag")
        assert timezone.get_current_timezone_name() == "UTC"
        assert translation.get_language() == "en-gb"
    assert seen["learner"] != seen["visitor"]


def test_an_unknown_time_zone_falls_back_to_the_sites(sign_in, learner):
    learner.time_zone = "Europe/Atlantis"
    learner.save()
    assert sign_in(learner).get("/").status_code == 200


def test_language_time_zone_and_appearance_need_no_query(sign_in, learner, lesson):
    client, url = sign_in(learner), lesson.get_absolute_url()

    def queries():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    before = queries()
    change(client)
    client.get("/")  # clears the message
    assert queries() == before


def test_only_fellow_members_see_a_profile(sign_in, course, learner, other_learner, outsider):
    change(sign_in(learner))
    url = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(url).content.decode()
    assert "she/her" in page
    assert "Reads by the sea." in page
    assert course.title in page
    assert learner.email not in page
    nobody = reverse("enrolment:member_profile", args=["00000000-0000-4000-8000-000000000000"])
    assert sign_in(outsider).get(url).status_code == sign_in(outsider).get(nobody).status_code == 404


def test_a_profile_hides_courses_that_are_not_shared(sign_in, course, learner, other_learner, members_course):
    for_both = make_member(members_course)
    members_course.memberships.filter(user=for_both).update(user=learner, handle="lea")
    page = sign_in(other_learner).get(reverse("enrolment:member_profile", args=[learner.uid])).content.decode()
    assert members_course.title not in page


def test_the_colour_of_the_avatar_does_not_depend_on_the_name():
    person = make_user("Ada")
    hue = person.hue
    person.display_name = "Zoë"
    assert person.hue == hue in range(8)


@pytest.fixture
def post(course, learner):
    return thread_by(learner, course).posts.get()


def test_a_post_links_to_its_authors_profile(sign_in, other_learner, learner, post):
    url = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
    assert f'href="{url}"' in page
    assert sign_in(other_learner).get(url).status_code == 200


@pytest.mark.parametrize("state", ["left", "removed"])
def test_profiles_of_former_members_are_not_linked(sign_in, other_learner, learner, post, state):
    learner.memberships.update(state=state)
    url = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
    assert "/members/" not in page
    assert sign_in(other_learner).get(url).status_code == 404


def test_an_anonymous_post_does_not_link_to_its_author(sign_in, course, instructor, learner):
    post = thread_by(learner, course, anonymous=True).posts.get()
    for reader in (instructor, learner):
        page = sign_in(reader).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
        assert str(learner.uid) not in page


def test_erasing_removes_the_whole_profile(learner, sign_in, other_learner):
    for name, value in PROFILE.items():
        setattr(learner, name, value)
    learner.save()
    uid = learner.uid
    erase_user(user=learner, by=None)
    learner.refresh_from_db()
    assert not any(getattr(learner, name) for name in PROFILE)
    assert learner.uid != uid
    for url in (uid, learner.uid):
        assert sign_in(other_learner).get(reverse("enrolment:member_profile", args=[url])).status_code == 404


def test_the_data_export_has_the_whole_profile(learner):
    for name, value in PROFILE.items():
        setattr(learner, name, value)
    learner.save()
    profile = next(section for section in all_sections(learner) if section.key == "profile")
    assert PROFILE.items() <= next(iter(profile.rows)).items()
