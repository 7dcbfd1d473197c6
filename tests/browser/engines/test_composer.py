"""A post written with the toolbar, with keys, with a mention and an image from a file is as in the preview."""

import pytest

from tests.image_files import image_bytes

pytestmark = pytest.mark.engines
NEW = "/courses/alliances-and-diplomacy/discussions/new/"
# The chooser of files is a window of the desktop, so the field that it fills is put where the driver finds it.
KEEP_FILE_FIELD = """
HTMLInputElement.prototype.click = function () {
  this.dataset.kept = "1";
  document.body.append(this);
};
"""
FILE_FIELD = "return document.querySelector('input[data-kept]')"
VALUE = "return document.querySelector('[name=source]').value"
PREVIEW = "return document.querySelector('.preview:not([hidden]) .post-body')?.innerHTML"
POST = "return document.querySelector('.post .post-body')?.innerHTML"
LOADED = (
    "return [...document.querySelectorAll('.post-body img')].every((image) => image.complete && image.naturalWidth)"
)


def test_a_post_with_everything_is_as_previewed(visitor, sign_in_as, tmp_path):
    sign_in_as("learner-a")
    visitor.goto(NEW)
    visitor.field("Title", "Written with everything")
    write(visitor)
    add_image(visitor, tmp_path / "shore.png")

    visitor.press("button", "Preview")
    previewed = visitor.wait_until(lambda: visitor.script(PREVIEW))
    for piece in (
        "<strong>bold</strong>",
        "<em>soft</em>",
        '<b class="mention">@ines-marek</b>',
        "<br>",
        "<img",
        "<li>",
    ):
        assert piece in previewed
    visitor.wait_until(lambda: visitor.script(LOADED))
    visitor.press("button", "Write")
    visitor.keys("Control+Enter")
    visitor.wait_for_path("/threads/")
    assert visitor.wait_until(lambda: visitor.script(POST)) == previewed
    visitor.wait_until(lambda: visitor.script(LOADED))


def write(page):
    text = page.find("textbox", "Your text")
    page.click(text)
    page.wait_until(lambda: page.script("return Boolean(customElements.get('mention-completion'))"))
    page.field("Your text", "bold")
    page.keys("Control+b", "End")
    page.type(" soft")
    page.keys("Control+Shift+ArrowLeft")
    page.press("button", "Italic")
    page.click(text)
    page.keys("Control+End")
    page.type(" @INES")
    page.find("option", "Ines Marek")
    page.keys("Enter")
    page.type("\nnext line\n\n- one\ntwo")
    assert page.script(VALUE) == "**bold** *soft* @ines-marek \nnext line\n\n- one\n- two"
    undo = "document.execCommand('undo')"  # as the menu does: MiniBrowser has no key for it
    page.script(undo)
    page.wait_until(lambda: "two" not in page.script(VALUE))
    page.script(undo.replace("undo", "redo"))
    page.wait_until(lambda: page.script(VALUE).endswith("- two"))


def add_image(page, file):
    file.write_bytes(image_bytes(size=(40, 30)))
    page.script(KEEP_FILE_FIELD)
    page.press("button", "Image")
    page.choose_file(page.wait_until(lambda: page.script(FILE_FIELD)), file)
    page.field("Describe the image", "A shore")
    page.keys("Enter")
    page.wait_until(lambda: "![A shore]" in page.script(VALUE))
