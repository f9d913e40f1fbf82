"""A real HTTP server on loopback that takes what is put into a chat channel, or answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from config.embedded import LOOPBACK


@dataclass
class Receiver:
    """What was posted, in order; `status` is the answer, and None holds it back until the server stops."""

    port: int
    status: int | None = 200
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def address(self, path: str = "hook") -> str:
        """The Apprise address of this server."""
        return f"json://{LOOPBACK}:{self.port}/{path}"


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.posts.append((self.path, json.loads(body)))
        if self.receiver.status is None:
            self.receiver.stopping.wait()
            return
        self.send_response(self.receiver.status)
        self.send_header("Content-Length", "0")
        # For the answers that lead elsewhere.
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """A server that listens until the block ends."""

    class Handler(_Handler):
        receiver = Receiver(port=0)

    receiver = Handler.receiver
    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.stopping.set()
            server.shutdown()
            thread.join()
