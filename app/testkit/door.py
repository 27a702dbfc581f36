"""The door of a pinned server: every request but those under `/pinned` may meet a fault."""

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from app.api import errors
from app.api.door import Door
from app.errors import RequestError
from app.testkit.edits import make_edit
from app.testkit.faults import Fault

_CODES = {429: "throttled", 503: "transient", 504: "timeout"}
"""FHIR's words for errors that pass (https://hl7.org/fhir/R5/valueset-issue-type.html)."""
_KEY = "trials.fault"
_CONDITIONS = (b"if-none-match", b"if-modified-since")


class Cut(Exception):
    """The connection is to be closed: the server does so when an answer ends before its end."""


class PinnedDoor(Door):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        fault = None
        if scope["type"] == "http" and path != "/pinned" and not path.startswith("/pinned/"):
            fault = scope["app"].state.pinned.faults.next_for(scope["method"], path)
        if fault is None:
            await super().__call__(scope, receive, send)
            return
        scope[_KEY] = fault
        if fault.cut:  # a 304 would have no body that breaks off
            scope["headers"] = [one for one in scope["headers"] if one[0] not in _CONDITIONS]
        try:
            await super().__call__(scope, receive, _cutting(send) if fault.cut else send)
        except Cut:
            return

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault: Fault | None = scope.get(_KEY)
        if fault is not None:
            if fault.wait:
                await asyncio.sleep(fault.wait)
            refused = await _befall(scope, fault)
            if refused is not None:
                headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
                await errors.refusal(Request(scope), refused, headers)(scope, receive, send)
                return
        await super()._inside(scope, receive, send)


async def _befall(scope: Scope, fault: Fault) -> RequestError | None:
    """Makes the edit that is to be made; the error that is to be answered."""
    if fault.edit is not None:
        try:
            await asyncio.to_thread(make_edit, scope["app"].state.pinned.engine, fault.edit)
        except RequestError as error:  # the trial was there when the fault was asked for
            return error
    if fault.status is None:
        return None
    phrase = next((one.phrase for one in HTTPStatus if one == fault.status), "an error")
    return RequestError(fault.status, _CODES.get(fault.status, "processing"), f"{phrase}, as was asked under /pinned")


def _cutting(send: Send) -> Send:
    """Sends what there is, but of the body's first piece only a half."""

    async def sending(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message.get("body", b"")
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise Cut

    return sending
