"""Viewing as a learner of a group: what is shown, what is not, and that no trace is left."""

import pytest
from django.apps import apps
from django.urls import reverse

from lessons.courses.descriptions import description_html
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.enrolment.view_as_learner import learner_viewer
from tests import factories
from tests.annotations.make import note_by
from tests.discussions import test_access_matrix as discussions
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.test_permissions import PAGES, World, answer, rows, with_world

pytestmark = pytest.mark.django_db

BANNER = "You’re viewing as a learner of"


@pytest.fixture
def view(sign_in):
    """Return a function that gives a client of the staff member, viewing as a learner of the group."""

    def start(staff, course, group=None):
        client = sign_in(staff)
        client.post(reverse("enrolment:start_learner_view", args=[course.slug]), {"group": group.pk if group else ""})
        return client

    return start


def page(client, address):
    return client.get(address, follow=True).content.decode()


def forum(course):
    return reverse("discussions:forum", args=[course.slug])


def all_rows():
    """Return each table of this project with all its rows; not sessions, which change by being used."""
    models = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("lessons.")]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def test_it_shows_what_a_learner_of_the_group_may_see(
    view, instructor, course, group_a, group_b, learner, other_learner
):
    titles = {
        "Of A": thread_by(learner, course, title="Of A", audience="group", group=group_a),
        "Of B": thread_by(other_learner, course, title="Of B", audience="group", group=group_b),
        "Of all": thread_by(learner, course, title="Of all"),
        "To staff": thread_by(learner, course, title="To staff", audience="staff"),
        "My own": thread_by(instructor, course, title="My own", audience="me"),
        "My staff": thread_by(instructor, course, title="My staff", audience="staff"),
    }
    client = view(instructor, course, group_b)
    text = page(client, forum(course))
    assert {title for title in titles if f"{title}<" in text} == {"Of B", "Of all"}
    answers = {title: client.get(thread.get_absolute_url()).status_code for title, thread in titles.items()}
    assert answers == {"Of A": 404, "Of B": 200, "Of all": 200, "To staff": 404, "My own": 404, "My staff": 404}
    alone = view(instructor, course)
    assert {title for title in titles if f"{title}<" in page(alone, forum(course))} == {"Of all"}


@pytest.mark.parametrize("name", ["library", "course"])
def test_descriptions_are_rendered_before_the_transaction_of_the_view(view, instructor, course, name):
    Course.objects.filter(pk=course.pk).update(description="About *tides*.")
    client = view(instructor, course)
    description_html.cache_clear()
    # Slow work in a transaction fails a test, see `tests.transactions`.
    assert "<em>tides</em>" in page(client, reverse(f"reading:{name}", args=[course.slug] if name == "course" else []))


def test_every_page_has_the_banner_that_ends_the_view(view, instructor, course, lesson, group_b):
    client = view(instructor, course, group_b)
    for address in ("/", course.get_absolute_url(), lesson.get_absolute_url(), forum(course), "/nowhere/", "/admin/"):
        assert BANNER in page(client, address), address
    answer = client.post(reverse("enrolment:end_learner_view"), follow=True)
    assert BANNER not in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("enrolment:members", args=[course.slug])


def test_a_members_only_course_can_be_viewed(view, sign_in, members_course):
    staff = factories.make_member(members_course, Membership.Role.ASSISTANT)
    lesson = factories.make_published(factories.make_lesson(factories.make_module(members_course)))
    client = view(staff, members_course)
    assert client.get(lesson.get_absolute_url()).status_code == 200
    assert client.get(forum(members_course)).status_code == 200


def test_no_trace_is_left(view, instructor, course, lesson, case_study, group_b, learner):
    thread = thread_by(learner, course, lesson=lesson)
    post_by(learner, thread)
    note_by(learner, lesson)
    client = view(instructor, course, group_b)
    before = all_rows()
    for address in (
        course.get_absolute_url(),
        lesson.get_absolute_url(),
        case_study.get_absolute_url(),
        forum(course),
        thread.get_absolute_url(),
        reverse("discussions:first_unread", args=[thread.pk]),
        reverse("discussions:lesson_comments", args=[lesson.pk]),
        reverse("discussions:notifications"),
        reverse("discussions:notification_settings"),
        "/accounts/email/",
        "/accounts/password/change/",
    ):
        assert client.get(address, follow=True).status_code < 500
    assert all_rows() == before


