"""Our scripts and style sheets are served minified, and every import has a hashed name."""

import re
import shutil
from pathlib import Path

import brotli
import pytest
from django.core.files.storage import FileSystemStorage

from portal.storage import HashedStaticFilesStorage, minify_css

ONE = """/* What it is for. */
import { two } from "./two.js";

/* Says it. */
export const words = (name) => `${name}  says: /* ${two} */`; // to all
"""


def test_style_sheets_hide_nothing_from_a_browser_without_a_mouse():
    """`(hover: none)` is true on touch screens, but also in Firefox if it finds no pointing device."""
    for sheet in Path("static/css").glob("*.css"):
        for condition, block in re.findall(r"@media ([^{]*hover: none[^{]*){(.*?)\n  }", sheet.read_text(), re.DOTALL):
            assert "pointer: coarse" in condition or "display: none" not in block, sheet.name


def collected(tmp_path, files):
    """Return the scripts that `collectstatic` writes, by their names without hash."""
    source, target = FileSystemStorage(tmp_path / "source"), tmp_path / "target"
    for name, words in files.items():
        path = Path(source.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
    shutil.copytree(source.location, target)
    storage = HashedStaticFilesStorage(location=target, base_url="/static/")
    done = list(storage.post_process({name: (source, name) for name in files}))
    assert not [error for _name, _hashed, error in done if isinstance(error, Exception)]
    return {name: Path(storage.path(hashed)).read_text() for name, hashed in storage.hashed_files.items()}


def test_own_scripts_are_minified_and_keep_their_strings(tmp_path):
    found = collected(tmp_path, {"js/one.js": ONE, "js/two.js": "export const two = 2;\n"})["js/one.js"]
    assert "What it is for" not in found
    assert "to all" not in found
    assert "`${name}  says: /* ${two} */`" in found
    assert re.search(r'from\s*"\./two\.[0-9a-f]{12}\.js"', found)


def test_own_style_sheets_have_no_comments_and_keep_their_selectors(tmp_path):
    sheet = "/* A form. */\n@layer base {\n  .field :is(input, select) { color: red; } /* Not\n its label. */\n"
    sheet += "\n  p { top: 0 }\n}\n"
    small = "@layer base {\n.field :is(input, select) { color: red; }\np { top: 0 }\n}"
    assert collected(tmp_path, {"css/one.css": sheet})["css/one.css"] == small


def test_the_styles_of_a_lesson_with_notes_and_checks_take_fifteen_kilobytes():
    names = "tokens", "site", "components", "lesson", "practice", "annotations"
    sheets = [minify_css(Path(f"static/css/{name}.css").read_text("utf-8")) for name in names]
    assert sum(len(brotli.compress(sheet.encode())) for sheet in sheets) < 15_000


@pytest.mark.thorough
def test_all_our_imports_use_hashed_names(tmp_path, settings):
    root = settings.BASE_DIR / "static"
    files = {str(file.relative_to(root)): file.read_text("utf-8") for file in (root / "js").rglob("*.js")}
    for name, words in collected(tmp_path, files).items():
        asked = re.findall(r"""["'](\.{1,2}/[^"'\s]+\.js)["']""", words)
        assert all(re.search(r"\.[0-9a-f]{12}\.js$", address) for address in asked), name


def test_scripts_of_packages_are_unchanged(tmp_path):
    words = "/* Licence */\nvar a  =  1;\n"
    assert collected(tmp_path, {"admin/js/a.js": words})["admin/js/a.js"] == words
