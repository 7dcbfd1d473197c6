"""What axe finds on a page: nothing, or the test fails."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
# Preloading fetches style sheets by addresses of its own and fills the console.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
# Colours are those at the end of a transition; what is hidden meanwhile would never come to its end by itself.
RUN = """async (options) => {
  await new Promise((done) => requestAnimationFrame(done));
  const isFinite = (change) => Number.isFinite(change.effect.getComputedTiming().endTime);
  document.getAnimations().filter(isFinite).forEach((change) => change.finish());
  return axe.run(options);
}"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def violations(page, narrow=False):
    """Return the rules that are broken, each with the first element that breaks it; what is kept costs more to tell.

    Check a page in light colours in dark ones too, for the rules about colours; with `narrow` also on a narrow screen,
    in dark colours, for every rule. On the same page, because to load it and axe again takes longer than to check it.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate(RUN, OPTIONS)["violations"]
    if page.evaluate("matchMedia('(prefers-color-scheme: light)').matches"):
        page.emulate_media(color_scheme="dark")
        found += page.evaluate(RUN, {**OPTIONS, **COLOURS})["violations"]
        if narrow:
            found += narrow_violations(page)
        page.emulate_media(color_scheme="light")
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


def narrow_violations(page):
    size = page.viewport_size
    page.set_viewport_size({**size, "width": 390})
    found = page.evaluate(RUN, OPTIONS)["violations"]
    if page.evaluate(TOO_WIDE):
        found.append({"id": "wider than the screen", "nodes": [{"html": page.url}]})
    page.set_viewport_size(size)
    return found
