"""Joining by invitation, the group board, viewing as a learner and importing a roster, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import violations
from tests.environment import sample

COURSE = "/courses/alliances-and-diplomacy/"
MEMBERS = f"{COURSE}members/"


@pytest.fixture
def staff(new_page, sign_in_as):
    def signed_in(**look):
        page = new_page(**look)
        sign_in_as(page, "instructor")
        return page

    return signed_in


def make_link(page):
    page.goto(f"{COURSE}invitations/")
    page.get_by_role("button", name="Create invitation").click()
    return page.get_by_label("Link").first.input_value()


@pytest.mark.thorough
def test_a_new_user_joins_by_invitation_in_three_screens_without_script(staff, new_page, code_to):
    """The invitation, signing up, the e-mailed code; the fourth page is the course."""
    address = "nora-new@example.org"
    link = make_link(staff())
    page = new_page(script=False)
    screens = []
    page.on("load", lambda p: screens.append(p.title()))
    page.goto(link)
    page.get_by_role("button", name="Sign up and join").click()
    page.get_by_label("Your name").fill("Nora New")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill("a very long password indeed")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(code_to(address))
    page.get_by_role("main").get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{COURSE}")
    page.get_by_text("You’ve been enrolled.").wait_for()
    page.wait_for_load_state()
    assert len(screens[:-1]) == 3, screens
    page.get_by_role("link", name="Discussions", exact=True).wait_for()


def board(page):
    page.goto(f"{COURSE}groups/")
    page.locator(".group").first.wait_for()
    return page


def group(page, name):
    return page.locator(f".group[data-name='{name}']")


def card(page, name="Jonas Koch"):
    return page.locator("[data-membership]", has_text=name)


def move_back(page):
    card(page).get_by_role("checkbox").check()
    page.get_by_label("Move selected to").select_option(label="Group B")
    page.get_by_role("button", name="Move", exact=True).click()
    page.wait_for_load_state()


@pytest.mark.thorough
def test_a_member_is_dragged_into_another_group(staff):
    page = board(staff())
    page.locator("[data-membership][draggable=true]").first.wait_for()
    card(page).hover()
    page.mouse.down()
    heading = group(page, "Group A").get_by_role("heading").bounding_box()
    for _ in range(50):
        # The first move lifts the card, a later one carries it over the group.
        page.mouse.move(heading["x"] + 5, heading["y"] + 5, steps=4)
        if page.locator(".group.drop-target[data-name='Group A']").count():
            break
        page.wait_for_timeout(100)
    with page.expect_response("**/moves/"):
        page.mouse.up()
    page.get_by_role("status").filter(has_text="Jonas Koch is now in Group A").wait_for(state="attached")
    assert card(board(page)).locator("xpath=ancestor::section").get_attribute("data-name") == "Group A"
    move_back(page)
    assert card(page).locator("xpath=ancestor::section").get_attribute("data-name") == "Group B"


def test_a_member_is_moved_by_the_keyboard_and_keeps_the_focus(staff):
    page = board(staff())
    card(page).get_by_role("checkbox").focus()
    with page.expect_response("**/moves/"):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.closest('.group').dataset.name") == "Group A"
    with page.expect_response("**/moves/"):
        page.keyboard.press("ArrowRight")
    assert card(board(page)).locator("xpath=ancestor::section").get_attribute("data-name") == "Group B"


@pytest.mark.thorough
def test_members_are_moved_without_script(staff):
    page = board(staff(script=False))
    card(page).get_by_role("checkbox").check()
    page.get_by_label("Move selected to").select_option(label="Group A")
    page.get_by_role("button", name="Move", exact=True).click()
    assert card(page).locator("xpath=ancestor::section").get_attribute("data-name") == "Group A"
    move_back(page)


@pytest.mark.thorough
def test_viewing_as_a_learner_shows_a_banner_on_each_page_and_ends(staff):
    page = staff()
    page.goto(f"{COURSE}learner-view/")
    page.get_by_label("A learner of").select_option(label="Group B")
    page.get_by_role("button", name="View as learner").click()
    banner = page.get_by_role("complementary", name="Viewing as a learner")
    page.goto(f"{COURSE}lessons/")
    page.get_by_role("link", name="Tools and mechanisms").first.click()
    page.wait_for_url("**/lessons/**")
    assert "Group B" in banner.inner_text()
    assert violations(page) == []
    page.get_by_role("button", name="Mark as read").click()
    page.get_by_role("heading", name="Read-only").wait_for()
    banner.get_by_role("button", name="Stop viewing as learner").click()
    page.wait_for_url(f"**{MEMBERS}")
    assert banner.count() == 0


@pytest.mark.thorough
def test_a_roster_is_previewed_and_imported(staff):
    page = staff()
    page.goto(f"{MEMBERS}roster/")
    page.get_by_label("Or paste it").fill("email;name\nroster@example.org;Rosa Roster\nnobody;\n")
    page.get_by_role("button", name="Preview changes").click()
    page.get_by_text("1 new, 0 changed, 0 unchanged, 1 invalid").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Apply valid rows only").click()
    page.get_by_text("1 person has been enrolled.").wait_for()
    page.get_by_role("link", name="Rosa Roster", exact=True).wait_for()


@pytest.mark.thorough
def test_without_script_the_whole_link_is_shown_and_no_copy_button(staff):
    page = staff(script=False, width=390)
    link = make_link(page)
    field = page.get_by_label("Link").first
    assert link.startswith("http")
    assert field.evaluate(
        "field => field.scrollWidth <= field.clientWidth && field.scrollHeight <= field.clientHeight"
    )
    assert not page.get_by_role("button", name="Copy").first.is_visible()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "width", [390, pytest.param(800, marks=pytest.mark.thorough), pytest.param(1440, marks=pytest.mark.thorough)]
)
def test_a_long_name_without_spaces_breaks_no_page_and_no_tab_is_cut_off(staff, width):
    page = staff(width=width)
    page.goto(f"{MEMBERS}new/")
    page.get_by_label("E-mail address").fill(f"w{width}@example.org")
    page.get_by_label("Name", exact=True).fill("W" * 80)
    page.get_by_role("button", name="Enrol", exact=True).click()
    for name in ("members/", "groups/", "audit-log/"):
        page.goto(COURSE + name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        tabs = page.get_by_role("navigation", name="Pages about people").get_by_role("link")
        assert [tab.inner_text() for tab in tabs.all()][-2:] == ["Audit log", "Close course"]
        assert len({round(tab.bounding_box()["y"]) for tab in tabs.all()}) == 1  # one row, which a phone scrolls
        expect(tabs.and_(page.locator("[aria-current]"))).to_be_in_viewport(ratio=0.99)
        tabs.last.focus()
        expect(tabs.last).to_be_in_viewport(ratio=0.99)
    page.goto(MEMBERS)
    box = page.get_by_role("link", name="W" * 80).first.bounding_box()
    assert box["x"] + box["width"] <= width


@pytest.mark.thorough
def test_axe_finds_nothing_on_the_pages_about_members(staff, new_page):
    page = staff()
    link = make_link(page)
    pages = ["members/", "groups/", "invitations/", "members/roster/", "learner-view/", "members/new/"]
    pages.append("groups/allocation/?scope=all&size=2&seed=a")
    for address in sample([*(COURSE + name for name in pages), "/permissions/", "/invitations/"], parts=2):
        page.goto(address)
        assert violations(page, narrow=True) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.goto(MEMBERS)
    page.get_by_role("link", name="Jonas Koch", exact=True).click()
    assert violations(page, narrow=True) == []
    newcomer = new_page()
    newcomer.goto(link)
    assert violations(newcomer, narrow=True) == []
