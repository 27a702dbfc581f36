"""A fork that breaks one thing: an HTTP server before another, which alters the answers that come through it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx


@dataclass
class Passing:
    """An answer on its way; `asked` are the headers of the request and those of the answer are in lower case."""

    method: str
    path: str
    asked: dict[str, str]
    status: int
    headers: dict[str, str]
    body: bytes
    fetch: Callable[[str], httpx.Response]
    """Another answer of the server behind."""

    def at(self, *parts: str) -> bool:
        """Whether the address begins with the first, and has all."""
        return self.path.startswith(parts[0]) and all(part in self.path for part in parts)

    def edit(self, change: Callable[[Any], object]) -> None:
        """Changes the JSON of an answer with 200."""
        plain = "json" in self.headers.get("content-type", "") and "content-encoding" not in self.headers
        if self.status == 200 and plain and self.method != "HEAD":
            document = json.loads(self.body)
            change(document)
            self.body = json.dumps(document).encode()


Alter = Callable[[Passing], object]
_LEFT_OUT = ("content-length", "connection", "transfer-encoding", "date", "server")


@contextmanager
def altering(behind: str, alter: Alter) -> Iterator[str]:
    """Gives its address."""
    with httpx.Client(timeout=30) as client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(client, behind, alter))
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(client: httpx.Client, behind: str, alter: Alter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = {name.lower(): value for name, value in self.headers.items()}
            request = client.build_request(self.command, behind + self.path, headers=asked, content=body or None)
            response = client.send(request, stream=True)
            raw = b"".join(response.iter_raw())
            response.close()
            headers = dict(response.headers)
            length = headers.get("content-length", "0")

            def fetch(path: str) -> httpx.Response:
                return client.get(behind + path, headers={"Host": asked["host"], "Accept-Encoding": "identity"})

            passing = Passing(self.command, self.path, asked, response.status_code, headers, raw, fetch)
            alter(passing)
            self.send_response(passing.status)
            for name, value in passing.headers.items():
                if name not in _LEFT_OUT:
                    self.send_header(name, value)
            bodiless = passing.status == 304
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(passing.body)))
            self.end_headers()
            if self.command != "HEAD" and not bodiless:
                self.wfile.write(passing.body)

        do_GET = do_HEAD = do_POST = do_OPTIONS = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            """Nothing of each request."""

    return Handler
