"""The composer: toolbar and keys, an image from the clipboard, people, and a preview that is what the post will be."""

import pytest

from tests.browser.axe import violations
from tests.image_files import image_file

FORUM = "/courses/alliances-and-diplomacy/discussions/"
PASTE = """([type, ...bytes]) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([Uint8Array.from(bytes)], "shore.png", { type }));
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


@pytest.mark.thorough
def test_a_post_is_written_with_toolbar_keys_and_an_image_and_is_as_previewed(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto(f"{FORUM}new/")
    page.get_by_label("Title").fill("Written with everything")
    text, keys = page.get_by_label("Your text"), page.keyboard
    text.click()
    page.locator("mention-completion:defined").wait_for()  # the tools have been loaded
    keys.type("bold")
    keys.press("Control+b")
    keys.press("End")
    keys.type(" and @INES")
    page.get_by_role("option", name="Ines Marek").wait_for()
    keys.press("Enter")
    keys.type("\nnext line\n\n- one")
    keys.press("Enter")
    keys.type("x^2")
    page.get_by_role("toolbar", name="Formatting").get_by_role("button", name="Bold").focus()
    for _step in range(6):
        keys.press("ArrowRight")
    keys.press("Enter")
    assert text.input_value() == "**bold** and @ines-marek \nnext line\n\n- one\n- x^$2$"
    keys.press("Control+z")
    text.select_text()
    keys.press("End")
    for _letter in "x^2":
        keys.press("Shift+ArrowLeft")
    page.get_by_role("button", name="Mathematics").click()
    assert text.input_value().endswith("- one\n- $x^2$")
    keys.press("Control+End")

    page.evaluate(PASTE, ["image/png", *image_file().read()])
    panel = page.get_by_role("group", name="Image")
    assert violations(page) == []
    keys.press("Enter")
    panel.get_by_text("Describe the image", exact=False).nth(1).wait_for()
    panel.get_by_role("textbox").fill("A shore")
    keys.press("Enter")
    panel.wait_for(state="detached")

    page.get_by_role("button", name="Preview").click()
    preview = page.locator(".preview .post-body")
    preview.locator("img[alt='A shore']").wait_for()
    assert preview.locator("img").evaluate("e => e.decode().then(() => e.naturalWidth)") > 0
    previewed = preview.inner_html()
    assert violations(page) == []
    page.get_by_role("button", name="Write").click()
    keys.press("Control+Enter")
    page.wait_for_url("**/threads/*/")
    assert page.locator(".post .post-body").inner_html() == previewed
    for piece in ("<strong>bold</strong>", '<b class="mention">@ines-marek</b>', "<br>", "<li><math", "<img"):
        assert piece in previewed
