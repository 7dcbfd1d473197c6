"""An empty notebook."""

import pytest

from lessons.courses.services import leave
from tests.annotations.make import note_by

pytestmark = pytest.mark.django_db


def test_empty_notebook_links_to_the_data_export_after_leaving(sign_in, lesson, learner):
    client = sign_in(learner)
    assert "that you have left" not in client.get("/notebook/").content.decode()
    note_by(learner, lesson, audience="course")
    leave(user=learner, course=lesson.module.course)
    assert "From courses that you have left" in client.get("/notebook/").content.decode()
