"""A formula, from the editor's dialog to a note on it. Any violation of the CSP is a failure."""

import pytest

CREATE_LESSON = r"""
from lessons.models import Lesson, Module
from lessons.markup.formulas import formula
body = "<h2>Waves</h2><p>A wave is {}, and more.</p>".format(formula(r"\sin x"))
print(Lesson.objects.create(module=Module.objects.first(), title="Waves", slug="waves", body=body).pk)
"""
SELECT_FROM_WITHIN = """() => {
  const math = document.querySelector("[data-revision] math");
  getSelection().setBaseAndExtent(math.querySelectorAll("mn")[1].firstChild, 0,
    math.nextSibling, ", and".length);
}"""

HIGHLIGHTED_TEXTS = """[...CSS.highlights.values()].flatMap((highlight) => [...highlight]).map((part) => {
  const range = new Range();
  range.setStart(part.startContainer, part.startOffset);
  range.setEnd(part.endContainer, part.endOffset);
  return range.toString();
})"""


@pytest.fixture
def page(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "instructor")
    return page


@pytest.mark.thorough
def test_a_formula_is_edited_as_tex_published_and_annotated_as_a_whole(page, shell):
    page.goto(f"/admin/lessons/lesson/{shell(CREATE_LESSON).strip()}/change/")
    surface = page.get_by_role("textbox", name="Text", exact=True)
    surface.locator(".formula").dblclick()
    tex = page.get_by_label("TeX, for example")
    assert tex.input_value() == r"\sin x"
    tex.fill(r"\frac{1}{2} \sin x")
    page.locator(".formula-preview mfrac").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    surface.locator(".formula mfrac").wait_for()

    surface.press("Control+End")
    page.get_by_role("button", name="Formula").click()
    tex.fill("y_1")
    page.get_by_label("On a line of its own").check()
    page.get_by_role("button", name="Insert", exact=True).click()
    surface.locator("math[display=block] msub").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="View on site").first.click()

    page.locator(r"[data-revision] math[alttext='\\frac{1}{2} \\sin x']").wait_for()
    page.locator("[data-revision] math[display=block][alttext='y_1']").wait_for()
    page.evaluate(SELECT_FROM_WITHIN)
    page.get_by_role("button", name="Highlight", exact=True).click()
    page.locator(".label-bar, .toast, [role=status]").get_by_text("Only you can see it.").first.wait_for()
    # The page's policy forbids `wait_for_function`, which evaluates a string.
    for _attempt in range(50):
        if "12sinx, and" in page.evaluate(HIGHLIGHTED_TEXTS):
            break
        page.wait_for_timeout(100)
    assert "12sinx, and" in page.evaluate(HIGHLIGHTED_TEXTS)
