"""Firefox and WebKitGTK at the same site as Chromium. Only `pytest -m engines` runs these tests."""

from pathlib import Path

import pytest

from tests.browser.conftest import SIGN_IN, serve
from tests.browser.engines.engine import ENGINES, SIZE, lacking
from tests.browser.engines.page import Page


@pytest.fixture(scope="session")
def watched(environment):
    """Return the file with what browsers complain of."""
    return Path(environment["DATA_DIR"]) / "watched"


@pytest.fixture(scope="session")
def watched_server(environment, prepared, watched):
    """Return the address of the site as of `server`, which needs no Chromium here."""
    with serve({**environment, "WATCHED": str(watched)}, "tests.browser.engines.watched") as address:
        yield address


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request):
    return request.param


@pytest.fixture(scope="session")
def command(engine_name, tmp_path_factory):
    engine = ENGINES[engine_name]
    if missing := lacking(engine):
        pytest.skip(f"no {' and no '.join(missing)} on this machine: install {engine.packages}")
    with engine.started(tmp_path_factory.mktemp(engine_name)) as command:
        command("SetWindowRect", **SIZE)
        yield command


@pytest.fixture
def visitor(command, watched_server, watched):
    """Return the page of a fresh visitor. Whatever the browser complains of fails the test."""
    watched.write_text("")
    page = Page(command, watched_server)
    page.goto("/health/live/")
    yield page
    page.goto("/health/live/")
    page.script("localStorage.clear(); sessionStorage.clear()")
    command("DeleteAllCookies")
    assert watched.read_text().splitlines() == []


@pytest.fixture
def sign_in_as(visitor, shell):
    """`sign_in_as("learner-a")`: from now on the browser is theirs."""

    def sign_in(who):
        key = shell(SIGN_IN.format(address=f"{who}@example.org")).strip()
        visitor.command("DeleteAllCookies")
        visitor.command("AddCookie", cookie={"name": "sessionid", "value": key, "path": "/"})

    return sign_in
