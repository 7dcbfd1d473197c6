"""An HTTP client inside the network of a scratch machine, as somebody elsewhere on its loopback interface."""

import ctypes
import http.client
import os
import select
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode

HOST = "course.example.org"
CLIENT = "127.0.0.2"
BOUNDARY = "between-the-fields"
PART = 100_000
CLONE_NEWNET = 0x40000000


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def enter_network(pid: int) -> None:
    """Move this thread into the network of a process."""
    with open(f"/proc/{pid}/ns/net") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Client:
    """Sends requests to HOST from the address CLIENT, and keeps cookies. Certificates are not verified."""

    def __init__(self, pid: int):
        self.threads = ThreadPoolExecutor(1, initializer=enter_network, initargs=[pid])
        self.cookies: dict[str, str] = {}

    def get(self, path: str, *, secure: bool = True, port: int = 0, **headers: str) -> Reply:
        return self.send("GET", path, headers=headers, secure=secure, port=port)

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None, **headers: str) -> Reply:
        """Post a form, with a file in its field `file`."""
        fields = {"csrfmiddlewaretoken": self.cookies["__Host-csrftoken"], **fields}
        kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        if file:
            kind, body = f"multipart/form-data; boundary={BOUNDARY}", multipart(fields, *file)
        headers |= {"Content-Type": kind, "Origin": f"https://{HOST}"}
        return self.send("POST", path, headers=headers, body=body)

    def send(
        self, method: str, path: str, *, headers: dict[str, str], body: bytes = b"", secure: bool = True, port: int = 0
    ) -> Reply:
        reply = self.threads.submit(self._send, method, path, headers, body, secure, port).result()
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply

    def _send(self, method, path, headers, body, secure, port) -> Reply:
        connection = http.client.HTTPConnection(HOST, timeout=30)
        address = ("127.0.0.1", port or (443 if secure else 80))
        connection.sock = socket.create_connection(address, timeout=30, source_address=(CLIENT, 0))
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.maximum_version = ssl.TLSVersion.TLSv1_2  # nothing but an answer comes after the handshake
            connection.sock = context.wrap_socket(connection.sock, server_hostname=HOST)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        all_headers = {"Host": HOST, "Accept": "text/html"} | ({"Cookie": cookies} if cookies else {})
        all_headers |= {"Content-Length": str(len(body))} if body else {}
        all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with suppress(OSError):  # of a connection that is closed after the answer
                connection.request(method, path, until_answered(connection.sock, body) if body else None, all_headers)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()


def until_answered(connection: socket.socket, body: bytes) -> Iterator[bytes]:
    """Return the parts of a body to send, until there is an answer: that to one that is too large comes early."""
    for start in range(0, len(body), PART):
        if select.select([connection], [], [], 0)[0]:
            return
        yield body[start : start + PART]


def multipart(fields: dict[str, str], name: str, content: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return b"".join([*parts, head.encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])
