"""Checks in a text and their review, as a learner meets them: with and without script, by keyboard, weeks later."""

import pytest

from tests.browser.axe import violations

LEARNER = """
from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import enrol
from lessons.practice.models import Answer, ReviewCard
user, _created = User.objects.get_or_create(email="recall@example.org", defaults={"display_name": "Rea Recall"})
enrol(course=Course.objects.get(), user=user, by=None)
Answer.objects.filter(user=user).delete()
ReviewCard.objects.filter(user=user).delete()
"""
PASS_DAYS = """
from datetime import timedelta
from django.db.models import F
from lessons.practice.models import ReviewCard
days = timedelta(days={days})
cards = ReviewCard.objects.filter(user__email="recall@example.org")
cards.update(due_at=F("due_at") - days, reviewed_at=F("reviewed_at") - days)
"""
MODULE = "/courses/alliances-and-diplomacy/modules/military-diplomacy-in-nato/"


@pytest.fixture
def learner(shell, sign_in_as, server):
    """Return a function that signs a page in as somebody who has practised nothing yet."""
    shell(LEARNER)
    return lambda page: sign_in_as(page, "recall")


def open_lesson(page):
    page.goto(MODULE)
    page.get_by_role("main").get_by_role("link", name="From treaty to partnership").first.click()
    page.wait_for_url("**/lessons/**")


def check(page, number):
    return page.locator(".knowledge-check").nth(number - 1)


def answer_three_checks(page):
    for label in ("The Berlin blockade", "The Korean War"):
        check(page, 1).get_by_label(label).check()
        page.keyboard.press("Enter")
        check(page, 1).get_by_text("Governments feared").wait_for()
        if label == "The Berlin blockade":
            check(page, 1).get_by_text("Not right.").wait_for()
            check(page, 1).get_by_role("link", name="Try again").click()
    check(page, 2).get_by_label("To announce large manoeuvres").check()
    check(page, 2).get_by_role("button", name="Check answer").click()
    check(page, 2).get_by_text("1 of 2 found.").wait_for()
    places = dict(zip(("Paris", "Harmel", "Stockholm", "CFE"), "1234", strict=True))
    for line, place in places.items():
        check(page, 3).get_by_label(line).select_option(place)
    check(page, 3).get_by_role("button", name="Check answer").click()
    check(page, 3).get_by_text("Right.", exact=True).wait_for()


def review(page, grades):
    """Review what is due by keyboard; there must be one card for each grade."""
    page.goto("/review/")
    for n, grade in enumerate(grades, 1):
        page.get_by_text(f"Question {n} of {len(grades)}").wait_for()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Again").wait_for()
        page.keyboard.press(grade)
    page.get_by_text("Nothing is due").wait_for()


@pytest.mark.thorough
def test_three_checks_come_back_after_two_eleven_and_thirty_days(page, learner, shell):
    learner(page)
    open_lesson(page)
    answer_three_checks(page)
    assert page.evaluate("document.activeElement.matches('.knowledge-check')")
    page.goto("/review/")
    page.get_by_text("Nothing is due").wait_for()
    for days, grades in ((2, "134"), (9, "134"), (19, "1")):
        shell(PASS_DAYS.format(days=days))
        page.goto("/")
        page.get_by_role("region", name="Review today").get_by_text(f"{len(grades)} question").wait_for()
        review(page, grades)


@pytest.mark.thorough
def test_checks_are_answered_and_reviewed_without_script(new_page, learner, shell):
    page = new_page(width=390, height=800, script=False)
    learner(page)
    open_lesson(page)
    check(page, 1).get_by_label("The Korean War").check()
    check(page, 1).get_by_role("button", name="Check answer").click()
    check(page, 1).get_by_text("Right.", exact=True).first.wait_for()
    shell(PASS_DAYS.format(days=2))
    page.goto("/review/")
    page.get_by_text("Show answer").click()
    page.get_by_role("button", name="Good").click()
    page.get_by_text("Nothing is due").wait_for()


@pytest.mark.thorough
def test_on_paper_a_check_is_a_question_with_room(page, learner):
    learner(page)
    open_lesson(page)
    check(page, 1).get_by_label("The Berlin blockade").check()
    page.keyboard.press("Enter")
    check(page, 1).get_by_text("Not right.").wait_for()
    page.emulate_media(media="print")
    check(page, 1).get_by_text("The Korean War").locator("visible=true").wait_for()
    assert not check(page, 1).get_by_text("Governments feared").is_visible()
    assert not check(page, 1).get_by_role("link", name="Try again").is_visible()


@pytest.mark.thorough
def test_axe_finds_nothing_on_the_pages_of_practice(page, learner, shell):
    learner(page)
    open_lesson(page)
    answer_three_checks(page)
    assert violations(page, narrow=True) == []
    shell(PASS_DAYS.format(days=2))
    lesson = page.url.rpartition("/lessons/")[2].partition("/")[0]
    for address in ("/review/cards/", f"/lessons/{lesson}/checks/", "/review/"):
        page.goto(address)
        assert violations(page, narrow=True) == [], address
    page.keyboard.press("Space")
    assert violations(page, narrow=True) == []
