"""What axe finds on a page: nothing, or the test fails."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
# Preloading fetches style sheets by addresses of its own and fills the console.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
RUN = """async (options) => {
  await Promise.allSettled(document.getAnimations().map((change) => change.finished));
  return axe.run(options);
}"""


def violations(page):
    """The rules that are broken, each with the first element that breaks it; what is kept costs more to tell.

    A page in light colours is looked at in dark ones too, for the rules about colours."""
    page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN, OPTIONS)["violations"]
    if page.evaluate("matchMedia('(prefers-color-scheme: light)').matches"):
        page.emulate_media(color_scheme="dark")
        found += page.evaluate(RUN, {**OPTIONS, **COLOURS})["violations"]
        page.emulate_media(color_scheme="light")
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