def test_that_it_began_is_logged(view, assistant, course, group_b):
    view(assistant, course, group_b)
    entry = AuditEntry.objects.get(verb="view as learner")
    assert (entry.actor, entry.course, entry.target_name) == (assistant, course, "Group B")


def test_it_is_begun_anew_by_a_double_click_or_in_another_tab(view, instructor, course, group_a, group_b):
    client, start = view(instructor, course, group_b), reverse("enrolment:start_learner_view", args=[course.slug])
    for group, entries in ((group_b, 1), (group_a, 2)):
        assert client.post(start, {"group": group.pk})["Location"] == course.get_absolute_url()
        assert f"A learner of {group}" in page(client, "/")
        assert AuditEntry.objects.filter(verb="view as learner").count() == entries


def test_every_unsafe_method_is_refused_and_does_nothing(view, instructor, course, lesson, group_b, learner):
    thread = thread_by(learner, course)
    client = view(instructor, course, group_b)
    before = all_rows()
    addresses = [
        reverse("discussions:create_thread", args=["tides"]),
        thread.get_absolute_url(),
        reverse("reading:progress", args=[lesson.pk]),
        reverse("reading:join_or_leave", args=["tides"]),
        reverse("enrolment:add_member", args=["tides"]),
        reverse("unsent:unsent_texts"),
        reverse("account_email"),
        reverse("admin:index"),
    ]
    for method in ("post", "put", "patch", "delete"):
        for address in addresses:
            answer = getattr(client, method)(
                address, {"source": "x", "completed": "true"}, content_type="application/json"
            )
            assert answer.status_code == 403, (method, address)
            assert "Read-only" in answer.content.decode()
    assert all_rows() == before


@pytest.mark.parametrize(("before", "back"), [("/lessons/", True), ("https://elsewhere.example/", False), ("", False)])
def test_the_refusal_leads_back_to_the_page(view, instructor, course, group_b, before, back):
    before = before and (before if "//" in before else f"http://testserver{before}")
    client = view(instructor, course, group_b)
    answer = client.post("/courses/tides/membership/", headers={"Referer": before}).content.decode()
    leads = before if back else course.get_absolute_url()
    assert f'<a class="button primary" href="{leads}">Continue reading</a>' in answer


def test_a_viewer_looks_the_same_on_every_page(course, group_b):
    assert len({learner_viewer(course.pk, group_b.pk, "A learner").hue for _ in range(20)}) == 1


ACCOUNT = "profile sessions data erasure email password/change 2fa 2fa/totp/activate reauthenticate".split()


