"""A folder of Markdown becomes a course; a second run changes nothing, a changed file only its own row."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lessons import importing
from lessons.courses.models import AuditEntry, Course
from lessons.markup.html_to_markdown import to_markdown
from lessons.markup.lesson_markdown import render_lesson
from lessons.models import Asset, CaseStudy, Lesson, Module, Prompt, Revision
from lessons.practice.check_text import CheckReader, write_check
from tests.image_files import image_bytes

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
        ("course.md", "---\ntitle: X\nslug: x\nstarts: soon\n---\n", "course.md: starts is “soon”; write a day"),
        ("course.md", "---\ntitle: X\nslug: x\nends: 2026-11-09\n---\n", "The last day needs a first day"),
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


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("export_course", ["nowhere", "{tmp}/x"], "no course with the slug “nowhere”"),
        ("export_course", ["shore", "{tmp}"], "exists and is not empty. Name another, or use --replace"),
        ("export_course", ["shore", "{tmp}", "--replace"], "exists and is not empty. It is no earlier export of this"),
        ("export_module", ["shore/sand", "{tmp}/x"], "The course “shore” has no module with the slug “sand”"),
        ("export_module", ["mud", "{tmp}/x"], "“mud” names no module"),
        ("import_course", ["{tmp}/shore"], "a course with the slug “shore” already. Update its drafts with --update"),
        ("import_course", ["{tmp}/shore/mud"], "has no course.md. For a single module use import_module"),
        ("import_course", ["{tmp}/nowhere"], "No such file"),
        ("import_module", ["{tmp}/shore"], "has a course.md. Use import_course"),
        ("import_module", ["{tmp}/shore/mud", "--course", "nowhere"], "no course with the slug “nowhere”"),
        ("import_module", ["{tmp}/shore/mud/01-silt.md", "--course", "shore"], "damaged or incomplete"),
    ],
)
def test_commands_say_what_is_wrong(shore, db, tmp_path, command, arguments, message):
    load(shore)
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command(command, *[argument.format(tmp=tmp_path) for argument in arguments], stdout=StringIO())
    assert [path.name for path in tmp_path.iterdir()] == ["shore"]


@pytest.mark.django_db
def test_only_what_the_files_say_is_published(shore):
    (shore / "mud/01-silt.md").write_text(
        FILES["mud/01-silt.md"].replace("slug: silt", "slug: silt\nstate: published")
    )
    load(shore, "--drafts")
    assert not Revision.objects.exists()
    load(shore)
    assert [lesson.state for lesson in Lesson.objects.all()] == ["published", "draft"]
    (shore / "mud/01-silt.md").write_text("---\ntitle: Silt\nslug: silt\nstate: published\n---\n")
    with pytest.raises(CommandError, match="01-silt.md has no text, so it cannot be published"):
        load(shore)
    assert "falls" in Lesson.objects.first().body


@pytest.mark.django_db
def test_an_import_that_fails_leaves_no_row_and_no_file(shore, monkeypatch):
    (shore / "mud/images").mkdir()
    (shore / "mud/images/sea.png").write_bytes(image_bytes())
    (shore / "mud/01-silt.md").write_text(FILES["mud/01-silt.md"] + "\n![The sea](images/sea.png)\n")
    (shore / "mud/prompts.yaml").write_text("- text: Why?\n  lesson: flood\n")

    def fail(*arguments, **options):
        raise KeyboardInterrupt

    storage = Asset._meta.get_field("file").storage
    with monkeypatch.context() as patch:
        patch.setattr(Prompt, "save", fail)
        with pytest.raises(KeyboardInterrupt):
            load(shore)
    assert not Course.objects.exists()
    assert not storage.exists("assets") or storage.listdir("assets")[1] == []

    load(shore)
    asset = Asset.objects.get()
    assert (asset.alt, asset.width, asset.height) == ("The sea", 12, 8)
    assert f'src="{asset.get_absolute_url()}"' in Lesson.objects.first().body
    assert "0 created, 0 changed" in load(shore)


@pytest.mark.django_db
def test_an_export_over_an_earlier_one_deletes_what_is_gone_and_nothing_else(shore, tmp_path):
    load(shore)
    target = tmp_path / "kept"
    call_command("export_course", "shore", target, stdout=StringIO())
    (target / ".git").mkdir()
    (target / "mud/README.md").write_text("Mine.")
    Lesson.objects.filter(slug="flood").delete()
    Lesson.objects.update(slug="silts")
    call_command("export_course", "shore", target, "--replace", stdout=StringIO())
    assert sorted(path.name for path in (target / "mud").iterdir()) == [
        *["01-silts.md", "README.md", "glossary.yaml", "module.md", "prompts.yaml", "timeline.yaml"]
    ]
    assert (target / ".git").is_dir()


def test_the_texts_of_the_sample_course_are_written_as_they_are():
    for file in SAMPLES.rglob("[0-9]*.md"):
        text = file.read_text().split("\n---\n", 1)[1]
        reader = CheckReader()
        html = render_lesson(text, {}.get, reader.uid)
        checks = {uid: write_check(check) for uid, check in reader.checks.items()}
        assert to_markdown(html, checks=checks) == text, file.name


@pytest.mark.django_db
@pytest.mark.thorough
def test_the_sample_course_is_exported_as_it_is_written(tmp_path):
    course = SAMPLES / "alliances-and-diplomacy"
    load(course)
    assert Lesson.objects.published().count() == Lesson.objects.count() > 10
    assert CaseStudy.objects.count() == 2
    call_command("export_course", course.name, tmp_path / "out", stdout=StringIO())
    written, exported = (
        {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.*")}
        for folder in (course, tmp_path / "out")
    )
    assert exported == written
    before = rows()
    assert "0 created, 0 changed" in load(tmp_path / "out")
    assert rows() == before
