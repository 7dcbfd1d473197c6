"""A course's own labels for notes, on the page of the course."""

import re

import pytest

from lessons.annotations.models import CourseLabel, labels_for
from tests.annotations.make import highlight_by

pytestmark = pytest.mark.django_db


def form(course, *rows):
    """Return the data of the course's form; a row is a name, or a dict of its fields."""
    own = {
        name: getattr(course, name) for name in ("title", "visibility", "join_policy", "language", "time_zone", "slug")
    }
    rows = [row if isinstance(row, dict) else {"name": row} for row in rows]
    old = sum("id" in row for row in rows)
    data = own | {"description": "", "labels-TOTAL_FORMS": len(rows), "labels-INITIAL_FORMS": old}
    for n, row in enumerate(rows):
        data |= {f"labels-{n}-{k}": v for k, v in ({"course": course.pk, "position": n} | row).items()}
    return data


def send(client, course, *rows):
    return client.post(f"/admin/courses/course/{course.pk}/change/", form(course, *rows))


def test_instructor_names_the_courses_labels(sign_in, instructor, course):
    answer = send(
        sign_in(instructor), course, {"name": "Source?", "is_question": "on"}, "Source!", "  Sea   wall ", "?!"
    )
    assert answer.status_code == 302
    labels = [(label.key, label.name, label.is_question) for label in labels_for(course)][1:]
    assert labels == [
        ("source", "Source?", True),
        ("source-2", "Source!", False),
        ("sea-wall", "Sea wall", False),
        ("label", "?!", False),
    ]


def test_renamed_label_keeps_its_notes(sign_in, instructor, learner, course, lesson):
    label = CourseLabel.objects.create(course=course, key="idea", name="Idea")
    mark = highlight_by(learner, lesson, label="idea")
    send(sign_in(instructor), course, {"id": label.pk, "name": "Thought"})
    label.refresh_from_db()
    assert (label.name, label.key) == ("Thought", mark.label)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["Highlight"], "is always available."),
        (["Source", "source"], "Another label has this name."),
        ([f"Label {n}" for n in range(11)], "10"),
        (["x" * 41], "40"),
    ],
)
def test_an_invalid_label_is_refused(sign_in, instructor, course, rows, message):
    answer = send(sign_in(instructor), course, *rows)
    assert (answer.status_code, message in answer.content.decode()) == (200, True)
    assert not CourseLabel.objects.exists()


def test_label_of_another_course_cannot_be_taken(sign_in, instructor, course, members_course):
    other = CourseLabel.objects.create(course=members_course, key="x", name="X")
    send(sign_in(instructor), course, {"id": other.pk, "name": "Mine"})
    other.refresh_from_db()
    assert (other.name, other.course) == ("X", members_course)


def test_every_field_of_the_table_has_a_name(sign_in, instructor, course):
    page = sign_in(instructor).get(f"/admin/courses/course/{course.pk}/change/").content.decode()
    table = page[page.index('id="labels-group"') :].partition("</table>")[0]
    fields = [tag for tag in re.findall(r"<input[^>]*>", table) if 'type="hidden"' not in tag]
    assert fields
    assert all("aria-label=" in tag for tag in fields)
    assert '<th class="original"></th>' not in table
