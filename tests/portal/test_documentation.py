"""The documents say what is true: settings, commands, addresses, files, tests and the words of the interface in them
exist, links lead somewhere, and pictures are there, small and in both schemes of colours."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from PIL import Image

from tests.portal.standards import ASVS_LEVELS_1_AND_2, WCAG_A_AND_AA

ROOT = settings.BASE_DIR
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCUMENTS = [*TOP, *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "pictures").iterdir())
SETTING = re.compile(r'\benv\.\w+\(\s*"([A-Z_]+)"')
COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n#]*)")
MODULE = re.compile(r"python -m (tests\.[\w.]+)")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# In the documents, words of the interface are in italics, and nothing else is.
INTERFACE_WORDS = re.compile(r"(?<![*\w])\*(?![*\s])([^*]+)(?<!\s)\*(?![*\w])")
TRANSLATED = r"""(?:translate|gettext\w*\(|\b_\()\s*(?:"([^"]+)"|'([^']+)')"""
INTERFACE_TEXTS = {
    "templates/**/*.html": re.compile(TRANSLATED + r"|(?:blocktranslate|plural)[^%]*%\}(.*?)\{%", re.DOTALL),
    "lessons/**/*.py": re.compile(TRANSLATED),
}
ADDRESS = re.compile(r"/(?:[\w<>.-]+/)+")
OF_A_SERVER = re.compile(r"/(?:etc|srv|var|usr|opt|run|tmp|proc|data|static|metrics)/")
FILE = re.compile(r"(?:docs|lessons|portal|static|templates|tests|\.ci)/[\w/.-]*")
OPTIONAL = {"lessons/locale/"}
# These name files that somebody would create.
EXAMPLES_OF_CHANGES = re.compile(r"^## Six changes as examples$.*?(?=^## )", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
TESTED = re.compile(r"pytest (?:-m \w+ -n 0 )?((?:tests/[\w/.]+ ?)+)`")
EXAMPLES = {"<id>": "1", "<uid>": "00000000-0000-4000-8000-000000000000", "SLUG": "alliances", "<number>": "1"}

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)


@cache
def prose(document: Path) -> str:
    """Return the document without its blocks of code."""
    return FENCED.sub("", document.read_text())


@cache
def interface() -> set[str]:
    """Return every string that the site can show, in lower case: what templates and code translate."""
    strings = []
    for pattern, texts in INTERFACE_TEXTS.items():
        for source in ROOT.glob(pattern):
            strings += [string for groups in texts.findall(source.read_text()) for string in groups]
    return set(map(plain, strings))


def plain(words: str) -> str:
    """Return the words as they are compared: in lower case, “…” for what varies, and without marks at the end."""
    words = re.sub(r"\{\{.*?\}\}|%\(\w+\)[sd]", "…", words)
    return re.sub(r"\s+", " ", words).replace("’", "'").strip(" :.…").casefold()


def test_every_setting_is_documented():
    read = set(SETTING.findall((ROOT / "portal" / "settings.py").read_text()))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "administration.md").read_text()))
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


@each_document
def test_every_link_leads_somewhere(document):
    for path, fragment in LINK.findall(document.read_text()):
        target = document.parent / path if path else document
        assert target.exists(), path
        if fragment:
            assert fragment.removeprefix("#") in headings(target), path + fragment


@cache
def headings(document: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)}


def slug(heading: str) -> str:
    """Return the id that the usual renderers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@each_document
def test_every_address_of_the_site_exists(document):
    for code in CODE.findall(prose(document)):
        if ADDRESS.fullmatch(code) and not OF_A_SERVER.match(code):
            address = code
            for placeholder, example in EXAMPLES.items():
                address = address.replace(placeholder, example)
            resolve(address)


@each_document
def test_every_file_and_every_test_exists(document):
    for code in CODE.findall(EXAMPLES_OF_CHANGES.sub("", prose(document))):
        if FILE.fullmatch(code) and code not in OPTIONAL:
            assert (ROOT / code).exists(), code
    for path, name in TEST.findall(document.read_text()):
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"
    for module in MODULE.findall(document.read_text()):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


@each_document
def test_the_tests_that_a_command_names_exist(document):
    for paths in TESTED.findall(document.read_text()):
        for path in paths.split():
            assert (ROOT / path).exists(), path


@each_document
def test_the_words_of_the_interface_are_its_words(document):
    for words in INTERFACE_WORDS.findall(prose(document)):
        for part in re.split(r"\s→\s", words):
            assert plain(part) in interface(), part


@each_document
def test_pictures_are_there_in_light_and_dark(document):
    text = document.read_text()
    light, dark = (re.findall(rf'{name}="([^"]+)"', text) for name in ("src", "srcset"))
    assert [name.replace("-light.", "-dark.") for name in light] == dark
    for name, width, height in re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)"\s+alt="[^"]{30,}"', text):
        light.remove(name)
        with Image.open(document.parent / name) as picture:
            assert picture.size == (int(width), int(height))
    assert light == []


def rows_of_requirements(name: str) -> list[str]:
    """Return the numbers in the first column of a document's tables; `1.2.1–1.2.3` are three."""
    numbers = []
    for first, last in re.findall(
        r"^\| ([\d.]+)(?:–[\d.]+\.(\d+))? \|", (ROOT / "docs" / name).read_text(), re.MULTILINE
    ):
        section, _dot, number = first.rpartition(".")
        numbers += [f"{section}.{n}" for n in range(int(number), int(last or number) + 1)]
    return numbers


def test_every_requirement_of_security_and_accessibility_has_a_row():
    assert len(ASVS_LEVELS_1_AND_2) == 253
    assert len(WCAG_A_AND_AA) == 55
    assert rows_of_requirements("security.md") == ASVS_LEVELS_1_AND_2
    assert rows_of_requirements("accessibility.md") == WCAG_A_AND_AA


def test_pictures_are_used_and_small():
    text = "".join(document.read_text() for document in DOCUMENTS)
    assert len(PICTURES) > 10
    for picture in PICTURES:
        assert picture.name in text
        assert picture.stat().st_size <= 60_000, picture.name
    assert sum(file.stat().st_size for file in (ROOT / "docs").rglob("*") if file.is_file()) <= 600_000


def test_the_version_is_the_same_everywhere():
    version, (release, _patch) = settings.VERSION, settings.VERSION.rsplit(".", 1)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == version
    assert f"\n## {version} ({citation['date-released']})\n" in (ROOT / "CHANGELOG.md").read_text()
    assert f"\n| {release} | yes |\n" in (ROOT / "SECURITY.md").read_text()
