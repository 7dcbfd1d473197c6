"""The access matrix: what every URL answers to each kind of person. Every route of the URL configuration needs a row.

The objects are in a members-only course, so that a stranger gets the same answers as for what does not exist. The rows
of `PUBLIC` test a public course. The rules behind it are in `lessons/permissions.py`.
"""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from lessons.authoring.bin.services import move_to_bin
from lessons.courses.models import AuditEntry, Membership
from lessons.jobs.models import JobRun, JobState
from lessons.mail.models import OutgoingEmail
from lessons.models import Prompt
from lessons.operations.models import BackupRecord
from lessons.practice.writing import add_check
from lessons.privacy.models import DataExport
from tests import factories
from tests.annotations.make import note_by
from tests.conftest import client_of
from tests.environment import sample
from tests.practice.make import EXPLAIN, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db

PEOPLE = ["visitor", "stranger", "learner", "assistant", "instructor", "elsewhere", "administrator"]

# fmt: off
PAGES = """
#                              visitor  stranger learner assistant instructor elsewhere administrator
GET  reading:library           200      200      200     200       200        200       200
GET  reading:course            404      404      200     200       200        404       200
GET  reading:lessons           404      404      200     200       200        404       200
GET  reading:glossary          404      404      200     200       200        404       200
GET  reading:timeline          404      404      200     200       200        404       200
GET  reading:lesson_feed       404      404      200     200       200        404       200
GET  reading:module            404      404      200     200       200        404       200
GET  reading:lesson            404      404      200     200       200        404       200
GET  reading:revision          404      404      200     200       200        404       200
GET  reading:tag               404      404      200     200       200        404       404
GET  search:search_course      404      404      200     200       200        404       200
GET  search:search             200      200      200     200       200        200       200
GET  reading:asset             404      404      200     200       200        404       200
GET  reading:preview           404      404      404     404       200        404       200
POST reading:progress          404      404      302     302       302        404       302
GET  reading:checks            404      404      200     200       200        404       200
POST reading:answer_check      403      404      302     302       302        404       302
POST reading:compare_answer    302      404      302     404       404        404       404
POST reading:join_or_leave     404      404      302     302       302        404       403
GET  search:suggestions        404      404      200     200       200        404       200
GET  search:possible_answers   302      404      200     200       200        404       200
POST search:unasked_questions  302      404      302     302       302        404       302
GET  reading:favicon           301      301      301     301       301        301       301
GET  reading:sitemap           200      200      200     200       200        200       200
GET  reading:robots            200      200      200     200       200        200       200
GET  operations:health_live    200      200      200     200       200        200       200
GET  operations:health_ready   200      200      200     200       200        200       200
GET  operations:overview       302      403      403     403       403        403       200
"""
# What is kept of oneself, and for a course's staff.
PRIVACY = """
GET  privacy:data_export                302     200      200      200       200        200        200
GET  privacy:download_export             302     404      200      404       404        404        404
GET  privacy:erase_me             302     200      200      200       200        200        200
GET  reading:review                302     200      200      200       200        200        200
GET  reading:review_cards          302     200      200      200       200        200        200
GET  reading:review_export         302     200      200      200       200        200        200
POST reading:change_review         302     302      302      302       302        302        302
POST reading:change_card           302     404      302      404       404        404        404
POST reading:grade_recall          302     404      302      404       404        404        404
GET  privacy:audit_log                 302     404      404      200       200        404        200
GET  privacy:course_closing             302     404      404      404       200        404        200
POST privacy:course_closing             302     404      404      404       302        404        302
"""
PUBLIC = """
GET  reading:course              200     200      200      200       200        200        200
GET  reading:lessons             200     200      200      200       200        200        200
GET  reading:glossary            200     200      200      200       200        200        200
GET  reading:timeline            200     200      200      200       200        200        200
GET  reading:lesson_feed                200     200      200      200       200        200        200
GET  reading:module              200     200      200      200       200        200        200
GET  reading:lesson              200     200      200      200       200        200        200
GET  reading:revision            200     200      200      200       200        200        200
GET  reading:tag                 200     200      200      200       200        200        200
GET  search:search_course        200     200      200      200       200        200        200
GET  reading:asset               200     200      200      200       200        200        200
GET  reading:preview             404     404      404      404       200        404        200
POST reading:progress            403     302      302      302       302        302        302
GET  reading:checks              200     200      200      200       200        200        200
POST reading:answer_check        403     302      302      302       302        302        302
POST reading:compare_answer      302     404      302      404       404        404        404
POST reading:join_or_leave          403     302      302      302       302        302        302
GET  search:suggestions          200     200      200      200       200        200        200
GET  search:possible_answers     302     404      200      200       200        404        200
POST search:unasked_questions       302     404      302      302       302        404        302
"""
# Patterns of the admin's routes; the first match applies. (When the administrator asks, the article has been deleted.)
ADMIN = """
GET  admin:courses_course_(add)                     302 403 403 403 200 200 200
GET  admin:courses_course_(delete)                  302 403 403 403 403 404 200
GET  admin:courses_auditentry_(add|delete)          302 403 403 403 403 403 403
GET  admin:(jobs|mail|operations)_[a-z]+_(add|delete)               302 403 403 403 403 403 403
GET  admin:(jobs|mail|operations)_[a-z]+_changelist                 302 403 403 403 403 403 200
GET  admin:(jobs|mail|operations)_[a-z]+_(change|history)           302 403 403 403 403 403 200
GET  admin:(accounts_user|courses_membership)_delete         302 403 403 403 403 403 403
GET  admin:(courses_course|lessons_[a-z]+)_(changelist|add)  302 403 403 403 200 200 200
GET  admin:(courses_course|lessons_[a-z]+)_(change|history|delete)  302 403 403 403 200 404 200
GET  admin:(accounts|courses)_[a-z]+_(changelist|add|change|history|delete)  302 403 403 403 403 403 200
POST admin:lessons_module_(order|state|publish|schedule|withdraw)  302 403 403 403 302 404 302
POST admin:courses_course_order                     302 403 403 403 302 404 302
GET  admin:lessons_module_(glossary|timeline)(_csv|_import)?  302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_move          302 403 403 403 200 404 200
GET  admin:(lessons_module|courses_course)_copy     302 403 403 403 200 404 200
GET  admin:courses_course_bin                       302 403 403 403 200 404 200
GET  admin:bin_delete                               302 403 403 403 200 302 200
POST admin:bin_restore                              302 403 403 403 302 302 302
POST admin:lessons_(lesson|casestudy)_(restore|restoration)  302 403 403 403 302 404 302
POST admin:lessons_(lesson|casestudy)_presence     302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_version      302 403 403 403 302 404 302
GET  admin:lessons_(lesson|casestudy)_comparison   302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_(revision|withdraw|publication|annotations)  302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_(schedule|report)  302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_place_in_(draft|published)  302 403 403 403 200 404 200
GET  admin:lessons_(lesson|casestudy)_(checks|newcheck|check)  302 403 403 403 200 404 200
POST admin:lessons_(lesson|casestudy)_check(deletion|restoration)  302 403 403 403 302 404 302
POST admin:lessons_(lesson|casestudy)_draft         302 403 403 403 400 404 400
GET  admin:lessons_(lesson|casestudy)_terms         302 403 403 403 200 404 200
GET  admin:lessons_asset_choices                    302 403 403 403 200 404 200
GET  admin:(lessons_module|courses_course)_export   302 403 403 403 200 404 200
GET  admin:import_(article|files)                     302 403 403 403 200 200 200
GET  admin:preview_files                              302 403 403 403 302 302 302
GET  admin:article_(review|sections|changes|progress)  302 403 403 403 200 404 200
POST admin:article_reading                         302 403 403 403 302 404 302
POST admin:cleaned_paste                           302 403 403 403 422 422 422
GET  admin:lessons_(lesson|casestudy)_formula      302 403 403 403 200 200 200
POST admin:discard_import                         302 403 403 403 302 404 404
GET  admin:auth_user_password_change               302 403 403 403 403 403 200
GET  admin:index                                   302 403 403 403 200 200 200
GET  admin:app_list                                302 403 403 403 200 200 200
GET  admin:jsi18n                                  302 403 403 403 200 200 200
GET  admin:autocomplete                            302 403 403 403 403 403 403
GET  admin:login                                   302 302 302 302 302 302 302
GET  admin:(logout|password_change|password_change_done)  302 403 403 403 302 302 302
"""
# A path without a row of the admin answers as what does not exist; Django's old addresses of rows lead to the new.
NOT_ADDRESSES = {"admin:<path:object_id>/", "admin:(?P<url>.*)$"}
# fmt: on


