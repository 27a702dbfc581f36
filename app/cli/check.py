"""`trials check URL`: whether a server holds the contract. Requests are sent here; what they are and what must come is
in `app.contract.checks`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from time import monotonic
from typing import Annotated

import httpx
import typer

from app.cli.contract import read_document, refuse
from app.contract.checks.check import Answer, Broken, Ended, Failure, Unreachable
from app.contract.checks.server import Server
from app.contract.checks.table import CHECKS, run
from app.contract.report import FORMATS, Report

app = typer.Typer(add_completion=False)
MOST_REQUESTS = 3000
LARGEST_BODY = 50_000_000
_PATIENCE = 10.0
"""Seconds for one answer."""


class Format(StrEnum):
    text = "text"
    json = "json"
    junit = "junit"


@app.command()
def check(
    url: Annotated[str, typer.Argument(help="The server's address: https://registry.example")],
    format: Annotated[Format, typer.Option(help="How what was found is printed.")] = Format.text,
    only: Annotated[list[str] | None, typer.Option(help="A check, or all whose names begin so (r5). Repeat.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for all; what is left then is not asked.")] = 120.0,
    contract: Annotated[str | None, typer.Option(help="Another contract: an OpenAPI document, or a server.")] = None,
    header: Annotated[list[str] | None, typer.Option(help="Sent with every request: 'Name: value'. Repeat.")] = None,
) -> None:
    """Asks a server for what the contract promises, and says what holds. It changes no record: exports that it
    begins are of nothing, and are deleted. Exit code 1 if anything does not hold or was not asked, 2 if the command is
    wrong."""
    if not url.startswith(("http://", "https://")):
        refuse(f"the server is '{url}': expected an address that begins with http:// or https://")
    chosen = [one for one in CHECKS if not only or any(_is_named(one.name, name) for name in only)]
    for name in only or ():
        if not any(_is_named(one.name, name) for one in CHECKS):
            refuse(f"--only is '{name}': expected some of {', '.join(one.name for one in CHECKS)}")
    held_to = read_document(contract) if contract else packaged()
    began = monotonic()
    with Asking(url, timeout, _headers(header or ())) as asking:
        server = Server(asking, held_to)
        results = tuple(run(server, chosen))
    report = Report(url, results, server.requests, monotonic() - began)
    typer.echo(FORMATS[format](report))
    if not report.holds:
        raise typer.Exit(1)


def packaged() -> dict[str, object]:
    """The contract of this version: what its own server has at `/openapi.json`."""
    from app.main import create_app  # takes a second
    from app.settings import Settings

    return create_app(Settings()).openapi()


class Asking:
    """Sends requests to one server, at most `MOST_REQUESTS` and for `seconds` in all. Follows no redirections."""

    def __init__(self, url: str, seconds: float, headers: Mapping[str, str]) -> None:
        self._base, self._left, self._until = url.rstrip("/"), MOST_REQUESTS, monotonic() + seconds
        self._client = httpx.Client(headers={"Accept-Encoding": "identity", **headers})

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        left = self._until - monotonic()
        if left <= 0:
            raise Ended("the time is up (--timeout)")
        if self._left <= 0:
            raise Ended(f"{MOST_REQUESTS} requests were sent")
        self._left -= 1
        until = monotonic() + min(left, _PATIENCE)
        asked = Answer(method, path, headers, 0, {}, b"")
        try:
            timeout = min(left, _PATIENCE)
            with self._client.stream(
                method, self._base + path, headers=dict(headers), content=body or None, timeout=timeout
            ) as response:
                read = bytearray()
                for part in response.iter_raw():
                    read += part
                    if len(read) > LARGEST_BODY:
                        raise Broken(asked.failure(f"at most {LARGEST_BODY:,} bytes", "more"))
                    if monotonic() > until:
                        raise Broken(asked.failure(f"an answer within {timeout:.0f} s", "part of one"))
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(method, path, headers, response.status_code, names, bytes(read))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            came = f"{type(error).__name__}: {error}"
            raise Unreachable(Failure(asked.request, came, "an answer over HTTP")) from error


def _is_named(name: str, given: str) -> bool:
    return name == given or name.startswith(f"{given}.")


def _headers(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, colon, value = one.partition(":")
        if not colon or not name.strip():
            refuse(f"--header is '{one}': expected 'Name: value'")
        found[name.strip()] = value.strip()
    return found
