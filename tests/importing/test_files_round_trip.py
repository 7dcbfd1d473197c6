"""A course that is exported and imported again is the same course, and its files are the same bytes."""

from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

from lessons.annotations.models import CourseLabel
from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.images import encode_webp
from lessons.models import Asset, Lesson, Module
from lessons.participation.models import ParticipationRule
from lessons.practice.writing import add_check
from lessons.progress.completion import set_rule
from lessons.progress.models import CompletionRule
from lessons.services import withdraw
from tests.articles import build
from tests.factories import make_case_study, make_course, make_event, make_lesson, make_module, make_term
from tests.importing.articles import ARTICLES
from tests.participation.make import make_rule
from tests.practice.make import EXPLAIN


def command(name, *arguments):
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def make_image(course, alt, colour):
    image = Image.new("RGB", (3, 2), colour)
    raw = BytesIO()
    image.save(raw, "PNG")
    encoded = encode_webp(raw, len(raw.getvalue()))
    asset = Asset(course=course, alt=alt, width=3, height=2)
    asset.file.save("x.webp", ContentFile(encoded.data), save=False)
    asset.save()
    return asset


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def shore(instructor):
    """A course with everything that is exported."""
    course = make_course(
        title="The Shore",
        slug="shore",
        description="Walks.\r\n\r\nBy *the* sea.",
        time_zone="Europe/Paris",
        starts_on=date(2026, 11, 9),
        ends_on=date(2027, 2, 5),
    )
    CourseLabel.objects.create(course=course, key="doubt", name="Doubtful", is_question=True)
    rocks = make_module(course, title="Rocks", slug="rocks", position=0, summary="Hard.\r\nAnd grey.")
    mud = make_module(course, title="Mud", slug="mud", position=1, state=Module.State.DRAFT)
    mud.tags.add("Soft", "brown: not red")
    wave, wall = make_image(course, "A wave, breaking", "blue"), make_image(course, "", "red")
    plan = make_image(course, "The way along the sea", "green")
    Course.objects.update(description=f"Walks.\r\n\r\n![Map](/assets/{plan.uid}/)\r\n\r\nBy *the* sea.")
    granite = make_lesson(rocks, title="Granite", slug="granite", position=0, summary="Old.")
    silt = make_lesson(mud, title="Silt: “fine” mud", slug="silt", position=0)
    silt.due_at = datetime(2026, 12, 3, 22, 59, tzinfo=UTC)
    silt.tags.add("mud", "water")
    flood = make_case_study(mud, title="The flood", slug="flood", position=1, began="1607-01-30", ended="")
    late = make_lesson(mud, title="Late", slug="", position=2)
    late.due_at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # an hour that clocks show twice
    late.save()
    gone = make_lesson(mud, title="Gone", slug="gone", position=7)
    granite.body = (
        f'<h2>Old</h2><p>See <a href="{silt.get_absolute_url()}#sec-where">silt</a>, '
        '<a href="/courses/shore/modules/mud/">mud</a>, '
        '<a href="/courses/shore/glossary/">terms</a>, <a href="/threads/1/">talk</a>.</p>'
        f'<figure><img src="/assets/{wave.uid}/" alt="A wave"><figcaption>Waves</figcaption></figure>'
    )
    granite.save()
    check = add_check(lesson=silt, check=EXPLAIN)
    silt.body = (
        f'<h2>Where</h2><p><img src="/assets/{wall.uid}/" alt=""> Up to '
        f'<a href="{granite.get_absolute_url()}">granite</a>.</p><hr data-check="{check.uid}">'
    )
    silt.save()
    add_check(lesson=silt, check=EXPLAIN._replace(question="And on the moon?", explanation="Two\nlines."))
    set_rule(lesson=silt, rule=CompletionRule.Rule.CHECKS)
    publish(lesson=granite, by=instructor)
    publish(lesson=flood, by=instructor)
    publish(lesson=gone, by=instructor)
    withdraw(lesson=gone, by=instructor)
    granite.title, granite.body = "Granite, again", "<p>Draft of something else.</p>"
    Lesson.objects.filter(pk=granite.pk).update(title=granite.title, body=granite.body)
    make_term(mud, "silt", "Fine mud.\nVery fine.", lesson=silt)
    make_event(mud, lesson=flood)
    mud.prompts.create(text="Who pays?", lesson=late)
    make_rule(course, name="All", note_days=2, starts_on=date(2026, 11, 9))
    make_rule(course, name="All", module=mud, note_sections=3, due_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    make_rule(course, name="Silt: “fine”", lesson=silt, checks=1, due_at=datetime(2026, 12, 3, 22, 59, tzinfo=UTC))
    make_rule(course, name="Late", lesson=late, replies=1, due_at=datetime(2026, 12, 3, 17, 0, tzinfo=UTC))
    make_rule(course, name="Gone", replies=1, deleted_at=datetime(2026, 12, 3, tzinfo=UTC))
    return course


FILES = """
course.md images/map.webp labels.yaml mud/01-silt.md mud/02-flood.md mud/03-late.md mud/04-gone.md mud/checks.yaml
mud/glossary.yaml mud/images/image.webp mud/module.md mud/prompts.yaml mud/timeline.yaml participation.yaml
rocks/01-granite.draft.md rocks/01-granite.md rocks/images/a-wave.webp rocks/module.md
"""


def test_a_course_comes_back_as_it_was(shore, tmp_path):
    command("export_course", "shore", tmp_path / "one")
    files = files_of(tmp_path / "one")
    assert sorted(files) == FILES.split()
    assert "0 created, 0 changed" in command("import_course", tmp_path / "one", "--update")
    assert Asset.objects.count() == 3

    command("import_course", tmp_path / "one", "--slug", "copy")
    command("export_course", "copy", tmp_path / "two")
    copies = files_of(tmp_path / "two")
    changed = {name: data for name, data in files.items() if copies[name] != data}
    assert sorted(changed) == ["course.md", "mud/04-gone.md"]  # its slug; what was withdrawn is a draft there
    assert copies["course.md"] == files["course.md"].replace(b"slug: shore", b"slug: copy")
    assert copies["mud/04-gone.md"] == files["mud/04-gone.md"].replace(b"state: withdrawn\n", b"")

    last = ParticipationRule.objects.filter(course__slug="copy").last()
    assert (last.lesson.title, last.lesson.module.course.slug) == ("Late", "copy")

    granite = Lesson.objects.get(module__course__slug="copy", slug="granite")
    silt = Lesson.objects.get(module__course__slug="copy", slug="silt")
    assert (granite.title, granite.current_revision.title) == ("Granite, again", "Granite")
    assert f'href="{silt.get_absolute_url()}#sec-where"' in granite.current_revision.html
    assert 'href="/courses/copy/modules/mud/"' in granite.current_revision.html
    assert sorted(Asset.objects.filter(course__slug="copy").values_list("alt", flat=True)) == ["", "A wave", "Map"]


def test_a_zip_file_has_the_same_files_in_the_same_bytes_each_time(shore, tmp_path):
    command("export_module", "shore/mud", tmp_path / "mud.zip")
    first = (tmp_path / "mud.zip").read_bytes()
    command("export_module", "shore/mud", tmp_path / "mud.zip", "--replace")
    assert (tmp_path / "mud.zip").read_bytes() == first
    other = make_course(slug="other")
    output = command("import_module", tmp_path / "mud.zip", "--course", "other", "--drafts")
    assert "In 01-silt.md the link to ../rocks/01-granite.md leads to nothing here" in output
    module = other.modules.get()
    assert (module.state, module.lessons.filter(current_revision=None).count()) == ("draft", 4)
    assert "Up to granite." in module.lessons.get(slug="silt").body


@pytest.mark.thorough
def test_every_article_that_was_imported_comes_back(course, instructor, tmp_path):
    samples = [path for path in sorted(ARTICLES.iterdir()) if path.is_file() and path.suffix != ".py"]
    for sample in samples:
        if sample.name not in build.TROUBLES:
            command("import_article", sample, "--course", course.slug, "--author", instructor.email)
    assert course.modules.count() > 10
    command("export_course", course.slug, tmp_path / "one")
    assert "0 created, 0 changed" in command("import_course", tmp_path / "one", "--update")
    command("import_course", tmp_path / "one", "--slug", "copy")
    command("export_course", "copy", tmp_path / "two")
    files, copies = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert {name for name in files if copies[name] != files[name] and not name.endswith(".webp")} == {"course.md"}


def test_lessons_are_put_in_the_order_of_their_files(shore, tmp_path):
    command("export_module", "shore/mud", tmp_path / "mud")
    (tmp_path / "mud/04-gone.md").rename(tmp_path / "mud/00-gone.md")
    (tmp_path / "mud/015-new.md").write_text("---\ntitle: New\nslug: new\n---\nNew.\n")
    assert "1 created, 1 changed" in command("import_module", tmp_path / "mud", "--course", "shore")
    lessons = Lesson.objects.filter(module__slug="mud")
    assert [lesson.title for lesson in lessons] == ["Gone", "Silt: “fine” mud", "New", "The flood", "Late"]
    assert {lesson.version for lesson in lessons} == {1}


def test_lessons_with_the_same_slug_or_none_are_found_again(course, tmp_path):
    module = make_module(course, slug="mud")
    for title, slug in (("Silt", "silt"), ("More silt", "silt"), ("Last silt", ""), ("Clay", "")):
        make_lesson(module, title=title, slug=slug, body=f"<p>{title}.</p>")
    command("export_module", f"{course.slug}/mud", tmp_path / "mud")
    assert len(list((tmp_path / "mud").glob("0*.md"))) == 4
    assert "0 created, 0 changed" in command("import_module", tmp_path / "mud", "--course", course.slug, "--drafts")