def rows(table):
    for line in table.strip().splitlines():
        if not line.startswith("#"):
            method, route, *statuses = line.split()
            expected = dict(zip(PEOPLE, map(int, statuses), strict=True))
            yield pytest.param(method, route, expected, id=f"{method} {route}")


def admin_rows():
    patterns = [p.values for p in rows(ADMIN)]
    for route in dict.fromkeys(r for r in routes() if r.startswith("admin:") and r not in NOT_ADDRESSES):
        method, _pattern, expected = next((p for p in patterns if re.fullmatch(p[1], route)), ("GET", "", None))
        yield pytest.param(method, route, expected, id=f"{method} {route}")


def routes(patterns=None, namespace=""):
    """Yield every route of the site by its name, or by its pattern if it has none."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.pattern}"
        else:
            yield from routes(entry.url_patterns, namespace + (f"{entry.namespace}:" if entry.namespace else ""))


def with_world(kind, **course):
    """Return a mark for tests that start with a `world` of this kind and course."""
    make = partial(signed_in, kind, **course)
    return pytest.mark.parametrize("make_world", [make], ids=[course["visibility"]], indirect=True)


def signed_in(kind, **course):
    """Return a world with a client for each of its people."""
    world = kind(**course)
    world.clients = {who: client_of(user) for who, user in world.people.items()}
    return world


class World:
    """A course with one row of everything, and one person of each kind."""

    def __init__(self, **course):
        self.course = factories.make_course(title="Sealed sea", slug="sealed", **course)
        self.module = factories.make_module(self.course, title="Sealed module", slug="sealed-module")
        self.lesson = factories.make_published(factories.make_lesson(self.module, title="Sealed lesson"))
        self.case = factories.make_published(factories.make_case_study(self.module, title="Sealed case"))
        (self.check,) = publish_with_checks(self.lesson, EXPLAIN)
        self.lesson.tags.add("sealed")
        self.asset = factories.make_asset(self.course)
        self.rows = {
            "course": self.course,
            "module": self.module,
            "lesson": self.lesson,
            "casestudy": self.case,
            "asset": self.asset,
            "glossaryterm": factories.make_term(self.module),
            "timelineevent": factories.make_event(self.module),
            "prompt": Prompt.objects.create(module=self.module, text="Who pays?"),
            "readinggroup": factories.make_group(self.course),
        }
        self.people = {
            "visitor": None,
            "stranger": factories.make_user(),
            **{role: factories.make_member(self.course, role) for role in Membership.Role.values},
            "elsewhere": factories.make_member(factories.make_course(), Membership.Role.INSTRUCTOR),
            "administrator": factories.make_user(is_superuser=True),
        }
        # It comes back for review, too.
        answer_by(self.people["learner"], self.check, "By the moon.")
        self.rows["user"] = self.people["learner"]
        self.rows["membership"] = self.course.memberships.first()
        self.rows["auditentry"] = AuditEntry.objects.first()
        self.rows["outgoingemail"] = OutgoingEmail.objects.create(kind="digest", to="lea@example.org")
        self.rows["jobstate"] = JobState.objects.create(name="send_mail")
        self.rows["backuprecord"] = BackupRecord.objects.create(kind="backup", name="a.zip", size=1, rows=1)
        self.rows["jobrun"] = JobRun.objects.create(name="send_mail")
        self.bin_entry = move_to_bin(row=factories.make_event(self.module), by=self.people["instructor"])
        self.article = factories.make_article(self.course, self.people["instructor"])
        until = timezone.now() + timedelta(days=1)
        self.archive = DataExport(user=self.people["learner"], completed_at=timezone.now(), expires_at=until)
        self.archive.file.save("", ContentFile(b"PK"))

    def address(self, route):
        return reverse(route, kwargs=self.arguments(route))

    def arguments(self, route):
        lesson = {"pk": self.lesson.pk}
        check, card = lesson | {"uid": self.check.uid}, {"pk": self.check.review_cards.get().pk}
        return {
            "reading:tag": {"slug": "sealed"},
            "reading:module": {"course_slug": "sealed", "slug": "sealed-module"},
            "reading:lesson": lesson | {"slug": self.lesson.slug},
            "reading:revision": lesson | {"number": 1},
            "reading:preview": lesson,
            "reading:progress": lesson,
            "reading:checks": lesson,
            **dict.fromkeys(("reading:answer_check", "reading:compare_answer"), check),
            **dict.fromkeys(("reading:change_card", "reading:grade_recall"), card),
            "reading:asset": {"uid": self.asset.uid},
            "privacy:download_export": {"uid": self.archive.uid},
            "admin:auth_user_password_change": {"id": self.people["learner"].pk},
            "admin:app_list": {"app_label": "lessons"},
            **dict.fromkeys(("admin:bin_delete", "admin:bin_restore"), {"pk": self.bin_entry.pk}),
            **dict.fromkeys(ARTICLE_PAGES, {"pk": self.article.pk}),
        }.get(route) or self.row_arguments(route)

    def row_arguments(self, route):
        """Return the arguments of the admin's pages about a row, or of a course's pages."""
        if route in WITH_SLUG:
            return {"slug": "sealed"}
        route = re.sub(r"(?<=glossary|timeline)_(csv|import)$", "", route)
        model, _, page = route.partition("_place_in_") if "_place_in_" in route else route.rpartition("_")
        row = self.rows.get(model.rpartition("_")[2])
        if row is None:
            return {}
        if page in ("change", "history", "delete"):
            # Lessons and case studies have a history of their own, addressed by number.
            own = page == "history" and row in (self.lesson, self.case)
            return {"pk" if own else "object_id": row.pk}
        if page in ("revision", "restore"):
            return {"pk": row.pk, "number": 1}
        if page == "version":
            return {"pk": row.pk, "key": "revision-1"}
        if page in ("draft", "published") and "_place_in_" in route:
            return {"pk": row.pk, "annotation_id": note_by(self.people["learner"], row).pk}
        if page in ("check", "checkdeletion", "checkrestoration"):
            return {"pk": row.pk, "uid": add_check(lesson=row, check=SINGLE).uid}
        return {"pk": row.pk} if page in OF_A_ROW else {}


WITH_SLUG = {
    f"reading:{page}" for page in ("course", "lessons", "glossary", "timeline", "lesson_feed", "join_or_leave")
}
WITH_SLUG |= {"privacy:audit_log", "privacy:course_closing"}
WITH_SLUG |= {f"search:{page}" for page in ("search_course", "suggestions", "possible_answers", "unasked_questions")}
ARTICLE_PAGES = [f"admin:article_{page}" for page in ("review", "sections", "changes", "progress", "reading")]
ARTICLE_PAGES.append("admin:discard_import")
OF_A_ROW = "bin order state publish schedule withdraw copy publication annotations report".split()
OF_A_ROW += ["presence", "comparison", "restoration", "export", "draft", "move", "glossary", "timeline"]
OF_A_ROW += ["checks", "newcheck"]
DATA = {f"admin:lessons_{kind}_restoration": {"key": "revision-1"} for kind in ("lesson", "casestudy")}
DATA |= {
    "reading:progress": {"completed": "true"},
    "reading:answer_check": {"answer": "By the sun.", "version": "1"},
    "reading:compare_answer": {"closeness": "partly", "version": "1"},
    "reading:change_review": {"action": "pause"},
    "reading:change_card": {"action": "suspend"},
    "reading:grade_recall": {"grade": "3", "reviews": "0"},
    "privacy:course_closing": {"action": "close"},
}


IN_MEMBERS_COURSE = with_world(World, visibility="members")
IN_PUBLIC_COURSE = with_world(World, visibility="public", join_policy="open")


def assert_answers(world, method, route, expected):
    is_about_module = route.endswith(("_terms", "_asset_choices"))
    data = {"module": world.module.pk} if is_about_module else DATA.get(route, {})
    assert_answered(world.clients, method, world.address(route), data, expected)


def assert_answered(clients, method, address, data, expected):
    """Assert what an address answers to each kind of person, of whom a run that is not thorough asks every other."""
    asked = sample(clients, f"{method} {address}", parts=2)
    found = {who: answer(clients[who], method, address, data) for who in asked}
    assert found == {who: expected[who] for who in asked}, f"{method} {address}"


def answer(client, method, address, data):
    reply = getattr(client, method.lower())(address, data)
    # Closing a file's reply ends the request once more: as the test client does, keep that from the test's connection.
    request_finished.disconnect(close_old_connections)
    reply.close()
    request_finished.connect(close_old_connections)
    return reply.status_code


@IN_MEMBERS_COURSE
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES), *rows(PRIVACY)])
def test_pages_of_a_members_course(world, method, route, expected):
    assert_answers(world, method, route, expected)


@IN_PUBLIC_COURSE
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PUBLIC)])
def test_pages_of_a_public_course(world, method, route, expected):
    assert_answers(world, method, route, expected)


@IN_MEMBERS_COURSE
@pytest.mark.parametrize(("method", "route", "expected"), sample(admin_rows()))
def test_the_admin(world, method, route, expected):
    assert_answers(world, method, route, expected)


def test_every_address_has_a_row():
    """Those of accounts, annotations, discussions and others are in `test_access_matrix.py` of their folders."""
    apart = "account annotations: webannotations: notebook: discussions: unsent: mfa_ enrolment: usersessions_"
    elsewhere = (*apart.split(), "insight:", "participation:")
    asked = {route for route in routes() if not route.startswith(elsewhere)}
    entered = {p.values[1] for table in (PAGES, PRIVACY) for p in rows(table)}
    entered |= {p.values[1] for p in admin_rows()} | NOT_ADDRESSES
    assert asked - entered == set()
    assert [p.values[1] for p in admin_rows() if p.values[2] is None] == []


def test_every_page_of_a_course_is_tested_in_a_public_one_too():
    same_everywhere = {"library", "favicon", "sitemap", "robots"}
    same_everywhere = {f"reading:{name}" for name in same_everywhere} | {
        "operations:health_live",
        "operations:health_ready",
        "operations:overview",
        "search:search",
    }
    pages = {p.values[1] for p in rows(PAGES)} - same_everywhere
    assert pages == {p.values[1] for p in rows(PUBLIC)}
