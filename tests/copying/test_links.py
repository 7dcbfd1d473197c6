"""Links in every copied text point to the copies, however their addresses are written."""

import re

import pytest

from lessons.annotations.models import CourseLabel
from lessons.copying.links import CopiedLinks
from lessons.copying.services import copy_course, copy_module
from lessons.models import CaseStudy, Lesson, Module
from tests import factories
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(course, module, lesson, case_study, learner):
    """Return the values that addresses are formatted with."""
    thread, about_lesson = thread_by(learner, course), thread_by(learner, course, lesson=lesson)
    elsewhere = thread_by(learner, factories.make_course(slug="elsewhere"))
    return {
        "lesson": lesson.pk,
        "case": case_study.pk,
        "term": factories.make_term(module).pk,
        "event": factories.make_event(module).pk,
        "thread": thread.pk,
        "post": post_by(learner, about_lesson).pk,
        "note": note_by(learner, lesson).pk,
        "elsewhere": elsewhere.pk,
    }


def numbered(text, ids):
    return re.sub(r"<(\w+)>", lambda match: str(ids[match[1]]), text)


@pytest.fixture
def copied(world, course, module, lesson, case_study, instructor, settings):
    """Return a function that returns what addresses in a case study become in a copy of its course."""
    settings.SITE_URL = "https://Tides.Example:8443/"

    def copy(addresses):
        links = "".join(f'<p><a href="{numbered(address, world)}">x</a></p>' for address in addresses)
        Lesson.objects.filter(pk=case_study.pk).update(body=links)
        new = copy_course(by=instructor, course=course, title="Next", slug="next", hosts=["shore.example:8000"])
        copies = Lesson.objects.filter(module__course=new).order_by("position")
        ids = {"lesson": copies[0].pk, "case": copies[1].pk}
        copy_of_module = new.modules.get()
        ids |= {"term": copy_of_module.glossaryterms.get().pk, "event": copy_of_module.timelineevents.get().pk}
        return re.findall('href="(.*?)"', copies[1].body), ids

    return copy


INSIDE = {
    "/lessons/<lesson>/why/": "/lessons/<lesson>/why/",
    "/lessons/<lesson>/why": "/lessons/<lesson>/why/",
    " /lessons/<lesson>/why/ ": "/lessons/<lesson>/why/",
    "/lessons/<lesson>/why/?a=1&amp;b=2#sec-x": "/lessons/<lesson>/why/?a=1&amp;b=2#sec-x",
    "https://tides.example/lessons/<lesson>/why/": "https://tides.example/lessons/<lesson>/why/",
    "HTTP://TIDES.example:8443/lessons/<lesson>/why/": "HTTP://TIDES.example:8443/lessons/<lesson>/why/",
    "https://tides.example./lessons/<lesson>/why/": "https://tides.example./lessons/<lesson>/why/",
    "http://shore.example:8000/lessons/<lesson>/why/": "http://shore.example:8000/lessons/<lesson>/why/",
    "http://testserver:80/lessons/<lesson>/why/": "http://testserver:80/lessons/<lesson>/why/",
    "//tides.example/lessons/<lesson>/why/": "//tides.example/lessons/<lesson>/why/",
    "../../<lesson>/why/#sec-x": "/lessons/<lesson>/why/#sec-x",
    "./../../<lesson>/./why/": "/lessons/<lesson>/why/",
    "/lessons/<lesson>/comments/": "/lessons/<lesson>/comments/",
    "/lessons/<lesson>/notes/?annotation=7&amp;who=mine": "/lessons/<lesson>/notes/?who=mine",
    "/lessons/<case>/revisions/1/": "/lessons/<case>/the-flood/",
    "/courses/tides/": "/courses/next/",
    "/courses/tides/glossary/#term-<term>": "/courses/next/glossary/#term-<term>",
    "/courses/tides/timeline/#event-<event>": "/courses/next/timeline/#event-<event>",
    "/courses/tides/discussions/?lesson=<lesson>&amp;tag=a": "/courses/next/discussions/?lesson=<lesson>&amp;tag=a",
    "/courses/tides/discussions/new/": "/courses/next/discussions/new/",
    "/courses/tides/modules/moving-sea/": "/courses/next/modules/moving-sea/",
    "/courses/t%69des/feed/": "/courses/next/feed/",
    "/tags/moon/?course=tides": "/tags/moon/?course=next",
    "#term-<term>": "#term-<term>",
    "/threads/<thread>/#post-3": "/courses/next/discussions/",
    "/posts/<post>/": "/lessons/<lesson>/comments/",
    "/notes/<note>/": "/lessons/<lesson>/notes/",
}
UNCHANGED = [
    "https://other.example/lessons/<lesson>/why/",
    "//other.example/courses/tides/",
    "https://user.tides.example/courses/tides/",
    "mailto:lea@tides.example",
    "/courses/elsewhere/",
    "/threads/<elsewhere>/",
    "/lessons/999999/x/",
    "/accounts/profile/",
    "#sec-spring-tides",
    "https://[broken/",
    "",
]


