"""The locks have what pyproject.toml asks for: whoever changes one must not forget the others."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deployment.document import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"^([\w.-]+)==([^ ;\\]+)", re.MULTILINE)


def requirements(extra: str) -> list[Requirement]:
    """Return what the project needs with an extra, or without one."""
    found = list(map(Requirement, PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]))
    for requirement in [*found]:
        if requirement.name == PROJECT["name"]:
            found.remove(requirement)
            found += [named for other in requirement.extras for named in requirements(other)]
    return found


@pytest.mark.parametrize(
    ("lock", "extra"),
    [("requirements.lock", ""), ("requirements-server.lock", "server"), ("requirements-dev.lock", "dev")],
)
def test_a_lock_has_what_the_project_needs(lock, extra):
    pins = {canonicalize_name(name): version for name, version in PIN.findall((ROOT / lock).read_text())}
    for requirement in requirements("") + (requirements(extra) if extra else []):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), str(requirement)
