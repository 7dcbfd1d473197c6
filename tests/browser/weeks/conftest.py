"""A site with the demo class, which each test finds as it was loaded."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.conftest import Look, Pages, Watch, open_shell, serve
from tests.browser.weeks.ways import Keys, Mouse, Touch
from tests.conftest import locked

COURSE = "/courses/alliances-and-diplomacy/"
LOAD = """
from lessons.courses.models import Course
from lessons.demo.loading import load_demo
load_demo(Course.objects.get())
"""
SIGN_IN = """
from django.test import Client
from lessons.accounts.models import User
client = Client()
client.force_login(User.objects.get(email="{who}@example.org"))
print(client.session.session_key)
"""


def copy(source, target):
    """Replace the content of a database, even of one that is in use."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=10)) as new:
        old.backup(new)


@pytest.fixture(scope="session")
def class_environment(environment, prepared, shared_folder):
    """Return the environment of a second site with the same files, and a database of its own with the demo class."""
    database, loaded = Path(environment["DATA_DIR"]) / "class.sqlite3", shared_folder / "class.sqlite3"
    own = {**environment, "DATABASE_URL": f"sqlite:///{database}"}
    with locked(loaded):
        if not loaded.exists():
            copy(shared_folder / "prepared" / "db.sqlite3", database)
            with open_shell(own) as run:
                run(LOAD)
            copy(database, loaded)
        else:
            copy(loaded, database)
    return own


@pytest.fixture(scope="session")
def class_shell(class_environment):
    with open_shell(class_environment) as run:
        yield run


@pytest.fixture(scope="session")
def class_server(chromium, class_environment):
    with serve(class_environment) as address:
        yield address


@pytest.fixture
def page_of(browser, class_server, class_environment, class_shell, shared_folder):
    """`page_of("learner-a")`: the front page of the course, in a browser of theirs. The class is as it was loaded.
    Whatever a page complains of fails the test."""
    copy(shared_folder / "class.sqlite3", Path(class_environment["DATA_DIR"]) / "class.sqlite3")
    opened = []

    def open_for(who, width=1440, height=900, script=True, touch=False):
        page = Pages(browser, class_server).open(Look(width, height, script, touch))
        opened.append((page, Watch(page, class_server)))
        key = class_shell(SIGN_IN.format(who=who)).strip()
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": class_server}])
        page.goto(COURSE)
        return page

    yield open_for
    for page, _watch in opened:
        page.context.close()
    assert [complaint for _page, watch in opened for complaint in watch.complaints] == []


@pytest.fixture(params=[Mouse, Keys, Touch])
def way_of(request, page_of):
    """`way_of("learner-a")`: their browser, used by mouse, by keyboard, or by touch on a phone."""
    return lambda who: request.param(page_of(who, **request.param.look))
