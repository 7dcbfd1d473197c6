"""The pre-publish report lists what readers would notice, with its place, and says nothing about what is in order."""

import pytest
from django.urls import reverse

from lessons.authoring.publishing import report
from lessons.authoring.publishing.pre_publish_report import Level, LinkState, Place, SiteKnowledge, pre_publish_report
from lessons.authoring.publishing.site_knowledge import site_knowledge
from lessons.courses.models import Course
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.make import REMOVED_PASSAGE, edit_draft, lesson_url

MAP = "/assets/11111111-1111-4111-8111-111111111111/"
IN_ORDER = (
    f'<h2 id="sec-a">A</h2><h3 id="sec-b">B</h3><p><a href="#sec-a">Up</a> <a href="https://e.org/x">out</a></p>'
    f'<p>A footnote.<sup id="fnref-1"><a href="#fn-1">1</a></sup></p><p><a id="sec-old"></a>'
    f'<img src="{MAP}" alt="A map"></p><h2 id="sec-c">C</h2><table><tr><th>x</th></tr></table>'
    '<section class="footnotes"><ol><li id="fn-1">It is.</li></ol></section>'
)


def messages(html, links=None):
    items = pre_publish_report(html, SiteKnowledge(links or {}, {MAP: "Map of 1953"})).items
    return [f"{item.level.label}: {item.message}" for item in items]


def test_a_text_without_problems_has_no_items_and_says_what_was_checked():
    found = pre_publish_report(IN_ORDER, SiteKnowledge({}, {MAP: "Map of 1953"}))
    assert found.items == []
    assert len(found.passed) == 4
    assert pre_publish_report("<p>Plain.</p>", SiteKnowledge()).passed == [], "of what the text does not have"


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("", "Fix: there is no text yet."),
        ("<p> \u200b</p><hr>", "Fix: there is no text yet."),
        (f'<p>x<img src="{MAP}"></p>', "Fix: the image “Map of 1953” has no description"),
        (f'<p>x<img src="{MAP}" alt=" "></p>', "Fix: the image “Map of 1953” has no description"),
        ('<p>x<img src="/assets/gone/" alt="A map"></p>', "Fix: an image was deleted"),
        (
            "<h2>A</h2><h4>Deep</h4><p>x</p>",
            "Fix: the heading “Deep” skips a level: it has level 4",
        ),
        ("<h3>Deep</h3><p>x</p>", "Fix: the heading “Deep” has level 3, but there is no heading"),
        ("<h2> </h2><p>x</p>", "Fix: a heading is empty."),
        ('<p><a href="#sec-gone">there</a></p>', "Fix: the link “there” leads to a part that does not exist."),
        ("<p><a>there</a></p>", "Fix: the link “there” leads nowhere"),
        ('<p><a href="#">there</a></p>', "Fix: the link “there” leads nowhere"),
        ('<p>x<a href="https://e.org/"> </a></p>', "Fix: a link has no text, so nobody can follow it: https://e.org/"),
        (f'<p>x<a href="https://e.org/"><img src="{MAP}" alt=""></a></p>', "Fix: a link has no text"),
        ("<p>" + "word " * 251 + "</p>", "Check: the paragraph “word word"),
        ("<p>" + "文" * 251 + "</p>", "Check: the paragraph “文文"),
        ("<table><tr><td>Cell</td></tr></table>", "Check: a table has no header cells"),
    ],
)
def test_what_readers_would_notice_is_listed(html, message):
    assert messages(html)[0].startswith(message)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (LinkState.DEAD, "Fix: the link “it” is dead"),
        (LinkState.UNKNOWN_TERM, "Fix: the glossary has no such term: “it”."),
        (LinkState.NOT_PUBLISHED, "Check: the link “it” leads to what readers do not see yet."),
        (LinkState.OTHER_COURSE, "Check: the link “it” leads to another course"),
        (LinkState.STAFF_ONLY, "Check: the link “it” leads to a page that only instructors can open."),
    ],
)
def test_a_link_is_judged_by_what_the_site_knows(state, message):
    (found,) = messages('<p>See <a href="/x/">it</a>.</p>', {"/x/": state})
    assert found.startswith(message)
    assert messages('<p>See <a href="/x/">it</a>.</p>', {"/x/": LinkState.WORKS}) == []


def test_an_item_knows_its_place_among_equal_ones_and_what_is_to_be_fixed_comes_first():
    long = f"<p>{'word ' * 300}</p>"
    html = f'<p><a href="#sec-a">up</a></p>{long}<h2 id="sec-a">A</h2><p><a href="#sec-x">up</a></p>'
    first, second = pre_publish_report(html, SiteKnowledge()).items
    assert (first.level, first.place) == (Level.FIX, Place("link", "up", 1, "sec-a"))
    assert (second.level, second.place.kind, second.place.heading_id) == (Level.CHECK, "paragraph", "")


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def states(lesson, user, *hrefs):
    html = "".join(f'<p><a href="{href}">x</a></p>' for href in hrefs) + '<h2 id="sec-here">Here</h2>'
    known = site_knowledge(html, lesson, user).links
    return [known[href].value if href in known else "" for href in hrefs]


