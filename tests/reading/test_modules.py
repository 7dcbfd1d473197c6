import json
import re

import pytest

from lessons.models import Prompt
from tests.factories import make_case_study, make_event, make_lesson, make_module, make_published, make_term

pytestmark = pytest.mark.django_db
MODULE = "/courses/tides/modules/moving-sea/"


def test_a_module_shows_its_outline_with_what_was_published(client, module, lesson, case_study):
    make_lesson(module, title="Only a draft")
    lesson.title = "A new title"
    lesson.save()
    page = client.get(MODULE).content.decode()
    assert page.index("Why tides come") < page.index("The flood of 1607")
    assert "Case study" in page
    assert "Only a draft" not in page
    assert "A new title" not in page


def test_a_module_shows_what_belongs_to_it(client, module, lesson):
    term, _event = make_term(module), make_event(module)
    Prompt.objects.create(module=module, text="Who owns the shore?")
    module.tags.add("coast")
    module.licence, module.source, module.credit = "CC BY 4.0", "Field notes", "Ines"
    module.save()
    page = client.get(MODULE).content.decode()
    assert f"/courses/tides/glossary/#term-{term.pk}" in page
    for words in ("30 January 1607", "Who owns the shore?", "/tags/coast/", "CC BY 4.0", "Field notes", "Ines"):
        assert words in page


def test_a_module_marks_lessons_that_are_read(sign_in, learner, module, lesson):
    client = sign_in(learner)
    assert "0 read" in client.get(MODULE).content.decode()
    client.post(f"/lessons/{lesson.pk}/progress/", {"completed": "true"})
    page = client.get(MODULE).content.decode()
    assert "1 read" in page
    assert "Read:" in page


def test_an_empty_module_says_so(client, module):
    assert "No lessons yet" in client.get(MODULE).content.decode()


def test_a_draft_module_is_a_404(client, sign_in, instructor, course):
    draft = make_module(course, state="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert sign_in(instructor).get(draft.get_absolute_url()).status_code == 404


def test_a_module_of_another_course_is_a_404(client, module, members_course):
    other = make_module(members_course)
    assert client.get(f"/courses/tides/modules/{other.slug}/").status_code == 404
    assert client.get(other.get_absolute_url()).status_code == 404


def test_only_editors_see_the_link_to_the_form(sign_in, instructor, learner, module):
    address = f"/admin/lessons/module/{module.pk}/change/"
    assert address in sign_in(instructor).get(MODULE).content.decode()
    assert address not in sign_in(learner).get(MODULE).content.decode()


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC BY-NC-SA 3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("All rights reserved", "All rights reserved"),
    ],
)
def test_the_module_names_its_licence_in_json_ld(client, module, licence, address):
    module.licence = licence
    module.save()
    page = client.get(MODULE).content.decode()
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (said["@type"], said["license"]) == ("LearningResource", address)


def test_the_module_takes_as_many_queries_for_many_rows(
    sign_in, learner, module, lesson, django_assert_max_num_queries
):
    client = sign_in(learner)
    with django_assert_max_num_queries(6):
        client.get(MODULE)
    for n in range(8):
        make_published(make_case_study(module))
        make_term(module, f"term {n}")
        make_event(module)
        module.tags.add(f"tag {n}")
    with django_assert_max_num_queries(6):
        page = client.get(MODULE).content.decode()
    assert "See the whole timeline" in page
