"""axe finds nothing on any page of the site, in light or dark colours, or on narrow screens if the layout differs."""

import pytest

from tests.browser.axe import violations
from tests.environment import sample

COURSE = "/courses/alliances-and-diplomacy/"
MODULE = f"{COURSE}modules/military-diplomacy-in-nato/"
PUBLIC = [
    "/",
    COURSE,
    f"{COURSE}lessons/",
    MODULE,
    f"{COURSE}glossary/",
    f"{COURSE}timeline/",
    "/tags/deterrence/",
    "/nowhere/",
]
STAFF = [
    COURSE,
    f"{COURSE}members/",
    f"{COURSE}audit-log/",
    f"{COURSE}audit-log/?since=never",
    f"{COURSE}closure/",
    "/accounts/erasure/",
]
ACCOUNTS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
PAGES = "profile email password/change 2fa sessions reauthenticate data erasure logout".split()
OWN = ["/", COURSE, MODULE, "/notebook/", *(f"/accounts/{page}/" for page in PAGES)]


def check(page, addresses, narrow=False):
    for address in sample(addresses, addresses[0]):
        page.goto(address)
        assert violations(page, narrow) == [], address


@pytest.mark.thorough
def test_pages_for_everybody(page):
    check(page, PUBLIC, narrow=True)
    check(page, ACCOUNTS)
    for name in ("What military diplomacy is", "Operation Allied Force"):
        page.goto(MODULE)
        page.get_by_role("main").get_by_role("link", name=name).first.click()
        assert violations(page, narrow=True) == [], name


@pytest.mark.thorough
def test_pages_of_the_users_account(page, sign_in_as):
    sign_in_as(page, "learner-a")
    check(page, OWN[:5], narrow=True)
    check(page, OWN[5:])


@pytest.mark.thorough
@pytest.mark.sampled
def test_pages_of_staff(page, sign_in_as):
    sign_in_as(page, "instructor")
    check(page, STAFF)


@pytest.mark.thorough
def test_the_page_of_administrators(page, sign_in_as):
    sign_in_as(page, "admin")
    check(page, ["/admin/operations/"], narrow=True)


@pytest.mark.thorough
def test_a_form_with_errors(page):
    page.goto("/accounts/signup/")
    page.get_by_role("main").get_by_role("button").last.click()
    assert violations(page, narrow=True) == []
