"""The pages that export courses and modules as files, and import them after a preview."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.annotations.services import publish
from lessons.courses.models import Course, Membership
from lessons.importing.models import UPLOAD_FOLDER, ArticleImport
from lessons.models import Lesson, Module, Revision
from portal.course_creation import course_creation
from tests.annotations.make import highlight_by
from tests.factories import make_course, make_lesson, make_module

IMPORT = reverse("admin:import_files")
MUD = {
    "mud/module.md": "---\ntitle: Mud\nslug: mud\nstate: published\n---\n",
    "mud/01-silt.md": "---\ntitle: Silt\nslug: silt\nstate: published\n---\nSilt *falls*.\n",
    "mud/02-clay.md": "---\ntitle: Clay\nslug: clay\n---\nSee [silt](01-silt.md).\n",
}
SHORE = {"course.md": "---\ntitle: The Shore\nslug: shore\n---\nWalks.\n"} | MUD


def zipped(files):
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def send(client, files, course=""):
    data = files if isinstance(files, bytes) else zipped(files)
    return client.post(IMPORT, {"file": SimpleUploadedFile("files.zip", data), "course": course})


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_module_is_exported_and_imported_into_another_course(sign_in, instructor, course):
    module = make_module(course, title="Mud", slug="mud")
    lesson = make_lesson(module, title="Silt", slug="silt", body="<p>Silt <em>falls</em>.</p>")
    publish(lesson=lesson, by=instructor)
    other = make_course(title="Other")
    Membership.objects.create(user=instructor, course=other, role=Membership.Role.INSTRUCTOR)
    client = sign_in(instructor)
    page = client.get(reverse("admin:lessons_module_change", args=[module.pk]))
    address = reverse("admin:lessons_module_export", args=[module.pk])
    assert address in page.content.decode()
    answer = client.get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mud.zip"'
    data = b"".join(answer.streaming_content)

    preview = client.get(send(client, data, course=other.pk).url)
    assert "1 lesson is new." in text_of(preview)
    assert not other.modules.exists()
    done = client.post(preview.request["PATH_INFO"] + "?" + preview.request["QUERY_STRING"])
    copy = other.modules.get()
    assert done.url == reverse("admin:lessons_module_change", args=[copy.pk])
    assert (copy.state, copy.lessons.get().state) == ("draft", "draft")
    assert copy.lessons.get().body == lesson.body


def test_the_same_files_again_change_nothing_and_the_published_state_is_taken_over_if_asked(
    sign_in, instructor, course
):
    client = sign_in(instructor)
    for publishes in ("", "yes", "yes"):
        preview = send(client, MUD, course.pk).url
        shown = text_of(client.get(preview))
        client.post(preview, {"publish": publishes})
    assert "Nothing would change" in shown
    silt, clay = Lesson.objects.order_by("position")
    assert (silt.state, clay.state, silt.module.state) == ("published", "draft", "published")
    assert f'<a href="{silt.get_absolute_url()}"' in clay.body
    assert (Revision.objects.count(), silt.version, clay.version) == (1, 1, 1)
    assert ArticleImport._meta.get_field("upload").storage.listdir(UPLOAD_FOLDER)[1] == []


def test_notes_of_a_lesson_that_is_published_again_stay(sign_in, instructor, learner, course):
    client = sign_in(instructor)
    client.post(send(client, MUD, course.pk).url, {"publish": "yes"})
    note = highlight_by(learner, Lesson.objects.get(slug="silt"), "falls")
    changed = MUD | {"mud/01-silt.md": MUD["mud/01-silt.md"].replace("Silt *falls*", "At night silt *falls*")}
    preview = send(client, changed, course.pk).url
    assert "1 lesson is changed" in text_of(client.get(preview))
    client.post(preview, {"publish": "yes"})
    revision = Lesson.objects.get(slug="silt").current_revision
    placement = note.placements.get(revision=revision)
    assert (revision.number, revision.text[placement.start : placement.end]) == (2, "falls")


def test_a_form_that_is_sent_twice_imports_once(sign_in, instructor, course):
    client = sign_in(instructor)
    preview = send(client, MUD, course.pk).url
    key = client.get(preview).content.decode().split('name="form_key" value="')[1].split('"')[0]
    first, second = client.post(preview, {"form_key": key}), client.post(preview, {"form_key": key})
    assert first.url == second.url
    assert Module.objects.count() == 1


def test_only_users_who_may_create_courses_import_one(settings, sign_in, instructor, administrator, course):
    settings.COURSE_CREATION = course_creation(["administrators"])
    refused = send(sign_in(instructor), SHORE)
    assert refused.status_code == 422
    assert "you cannot create courses" in text_of(refused)
    client = sign_in(administrator)
    preview = send(client, SHORE).url
    assert "The course “The Shore” will be created" in text_of(client.get(preview))
    assert not Course.objects.filter(slug="shore").exists()
    client.post(preview)
    shore = Course.objects.get(slug="shore")
    assert shore.memberships.get().user == administrator
    assert [lesson.title for lesson in shore.modules.get().lessons.all()] == ["Silt", "Clay"]
    assert send(sign_in(instructor), SHORE).status_code == 422  # it is there now, and somebody else teaches it


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (b"no zip", "damaged or incomplete"),
        (b"no zip", "Choose a zip file of an exported course or module"),
        ({"readme.txt": "x"}, "neither a course.md nor a module.md"),
        ({**MUD, "mud/01-silt.md": "---\ntitle: Silt\n---\nx"}, "01-silt.md: slug is missing"),
        ({**MUD, "mud/03.md": "---\ntitle: A\nslug: a\n---\n![x](images/a.webp)"}, "no image images/a.webp"),
        ({**MUD, "mud/03.md": "---\ntitle: A\nslug: a\n---\n![x](../../../etc/passwd)"}, "no image ../../../etc/"),
        (
            {**MUD, "mud/03.md": "---\ntitle: A\nslug: a\n---\n<img src='http://x.y/z.png'>"},
            "not a file of this folder",
        ),
        ({**MUD, "mud/glossary.yaml": "- &a [x]\n- *a\n"}, "aliases are not allowed"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(sign_in, instructor, course, files, message):
    response = send(sign_in(instructor), files, course.pk)
    assert response.status_code == 422
    assert message in text_of(response)
    assert not Module.objects.exists()


def test_a_file_that_is_no_image_is_found_before_anything_is_imported(sign_in, instructor, course):
    files = {**MUD, "mud/images/a.webp": "no image"}
    files["mud/02-clay.md"] += "![x](images/a.webp)\n"
    client = sign_in(instructor)
    preview = send(client, files, course.pk).url
    for response in (client.get(preview), client.post(preview)):
        assert response.status_code == 422
        assert "images/a.webp: This file is not a supported image" in text_of(response)
    assert not Module.objects.exists()


def test_an_upload_can_be_opened_only_by_its_sender(sign_in, instructor, administrator, course):
    preview = send(sign_in(instructor), MUD, course.pk).url
    assert sign_in(administrator).get(preview).url == IMPORT
    assert sign_in(instructor).get(preview + "x").url == IMPORT


@pytest.mark.parametrize("person", ["learner", "assistant", "outsider"])
def test_only_instructors_of_the_course_get_its_files(sign_in, person, course, request):
    client = sign_in(request.getfixturevalue(person))
    module = make_module(course)
    for name, pk in (("courses_course_export", course.pk), ("lessons_module_export", module.pk)):
        assert client.get(reverse(f"admin:{name}", args=[pk])).status_code == 403
    assert client.get(IMPORT).status_code == 403
