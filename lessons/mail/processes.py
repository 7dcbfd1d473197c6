"""Send a long queue from several processes: to build an e-mail takes longer than to hand it over.

Each claims e-mails like any other sender, so that a process that is killed loses none, and none waits for another.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from lessons.mail.delivery import deliver_due
from lessons.mail.models import OutgoingEmail, Priority

log = logging.getLogger(__name__)
WORTH_A_PROCESS = 250
"""E-mails for which one more process is started, which takes about as long as sending them."""
SHARED_BATCH = 200
"""E-mails that each claims at a time. Those to people who came together have much in common, which is made once."""
COMMAND = "send_waiting_mail"
CHECK_EVERY = 0.5
ENDS_WITHIN = 10.0
"""Seconds that a process has for the e-mail that it is sending when it should stop."""


def send_due(site_url: str, is_stopping: Callable[[], bool]) -> int:
    """Send what is due, together with up to MAIL_PROCESSES - 1 processes started for it; return how many e-mails."""
    with _started(_worthwhile_processes() - 1, site_url) as others:
        sent = deliver_due(site_url=site_url, batch_size=SHARED_BATCH, is_stopping=is_stopping)
        return sent + sum(_result(process, is_stopping) for process in others)


def _worthwhile_processes() -> int:
    most = settings.MAIL_PROCESSES
    if most == 1:
        return 1
    due = OutgoingEmail.objects.due(timezone.now(), Priority.SCHEDULED)
    return max(1, due[: most * WORTH_A_PROCESS].count() // WORTH_A_PROCESS)


@contextmanager
def _started(number: int, site_url: str) -> Iterator[list[subprocess.Popen]]:
    """Start so many processes that send; when the block is left early, stop those that are not done."""
    processes: list[subprocess.Popen] = []
    try:
        for _ in range(number):
            if process := _start(site_url):
                processes.append(process)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _end(process)


def _start(site_url: str) -> subprocess.Popen | None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), COMMAND]
    command += [f"--site={site_url}", f"--parent={os.getpid()}"]
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)  # noqa: S603
    except OSError as error:
        log.error("E-mails are sent by fewer processes: none could be started (%s).", type(error).__name__)
        return None


def _result(process: subprocess.Popen, is_stopping: Callable[[], bool]) -> int:
    """Wait for a process, which stops when this one should; return how many e-mails it has sent."""
    is_told = False
    while True:
        try:
            output, _errors = process.communicate(timeout=CHECK_EVERY)
        except subprocess.TimeoutExpired:
            if is_stopping() and not is_told:
                process.terminate()
                is_told = True
        else:
            return int(output or 0)


def _end(process: subprocess.Popen) -> None:
    """Wait until a process that was told to stop has ended, and kill it if it does not. Its claims then expire."""
    try:
        process.communicate(timeout=ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
