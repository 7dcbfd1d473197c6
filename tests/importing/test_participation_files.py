"""Participation rules in the files of a course: what is wrong with them is said, and what differs is changed."""

import pytest
from django.core.management import CommandError

from lessons.courses.models import AuditEntry
from lessons.participation.models import ParticipationRule
from tests.factories import make_lesson, make_module
from tests.importing.test_files_round_trip import command
from tests.participation.make import make_rule

BEGINNING = "- name: Half\n"


@pytest.fixture
def folder(course, tmp_path):
    make_lesson(make_module(course, slug="mud"), slug="silt")
    command("export_course", course.slug, tmp_path / "one")
    return tmp_path / "one"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("  notes: 0\n", "participation.yaml, 1 asks for nothing."),
        ("  notes: many\n", "participation.yaml, 1: notes is “many”; write a number up to 1000."),
        ("  notes: 1001\n", "write a number up to 1000."),
        ("  notes: 2\n  note_sections: 3\n", "Write 3 or more for notes."),
        (
            "  replies: 2\n  where: mud/clay\n",
            "where is “mud/clay”; no module here has this slug",
        ),
        ("  replies: 2\n  starts: soon\n", "starts is “soon”; write a day such as 2026-12-03."),
        ("  replies: 2\n  due: 2026-12-03\n  starts: 2026-12-04\n", "participation.yaml, 1: due is before starts."),
        ("  replys: 2\n", "unknown key “replys”."),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(folder, rule, message):
    (folder / "participation.yaml").write_text(BEGINNING + rule)
    with pytest.raises(CommandError, match=".*") as error:
        command("import_course", folder, "--update")
    assert message in str(error.value)
    assert not ParticipationRule.objects.exists()


def test_a_rule_of_the_same_name_is_changed_and_others_stay(folder, course):
    half, other = make_rule(course, name="Half", notes=2), make_rule(course, name="Other", notes=2)
    (folder / "participation.yaml").write_text(
        f"{BEGINNING}  notes: 5\n  where: mud/silt\n  due: 2026-12-03 18:00\n- name: New\n  where: mud\n  replies: 1\n"
    )
    assert "1 created, 1 changed" in command("import_course", folder, "--update")
    assert "0 created, 0 changed" in command("import_course", folder, "--update")
    half.refresh_from_db()
    assert (half.notes, half.lesson.slug, half.due_at.isoformat()) == (5, "silt", "2026-12-03T18:00:00+00:00")
    assert set(course.participation_rules.values_list("name", "module__slug")) == {
        ("Half", None),
        (other.name, None),
        ("New", "mud"),
    }
    verbs = AuditEntry.objects.filter(verb__contains="participation").values_list("verb", flat=True)
    assert sorted(verbs) == ["add participation rule", "change participation rule"]
