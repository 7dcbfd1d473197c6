"""“Back” restores what somebody has typed, and shows nothing of theirs after they have signed out.

In Chromium with its back/forward cache, which Playwright turns off, and without it, with pages from the disk cache.
"""

import shutil
from urllib.parse import unquote

import pytest

from tests.browser.conftest import FLAGS, PLAIN_HTTP_HOST, SIGN_IN

PROFILE, SECRET, NOTEBOOK, ADMIN = "/accounts/profile/", "/notifications/settings/", "/notebook/", "/admin/"
# Records every frame in which a restored page shows an account's content although it is not signed in.
RECORD = """
addEventListener("pageshow", (event) => {
  if (!event.persisted && performance.getEntriesByType("navigation")[0].type !== "back_forward") return;
  if (event.persisted) sessionStorage.restored = `${sessionStorage.restored ?? ""} ${location.pathname}`;
  const shown = document.querySelector("meta[name=session-marker]")?.content;
  const look = () => {
    const isForeign = shown && !document.cookie.includes(shown) && document.documentElement.style.opacity !== "0";
    if (isForeign) sessionStorage.seen = `${sessionStorage.seen ?? ""} ${location.pathname}`;
    requestAnimationFrame(look);
  };
  look();
});
"""


@pytest.fixture(params=["page-cache", "disk"])
def visitor(request, chromium, server, shell, browser):
    """Return a browser on plain HTTP, where it ignores Clear-Site-Data, and `sign_in(who)` for it."""
    has_page_cache = request.param == "page-cache"
    path = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if has_page_cache and path is None:
        pytest.skip("the headless shell has no page cache: install the package `chromium`")
    host = server.replace("127.0.0.1", PLAIN_HTTP_HOST)
    flags = [*FLAGS, f"--host-resolver-rules=MAP {PLAIN_HTTP_HOST} 127.0.0.1"]
    own = browser.browser_type.launch(
        executable_path=path if has_page_cache else chromium,
        args=flags,
        ignore_default_args=["--disable-back-forward-cache"] if has_page_cache else [],
    )
    context = own.new_context(base_url=host)
    context.set_default_timeout(20_000)
    context.add_init_script(RECORD)

    def sign_in(who):
        key = shell(SIGN_IN.format(address=f"{who}@example.org")).strip()
        context.add_cookies([{"name": "sessionid", "value": key, "url": host}])

    yield context, sign_in, has_page_cache
    own.close()


def visit(page, path):
    """Follow a link, because browsers do not keep pages opened by Playwright as they keep those opened by people."""
    if page.url == "about:blank":
        page.goto(path)
    else:
        with page.expect_navigation(url=f"**{path}"):
            page.evaluate("path => { location.href = path }", path)


def back(page, end_of_url):
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url(lambda url: unquote(url).endswith(end_of_url), wait_until="commit")
    if "login" in end_of_url:
        page.get_by_role("heading", name="Sign in").wait_for()


def sign_out(page):
    with page.expect_navigation(url="**/"):
        page.evaluate("document.querySelector('form[action$=\"/logout/\"]').submit()")


@pytest.mark.thorough
def test_back_restores_what_was_typed_until_its_author_signs_out(visitor):
    context, sign_in, has_page_cache = visitor
    sign_in("instructor")
    page = context.new_page()
    for path in (NOTEBOOK, SECRET, ADMIN, PROFILE):
        visit(page, path)
    page.get_by_label("About you").fill("Half a sentence")
    visit(page, "/notifications/")
    back(page, PROFILE)
    assert page.get_by_label("About you").input_value() == "Half a sentence"
    assert page.evaluate("document.documentElement.style.opacity") == ""
    assert (page.evaluate("sessionStorage.restored") == f" {PROFILE}") == has_page_cache

    visit(page, "/notifications/")
    sign_out(page)
    for path in ("/notifications/", PROFILE, ADMIN, SECRET, NOTEBOOK):
        back(page, f"/accounts/login/?next={path}")
        assert "instructor@" not in page.content()
    assert page.evaluate("sessionStorage.seen ?? ''") == ""
    if has_page_cache:
        assert PROFILE in page.evaluate("sessionStorage.restored").split()[1:]


@pytest.mark.thorough
def test_back_shows_nothing_of_another_account_or_after_signing_out_in_another_tab(visitor):
    context, sign_in, _has_page_cache = visitor
    sign_in("learner-a")
    page, other_tab = context.new_page(), context.new_page()
    visit(page, PROFILE)
    visit(page, "/")
    visit(other_tab, NOTEBOOK)
    sign_out(other_tab)
    back(page, f"/accounts/login/?next={PROFILE}")

    sign_in("learner-b")
    visit(page, PROFILE)
    visit(page, NOTEBOOK)
    sign_in("learner-a")
    visit(other_tab, "/")
    page.evaluate("setTimeout(() => history.back())")
    page.get_by_text("learner-a@example.org").first.wait_for(state="attached")
    assert page.url.endswith(PROFILE)
    assert "learner-b@" not in page.content()
    assert page.evaluate("sessionStorage.seen ?? ''") == ""
