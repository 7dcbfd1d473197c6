"""Names that look alike are the same group, tag, term, label, slug or handle."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.services.groups import GroupError, create_group
from lessons.markup.mentions import handle_key
from lessons.tagging.models import Tag
from tests import factories
from tests.authoring.conftest import form_of
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db

ALIKE = ["group\u200b a", "Ｇｒｏｕｐ Ａ", "Group\xa0\u2003A", "gro\u00adup a\u200d"]


@pytest.mark.parametrize("name", ALIKE)
def test_no_form_or_import_creates_a_second_group(name, sign_in, course, group_a, instructor):
    staff = sign_in(instructor)
    with pytest.raises(GroupError):
        create_group(course=course, name=name, by=instructor)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingGroup.objects.create(course=course, name=name)
    roster = {"text": f"email,group\nada@example.org,{name}\n"}
    plan = staff.post(reverse("enrolment:roster", args=[course.slug]), roster).context["plan"]
    assert (plan.groups, plan.new[0].line.group) == ([], "Group A")


@pytest.mark.parametrize("name", ["lu\u200bnar", "ＬＵＮＡＲ", "lunar\u200d", "lunar\ufe0f"])
def test_no_form_or_import_creates_a_second_tag(name, sign_in, course, lesson, learner, instructor):
    lesson.tags.add("lunar")
    thread_by(learner, course, tags=[name])
    client, address = sign_in(instructor), reverse("admin:lessons_lesson_change", args=[lesson.pk])
    client.post(address, form_of(client.get(address)) | {"tags": f"{name}, \u200b"})
    assert list(Tag.objects.values_list("name", flat=True)) == list(lesson.tags.names()) == ["lunar"]


def test_a_name_whose_letters_expand_has_a_key_of_bounded_length(course):
    make_tag = Tag.objects.get_or_create_named
    assert make_tag("\ufdfa" * 100) == make_tag("\ufdfa" * 100)
    ReadingGroup.objects.create(course=course, name="\ufdfa" * 80)


def test_slugs_that_look_alike_are_one(course, module):
    assert Course.objects.get(slug="ｔｉｄｅｓ") == course
    for row in (Course(title="x", slug="ｔｉｄｅｓ"), type(module)(course=course, title="x", slug="ｍｏｖｉｎｇ-sea")):
        with pytest.raises(ValidationError, match="already"):
            row.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_lookalike_names_get_handles_that_mentions_can_distinguish(course):
    for name in (
        "Jonas Straße",
        "JONAS STRASSE",
        "Ｊｏｎａｓ Ｓｔｒａｓｓｅ",
        "Jo\u0301nas",
        "J\u00f3nas",
        "Νίκος",
        "ΝΊΚΟΣ",
    ):
        factories.make_member(course, name=name)
    handles = list(course.memberships.order_by("pk").values_list("handle", flat=True))
    assert handles == ["jonas-strasse", "jonas-strasse-2", "jonas-strasse-3", "jónas", "jónas-2", "νίκος", "νίκος-2"]
    assert len(set(map(handle_key, handles))) == len(handles)


def test_existing_names_are_migrated(course, lesson, module, learner, group_a):
    group, other = factories.make_group(course, "x"), factories.make_lesson(module)
    term, alike = factories.make_term(module, "ebb"), factories.make_term(module, "flow")
    lesson.tags.add("lunar", "other")
    other.tags.add("later", "lunar")
    with connection.cursor() as cursor:
        for table, columns, values in [
            ("courses_readinggroup", "name = %s, key = %s", ["Group A\u200b", "group a\u200b", group.pk]),
            ("courses_membership", "handle = %s", ["lea-ß", Membership.objects.get(user=learner).pk]),
            ("lessons_glossaryterm", "term = %s, key = %s", ["Ｅbb", "ｅbb", alike.pk]),
            ("tagging_tag", "name = %s, key = %s", ["ＬＵＮＡＲ", "ｌｕｎａｒ", Tag.objects.get(name="later").pk]),
            ("lessons_module", "slug = %s", ["ｓｅａ", module.pk]),
        ]:
            cursor.execute(f"UPDATE {table} SET {columns} WHERE id = %s", values)
    import_module("lessons.courses.migrations.0004_normalise_names").normalise(apps, None)
    import_module("lessons.migrations.0003_normalise_terms").normalise(apps, None)
    import_module("lessons.discussions.migrations.0003_merge_lookalike_tags").merge(apps, None)
    assert list(course.groups.values_list("name", flat=True)) == ["Group A", "Group A\u200b (2)"]
    assert Membership.objects.get(user=learner).handle == "lea-ss"
    assert list(module.glossaryterms.order_by("pk").values_list("term", "key")) == [
        ("ebb", "ebb"),
        ("Ｅbb (2)", "ebb (2)"),
    ]
    assert list(other.tags.names()) == ["lunar"]
    assert list(lesson.tags.names()) == ["lunar", "other"]
    module.refresh_from_db()
    assert (term.key, module.slug) == ("ebb", "sea")
