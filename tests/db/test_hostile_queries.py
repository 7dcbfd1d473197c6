"""No URL of the site fails, whatever its query contains, or whatever number is in place of an id."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from lessons.courses.models import AuditEntry, Membership
from tests import factories
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by
from tests.environment import sample
from tests.participation.make import make_rule

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""(?:GET|query|form|given|data)\.(?:get|getlist)\(\s*"(\w+)"|GET\["(\w+)"\]""")
FORM_FIELDS = "state role group q after before who what since until next course module lesson note page".split()
# A digit that is no number, a number too large, a cursor and a list of them, text that no database or page may take as
# it is. The spellings of numbers are tested where they are parsed.
HOSTILE = ["²", "9" * 30, "9" * 18 + "." + "9" * 18, "1,²", "\x00'\"<\U0001f600"]
# Each with one parameter at a time: all of them at once could hide one behind another.
LISTS = {
    "discussions:forum": "before after show tab kind tag lesson group author unanswered order",
    "discussions:lesson_comments": "before show",
    "discussions:thread": "page reply quote view",
    "discussions:new_posts": "after",
    "discussions:new_thread_mentions": "audience q group",
    "discussions:moderation_log": "page before",
    "annotations:from_the_text": "after show tag lesson group author",
    "annotations:annotation_list": "after annotation orphaned who label tag author unanswered",
    "annotations:cards": "ids uid orphaned",
    "annotations:positions": "who label tag author",
    "annotations:create": "revision block start end kind",
    "search:search": "q kind course module lesson by tag written exact page",
    "search:search_course": "q kind module lesson by tag written exact page",
    "notebook:notebook": "after part course lesson tag label q",
    "notebook:export": "course lesson tag label q",
    "webannotations:container": "page iris",
    "enrolment:members": "state role group q after before",
    "enrolment:export": "state role group q",
    "enrolment:invitations": "course",
    "participation:overview": "show group q sort page",
    "participation:staff": "period",
    "privacy:audit_log": "who what since until before",
    "reading:tag": "more before course",
    "reading:lesson": "annotation",
    "reading:revision": "annotation",
    "admin:lessons_lesson_publication": "kind page note",
    "admin:lessons_lesson_annotations": "before",
    "admin:import_article": "course",
    "admin:lessons_asset_choices": "module q",
}


def read_parameters() -> list[str]:
    """Return the name of every query parameter that the code reads."""
    found = {
        name for path in (ROOT / "lessons").rglob("*.py") for pair in READ.findall(path.read_text()) for name in pair
    }
    return sorted((found | set(FORM_FIELDS)) - {""})


def routes(resolver=None, namespace="", prefix=""):
    """Yield (name, path with its converters) of every route of the project's own and of the admin."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if "allauth" not in str(pattern.urlconf_name):
                yield from routes(pattern, pattern.namespace or namespace, path)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}", path


def make_site():
    """Return an instructor of a course with one row of everything, and the arguments of its URLs."""
    course = factories.make_course(slug="tides")
    group = factories.make_group(course)
    staff = factories.make_member(course, Membership.Role.INSTRUCTOR, is_staff=True, is_superuser=True)
    learner = factories.make_member(course, group=group)
    module = factories.make_module(course, slug="sea")
    lesson = factories.make_published(factories.make_lesson(module, slug="why"), by=staff)
    note = note_by(learner, lesson)
    thread = thread_by(learner, course, tags=["Moon"])
    post = post_by(staff, thread)
    make_rule(course, notes=1)
    lesson_id = {"pk": lesson.pk, "number": 1, "slug": "why", "uid": note.uid, "post": post.pk}
    ids = {
        "lessons": lesson_id,
        "threads": {"pk": thread.pk},
        "posts": {"pk": post.pk, "uid": uuid4()},
        "notes": {"pk": note.pk},
        "annotations": {"uid": note.uid},
        "tags": {"slug": "moon"},
        "courses": {"slug": "tides", "course_slug": "tides", "pk": group.pk},
        "notebook": {"format": "csv"},
    }
    entry = AuditEntry.objects.order_by("pk").last()
    return staff, ids, {"module": module.pk, "lesson": lesson.pk, "course": course.pk, "entry": entry.pk}


def fill(path: str, ids: dict, admin_ids: dict, number=None) -> str:
    """Return the address of a route with the arguments of what `make_site` made, or `number` where it takes one."""
    first = path.split("/")[0]
    known = ids.get(first, {})
    if first == "admin":
        model = next((name for name in admin_ids if f"/{name}/" in path), "lesson")
        known = {
            "pk": admin_ids[model],
            "object_id": admin_ids[model],
            "annotation_id": ids["notes"]["pk"],
            "number": 1,
        }
    values = {"token": "token", "code": "code", "app_label": "lessons", "content_type_id": 1, **known}
    if "modules/<uslug:slug>" in path:
        values["slug"] = "sea"

    def value(found):
        if number is not None and (found[1] in ("id", "int") or found[2] == "object_id"):
            return str(number)
        return str(values.get(found[2], uuid4() if found[1] == "uuid" else 1))

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, path)


@pytest.fixture
def site(db):
    return make_site()


OWN_ROUTES = sorted({(name, path) for name, path in routes() if not path.startswith("^") and "(?P" not in path})


def test_the_expected_routes_are_tested():
    names = {name for name, _path in OWN_ROUTES}
    assert len(OWN_ROUTES) > 120
    assert set(LISTS) - names == set()
    assert {"before", "after", "annotation", "page", "ids", "group", "module", "orphaned"} <= set(read_parameters())


@pytest.mark.thorough
@pytest.mark.parametrize("value", ["²", "9" * 30, "\x00'\"<"], ids=ascii)
def test_no_url_fails_whatever_its_query_contains(value, site, client):
    staff, ids, admin_ids = site
    client.force_login(staff)
    query = dict.fromkeys(read_parameters(), value)
    for name, path in sample(OWN_ROUTES, value, parts=6):
        response = client.get(fill(path, ids, admin_ids), query)
        assert response.status_code < 500 or name == "operations:health_ready", name
        getattr(response, "getvalue", lambda: b"")()  # Files are made while they are sent.


@pytest.mark.parametrize("name", sample(LISTS))
def test_no_list_fails_whatever_one_parameter_contains(name, site, client):
    staff, ids, admin_ids = site
    client.force_login(staff)
    address = fill(dict(OWN_ROUTES)[name], ids, admin_ids)
    assert client.get(address).status_code in (200, 302, 400, 404)
    for parameter in LISTS[name].split():
        for value in sample(HOSTILE, name + parameter, parts=len(HOSTILE)):
            response = client.get(address, {parameter: value})
            assert response.status_code < 500, (parameter, value)
            response.getvalue()


@pytest.mark.parametrize("number", ["9" * 5000, 2**63, 0], ids=lambda n: str(n)[:20])
def test_no_url_fails_whatever_number_it_contains(number, site, client):
    staff, ids, admin_ids = site
    client.force_login(staff)
    for name, path in sample(OWN_ROUTES, number, parts=6):
        if "<id:" in path or "<int:" in path or "object_id" in path:
            response = client.get(fill(path, ids, admin_ids, number=number))
            assert response.status_code < 500, name
