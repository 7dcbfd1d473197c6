"""axe finds nothing: every page of the site, in light colours and dark; narrow where a narrow page is another page."""

import pytest

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"
MODULE = f"{COURSE}modules/military-diplomacy-in-nato/"
PUBLIC = ["/", COURSE, MODULE, f"{COURSE}glossary/", f"{COURSE}timeline/", "/tags/deterrence/", "/nowhere/"]
STAFF = [f"{COURSE}audit-log/", f"{COURSE}audit-log/?since=never", f"{COURSE}closure/", "/accounts/erasure/"]
ACCOUNTS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
PAGES = "profile email password/change 2fa sessions reauthenticate data erasure logout".split()
OWN = ["/", COURSE, MODULE, "/notebook/", *(f"/accounts/{page}/" for page in PAGES)]
LOOKS = [{}, {"width": 390}]


def check(page, addresses):
    for address in addresses:
        page.goto(address)
        assert violations(page) == [], address


@pytest.mark.parametrize("look", LOOKS)
def test_pages_for_everybody(new_page, look):
    page = new_page(**look)
    check(page, PUBLIC if look else [*PUBLIC, *ACCOUNTS])
    page.goto(MODULE)
    for name in ("What military diplomacy is", "Operation Allied Force"):
        page.goto(MODULE)
        page.get_by_role("main").get_by_role("link", name=name).first.click()
        assert violations(page) == [], name


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_ones_own(new_page, sign_in_as, look):
    page = new_page(**look)
    sign_in_as(page, "learner-a")
    check(page, OWN[:5] if look else OWN)


def test_pages_of_staff(page, sign_in_as):
    sign_in_as(page, "instructor")
    check(page, STAFF)


@pytest.mark.parametrize("look", LOOKS)
def test_a_form_with_errors(new_page, look):
    page = new_page(**look)
    page.goto("/accounts/signup/")
    page.get_by_role("main").get_by_role("button").last.click()
    assert violations(page) == []
