"""Dockerfile and compose.yaml: what is in the image, as whom and with which rights it runs, and what it starts.

They are read here, and not built: CI has no container engine. `test_image` runs what they start.
"""

import json
import re
import subprocess
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import yaml
from django.core.management import get_commands
from django.core.wsgi import get_wsgi_application
from gunicorn.config import Config

from lessons.jobs.management.commands.run_scheduled import STOPS_WITHIN
from portal import health_check
from tests.deployment.dockerfile import instructions, last
from tests.deployment.document import ADMINISTRATION, ROOT

IN_THE_IMAGE = {"LICENSE", "gunicorn.conf.py", "manage.py", "pyproject.toml", "requirements-server.lock"}
IN_THE_IMAGE |= {"lessons", "portal", "static", "templates"}
LEFT_OUT = {"CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "README.md", "SECURITY.md", "docs", "tests"}
LEFT_OUT |= {".ci", ".dockerignore", ".editorconfig", ".gitignore", "Dockerfile", "compose.yaml"}
LEFT_OUT |= {"requirements.lock", "requirements-dev.lock"}
SETTINGS_OF_COMPOSE = {"COMPOSE_PROFILES", "POSTGRES_PASSWORD"}
SETTINGS_OF_OTHERS = {"PATH", "PYTHONUNBUFFERED", "WEB_CONCURRENCY"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def own_services(compose):
    return {name: service for name, service in compose["services"].items() if service["image"] == "commonplace"}


def test_only_what_the_site_needs_is_in_the_image():
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in patterns
    assert {pattern[1:] for pattern in patterns if pattern.startswith("!")} == IN_THE_IMAGE
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert {path.partition("/")[0] for path in tracked.splitlines()} == IN_THE_IMAGE | LEFT_OUT


def test_packages_are_compared_with_their_hashes():
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 1
    assert "--require-hashes -r requirements-server.lock" in installs[0]


def test_the_image_runs_without_rights_and_keeps_data_in_one_volume():
    assert last("USER") == "10001"
    assert last("VOLUME") == "/data"


def test_the_image_starts_the_server_with_options_that_gunicorn_knows():
    program, *arguments = json.loads(last("CMD"))
    options = Config().parser().parse_args(arguments)
    assert (program, options.args, options.bind) == ("gunicorn", ["portal.wsgi"], ["0.0.0.0:8000"])


def test_every_variable_is_documented(compose, own_services):
    documented = set(re.findall(r"`([A-Z_]+)`", ADMINISTRATION.read_text()))
    of_the_image = set(re.findall(r"\b([A-Z_]+)=", last("ENV")))
    assert {"DATA_DIR", "STATIC_DIR", "SECRET_KEY_FILE"} <= of_the_image
    assert of_the_image - SETTINGS_OF_OTHERS <= documented
    for service in own_services.values():
        assert set(service["environment"]) <= documented
    read = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert read - SETTINGS_OF_COMPOSE <= documented


def test_containers_are_confined(own_services):
    assert set(own_services) == {"prepare", "server", "scheduler", "demo"}
    for service in own_services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == ["data:/data"]


def test_logs_are_bounded_and_what_runs_may_finish(compose, own_services):
    for service in compose["services"].values():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    for service in own_services.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > STOPS_WITHIN


def test_only_the_server_is_published_and_only_on_this_machine(compose):
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"server": ["127.0.0.1:8000:8000"]}


def test_sqlite_alone_is_the_default_and_waits_for_no_service_of_a_profile(compose):
    optional = {name for name, service in compose["services"].items() if "profiles" in service}
    assert optional == {"demo", "postgres", "redis"}
    for name in compose["services"].keys() - optional:
        waits_for = compose["services"][name].get("depends_on", {})
        assert all(waits_for[other]["required"] is False for other in waits_for.keys() & optional)
        assert waits_for.keys() <= compose["services"].keys()


def test_every_command_exists(own_services):
    commands = " ".join(service.get("command", "") for service in own_services.values())
    named = set(re.findall(r"manage\.py (\w+)", commands))
    assert named == {"migrate", "createcachetable", "run_scheduled", "quickstart"}
    assert named <= set(get_commands())


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.mark.parametrize(("hosts", "is_live"), [("course.example.org,localhost", True), ("elsewhere.org", False)])
def test_the_health_check_asks_as_a_host_of_the_site(hosts, is_live, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["course.example.org"]
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=SilentHandler) as server:
        monkeypatch.setattr(health_check, "ADDRESS", server.server_address)
        monkeypatch.setattr(health_check, "SECONDS", 60)
        thread = Thread(target=server.handle_request)
        thread.start()
        assert health_check.is_live() is is_live
        thread.join()
    assert json.loads(last("HEALTHCHECK").partition("CMD ")[2]) == ["python", "-m", "portal.health_check"]


def test_a_server_that_does_not_answer_is_not_live(monkeypatch):
    with make_server("127.0.0.1", 0, None) as server:
        address = server.server_address
    monkeypatch.setattr(health_check, "ADDRESS", address)
    assert not health_check.is_live()
