"""Print which mutants of a part of the code no test notices: `python tests/mutation/run.py permissions --sample 30`.

By hand, not in CI: each mutant is a run of tests. The project is copied to a temporary folder and changed there alone.
A survivor is a hint, not a verdict: some mutants mean the same as what they were made of.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutation.mutants import Mutant, mutants  # noqa: E402


class Target(NamedTuple):
    """Globs from the project's root: the modules to change, and the tests in the order in which they are run."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


TARGETS = {
    "permissions": Target(
        ("lessons/permissions.py",),
        ("tests/test_permission_rules.py", "tests/test_read_rules.py"),
    ),
    "markup": Target(
        ("lessons/markup/*.py",),
        ("tests/markup", "tests/importing/readers", "tests/annotations/test_revision_highlight.py"),
    ),
    "rendering": Target(
        ("lessons/*/rendering.py", "lessons/*/rendering/*.py", "lessons/*/margin/rendering.py"),
        (
            "tests/discussions/rendering",
            "tests/discussions/views/test_thread_page.py",
            "tests/discussions/views/test_pages.py",
            "tests/annotations/margin",
            "tests/discussions/views/test_lesson_page.py",
            "tests/discussions/selectors",
            "tests/enrolment/test_members.py",
            "tests/reading/test_modules.py",
            "tests/reading/test_lessons.py",
            "tests/test_escaping.py",
        ),
    ),
    "counters": Target(
        ("lessons/discussions/services/counters.py",),
        ("tests/discussions/services/test_held_threads.py", "tests/discussions/services/test_counters.py"),
    ),
}
IGNORED = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.sqlite3*", "media", ".hypothesis", ".*_cache")


def main() -> None:
    options = _options()
    target = TARGETS[options.target]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=IGNORED)
        tests = [str(path) for pattern in target.tests for path in sorted(copy.glob(pattern))]
        began = time.monotonic()
        if not _pass(copy, tests, options.limit * 5):
            sys.exit("The tests fail before anything is changed.")
        say(f"unchanged: all pass in {time.monotonic() - began:.0f} s")
        chosen = _chosen(target, options)
        survivors = [found for n, found in enumerate(chosen, 1) if _survives(copy, tests, options.limit, n, found)]
    say(f"{len(survivors)} of {len(chosen)} mutants survived.")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--sample", type=int, default=0, help="so many mutants, chosen at random; all without it")
    parser.add_argument("--seed", type=int, default=1, help="of the choice")
    parser.add_argument("--limit", type=int, default=180, help="seconds for a mutant; one that hangs is noticed")
    return parser.parse_args()


def _chosen(target: Target, options: argparse.Namespace) -> list[tuple[Path, Mutant]]:
    modules = [path for pattern in target.modules for path in sorted(ROOT.glob(pattern))]
    every = [(path.relative_to(ROOT), mutant) for path in modules for mutant in mutants(path.read_text())]
    if options.sample and options.sample < len(every):
        every = sorted(random.Random(options.seed).sample(every, options.sample))
    say(f"{len(every)} mutants of {len(modules)} modules")
    return every


def _survives(copy: Path, tests: list[str], limit: int, number: int, found: tuple[Path, Mutant]) -> bool:
    path, mutant = found
    module = copy / path
    source = module.read_text()
    module.write_text(mutant.source)
    try:
        survives = _pass(copy, tests, limit)
    finally:
        module.write_text(source)
    said = "SURVIVED" if survives else "noticed "
    say(f"{number:4} {said} {path}:{mutant.line}: {mutant.before}  ->  {mutant.after}")
    return survives


def _pass(copy: Path, tests: list[str], limit: int) -> bool:
    """Return whether the tests pass in the copy within `limit` seconds."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        run = subprocess.run(command, cwd=copy, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


if __name__ == "__main__":
    main()
