import pytest

from lessons.services import withdraw
from tests.factories import (
    make_case_study,
    make_course,
    make_event,
    make_lesson,
    make_member,
    make_module,
    make_published,
    make_term,
)

pytestmark = pytest.mark.django_db
GLOSSARY, TIMELINE = "/courses/tides/glossary/", "/courses/tides/timeline/"


def text_of(client, address):
    return client.get(address).content.decode()


def test_the_glossary_lists_terms_in_order_with_their_lessons(client, module, lesson):
    make_term(module, "Zenith")
    term = make_term(module, "ebb", "Falling water.", lesson=lesson)
    page = text_of(client, GLOSSARY)
    assert page.index("ebb") < page.index("Zenith")
    assert f'id="term-{term.pk}"' in page
    assert lesson.get_absolute_url() in page


def test_the_lessons_beside_a_glossary_are_in_the_order_of_the_course(client, module):
    second, first = (
        make_published(module=module, title=title, position=n) for title, n in (("Second", 2), ("First", 1))
    )
    for n in range(3):
        make_term(module, f"term {n}", lesson=first if n == 0 else second)
    beside = text_of(client, GLOSSARY).partition("By lesson")[2]
    assert 0 < beside.index(">First<") < beside.index(">Second<")


def test_a_term_does_not_link_to_a_hidden_lesson(client, module, lesson, instructor):
    make_term(module, "ebb", lesson=lesson)
    make_term(module, "flow", lesson=make_lesson(module, title="A draft"))
    withdraw(lesson=lesson, by=instructor)
    page = text_of(client, GLOSSARY)
    assert "ebb" in page
    assert lesson.get_absolute_url() not in page
    assert "A draft" not in page


def test_items_of_a_draft_module_are_not_listed(client, course):
    draft = make_module(course, state="draft")
    make_term(draft, "secret term")
    make_event(draft, event="A secret event")
    assert "secret term" not in text_of(client, GLOSSARY)
    assert "A secret event" not in text_of(client, TIMELINE)


def test_the_timeline_is_in_order_starting_before_the_common_era(client, module):
    dates = ["1994/..", "1949-04-04", "-0431", "0044", "1949", "1990-12"]
    for date in dates:
        make_event(module, date=date, event=f"Event of {date}.")
    page = text_of(client, TIMELINE)
    places = [page.index(f"Event of {d}.") for d in ["-0431", "0044", "1949", "1949-04-04", "1990-12", "1994/.."]]
    assert places == sorted(places)
    assert "432 BCE" in page
    assert '<time datetime="1949-04-04"><bdi>4 April 1949</bdi></time>' in page


@pytest.mark.parametrize(("address", "words"), [(GLOSSARY, "No terms yet"), (TIMELINE, "No events yet")])
def test_an_empty_page_says_so(client, course, address, words):
    assert words in text_of(client, address)


@pytest.mark.parametrize("address", [GLOSSARY, TIMELINE])
def test_reference_pages_take_as_many_queries_for_many_rows(
    sign_in, learner, module, lesson, address, django_assert_max_num_queries
):
    client = sign_in(learner)
    for n in range(10):
        make_term(module, f"term {n}", lesson=lesson)
        make_event(module, lesson=lesson)
    with django_assert_max_num_queries(5):
        client.get(address)


def test_a_tag_lists_lessons_and_modules_of_every_readable_course(client, sign_in, module, lesson, members_course):
    closed = make_published(make_lesson(make_module(members_course), title="Closed water"))
    for owner in (lesson, module, closed):
        owner.tags.add("Flood")
    page = text_of(client, "/tags/flood/")
    assert lesson.get_absolute_url() in page
    assert module.get_absolute_url() in page
    assert "Closed water" not in page
    assert "Closed water" in text_of(sign_in(make_member(members_course)), "/tags/flood/")


def test_a_tag_without_readable_rows_is_a_404(client, module, members_course):
    make_published(make_lesson(make_module(members_course))).tags.add("secret")
    make_lesson(module).tags.add("draft")
    for slug in ("secret", "draft", "never-heard"):
        assert client.get(f"/tags/{slug}/").status_code == 404


def test_a_tag_page_shows_an_unlisted_course_only_to_those_who_come_from_it(client):
    lesson = make_published(make_lesson(make_module(make_course(slug="hidden-bay", visibility="unlisted"))))
    lesson.tags.add("bay")
    assert client.get("/tags/bay/").status_code == 404
    assert '"/tags/bay/?course=hidden-bay"' in text_of(client, lesson.get_absolute_url())
    assert lesson.get_absolute_url() in text_of(client, "/tags/bay/?course=hidden-bay")


def test_a_tag_lists_the_related_tags_that_the_reader_may_see(client, lesson, members_course):
    closed = make_published(make_lesson(make_module(members_course)))
    lesson.tags.add("flood", "moon")
    closed.tags.add("flood", "secret plan")
    page = text_of(client, "/tags/flood/")
    assert "/tags/moon/" in page
    assert "secret plan" not in page


def test_the_tag_page_takes_as_many_queries_for_many_rows(
    sign_in, learner, module, lesson, django_assert_max_num_queries
):
    client = sign_in(learner)
    for n in range(6):
        make_published(make_lesson(module)).tags.add("flood", f"beside {n}")
    with django_assert_max_num_queries(8):
        client.get("/tags/flood/")


def test_dates_and_facts_keep_their_own_direction_in_a_right_to_left_course(client, course, module):
    course.language = "ar"
    course.save()
    make_event(module, date="1949-04-04", event="حدث")
    case = make_published(make_case_study(module, began="1949"))
    assert "<bdi>4 April 1949</bdi>" in text_of(client, TIMELINE)
    assert "<dd><bdi>1949</bdi></dd>" in text_of(client, case.get_absolute_url())
