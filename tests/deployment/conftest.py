"""The scratch machine that the tests of an installation share."""

import os
import shutil

import pytest

from tests.deployment.installation import install
from tests.deployment.machine import PROGRAMS, Machine


@pytest.fixture(scope="session")
def machine():
    """Return a machine on which the site is installed and runs, without a proxy."""
    missing = [program for program in PROGRAMS if not shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")]
    if os.geteuid() or missing:
        pytest.skip(f"A scratch machine needs root, and {', '.join(missing) or 'nothing else'}.")
    with Machine() as machine:
        install(machine)
        yield machine
