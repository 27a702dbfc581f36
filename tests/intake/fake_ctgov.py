"""A server on this machine that speaks ClinicalTrials.gov's API (GET /studies) as far as a walk needs it, and that
fails when it is told to.

Like the real one it gives a token with every full page, so that the last page may be empty; it counts with the first
page only; and it refuses a token that came with other parameters.
"""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.intake.sync import updated

KNOWN = {"query.term", "filter.advanced", "filter.overallStatus", "format", "sort", "fields"}
PAGING = {"pageSize", "pageToken", "countTotal"}


@dataclass
class Fault:
    """What comes instead of the answer: a status, another body, or a part of the body and then nothing more."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    """The connection ends in the middle of the body."""


class Refusal(Exception):
    pass


class FakeCtgov:
    """`with FakeCtgov(studies) as server:` answers at `server.url`. `faults[n]` is what the n-th request (from 0)
    meets, `requests` are the parameters of those that came, `times` what `clock` said then."""

    def __init__(self, studies: list[Any], clock: Callable[[], float] = lambda: 0.0) -> None:
        self.studies, self.clock = studies, clock
        self.faults: dict[int, Fault] = {}
        self.requests: list[dict[str, str]] = []
        self.times: list[float] = []
        self.epoch = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v2/studies"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> "FakeCtgov":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def expire_tokens(self) -> None:
        """Every token given so far is refused from now on."""
        self.epoch += 1

    def answer(self, asked: dict[str, str]) -> dict[str, Any]:
        unknown = asked.keys() - KNOWN - PAGING
        if unknown:
            raise Refusal(f"unknown parameter `{min(unknown)}`")
        found = sorted(filter(lambda study: matches(study, asked), self.studies), key=lambda s: updated(s) or date.min)
        size = int(asked.get("pageSize", "10"))
        same = sorted((name, value) for name, value in asked.items() if name not in PAGING)
        start = self._start(asked["pageToken"], same) if "pageToken" in asked else 0
        page: dict[str, Any] = {"studies": found[start : start + size]}
        if asked.get("countTotal") == "true" and "pageToken" not in asked:
            page["totalCount"] = len(found)
        if len(page["studies"]) == size:
            token = json.dumps([self.epoch, start + size, same]).encode()
            page["nextPageToken"] = base64.urlsafe_b64encode(token).decode()
        return page

    def _start(self, token: str, same: list[tuple[str, str]]) -> int:
        try:
            epoch, start, parameters = json.loads(base64.urlsafe_b64decode(token))
        except ValueError as error:
            raise Refusal("`pageToken` has incorrect format") from error
        if epoch != self.epoch:
            raise Refusal("`pageToken` is no longer valid")
        if parameters != [list(pair) for pair in same]:
            raise Refusal("other parameters must be the same as on the first page")
        assert isinstance(start, int)
        return start

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = dict(parse_qsl(urlsplit(self.path).query))
                server.requests.append(asked)
                server.times.append(server.clock())
                fault = server.faults.get(len(server.requests) - 1, Fault())
                status, headers = fault.status, {"Content-Type": "application/json", **fault.headers}
                body = fault.body if status == 200 or fault.body is not None else b"out of order"
                if body is None:
                    try:
                        body = json.dumps(server.answer(asked)).encode()
                    except Refusal as error:
                        status, headers["Content-Type"], body = 400, "text/plain", str(error).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if fault.cut else body)
                if fault.cut:
                    self.close_connection = True

            def send_response(self, code: int, message: str | None = None) -> None:
                self.send_response_only(code, message)

        return Handler


def matches(study: Any, asked: dict[str, str]) -> bool:
    """`filter.advanced` with one range of days, `filter.overallStatus`, and a word of the title as `query.term`."""
    window = asked.get("filter.advanced", "").removeprefix("AREA[LastUpdatePostDate]RANGE[").removesuffix(",MAX]")
    if window:
        day = updated(study)
        if day is None or day < date.fromisoformat(window):
            return False
    protocol = study.get("protocolSection", {}) if isinstance(study, dict) else {}
    wanted = asked.get("filter.overallStatus")
    if wanted and protocol["statusModule"]["overallStatus"] != wanted:
        return False
    term = asked.get("query.term", "").lower()
    return not term or term in protocol["identificationModule"]["briefTitle"].lower()
