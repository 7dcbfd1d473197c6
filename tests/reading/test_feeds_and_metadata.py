import xml.etree.ElementTree as ET

import pytest

from lessons.annotations.services import publish
from lessons.discussions.models import NotificationPreference, Thread
from tests.discussions.make import thread_by
from tests.factories import make_asset, make_course, make_lesson, make_member, make_module, make_published

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_the_feed_lists_new_lessons_newest_first(client, module, lesson, instructor):
    newer = make_published(make_lesson(module, title="Ebb <&> flow"))
    make_lesson(module, title="A draft")
    lesson.body = "<p>Changed.</p>"
    lesson.save()
    publish(lesson=lesson, by=instructor)
    answer = client.get("/courses/tides/feed/")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    assert [e.findtext("a:title", None, ATOM) for e in feed.findall("a:entry", ATOM)] == ["Ebb <&> flow", lesson.title]
    link = feed.find("a:entry/a:link", ATOM).get("href")
    assert link == "http://testserver" + newer.get_absolute_url()
    published, updated = (feed.findtext(f"a:entry[2]/a:{name}", None, ATOM) for name in ("published", "updated"))
    assert published < updated


def test_the_feed_names_an_author_and_describes_the_course_in_plain_text(client, course, lesson):
    course.description = "A *short* course on “tides”."
    course.save()
    feed = ET.fromstring(client.get("/courses/tides/feed/").content)
    assert feed.findtext("a:author/a:name", None, ATOM) == course.title
    assert feed.findtext("a:subtitle", None, ATOM) == "A short course on “tides”."
    assert 'name="description" content="A short course on “tides”."' in client.get("/courses/tides/").content.decode()


def test_the_library_has_a_canonical_url(client):
    assert '<link rel="canonical" href="http://testserver/">' in client.get("/").content.decode()


@pytest.mark.parametrize("slug", ["another", "ما-هي", "preview", ""])
def test_an_entry_keeps_its_id_when_its_url_changes(client, lesson, slug):
    def entry_id():
        return ET.fromstring(client.get("/courses/tides/feed/").content).findtext("a:entry/a:id", None, ATOM)

    before = entry_id()
    lesson.slug = slug
    lesson.save()
    assert entry_id() == before


def test_the_feed_is_valid_xml_whatever_a_title_contains(client, course, module):
    make_published(make_lesson(module, title="Ebb\x0b \x1b[1mand\uffff flow", summary="\x01"))
    feed = ET.fromstring(client.get("/courses/tides/feed/").content)
    assert feed.findtext("a:entry/a:title", None, ATOM) == "Ebb [1mand flow"


def test_the_feed_of_discussions_is_valid_xml_whatever_was_stored_earlier(client, course, learner, other_learner):
    thread = thread_by(other_learner, course, title="Ebb")
    Thread.objects.filter(pk=thread.pk).update(title="Ebb\x0c")
    thread.posts.update(html="<p>Fl\x1bow\ufffe</p>")
    type(other_learner).objects.filter(pk=other_learner.pk).update(display_name="Ot\x01to")
    feed_token = NotificationPreference.objects.create(user=learner).feed_token
    feed = ET.fromstring(client.get(f"/feeds/{feed_token}/").content)
    assert feed.findtext("a:entry/a:title", None, ATOM) == "Tides and shores: Ebb"
    assert feed.findtext("a:entry/a:summary", None, ATOM) == "<p>Flow</p>"
    assert feed.findtext("a:entry/a:author/a:name", None, ATOM) == "Otto"


def test_the_feed_takes_the_same_queries_for_many_lessons(client, module, lesson, django_assert_max_num_queries):
    for _ in range(4):
        make_published(make_lesson(module))
    with django_assert_max_num_queries(2):
        client.get("/courses/tides/feed/")


def test_the_site_map_lists_pages_of_public_courses_only(sign_in, administrator, course, module, lesson):
    hidden = [make_module(make_course(visibility=v)) for v in ("unlisted", "members")]
    closed = [make_published(make_lesson(m)) for m in hidden]
    draft = make_lesson(module)
    page = sign_in(administrator).get("/sitemap.xml").content.decode()
    ET.fromstring(page)
    for thing in (course, module, lesson):
        assert f"http://testserver{thing.get_absolute_url()}<" in page
    for thing in (*hidden, *closed, draft, *(m.course for m in hidden)):
        assert thing.get_absolute_url() not in page


def test_robots_txt_names_the_sitemap(client):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in answer.content.decode()
    assert "Disallow: /admin/" in answer.content.decode()


def test_the_favicon_is_our_own(client):
    assert client.get("/favicon.ico").headers["Location"].endswith(".svg")


@pytest.mark.parametrize(
    ("visibility", "cached"), [("public", "public"), ("unlisted", "public"), ("members", "private")]
)
def test_an_image_is_cached_for_a_year_by_whoever_may_see_it(sign_in, visibility, cached):
    course = make_course(visibility=visibility)
    image = make_asset(course)
    answer = sign_in(make_member(course)).get(image.get_absolute_url())
    assert b"".join(answer.streaming_content) == b"RIFF....WEBP"
    assert answer.headers["Cache-Control"] == f"{cached}, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/webp"
    answer.close()


def test_an_image_of_a_members_course_does_not_exist_for_strangers(client, sign_in, outsider, members_course):
    image = make_asset(members_course)
    assert client.get(image.get_absolute_url()).status_code == 404
    assert sign_in(outsider).get(image.get_absolute_url()).status_code == 404


def test_an_image_whose_file_is_gone_is_a_404(client, course):
    image = make_asset(course)
    image.file.storage.delete(image.file.name)
    assert client.get(image.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(("visibility", "is_indexed"), [("public", True), ("unlisted", False)])
def test_pages_of_unlisted_courses_are_not_indexed(client, visibility, is_indexed):
    course = make_course(slug="bay", visibility=visibility)
    module = make_module(course)
    texts = [course, module, make_published(make_lesson(module))]
    pages = [thing.get_absolute_url() for thing in texts] + ["/courses/bay/glossary/", "/courses/bay/timeline/"]
    for page in pages:
        assert (b'<meta name="robots" content="noindex">' not in client.get(page).content) == is_indexed, page
