"""The documents: every setting is in them, and every command that they name exists with its options."""

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

DOCUMENTS = [settings.BASE_DIR / "README.md", *sorted((settings.BASE_DIR / "docs").glob("*.md"))]
SETTING = re.compile(r'\benv\.\w+\(\s*"([A-Z_]+)"')
COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n#]*)")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")


def test_every_setting_is_documented():
    read = set(SETTING.findall((settings.BASE_DIR / "portal" / "settings.py").read_text()))
    documented = set(re.findall(r"`([A-Z_]+)`", (settings.BASE_DIR / "docs" / "administration.md").read_text()))
    assert len(read) > 25
    assert read <= documented, read - documented


def named_commands():
    for document in DOCUMENTS:
        for name, rest in COMMAND.findall(document.read_text()):
            yield pytest.param(name, rest.partition("&&")[0], id=f"{document.name}: {name}{rest}"[:60])


@pytest.mark.parametrize(("name", "rest"), list(named_commands()))
def test_every_command_exists_with_its_options(name, rest):
    commands = get_commands()
    assert name in commands
    app = commands[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    known = command.create_parser("manage.py", name).format_help()
    for option in (word for word in shlex.split(rest) if word.startswith("--")):
        assert option.partition("=")[0].rstrip(".,;:") in known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document):
    text = document.read_text()
    headings = {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for path, fragment in LINK.findall(text):
        if path:
            assert Path(document.parent / path).exists(), path
        elif fragment:
            assert fragment.removeprefix("#") in headings, fragment


def slug(heading: str) -> str:
    """Return the id that the usual renderers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
