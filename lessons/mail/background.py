"""Send e-mails in the background of the process that has queued them, so that a code leaves within seconds.

One daemon thread per process, started by the first e-mail. A process that is forked later starts one of its own.
"""

import atexit
import logging
import os
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import DatabaseError, connections

from lessons.mail.delivery import deliver_due
from lessons.mail.models import Priority

log = logging.getLogger(__name__)
SENT_IN_BACKGROUND = Priority.SOON
ENDS_WITHIN = 15.0
"""Seconds that a process waits before it exits for the e-mail that is being sent."""


class _Sender(Thread):
    """Sends what is due whenever it is woken: one e-mail at a time, so that a code waits for at most one other."""

    def __init__(self):
        super().__init__(name="outgoing e-mail", daemon=True)
        self.woken, self.ending = Event(), Event()

    def run(self) -> None:
        while not self.ending.is_set():
            self.woken.wait()
            self.woken.clear()
            try:
                deliver_due(up_to=SENT_IN_BACKGROUND, batch_size=1, is_stopping=self.ending.is_set)
            except DatabaseError as error:
                log.warning("E-mails stay queued: the database does not answer (%s).", type(error).__name__)
            except Exception:  # the thread must go on
                log.exception("E-mails could not be sent.")
            finally:
                connections.close_all()

    def end(self) -> None:
        self.ending.set()
        self.woken.set()
        self.join(ENDS_WITHIN)


class _ProcessSender:
    """The sender of this process, started when it is first needed."""

    def __init__(self):
        self.lock = Lock()
        self.sender: _Sender | None = None

    def wake(self) -> None:
        with self.lock:
            if self.sender is None or not self.sender.is_alive():
                self.sender = _Sender()
                self.sender.start()
            self.sender.woken.set()

    def end(self) -> None:
        if self.sender is not None:
            self.sender.end()

    def forget(self) -> None:
        """Start afresh in a forked process, where the thread does not exist and the lock may never be released."""
        self.lock, self.sender = Lock(), None


_background = _ProcessSender()
os.register_at_fork(after_in_child=_background.forget)
atexit.register(_background.end)


def start_sending() -> None:
    """Send what is due with a priority of at most SENT_IN_BACKGROUND, and do not wait for it.

    Without the setting MAIL_IN_BACKGROUND it is sent before this returns, as in tests.
    """
    if settings.MAIL_IN_BACKGROUND:
        _background.wake()
    else:
        deliver_due(up_to=SENT_IN_BACKGROUND)
