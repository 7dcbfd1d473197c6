"""A backup made while people write can be restored, and one that is damaged is refused with a sentence."""

import os
import subprocess
import sys
import threading
import time

import pytest

from tests.faults.server import ROOT, Browser
from tests.faults.world import make_class

pytestmark = pytest.mark.faults


def write_until(stopped: threading.Event, browser: Browser, thread: int, written: list[str]) -> None:
    while not stopped.is_set():
        text = f"During the backup {len(written)}"
        if browser.post(f"/threads/{thread}/", {"source": text, "send": ""}).status == 302:
            written.append(text)


def test_a_backup_made_under_writes_is_restorable(make_server, database_url, report, tmp_path):
    server = make_server(workers=2, threads=4, database_url=database_url)
    seeded = server.call(make_class, 1)
    server.start()
    browser, written, stopped = Browser(server.port, session=seeded["sessions"][0]), [], threading.Event()
    writer = threading.Thread(target=write_until, args=(stopped, browser, seeded["threads"][0], written))
    writer.start()
    time.sleep(1)
    file = tmp_path / "backup.zip"
    before, began = len(written), time.perf_counter()
    server.manage("backup", str(file))
    seconds = time.perf_counter() - began
    during = len(written) - before
    stopped.set()
    writer.join()
    said = server.manage("drill", str(file))
    damaged = tmp_path / "damaged.zip"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    damaged.write_bytes(content)
    command = [sys.executable, "manage.py", "drill", str(damaged)]
    refused = subprocess.run(command, cwd=ROOT, env=server.environment, text=True, capture_output=True, check=False)
    report(
        f"{os.path.getsize(file) / 1e6:.1f} MB in {seconds:.1f} s with the start of Python, {during} replies written "
        f"meanwhile; drill: {said.strip().splitlines()[-1]}; damaged: {refused.stderr.strip().splitlines()[-1][:100]}"
    )
    assert "Restorable" in said
    assert during > 0
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