def test_every_form_of_address_points_to_the_copy(copied, world, case_study):
    Lesson.objects.filter(pk=case_study.pk).update(slug="the-flood")
    found, ids = copied([*INSIDE, *UNCHANGED])
    assert found == [numbered(text, ids) for text in INSIDE.values()] + [numbered(text, world) for text in UNCHANGED]


def test_links_in_every_text_point_to_the_copies(world, course, module, lesson, case_study, instructor, settings):
    settings.SITE_URL = "https://tides.example"
    site = "https://tides.example"
    why = f"/lessons/{lesson.pk}/why/"
    plain = f"See {site}{why}, or ({site}{why}); {why}."
    course.description = f"[a]({why} 'why') <{site}{why}> [b][c]\n\n[c]: {why}\n\n{site}{why}"
    course.save()
    Module.objects.filter(pk=module.pk).update(summary=plain, source=f"{site}{why}", credit=plain)
    Lesson.objects.filter(pk=lesson.pk).update(summary=plain, body=f"<p>a &amp; b {site}{why}. c</p>")
    CaseStudy.objects.filter(pk=case_study.pk).update(location=plain, parties=plain, outcome=plain, questions=plain)
    module.glossaryterms.update(definition=plain)
    module.timelineevents.update(event=plain, detail=plain)
    module.prompts.create(text=plain)
    new = copy_course(by=instructor, course=course, title="Next", slug="next")
    copy = new.modules.get()
    first, case = copy.lessons.order_by("position")[0], CaseStudy.objects.get(module=copy)
    here = f"/lessons/{first.pk}/why/"
    expected = plain.replace(why, here)
    assert new.description == course.description.replace(why, here)
    assert (copy.summary, copy.source, copy.credit) == (expected, f"{site}{here}", expected)
    assert (first.summary, first.body) == (expected, f"<p>a &amp; b {site}{here}. c</p>")
    assert [case.location, case.parties, case.outcome, case.questions] == [expected] * 4
    assert copy.glossaryterms.get().definition == copy.prompts.get().text == expected
    assert (copy.timelineevents.get().event, copy.timelineevents.get().detail) == (expected, expected)
    course.refresh_from_db()
    assert why in course.description
    module.refresh_from_db()
    assert module.summary == plain


def test_an_address_that_would_become_too_long_stays_unchanged(course, module, instructor):
    source = f"{'x' * 279} /courses/tides/feed/"  # as long as its column
    Module.objects.filter(pk=module.pk).update(source=source)
    longer = copy_course(by=instructor, course=course, title="Next", slug="tides-2027")
    shorter = copy_course(by=instructor, course=course, title="Next", slug="ebb")
    assert longer.modules.get().source == source
    assert shorter.modules.get().source == source.replace("tides", "ebb")


def test_a_copied_module_points_to_its_new_course_but_keeps_links_to_other_modules(
    world, course, module, lesson, case_study, instructor
):
    factories.make_module(course, slug="winds")
    other = factories.make_course(slug="other", description="[a](/courses/tides/)")
    addresses = ["/courses/tides/glossary/", "/courses/tides/modules/winds/", "/courses/tides/modules/moving-sea/"]
    body = "".join(f'<a href="{address}">x</a>' for address in addresses)
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    copy = copy_module(by=instructor, module=module, course=other)
    assert re.findall('href="(.*?)"', copy.lessons.order_by("position")[0].body) == [
        "/courses/other/glossary/",
        "/courses/tides/modules/winds/",
        "/courses/other/modules/moving-sea/",
    ]
    other.refresh_from_db()
    assert other.description == "[a](/courses/tides/)"
    again = copy_module(by=instructor, module=module, course=course)
    assert re.findall('href="(.*?)"', again.lessons.order_by("position")[0].body) == [
        *addresses[:2],
        "/courses/tides/modules/moving-sea-2/",
    ]


def test_the_labels_of_a_course_are_copied(course, instructor):
    CourseLabel.objects.create(course=course, key="doubt", name="Doubt", is_question=True, position=2)
    new = copy_course(by=instructor, course=course, title="Next", slug="next")
    assert list(new.labels.values_list("key", "name", "is_question", "position")) == [("doubt", "Doubt", True, 2)]
    assert course.labels.count() == 1


def test_hosts_that_the_settings_allow_are_this_site(course, settings):
    settings.ALLOWED_HOSTS = [".Shore.example", "[::1]", "bücher.example", "*"]
    links = CopiedLinks(course, course)
    own = ["//shore.example/", "//a.shore.example/", "http://[::1]:8000/", "//xn--bcher-kva.example/"]
    assert [links.copied(f"{host}courses/tides", "/") for host in own] == [f"{host}courses/tides/" for host in own]
    assert links.copied("//notshore.example/courses/tides", "/") == "//notshore.example/courses/tides"
