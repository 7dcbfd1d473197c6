"""A scratch machine: Debian's systemd in namespaces of its own, on a copy of this machine's file system in memory."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

BOOT = Path(__file__).with_name("boot.sh")
PROGRAMS = "unshare", "nsenter", "systemd-analyze", "nginx", "caddy", "git"
ENVIRONMENT = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root"
NAMESPACES = "--mount", "--pid", "--uts", "--ipc", "--cgroup"


class Machine:
    """Boots when it is entered, as a context manager, and is gone when it is left."""

    def __enter__(self) -> "Machine":
        self.folder = Path(tempfile.mkdtemp(prefix="commonplace-machine-"))
        boot = ["unshare", "--net", *NAMESPACES, "--fork", "--kill-child", str(BOOT), str(self.folder)]
        self.process = subprocess.Popen(boot, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            self._wait_until_booted()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command: str, text: str = "", outside: bool = False, check: bool = True) -> str:
        """Run a command on the machine with `text` as its input; return what it prints. `outside`: with our network,
        to fetch packages.
        """
        entered = [*self._enter(outside=outside), *command]
        done = subprocess.run(entered, input=text, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)[:2000]}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout + done.stderr

    def type(self, commands: str, *, outside: bool = False) -> str:
        """Run the lines of a code block as root, one after the other."""
        return self.run("sh", "-exc", commands, outside=outside)

    def write(self, path: str, text: str) -> None:
        self.run("sh", "-ec", 'mkdir -p "$(dirname "$1")" && cat >"$1"', "sh", path, text=text)

    def unpack(self, archive: bytes, folder: str) -> None:
        """Unpack a tar archive into a new folder of the machine."""
        command = [*self._enter(outside=False), "sh", "-ec", 'mkdir -p "$1" && tar -x -C "$1"', "sh", folder]
        subprocess.run(command, input=archive, capture_output=True, check=True)

    def _enter(self, *, outside: bool) -> list[str]:
        """Return how a command begins that is run on the machine, with its network or with ours."""
        namespaces = NAMESPACES if outside else ("--net", *NAMESPACES)
        # Where and how packages are fetched may be set in our environment.
        ours = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
        return ["nsenter", "--target", str(self.pid), *namespaces, "--", "env", "-i", *ENVIRONMENT, *ours]

    def _wait_until_booted(self) -> None:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for _ in range(300):
            if self.process.poll() is not None:
                raise AssertionError(f"systemd did not start: {self.process.stderr.read()}")
            if pids := children.read_text().split():
                self.pid = int(pids[0])
                if self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded"):
                    return
            time.sleep(0.1)
        raise AssertionError("systemd did not start within 30 seconds.")
