"""Who may create courses: the setting, the form, and what becomes of whoever creates one."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from lessons.courses.models import AuditEntry, Course, Membership
from lessons.permissions import can_create_courses
from portal.course_creation import CourseCreation, course_creation
from tests import factories

NEW = reverse("admin:courses_course_add")
FORM = {
    "title": "Locks",
    "slug": "locks",
    "visibility": "members",
    "join_policy": "invitation",
    "language": "en-gb",
    "time_zone": "UTC",
}


@pytest.mark.parametrize(
    ("values", "instructors", "domains"),
    [
        (["administrators"], False, set()),
        ([], False, set()),
        ([" Instructors "], True, set()),
        (["@Example.org", "sea.example"], False, {"example.org", "sea.example"}),
        (["instructors", "münchen.example"], True, {"xn--mnchen-3ya.example"}),
    ],
)
def test_the_setting_names_instructors_and_domains(values, instructors, domains):
    assert course_creation(values) == CourseCreation(instructors, frozenset(domains))


@pytest.mark.parametrize("value", ["teachers", "everybody", "a@example.org", "example", ".org", "exa mple.org", "*"])
def test_another_value_is_refused_in_a_sentence(value):
    with pytest.raises(ImproperlyConfigured, match="Write administrators, instructors"):
        course_creation(["instructors", value])


@pytest.fixture
def verified(db):
    user = factories.make_user(email="ada@sea.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_a_domain_allows_those_with_a_verified_address_of_it(settings, verified, instructor, administrator):
    settings.COURSE_CREATION = course_creation(["sea.example"])
    unverified = factories.make_user(email="eve@sea.example")
    elsewhere = factories.make_user(email="eve@not-sea.example")
    EmailAddress.objects.create(user=elsewhere, email=elsewhere.email, verified=True)
    assert [can_create_courses(user) for user in (verified, administrator)] == [True, True]
    assert not any(can_create_courses(user) for user in (unverified, elsewhere, instructor))


def test_a_newcomer_creates_a_course_and_teaches_it(settings, sign_in, verified):
    settings.COURSE_CREATION = course_creation(["sea.example"])
    client = sign_in(verified)
    assert f'href="{NEW}"' in client.get(reverse("reading:library")).content.decode()
    page = client.get(NEW)
    assert page.status_code == 200
    assert reverse("admin:index") not in [part.split('"')[0] for part in page.content.decode().split('href="')]
    assert client.get(reverse("admin:index")).status_code == 403
    assert client.get(reverse("admin:lessons_module_add")).status_code == 403
    response = client.post(NEW, FORM)
    course = Course.objects.get(slug="locks")
    assert response.url == reverse("admin:courses_course_change", args=[course.pk])
    assert course.memberships.get(user=verified).role == Membership.Role.INSTRUCTOR
    assert client.get(response.url).status_code == 200
    assert AuditEntry.objects.filter(course=course, verb="create course", actor=verified).exists()


def test_only_those_who_may_create_courses_reach_the_form_or_copy_one(settings, sign_in, course, instructor, learner):
    copy = reverse("admin:courses_course_copy", args=[course.pk])
    assert sign_in(learner).get(NEW).status_code == 403
    assert sign_in(instructor).get(NEW).status_code == 200
    settings.COURSE_CREATION = course_creation(["administrators"])
    client = sign_in(instructor)
    assert client.post(NEW, FORM).status_code == 403
    assert client.post(copy, {"title": "Copy", "slug": "copy"}).status_code == 403
    assert copy not in client.get(reverse("admin:courses_course_change", args=[course.pk])).content.decode()
    assert NEW not in client.get(reverse("admin:index")).content.decode()
    assert Course.objects.count() == 1


def test_the_last_day_of_a_course_is_not_before_its_first(sign_in, instructor, course):
    client = sign_in(instructor)
    change = reverse("admin:courses_course_change", args=[course.pk])
    form = FORM | {"title": course.title, "slug": course.slug}
    form |= {"labels-TOTAL_FORMS": 0, "labels-INITIAL_FORMS": 0}
    for days in ({"ends_on": "2027-02-05"}, {"starts_on": "2027-02-08", "ends_on": "2027-02-05"}):
        assert "The last day needs a first day, on or before it." in client.post(change, form | days).content.decode()
    assert client.post(change, form | {"starts_on": "2026-11-30", "ends_on": "2027-02-05"}).status_code == 302
    course.refresh_from_db()
    assert (str(course.starts_on), str(course.ends_on)) == ("2026-11-30", "2027-02-05")
    assert 'value="2026-11-30"' in client.get(change).content.decode()
