"""Reads the settings from the environment. A wrong value is refused with one sentence, which names the variable."""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.private_files import secret_in

TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
STORAGE_SCHEMES = ("s3", "s3+http")
CACHE_SCHEMES = ("dbcache", "redis", "rediss", "locmemcache")
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "smtps", "consolemail", "filemail", "memorymail")
MIN_TOKEN_LENGTH = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class WrongSetting(ImproperlyConfigured):
    """A variable with a value that it does not take. Its message is a sentence for whoever starts the site."""


class Environment:
    """The variables of the environment. Each method reads one and returns its value, or the default without one."""

    def __init__(self, variables: Mapping[str, str]):
        self.variables = variables

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, default).strip()

    def required(self, name: str, because: str) -> str:
        """Return the value of a variable that another, `because`, makes necessary."""
        if value := self.text(name):
            return value
        raise WrongSetting(f"{name} is not set: {because} needs it.")

    def token(self, name: str) -> str:
        """Return a text that is hard to guess; it is not in the message about another."""
        value = self.text(name)
        if value and len(value) < MIN_TOKEN_LENGTH:
            raise WrongSetting(
                f"{name} is easy to guess. It takes a random text of {MIN_TOKEN_LENGTH} characters or more."
            )
        return value

    def secret(self, name: str, default_file: Path | None) -> str:
        """Return the value, or the content of the file that `name`_FILE names. Make the file if there is none."""
        file = self.text(f"{name}_FILE", str(default_file or ""))
        if value := self.text(name):
            return value
        if not file:
            raise WrongSetting(
                f"{name} is not set. Give the server a long random one and keep it, or a {name}_FILE, "
                "or set DEVELOPMENT=true on your own machine."
            )
        try:
            value = secret_in(Path(file))
        except OSError as error:
            raise WrongSetting(f"{name}_FILE is “{file}”, which cannot be read: {error.strerror}.") from None
        if not value:
            raise WrongSetting(f"{name}_FILE is “{file}”, which is empty. Without the file, one is made.")
        return value

    def boolean(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        if value not in (*TRUE, *FALSE, ""):
            raise WrongSetting(f"{name} is “{value}”. It takes true or false.")
        return value in TRUE if value else default

    def number(self, name: str, default: int, *, at_least: int = 0) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal() or int(value) < at_least:
            raise WrongSetting(f"{name} is “{value}”. It takes a whole number, {at_least} or more.")
        return int(value)

    def choice(self, name: str, default: str, choices: Iterable[str]) -> str:
        value, choices = self.text(name, default), list(choices)
        if value not in choices:
            raise WrongSetting(f"{name} is “{value}”. It takes {', '.join(choices[:-1])} or {choices[-1]}.")
        return value

    def names(self, name: str, default: Iterable[str] = ()) -> list[str]:
        """Return the values that commas separate, without blank ones."""
        if name not in self.variables:
            return list(default)
        return [value.strip() for value in self.variables[name].split(",") if value.strip()]

    def hosts(self, name: str, default: Iterable[str]) -> list[str]:
        hosts = self.names(name, default)
        for host in hosts:
            if "/" in host or (":" in host and not host.startswith("[")):
                raise WrongSetting(
                    f"{name} has “{host}”. It takes names of hosts separated by commas, without https:// and "
                    "without a port, for example: course.example.org"
                )
        return hosts

    def origins(self, name: str) -> list[str]:
        origins = self.names(name)
        for origin in origins:
            if not _is_web_address(origin) or urlsplit(origin).path not in ("", "/"):
                raise WrongSetting(
                    f"{name} has “{origin}”. It takes origins separated by commas, for example: https://example.org"
                )
        return [origin.rstrip("/") for origin in origins]

    def web_address(self, name: str, default: str = "") -> str:
        value = self.text(name, default)
        if value and not _is_web_address(value):
            raise WrongSetting(f"{name} is “{value}”. It takes an address that begins with https:// or http://.")
        return value

    def trusted_address(self, name: str) -> str:
        """Return the address of a server whose answers are believed because of where they come from."""
        value = self.web_address(name)
        if value.startswith("http:") and urlsplit(value).hostname not in LOOPBACK:
            raise WrongSetting(
                f"{name} is “{value}”. It takes an address that begins with https://: anybody on the way could change "
                "what comes from another one."
            )
        return value

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value not in available_timezones():
            raise WrongSetting(f"{name} is “{value}”. It takes the name of a time zone, for example Europe/Berlin.")
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        url = self._with_scheme(
            name, default, DATABASE_SCHEMES, "sqlite:////path/to/file or postgres://user:password@host:5432/name"
        )
        database = _parsed(name, url, environ.Env.db_url_config)
        file = database.get("NAME", "")
        if url.startswith("sqlite") and file != ":memory:" and not Path(file).absolute().parent.is_dir():
            raise WrongSetting(f"{name} names the file {file}, and there is no such folder. Create it first.")
        if not file:
            raise WrongSetting(f"{name} has no name of a database after the host.")
        return database

    def cache(self, name: str, default: str) -> dict[str, Any]:
        url = self._with_scheme(name, default, CACHE_SCHEMES, "dbcache://cache or redis://host:6379/0")
        return _parsed(name, url, environ.Env.cache_url_config)

    def mail(self, name: str, default: str) -> dict[str, Any]:
        url = self._with_scheme(name, default, MAIL_SCHEMES, "smtp+tls://user:password@host:587")
        return _parsed(name, url, environ.Env.email_url_config)

    def file_storage(self, name: str) -> dict[str, Any] | None:
        """Return the options of the S3-compatible storage at an address, or None without one.

        `s3+http` is for a server on the same machine or network that has no https.
        """
        if not self.text(name):
            return None
        url = self._with_scheme(name, "", STORAGE_SCHEMES, "s3://key:secret@s3.example.org/bucket?region=eu-central-1")
        parts, port = _split_address(name, url)
        bucket, _, folder = parts.path.strip("/").partition("/")
        query = dict(parse_qsl(parts.query))
        addressing = query.pop("addressing", "path")
        region = query.pop("region", None)
        if query or not parts.hostname or not bucket or addressing not in ("path", "virtual"):
            raise WrongSetting(
                f"{name} cannot be read. It takes an address such as s3://key:secret@s3.example.org/bucket, with the "
                "options region=… and addressing=path or addressing=virtual after a question mark."
            )
        scheme = "http" if url.startswith("s3+http:") else "https"
        return {
            "endpoint_url": f"{scheme}://{parts.hostname}{f':{port}' if port else ''}",
            "access_key": unquote(parts.username) if parts.username else None,
            "secret_key": unquote(parts.password) if parts.password else None,
            "bucket_name": bucket,
            "location": unquote(folder),
            "region_name": region,
            "addressing_style": addressing,
        }

    def _with_scheme(self, name: str, default: str, schemes: Iterable[str], example: str) -> str:
        """Return the address, whose password never is in a message."""
        url = self.text(name, default)
        scheme, separator, _ = url.partition("://")
        if not separator or scheme not in schemes:
            raise WrongSetting(f"{name} begins with “{scheme[:20]}”. It takes an address such as {example}.")
        return url


def require_package(module: str, install: str, because: str) -> None:
    """Raise WrongSetting unless a module that a setting makes necessary is installed."""
    if find_spec(module) is None:
        raise WrongSetting(f"{because} needs a package that is not installed. Run: python -m pip install '{install}'")


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _parsed(name: str, url: str, parse) -> dict[str, Any]:
    if not url.startswith("sqlite:"):
        _split_address(name, url)
    try:
        return dict(parse(url))
    except (ValueError, KeyError):
        raise _unreadable(name) from None


def _split_address(name: str, url: str) -> tuple[SplitResult, int | None]:
    """Return the parts of an address, and its port."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:  # among others for a port that is no number
        raise _unreadable(name) from None


def _unreadable(name: str) -> WrongSetting:
    return WrongSetting(
        f"{name} cannot be read. Characters such as # / @ : in a password are written as %23 %2F %40 %3A."
    )
