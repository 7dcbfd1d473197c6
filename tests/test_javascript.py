"""The DOM-free scripts, tested by Node's own test runner: `node --test tests/js/*.test.mjs`.

Nothing else needs Node, so that without it, or with one that does not know modules by their syntax, they are skipped.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NODE = shutil.which("node")


def node_version() -> tuple[int, int]:
    """Return the major and minor version of Node, 0 where there is none."""
    if NODE is None:
        return 0, 0
    answer = subprocess.run([NODE, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def test_dom_free_scripts():
    major, minor = node_version()
    if major == 0:
        pytest.skip("Node is not installed. With it, the tests in tests/js are run.")
    if not (major > 22 or (major == 22 and minor >= 7) or (major == 20 and minor >= 19)):
        pytest.skip(f"Node {major}.{minor} is too old for the tests in tests/js: they need 20.19 or 22.7.")
    files = sorted(str(file) for file in (ROOT / "tests" / "js").glob("*.test.mjs"))
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "--test-reporter=tap", *files]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    passed = re.search(r"^# pass (\d+)$", run.stdout, re.MULTILINE)
    assert run.returncode == 0, run.stdout + run.stderr
    assert passed
    assert int(passed[1]) > len(files)  # it says "pass" for a file that has no tests, too


def test_every_dom_free_script_has_tests():
    tested = "".join(file.read_text() for file in (ROOT / "tests" / "js").glob("*.test.mjs"))
    modules = [str(file.relative_to(ROOT)) for file in (ROOT / "static" / "js").glob("**/lib/*.js")]
    assert modules
    assert [module for module in modules if f'"../../{module}"' not in tested] == []
