"""Lists, forms and delete pages of the admin say what the rest of the site says, in one language."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from lessons.models import Module, Prompt
from portal.translations import require_translations
from tests import factories


def test_a_wrong_form_lists_its_fields_with_links(sign_in, instructor):
    page = sign_in(instructor).post(reverse("admin:lessons_module_add"), {}).content.decode()
    summary = page[page.index('class="errornote"') : page.index("</div>", page.index('class="errornote"'))]
    assert "Please correct the following:" in summary
    assert re.findall(r'href="#(\w+)"', summary) == ["id_course", "id_title", "id_slug"]
    assert "Please correct the error" not in page


def test_a_filter_names_what_is_chosen_and_an_empty_list_offers_no_action(sign_in, administrator, course):
    client = sign_in(administrator)
    page = client.get(reverse("admin:lessons_module_changelist") + "?state__exact=draft").content.decode()
    assert re.search(r'State:\s+<b class="chosen">Draft</b>', page)
    assert "By state" not in page
    assert "Nothing matches." in page
    page = client.get(reverse("admin:mail_outgoingemail_changelist")).content.decode()
    assert "There are no outgoing e-mails yet." in page
    assert "selected" not in re.sub(r"<[^>]*>", "", page)


def test_breadcrumbs_lead_through_course_and_module(sign_in, instructor, lesson):
    term = factories.make_term(lesson.module, term="Ebb")
    client = sign_in(instructor)
    module = reverse("admin:lessons_module_change", args=[lesson.module_id])
    course = reverse("admin:courses_course_change", args=[lesson.module.course_id])
    change = reverse("admin:lessons_glossaryterm_change", args=[term.pk])
    above = [reverse("admin:index"), course, module]
    assert breadcrumbs(client.get(change)) == above
    assert breadcrumbs(client.get(change.replace("change", "history"))) == [*above, change]
    assert breadcrumbs(client.get(reverse("admin:lessons_prompt_add") + f"?module={lesson.module_id}")) == above
    assert breadcrumbs(client.get(module)) == above[:2]
    assert breadcrumbs(client.get(reverse("admin:lessons_module_publish", args=[lesson.module_id]))) == above
    assert breadcrumbs(client.get(change.replace("change", "delete"))) == [*above, change]
    form = reverse("admin:lessons_lesson_change", args=[lesson.pk])
    assert breadcrumbs(client.get(form.replace("change", "publication"))) == [*above, form]


def breadcrumbs(response) -> list[str]:
    text = response.content.decode()
    start = text.index('class="breadcrumbs"')
    return re.findall(r'href="([^"]*)"', text[start : text.index("</div>", start)])


def test_labels_end_without_a_colon(sign_in, administrator):
    client = sign_in(administrator)
    change = reverse("admin:accounts_user_change", args=[administrator.pk])
    for address in (reverse("admin:courses_course_add"), reverse("admin:courses_membership_add"), change):
        labels = re.findall(r"<label[^>]*>([^<]*)", client.get(address).content.decode())
        assert labels
        assert not [label for label in labels if label.strip().endswith(":")]


def test_modules_and_prompts_have_a_place_but_no_number(sign_in, instructor, module):
    client = sign_in(instructor)
    assert 'name="position"' not in client.get(reverse("admin:lessons_module_add")).content.decode()
    client.post(
        reverse("admin:lessons_module_add"),
        {"course": module.course_id, "title": "Winds", "slug": "winds"},
    )
    assert [m.title for m in module.course.modules.order_by("position")][-1] == "Winds"
    for text in ("One?", "Two?", "Three?"):
        client.post(reverse("admin:lessons_prompt_add"), {"module": module.pk, "text": text})
    one, two, three = Prompt.objects.filter(module=module).order_by("position")
    assert [one.text, two.text, three.text] == ["One?", "Two?", "Three?"]
    address = reverse("admin:lessons_prompt_change", args=[three.pk])
    client.post(address, {"text": "Three?", "after": one.pk})
    assert texts(module) == ["One?", "Three?", "Two?"]
    client.post(address, {"text": "Three!", "after": one.pk})
    assert texts(module) == ["One?", "Three!", "Two?"]
    client.post(address, {"text": "Three!", "after": ""})
    assert texts(module) == ["Three!", "One?", "Two?"]


def texts(module: Module) -> list[str]:
    return list(module.prompts.order_by("position").values_list("text", flat=True))


def test_languages_need_a_translation_of_the_sites_own_texts(tmp_path):
    require_translations(["en-gb", "en", "en-au"], [tmp_path])
    with pytest.raises(ImproperlyConfigured, match="“de”"):
        require_translations(["en", "de"], [tmp_path])
    catalogue = tmp_path / "pt" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    require_translations(["pt", "pt-br"], [tmp_path])
