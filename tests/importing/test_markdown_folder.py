"""A folder of Markdown becomes a course; a second run changes nothing, a changed file only its own row."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lessons import importing
from lessons.courses.models import AuditEntry, Course
from lessons.models import CaseStudy, Lesson, Module, Revision

SAMPLES = Path(importing.__file__).parent / "samples"

FILES = {
    "course.md": "---\ntitle: The Shore\nslug: shore\nlanguage: en\nvisibility: public\n---\nWalks along the edge.\n",
    "mud/module.md": "---\ntitle: Mud\nslug: mud\nlicence: CC BY 4.0\ntags:\n  - mud\n  - shore\n---\n",
    "mud/01-silt.md": (
        "---\ntitle: Silt\nslug: silt\nsummary: What falls out.\ntags: [mud]\n---\n"
        "Silt **falls**.\n\n## Where\n\nHere.\n"
    ),
    "mud/02-flood.md": (
        "---\ntitle: The Flood\nslug: flood\nkind: case_study\nlocation: Severn\nbegan: '1607-01-30'\n"
        "parties:\n  - The sea\n  - The town\nquestions:\n  - Who pays?\n---\nIt came at nine.\n"
    ),
    "mud/glossary.yaml": "- term: silt\n  definition: Fine mud.\n  lesson: silt\n",
    "mud/timeline.yaml": "- date: '1607-01-30'\n  event: The flood comes.\n  lesson: flood\n",
    "mud/prompts.yaml": "- text: Who pays for a wall?\n  lesson: flood\n",
}


@pytest.fixture
def shore(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / "shore" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "shore"


def load(folder, *options):
    """Import the folder of a course, again if it exists, or of a module."""
    out = StringIO()
    is_course = (folder / "course.md").exists()
    command, update = ("import_course", ["--update"]) if is_course else ("import_module", [])
    call_command(command, str(folder), *update, *options, stdout=out)
    return out.getvalue()


def rows():
    """Return everything that a run could change, with its times."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Course, Module, Lesson, CaseStudy, Revision, AuditEntry)
    ]


@pytest.mark.django_db
def test_a_course_folder_creates_the_course_with_everything_in_it(shore):
    assert "created" in load(shore)
    module = Module.objects.get(slug="mud")
    assert (module.course.title, module.course.visibility, module.licence) == ("The Shore", "public", "CC BY 4.0")
    assert sorted(module.tags.names()) == ["mud", "shore"]
    silt, flood = module.lessons.all()
    assert "<strong>falls</strong>" in silt.body
    assert silt.summary == "What falls out."
    assert (flood.casestudy.location, flood.casestudy.parties) == ("Severn", "The sea\nThe town")
    assert module.glossaryterms.get().lesson == silt
    assert module.timelineevents.get().lesson == flood
    assert module.prompts.get().text == "Who pays for a wall?"
    assert module.state == "draft"


@pytest.mark.django_db
def test_a_second_run_changes_nothing(shore):
    load(shore, "--publish")
    before = rows()
    assert "0 created, 0 changed" in load(shore, "--publish")
    assert rows() == before


@pytest.mark.django_db
def test_a_changed_file_changes_its_row_and_makes_one_revision(shore):
    load(shore, "--publish")
    (shore / "mud/01-silt.md").write_text(FILES["mud/01-silt.md"].replace("Here.", "There."))
    (shore / "mud/timeline.yaml").write_text(FILES["mud/timeline.yaml"].replace("comes", "has come"))
    assert "0 created, 2 changed" in load(shore, "--publish")
    silt, flood = Lesson.objects.all()
    assert (silt.revisions.count(), flood.revisions.count(), silt.version) == (2, 1, 2)
    assert [event.event for event in Module.objects.get().timelineevents.all()] == ["The flood has come."]


@pytest.mark.django_db
def test_published_revisions_have_the_author(shore, instructor):
    load(shore, "--publish", "--author", instructor.email)
    assert set(Revision.objects.values_list("author", flat=True)) == {instructor.pk}


@pytest.mark.django_db
def test_a_module_folder_goes_into_the_course_above_it_or_a_named_one(shore, course):
    load(shore / "mud")
    load(shore / "mud", "--course", course.slug)
    assert set(Module.objects.values_list("course__slug", flat=True)) == {"shore", course.slug}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mud/01-silt.md", "no front matter", "01-silt.md does not start with front matter"),
        ("mud/01-silt.md", "---\ntitle: Silt\n---\ntext", "01-silt.md: slug is missing"),
        ("mud/01-silt.md", "---\ntitle: Silt\nslug: silt\ncolour: brown\n---\nx", "01-silt.md: unknown key “colour”"),
        ("mud/01-silt.md", "---\ntitle: Silt\nslug: silt\nkind: poem\n---\nx", "01-silt.md: kind is “poem”"),
        ("mud/01-silt.md", "---\ntitle: Silt\nslug: silt\nlocation: Ely\n---\nx", "only case studies have “location”"),
        ("mud/01-silt.md", "---\ntitle: Silt\nslug: flood\n---\nx", "two lessons have the slug “flood”"),
        ("mud/01-silt.md", "---\ntitle: Silt\nslug: silt\ntags: mud\n---\nx", "01-silt.md: tags must be a list"),
        ("mud/01-silt.md", "---\ntitle: [\nslug: silt\n---\nx", "01-silt.md is not valid YAML"),
        (
            "mud/02-flood.md",
            FILES["mud/02-flood.md"].replace("1607-01-30", "long ago"),
            "02-flood.md: began: “long ago”",
        ),
        ("mud/glossary.yaml", "- term: ' '\n  definition: x\n", "glossary.yaml, 1: term is missing"),
        ("mud/glossary.yaml", "- term: silt\n", "glossary.yaml, 1: definition is missing"),
        ("mud/glossary.yaml", "term: silt\n", "glossary.yaml must be a list"),
        ("mud/timeline.yaml", "- date: 12th\n  event: x\n", "timeline.yaml, 1: date"),
        ("mud/prompts.yaml", "- text: Why?\n  lesson: sand\n", "no lesson here has the slug “sand”"),
        ("course.md", "---\ntitle: X\nslug: x\nvisibility: secret\n---\n", "course.md: visibility"),
    ],
)
@pytest.mark.django_db
def test_errors_name_the_file_and_the_key_and_leave_nothing_behind(shore, name, text, message):
    (shore / name).write_text(text)
    with pytest.raises(CommandError, match=message):
        load(shore)
    assert not Course.objects.exists()


@pytest.mark.django_db
def test_a_lesson_cannot_become_a_case_study(shore):
    load(shore)
    (shore / "mud/01-silt.md").write_text("---\ntitle: Silt\nslug: silt\nkind: case_study\n---\nSilt.\n")
    with pytest.raises(CommandError, match="of another kind"):
        load(shore)


@pytest.mark.django_db
def test_a_folder_without_either_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"neither a course.md nor a module.md"):
        load(tmp_path)


@pytest.mark.django_db
@pytest.mark.thorough
def test_the_sample_course_loads_twice_without_a_change():
    course = SAMPLES / "alliances-and-diplomacy"
    load(course, "--publish")
    assert Lesson.objects.published().count() == Lesson.objects.count() > 10
    assert CaseStudy.objects.count() == 2
    before = rows()
    assert "0 created, 0 changed" in load(course, "--publish")
    assert rows() == before
