"""That the server is there, and that its contract holds what was promised."""

from collections.abc import Iterator

from app.contract.checks.check import Check, Failure
from app.contract.checks.server import Server
from app.contract.diff import diff

_MOST = 50
"""Changes that are told."""


def reachable(server: Server) -> Iterator[Failure]:
    answer = server.get("/healthz")
    if answer.status != 200:
        yield answer.failure("status 200")


def ready(server: Server) -> Iterator[Failure]:
    answer = server.get("/readyz")
    if answer.status != 200 or answer.document() != {"status": "ok"}:
        yield answer.failure('status 200 and {"status": "ok"}')


def request_id(server: Server) -> Iterator[Failure]:
    answer = server.get("/healthz", {"X-Request-Id": "conformance-1"})
    if answer.headers.get("x-request-id") != "conformance-1":
        yield answer.failure("X-Request-Id: conformance-1", f"X-Request-Id: {answer.headers.get('x-request-id')}")
    answer = server.get("/healthz")
    if not answer.headers.get("x-request-id"):
        yield answer.failure("an X-Request-Id", "none")


def contract(server: Server) -> Iterator[Failure]:
    answer = server.get("/openapi.json")
    try:
        changes = diff(server.contract, answer.object())
    except ValueError as error:
        yield answer.failure("an OpenAPI document", str(error))
        return
    breaking = [change for change in changes if change.kind == "breaking"]
    for change in breaking[:_MOST]:
        yield answer.failure("what was promised, or more", f"{change.where}: {change.what}")
    if len(breaking) > _MOST:
        yield answer.failure("what was promised, or more", f"{len(breaking) - _MOST} further changes")


CHECKS = (
    Check("reachable", reachable, "/healthz is answered while the process lives.", "promise: /healthz"),
    Check("ready", ready, "/readyz is answered with 200 while the database can be read.", "promise: /readyz"),
    Check(
        "request-id",
        request_id,
        "Every answer has an X-Request-Id, the client's own where it sends one.",
        "https://hl7.org/fhir/R5/http.html#custom",
    ),
    Check(
        "contract",
        contract,
        "/openapi.json is the contract or a successor of it that breaks no client.",
        "https://spec.openapis.org/oas/v3.1.1.html",
    ),
)