def test_the_site_knows_its_lessons_modules_terms_and_other_sites_not(lesson, case_study, instructor, learner):
    course, draft = lesson.module.course, factories.make_lesson(lesson.module)
    hidden = factories.make_module(course, state="draft")
    term, event = factories.make_term(lesson.module), factories.make_event(lesson.module)
    note = note_by(learner, lesson)
    expected = {
        f"/lessons/{lesson.pk}/any/": "works",
        f"https://testserver/lessons/{case_study.pk}/x/#sec-spring-tides": "works",
        f"../{case_study.pk}/x/": "dead",
        f"../../{case_study.pk}/x/#sec-gone": "dead anchor",
        f"/lessons/{lesson.pk}/x/#sec-here": "works",
        f"/lessons/{lesson.pk}/x/#sec-gone": "dead anchor",
        f"/lessons/{lesson.pk}/x/#notes": "works",
        f"/lessons/{draft.pk}/x/": "not published",
        "/lessons/999999/x/": "dead",
        f"/lessons/{lesson.pk}/preview/": "staff only",
        f"/admin/lessons/lesson/{lesson.pk}/change/": "staff only",
        f"/courses/{course.slug}/": "works",
        f"/courses/{course.slug}/glossary/#term-{term.pk}": "works",
        f"#term-{term.pk}": "works",
        "#term-0": "unknown term",
        f"/courses/{course.slug}/glossary/#term-9999": "unknown term",
        f"#event-{event.pk}": "works",
        f"/courses/{course.slug}/modules/{lesson.module.slug}/": "works",
        f"/courses/{course.slug}/modules/{hidden.slug}/": "not published",
        f"/courses/{course.slug}/modules/gone/": "dead",
        "/courses/gone/": "dead",
        f"/notes/{note.pk}/": "works",
        "/threads/999999/": "dead",
        "/notebook/": "works",
        "chapter2.html": "dead",
        "https://": "dead",
        "mailto:": "dead",
        "mailto:a@example.org": "",
        "https://example.org/lessons/1/": "",
        "https://[": "dead",
    }
    assert dict(zip(expected, states(lesson, instructor, *expected), strict=True)) == expected


def test_what_the_editor_may_not_read_is_as_dead_as_what_does_not_exist(lesson, members_course, instructor):
    other = factories.make_published(factories.make_lesson(factories.make_module(members_course)))
    draft = factories.make_lesson(other.module)
    addresses = [f"/lessons/{other.pk}/x/", f"/lessons/{draft.pk}/x/", f"/courses/{members_course.slug}/"]
    assert states(lesson, instructor, *addresses) == ["dead"] * 3
    factories.make_course()
    member = factories.make_member(members_course)
    assert states(lesson, member, *addresses) == ["other course", "dead", "other course"]
    Course.objects.filter(pk=members_course.pk).update(visibility="public")
    assert states(lesson, instructor, *addresses) == ["works", "dead", "works"]


def test_images_of_other_courses_are_known_if_everybody_sees_them(lesson, members_course, instructor):
    here, there, closed = (
        factories.make_asset(c) for c in (lesson.module.course, factories.make_course(), members_course)
    )
    html = "".join(f'<img src="{asset.get_absolute_url()}">' for asset in (here, there, closed))
    assert set(site_knowledge(html, lesson, instructor).images) == {here.get_absolute_url(), there.get_absolute_url()}


def test_the_report_is_on_the_pages_and_links_to_the_places(client, lesson, learner):
    note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson, '<h2>Tides</h2><p>See <a href="/lessons/0/x/">there</a>.</p>')
    page = client.get(lesson_url("change", lesson)).content.decode()
    assert 'data-kind="link" data-text="there" data-number="0"' in " ".join(page.split())
    assert f'href="/lessons/{lesson.pk}/preview/#sec-tides"' in page
    assert "1 note loses its passage." in page
    assert "the link “there” is dead" in client.get(lesson_url("report", lesson)).content.decode()
    publication = client.get(lesson_url("publication", lesson)).content.decode()
    assert f'href="{lesson_url("change", lesson)}#report-1"' in publication
    publish = client.get(lesson_url("publication", lesson)).context["preview"].digest
    client.post(lesson_url("publication", lesson), {"digest": publish})
    assert Lesson.objects.get(pk=lesson.pk).current_revision.number == 2, "it never prevents publishing"


def test_many_items_of_a_kind_are_folded(lesson, instructor):
    lesson.body = '<p><a href="/lessons/0/x/">there</a></p>' * 12
    found = report.report_on(lesson, instructor)
    assert (len(found.shown), len(found.more), found.fixes) == (5, 7, 12)
    lesson.body = "<blockquote>" * 200
    assert "nested" in report.report_on(lesson, instructor).shown[0].message


def test_the_report_of_another_course_is_not_shown(client, lesson):
    foreign = factories.make_lesson()
    assert client.get(reverse("admin:lessons_lesson_report", args=[foreign.pk])).status_code == 404
