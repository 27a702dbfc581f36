"""Paging positions: short, opaque, signed, and good for one question only.

A cursor holds the order key of the last row of a page; a truncated HMAC-SHA-256 binds it to the question.
"""

import base64
import binascii
import hashlib
import hmac
import json
import zlib

from app.errors import RequestError
from app.search.query import Position

_LONG = 150
"""Bytes from which a position is worth compressing: texts that are not Latin have three bytes a character."""
_DEFLATED = b"z"
_SIGNATURE = 9  # bytes: 72 bits, enough against guessing, and a multiple of 3 so that base64 needs no padding


class Cursors:
    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def write(self, position: tuple[str | int | float | None, ...], scope: str) -> str:
        body = json.dumps(position, separators=(",", ":"), ensure_ascii=False).encode()
        if len(body) > _LONG:
            body = _DEFLATED + zlib.compress(body, 9, -zlib.MAX_WBITS)
        return base64.urlsafe_b64encode(self._sign(body, scope) + body).decode().rstrip("=")

    def read(self, cursor: str, name: str, scope: str) -> tuple[str | int | float | None, ...]:
        """Raises RequestError 400 when the cursor was not made for this question or was altered."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
            raw = b""  # bits that stand for nothing were changed
        signature, body = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not body or not hmac.compare_digest(signature, self._sign(body, scope)):
            raise RequestError(
                400, "value", f"{name} is '{cursor[:100]}': expected one from the 'next' link of this same search", name
            )
        if body.startswith(_DEFLATED):
            body = zlib.decompress(body[1:], -zlib.MAX_WBITS)
        return tuple(json.loads(body))

    def write_position(self, position: Position, scope: str) -> str:
        total = -1 if position.total is None else position.total
        return self.write((int(position.forward), total, position.key, *position.values), scope)

    def read_position(self, cursor: str, name: str, scope: str) -> Position:
        forward, total, key, *values = self.read(cursor, name, scope)
        return Position(bool(forward), tuple(values), int(key or 0), None if total == -1 else int(total or 0))

    def _sign(self, body: bytes, scope: str) -> bytes:
        return hmac.digest(self._key, body + b"\n" + scope.encode(), hashlib.sha256)[:_SIGNATURE]
