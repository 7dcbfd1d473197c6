"""What import-linter cannot see: foreign keys by name, sizes of files and folders, undocumented settings."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
LAYERS = ["people", "tagging", "lessons", "discussions", "annotations", "importing", "reading", "privacy"]
MAY_NOT_MEET = {("tagging", "people")}


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
    up = [(a, b) for a, b in pairs if rank(b) > rank(a) or (a._meta.app_label, b._meta.app_label) in MAY_NOT_MEET]
    assert up == []


def test_imports_point_down_the_layers(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def code_files():
    for pattern in ("lessons/**/*", "portal/**/*", "static/**/*", "templates/**/*", "tests/**/*"):
        for file in ROOT.glob(pattern):
            if file.suffix in {".py", ".js", ".css", ".html"} and "migrations" not in file.parts:
                yield file


def test_no_file_is_longer_than_300_lines():
    # Style sheets have one declaration a line.
    assert [f for f in code_files() if f.suffix != ".css" and len(f.read_text().splitlines()) > 300] == []


def test_no_folder_holds_more_than_eight_modules():
    folders = {}
    for file in code_files():
        if file.suffix == ".py" and file.name != "__init__.py" and "tests" not in file.parts:
            folders.setdefault(file.parent, []).append(file.name)
    assert {folder: names for folder, names in folders.items() if len(names) > 8} == {}


def test_the_map_names_every_folder():
    text = (ROOT / "lessons" / "__init__.py").read_text()
    folders = {p.parent.name for p in (ROOT / "lessons").glob("*/__init__.py")} - {"migrations", "management"}
    assert {f for f in folders if f"{f}/" not in text} == set()


@pytest.mark.parametrize("document", ["README.md"])
def test_every_setting_from_the_environment_is_documented(document):
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    assert len(names) > 10
    words = (ROOT / document).read_text()
    assert {n for n in names if f"`{n}`" not in words} == set()


def test_no_lock_file_names_a_host():
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text()
