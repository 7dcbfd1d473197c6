"""Firefox and WebKitGTK, driven by the commands of WebDriver: Firefox by Marionette, which is part of it, WebKitGTK by
its WebKitWebDriver, on a display without a screen (Xvfb). Each uses a new profile."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from glob import glob

from tests.browser.conftest import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SIZE = {"width": 1440, "height": 900}
# Method and path of what WebDriver calls by these names, and Marionette by the same names.
COMMANDS = {
    "NewSession": ("POST", ""),
    "DeleteSession": ("DELETE", ""),
    "Navigate": ("POST", "/url"),
    "Refresh": ("POST", "/refresh"),
    "SetWindowRect": ("POST", "/window/rect"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "GetComputedLabel": ("GET", "/element/{id}/computedlabel"),
    "PerformActions": ("POST", "/actions"),
    "AddCookie": ("POST", "/cookie"),
    "DeleteAllCookies": ("DELETE", "/cookie"),
}
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_beforeunload": True,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class WebDriverError(Exception):
    pass


class Marionette:
    """The commands as Firefox reads them: JSON on a socket, each with its length before it."""

    def __init__(self, port):
        self.socket = connect(port)
        self.stream = self.socket.makefile("rb")
        self.read()  # Firefox introduces itself
        self.number = 0

    def read(self):
        length = b""
        while (byte := self.stream.read(1)) != b":":
            assert byte, "Firefox has ended"
            length += byte
        return json.loads(self.stream.read(int(length)))

    def __call__(self, name, **parameters):
        self.number += 1
        message = json.dumps([0, self.number, f"WebDriver:{name}", parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self.read()
        if error:
            raise WebDriverError(f"{name}: {error['error']}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def close(self):
        self.stream.close()
        self.socket.close()


class Http:
    """The commands as the standard has them."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}/session"

    def __call__(self, name, **parameters):
        method, path = COMMANDS[name]
        url = self.address + path.format(**parameters)
        body = json.dumps(parameters).encode() if method == "POST" else None
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                value = json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            with error:
                value = json.load(error)["value"]
            raise WebDriverError(f"{name}: {value['error']}: {value['message']}") from None
        if name == "NewSession":
            self.address += f"/{value['sessionId']}"
        return value


def connect(port, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextmanager
def running(command, **options):
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


class Firefox:
    needs = (("firefox-esr", "firefox"),)
    packages = "firefox-esr"

    @staticmethod
    @contextmanager
    def started(folder):
        """Yield a function that calls its commands by name."""
        port, profile = free_port(), folder / "profile"
        profile.mkdir()
        settings = {**PREFERENCES, "marionette.port": port}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
        (profile / "user.js").write_text("".join(lines))
        flags = ["--marionette", "--headless", "--no-remote", "--profile", str(profile)]
        size = {"MOZ_HEADLESS_WIDTH": str(SIZE["width"]), "MOZ_HEADLESS_HEIGHT": str(SIZE["height"])}
        environment = {**os.environ, "HOME": str(folder), **size}
        with (folder / "log").open("w") as log:
            run = [present(*Firefox.needs[0]), *flags]
            with running(run, env=environment, stdout=log, stderr=log), closing(Marionette(port)) as command:
                command("NewSession", capabilities={})

                yield command


class WebKit:
    needs = ("WebKitWebDriver",), ("Xvfb",)
    packages = "webkit2gtk-driver and xvfb"

    @staticmethod
    @contextmanager
    def started(folder):
        """Yield a function that calls its commands by name."""
        with ExitStack() as stack:
            reader, writer = os.pipe()
            screen = "{width}x{height}x24".format(**SIZE)
            run = ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", "-screen", "0", screen]
            errors = stack.enter_context((folder / "errors").open("w"))
            stack.enter_context(running(run, pass_fds=[writer], stderr=errors))
            os.close(writer)
            with open(reader) as pipe:
                display = f":{pipe.readline().strip()}"
            log, port = folder / "log", free_port()
            output = stack.enter_context(log.open("w"))
            own = {"DISPLAY": display, "HOME": str(folder), "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1"}
            environment = {**os.environ, **own, "NO_AT_BRIDGE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
            run = ["WebKitWebDriver", f"--port={port}"]
            stack.enter_context(running(run, env=environment, stdout=output, stderr=output))
            connect(port).close()
            command = Http(port)
            browser = {
                "binary": sorted(glob("/usr/lib/*/webkit2gtk-4*/MiniBrowser"))[-1],
                "args": ["--automation"],
            }
            command("NewSession", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": browser}})
            stack.callback(command, "DeleteSession")
            yield command


ENGINES = {"firefox": Firefox, "webkit": WebKit}


def present(*names):
    return next(filter(None, map(shutil.which, names)), None)


def lacking(engine):
    """Return the programs that an engine needs and this machine does not have."""
    return [names[0] for names in engine.needs if not present(*names)]
