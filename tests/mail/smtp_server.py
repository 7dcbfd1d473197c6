"""A real SMTP server on loopback that can be told to misbehave."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller

ACCEPTED = "250 OK"
DISCONNECT = object()


class Handler:
    """Stores what it accepts. `replies` has its answers to addresses that it does not simply accept.

    A reply is a line of SMTP, DISCONNECT, or a function that returns one of them: `rcpt`, `data` and `accepted` are
    asked when the recipient is named, before the content is accepted, and after that but before the client learns it.
    """

    def __init__(self):
        self.messages: list[tuple[str, Message]] = []
        self.connections = 0
        self.rcpt: dict[str, object] = {}
        self.data: dict[str, object] = {}
        self.accepted: dict[str, object] = {}

    @property
    def addresses(self) -> list[str]:
        """Return the recipients of the accepted messages in order."""
        return [address for address, _message in self.messages]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.reply(server, self.rcpt, address)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        reply = self.reply(server, self.data, address)
        if reply.startswith("2"):
            self.messages.append((address, message_from_bytes(envelope.content)))
            reply = self.reply(server, self.accepted, address)
        return reply

    @staticmethod
    def reply(server, replies: dict[str, object], address: str) -> str:
        reply = replies.get(address, ACCEPTED)
        if isinstance(reply, Callable):
            reply = reply()
        if reply is DISCONNECT:
            server.transport.abort()
            return "421 Gone"
        return str(reply)


@contextmanager
def smtp_server(port: int = 0):
    """Run the server in a thread; yield its handler, which has the `port`."""
    handler = Handler()
    handler.port = port or free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


@contextmanager
def silent_server():
    """Accept connections without responding; yield the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def kill(pid: int, reply: object = ACCEPTED) -> Callable[[], object]:
    """Return a reply that kills the client first."""

    def kill_and_reply():
        os.kill(pid, signal.SIGKILL)
        return reply

    return kill_and_reply
