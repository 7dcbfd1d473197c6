"""Settings: a wrong value is one sentence that names the variable and says what it takes."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import OperationalError

import manage
from portal.environment import LOG_LEVELS, Environment, WrongSetting, require_package

NO_PORT = "postgres://user:pass#word@host:port/name"


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda env: env.boolean("X", True), "maybe", "X is “maybe”. It takes true or false."),
        (lambda env: env.token("X"), "pass#word", "X is easy to guess. It takes a random text of 20 characters"),
        (lambda env: env.number("X", 2), "a few", "X is “a few”. It takes a whole number, 0 or more."),
        (lambda env: env.number("X", 2), "-1", "It takes a whole number, 0 or more."),
        (lambda env: env.number("X", 2, at_least=1), "0", "It takes a whole number, 1 or more."),
        (lambda env: env.choice("X", "INFO", LOG_LEVELS), "loud", "INFO, WARNING, ERROR or CRITICAL"),
        (lambda env: env.hosts("X", []), "a.org, https://b.org", "X has “https://b.org”. It takes names of hosts"),
        (lambda env: env.hosts("X", []), "a.org:8000", "without a port"),
        (lambda env: env.origins("X"), "a.org", "X has “a.org”. It takes origins"),
        (lambda env: env.origins("X"), "https://a.org/path", "It takes origins"),
        (lambda env: env.web_address("X"), "a.org", "X is “a.org”. It takes an address that begins with https://"),
        (lambda env: env.web_address("X"), "https://[a", "It takes an address"),
        (lambda env: env.trusted_address("X"), "http://login.edu", "It takes an address that begins with https://:"),
        (lambda env: env.trusted_address("X"), "login.edu", "It takes an address that begins with https://"),
        (lambda env: env.time_zone("X", "UTC"), "Berlin", "X is “Berlin”. It takes the name of a time zone"),
        (lambda env: env.database("X", ""), "mysql://a/b", "X begins with “mysql”. It takes an address such as"),
        (lambda env: env.database("X", ""), "db.sqlite3", "It takes an address such as sqlite:"),
        (lambda env: env.database("X", ""), "sqlite:////no/such/folder/db", "there is no such folder"),
        (lambda env: env.database("X", ""), "postgres://user@host", "no name of a database"),
        (lambda env: env.database("X", ""), NO_PORT, "X cannot be read"),
        (lambda env: env.cache("X", ""), "memcached://a", "It takes an address such as dbcache://cache or redis://"),
        (lambda env: env.file_storage("X"), "ftp://a/b", "X begins with “ftp”. It takes an address such as s3://"),
        (lambda env: env.file_storage("X"), "s3://key:pass#word@host", "X cannot be read"),
        (lambda env: env.file_storage("X"), "s3://key:pass/word@host/bucket", "are written as %23 %2F"),
        (lambda env: env.file_storage("X"), "s3://key:secret@host", "It takes an address such as s3://key:secret@"),
        (lambda env: env.file_storage("X"), "s3://host/bucket?zone=a", "with the options region=… and addressing="),
        (lambda env: env.file_storage("X"), "s3://host/bucket?addressing=a", "addressing=path or addressing=virtual"),
        (lambda env: env.mail("X", ""), "mail.example.org", "It takes an address such as smtp"),
        (lambda env: env.required("Y", "X"), "on", "Y is not set: X needs it."),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(read, value, sentence):
    with pytest.raises(WrongSetting) as raised:
        read(Environment({"X": value}))
    assert sentence in str(raised.value)
    assert "pass#word" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_right_values_are_read():
    env = Environment({"A": " Yes ", "B": "0", "C": "7", "D": "a.org, .b.org,[::1]", "E": "https://a.org/", "F": ""})
    assert env.boolean("A", False) is True
    assert env.boolean("B", True) is False
    assert env.boolean("F", True) is True
    assert env.number("C", 1) == 7
    assert env.number("F", 1) == 1
    assert env.hosts("D", []) == ["a.org", ".b.org", "[::1]"]
    assert env.origins("E") == ["https://a.org"]
    assert env.web_address("F") == ""
    assert env.trusted_address("E") == "https://a.org/"
    assert Environment({"X": "http://127.0.0.1:9000"}).trusted_address("X") == "http://127.0.0.1:9000"
    assert env.database("X", "postgres://u:p%23@host:5433/name")["PASSWORD"] == "p#"
    assert env.database("X", "sqlite://:memory:")["NAME"] == ":memory:"
    assert env.cache("X", "redis://host:6379/0")["LOCATION"] == "redis://host:6379/0"
    assert env.mail("X", "smtp+tls://u:p@host:587")["EMAIL_USE_TLS"]


def test_the_address_of_a_storage_is_read():
    env = Environment(
        {"A": "s3://k:s%2F%2B@s3.example.org/files/site%20one?region=eu", "B": "s3+http://host:9000/files"}
    )
    assert env.file_storage("A") == {
        "endpoint_url": "https://s3.example.org",
        "access_key": "k",
        "secret_key": "s/+",
        "bucket_name": "files",
        "location": "site one",
        "region_name": "eu",
        "addressing_style": "path",
    }
    plain = env.file_storage("B")
    assert (plain["endpoint_url"], plain["access_key"], plain["location"]) == ("http://host:9000", None, "")
    assert env.file_storage("C") is None


def test_a_missing_package_is_named():
    with pytest.raises(WrongSetting, match=r"CACHE_URL needs a package .* 'redis\[hiredis\]'"):
        require_package("no_such_module", "redis[hiredis]", "CACHE_URL")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["-c", "import portal.wsgi"], ["-c", "import portal.asgi"]]
)
def test_the_site_does_not_start_and_says_why(command):
    environment = os.environ | {"DEVELOPMENT": "true", "DEBUG": "perhaps"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, *command], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "DEBUG is “perhaps”. It takes true or false.\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("no such table: accounts_user\n"), "The database refuses: no such table: accounts_user. `m"),
        (KeyboardInterrupt(), 130),
    ],
)
def test_a_command_that_the_database_or_somebody_stops_ends_without_a_traceback(monkeypatch, error, code):
    def fail(_arguments):
        raise error

    monkeypatch.setattr(manage, "execute_from_command_line", fail)
    with pytest.raises(SystemExit) as stopped:
        manage.main()
    assert stopped.value.code == code or stopped.value.code.startswith(code)

    monkeypatch.setattr(sys, "argv", ["manage.py", "backup", "--traceback"])
    with pytest.raises(SystemExit if code == 130 else OperationalError):
        manage.main()


def test_a_secret_may_be_in_a_file(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    for file, sentence in [
        (tmp_path / "no" / "key", "cannot be read: No such file or directory."),
        (empty, "is empty"),
    ]:
        with pytest.raises(WrongSetting, match=f"X_FILE is “{file}”, which {sentence}"):
            Environment({"X_FILE": str(file)}).secret("X", None)
    with pytest.raises(WrongSetting, match="X is not set. Give the server a long random one and keep it, or a X_FILE"):
        Environment({"X": ""}).secret("X", None)
    made = Environment({}).secret("X", tmp_path / "key")
    assert Environment({"X_FILE": str(tmp_path / "key")}).secret("X", empty) == made
    assert Environment({"X": "abc", "X_FILE": str(empty)}).secret("X", None) == "abc"
