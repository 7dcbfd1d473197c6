"""Checks that import-linter cannot make: foreign keys by name, lengths of lines, undocumented settings."""

import logging
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from importlinter.cli import lint_imports

from lessons.db.models import SubmittedForm, UnsentText

ROOT = Path(__file__).parent.parent
LAYERS = [
    "db",
    "jobs",
    "mail",
    "indexing",
    "accounts",
    "tagging",
    "courses",
    "lessons",
    "progress",
    "practice",
    "discussions",
    "annotations",
    "participation",
    "importing",
    "insight",
    "search",
    "privacy",
]
INDEPENDENT = {("tagging", "accounts"), ("progress", "discussions"), ("practice", "discussions"), ("indexing", "mail")}


def rank(model):
    return LAYERS.index(model._meta.app_label)


def own_foreign_keys():
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("lessons"):
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if field.concrete and target and target.__module__.startswith("lessons"):
                    yield model, target


def test_foreign_keys_point_down_the_layers():
    pairs = list(own_foreign_keys())
    assert len(pairs) > 10
    up = [(a, b) for a, b in pairs if rank(b) > rank(a) or (a._meta.app_label, b._meta.app_label) in INDEPENDENT]
    user = get_user_model()
    message = "only `db` may lead up, and only to the setting's user model"
    assert up == [(SubmittedForm, user), (UnsentText, user)], message


@pytest.fixture
def loggers():
    """Enable the loggers again: import-linter configures logging, which disables all that exist."""
    yield
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False


def test_imports_point_down_the_layers(monkeypatch, loggers):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_the_map_names_every_folder():
    text = (ROOT / "lessons" / "__init__.py").read_text()
    folders = {p.parent.name for p in (ROOT / "lessons").glob("*/__init__.py")} - {"migrations", "management"}
    assert {f for f in folders if f"{f}/" not in text} == set()


def lines_longer_than(columns, *patterns):
    for pattern in patterns:
        for file in ROOT.glob(pattern):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if len(line) > columns:
                    yield f"{file.relative_to(ROOT)}:{number}"


def test_lines_of_templates_styles_and_scripts_are_short():
    assert list(lines_longer_than(140, "templates/**/*.html", "static/css/**/*.css", "static/js/**/*.js")) == []


def test_no_lock_file_names_a_host():
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text()


WEB_CLIENT = re.compile(
    r"^\s*(?:from|import) (?:urllib\.request|urllib3|http\.client|requests|httpx|aiohttp)\b|\bfetch_url\(", re.M
)


def test_no_code_of_the_site_requests_an_address():
    """So nothing that a user names makes the server ask for it: addresses are links, images are uploaded."""
    files = [*ROOT.glob("lessons/**/*.py"), *ROOT.glob("portal/**/*.py")]
    assert len(files) > 300
    # The container asks the site itself whether it is alive.
    asking = [file.relative_to(ROOT).as_posix() for file in files if WEB_CLIENT.search(file.read_text())]
    assert asking == ["portal/health_check.py"]