def test_a_note_is_refused_with_a_message_for_its_script(view, instructor, course, lesson, group_b):
    address = reverse("annotations:create", args=[lesson.pk])
    answer = view(instructor, course, group_b).post(address, {"source": "x"}, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "can’t submit anything" in answer.json()["errors"][0]


@pytest.mark.parametrize("name", ACCOUNT)
def test_a_viewer_has_no_account(view, instructor, course, group_b, name):
    """The account of the staff member does not show either."""
    answer = view(instructor, course, group_b).get(f"/accounts/{name}/")
    assert answer.status_code == 403
    assert BANNER in answer.content.decode()
    assert instructor.email not in answer.content.decode()


def test_profiles_show_what_fellow_learners_see(view, instructor, course, group_b, learner, outsider):
    learner.pronouns = "she/her"
    learner.save()
    client = view(instructor, course, group_b)
    assert "she/her" in page(client, reverse("enrolment:member_profile", args=[learner.uid]))
    assert client.get(reverse("enrolment:member_profile", args=[outsider.uid])).status_code == 404


def test_no_rights_are_gained(view, administrator, course, group_b):
    """An administrator sees no more than a learner; the pages of staff do not exist."""
    World(visibility="members")
    client = view(administrator, course, group_b)
    assert client.get("/courses/sealed/").status_code == 404
    assert client.get(reverse("enrolment:members", args=["tides"])).status_code == 404
    assert client.get(reverse("discussions:moderator_inbox", args=["tides"])).status_code == 404
    assert client.get("/admin/").status_code == 403


@pytest.mark.parametrize("who", ["learner", "outsider"])
def test_others_cannot_view_as_learner(view, request, course, group_b, who):
    person = request.getfixturevalue(who)
    client = view(person, course, group_b)
    assert BANNER not in page(client, course.get_absolute_url())
    assert not AuditEntry.objects.filter(verb="view as learner").exists()


def test_the_view_ends_for_former_staff(view, assistant, course, group_b):
    client = view(assistant, course, group_b)
    Membership.objects.filter(user=assistant).update(role="learner")
    assert BANNER not in page(client, course.get_absolute_url())
    assert client.get(reverse("enrolment:members", args=["tides"])).status_code == 404


def test_deleting_the_group_ends_the_view(view, instructor, course, group_b):
    client = view(instructor, course, group_b)
    group_b.delete()
    words = page(client, course.get_absolute_url())
    assert BANNER not in words
    assert "You’re no longer viewing as a learner" in words
    assert "You’re no longer viewing as a learner" not in page(client, course.get_absolute_url())


@pytest.mark.parametrize("accepts", ["text/html", "application/json"])
def test_a_form_submitted_when_it_ends_is_not_processed(view, instructor, course, group_b, accepts):
    client = view(instructor, course, group_b)
    group_b.delete()
    leaving = reverse("reading:join_or_leave", args=["tides"])
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    answer = client.post(leaving, {"leave": "true"}, headers={"Accept": accepts})
    assert answer.status_code == {"text/html": 302, "application/json": 403}[accepts]
    assert course.memberships.get(user=instructor).state == "active"


def test_a_group_of_another_course_is_not_found(sign_in, instructor, course):
    group = factories.make_group(factories.make_course())
    client = sign_in(instructor)
    for given in (group.pk, "9" * 18):
        assert (
            client.post(reverse("enrolment:start_learner_view", args=["tides"]), {"group": given}).status_code == 404
        )


def test_a_cached_page_is_not_shown_again(view, sign_in, instructor, course, lesson, group_b):
    """The ETag differs between staff and learners, and between groups."""
    client = sign_in(instructor)
    own = client.get(lesson.get_absolute_url())["ETag"]
    client.post(reverse("enrolment:start_learner_view", args=["tides"]), {"group": group_b.pk})
    seen = client.get(lesson.get_absolute_url(), headers={"If-None-Match": own})
    assert seen.status_code == 200
    assert BANNER in seen.content.decode()


def test_an_invitation_cannot_be_accepted(view, instructor, course, group_b, members_course):
    invitation = members_course.invitations.create()
    client = view(instructor, course, group_b)
    assert client.get(invitation.get_absolute_url()).status_code == 200
    assert client.post(invitation.get_absolute_url()).status_code == 403
    assert not members_course.memberships.exists()


def test_signing_out_still_works(view, instructor, course, group_b):
    client = view(instructor, course, group_b)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


READ = [p.values[1:] for table in (PAGES, discussions.PAGES) for p in rows(table) if p.values[0] == "GET"]


@with_world(discussions.DiscussionsWorld, visibility="members")
@pytest.mark.parametrize(("route", "expected"), [pytest.param(*row, id=row[0]) for row in sample(READ)])
def test_every_page_answers_as_it_answers_a_learner(world, view, route, expected):
    arguments = world.arguments if route.startswith("discussions:") else super(type(world), world).arguments
    address = reverse(route, kwargs=arguments(route))
    client = view(world.people["assistant"], world.course)
    assert (
        answer(client, "GET", address, discussions.DATA.get(route.removeprefix("discussions:"), {}))
        == (expected["learner"])
    )
