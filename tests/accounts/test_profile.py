"""One's profile, and what it does to the pages one sees."""

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


def test_what_was_written_is_kept(sign_in, learner):
    assert change(sign_in(learner)).url == reverse("accounts:profile")
    learner.refresh_from_db()
    assert {name: getattr(learner, name) for name in PROFILE} == PROFILE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Reads.\r\n\r\n  Swims. \u200b\r\n", "Reads.\nSwims."),
        ("\n".join("abcdefg"), "a\nb\nc\nd\ne f g"),
        ("\r\n", ""),
    ],
)
def test_what_one_says_of_oneself_keeps_a_few_lines(sign_in, learner, typed, kept):
    client = sign_in(learner)
    change(client, about=typed)
    learner.refresh_from_db()
    assert learner.about == kept
    assert (
        kept.replace("\n", "<br>")
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
def test_what_cannot_be_is_refused_and_nothing_is_lost(sign_in, learner, field, value):
    reply = change(sign_in(learner), **{field: value})
    assert reply.context["form"].errors[field]
    assert "Reads by the sea." in reply.content.decode() or field == "about"
    name = learner.display_name
    learner.refresh_from_db()
    assert (learner.display_name, learner.theme) == (name, "")
    assert f"Account of {name}" in reply.content.decode()


def test_theme_and_text_size_stand_in_the_html_of_every_page(sign_in, learner, lesson):
    client = sign_in(learner)
    plain = client.get("/").content.decode()
    change(client)
    for address in ("/", lesson.get_absolute_url(), "/nowhere/", reverse("account_email")):
        page = client.get(address).content.decode()
        assert ' data-theme="dark" data-text="large">' in page
        assert '<meta name="color-scheme" content="dark">' in page
    assert "data-theme" not in plain + sign_in(None).get("/").content.decode()


def test_the_admin_has_theme_and_text_size_too(sign_in, instructor):
    client = sign_in(instructor)
    change(client)
    assert "theme-dark text-large" in client.get("/admin/").content.decode()


def test_times_are_those_of_the_persons_zone_and_only_theirs(sign_in, learner, lesson):
    learner.time_zone = "Pacific/Auckland"
    learner.save()
    seen = {}
    client = sign_in(learner)
    for who, at in (("learner", client), ("visitor", sign_in(None))):
        seen[who] = at.get(lesson.get_absolute_url()).headers.get("ETag")
        assert timezone.get_current_timezone_name() == "UTC"
        assert translation.get_language() == "en-gb"
    assert seen["learner"] != seen["visitor"]


def test_a_zone_that_this_machine_does_not_know_is_the_sites(sign_in, learner):
    learner.time_zone = "Europe/Atlantis"
    learner.save()
    assert sign_in(learner).get("/").status_code == 200


def test_language_zone_and_looks_cost_no_query(sign_in, learner, lesson):
    client, address = sign_in(learner), lesson.get_absolute_url()

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    before = queries()
    change(client)
    client.get("/")  # takes the message along
    assert queries() == before


def test_fellow_members_see_a_profile_and_nobody_else(sign_in, course, learner, other_learner, outsider):
    change(sign_in(learner))
    address = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(address).content.decode()
    assert "she/her" in page
    assert "Reads by the sea." in page
    assert course.title in page
    assert learner.email not in page
    nobody = reverse("enrolment:member_profile", args=["00000000-0000-4000-8000-000000000000"])
    assert sign_in(outsider).get(address).status_code == sign_in(outsider).get(nobody).status_code == 404


def test_a_profile_says_nothing_of_courses_that_are_not_shared(
    sign_in, course, learner, other_learner, members_course
):
    for_both = make_member(members_course)
    members_course.memberships.filter(user=for_both).update(user=learner, handle="lea")
    page = sign_in(other_learner).get(reverse("enrolment:member_profile", args=[learner.uid])).content.decode()
    assert members_course.title not in page


def test_the_colour_of_ones_initials_stays_whatever_the_name():
    person = make_user("Ada")
    hue = person.hue
    person.display_name = "Zoë"
    assert person.hue == hue in range(8)


@pytest.fixture
def post(course, learner):
    return thread_by(learner, course).posts.get()


def test_from_a_post_one_comes_to_whom_it_is_of(sign_in, other_learner, learner, post):
    address = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
    assert f'href="{address}"' in page
    assert sign_in(other_learner).get(address).status_code == 200


@pytest.mark.parametrize("state", ["left", "removed"])
def test_no_way_leads_to_who_is_not_there_any_more(sign_in, other_learner, learner, post, state):
    learner.memberships.update(state=state)
    address = reverse("enrolment:member_profile", args=[learner.uid])
    page = sign_in(other_learner).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
    assert "/members/" not in page
    assert sign_in(other_learner).get(address).status_code == 404


def test_no_way_leads_to_whom_a_bird_is(sign_in, course, instructor, learner):
    post = thread_by(learner, course, anonymous=True).posts.get()
    for reader in (instructor, learner):
        page = sign_in(reader).get(reverse("discussions:post_actions", args=[post.pk])).content.decode()
        assert str(learner.uid) not in page


def test_erasing_takes_everything_of_the_profile_along(learner, sign_in, other_learner):
    for name, value in PROFILE.items():
        setattr(learner, name, value)
    learner.save()
    uid = learner.uid
    erase_user(user=learner, by=None)
    learner.refresh_from_db()
    assert not any(getattr(learner, name) for name in PROFILE)
    assert learner.uid != uid
    for address in (uid, learner.uid):
        assert sign_in(other_learner).get(reverse("enrolment:member_profile", args=[address])).status_code == 404


def test_ones_data_has_everything_of_the_profile(learner):
    for name, value in PROFILE.items():
        setattr(learner, name, value)
    learner.save()
    profile = next(section for section in all_sections(learner) if section.key == "profile")
    assert PROFILE.items() <= next(iter(profile.rows)).items()
