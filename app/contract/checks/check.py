"""What a check is, what it asks and what it leaves: answers in, failures out."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from app.contract.change import Json

_SHOWN = 200
"""Characters of a body in a failure."""


class Failure(NamedTuple):
    """`request` as it was sent, `came` and `expected` in words."""

    request: str
    came: str
    expected: str


class Answer(NamedTuple):
    """`asked` are the headers of the request; the names of `headers` are in lower case, the body is
    as it was sent."""

    method: str
    path: str
    asked: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request(self) -> str:
        return " ".join((self.method, self.path, *(f"[{name}: {value}]" for name, value in self.asked.items())))

    @property
    def kind(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def failure(self, expected: str, came: str = "") -> Failure:
        return Failure(self.request, came or self.told(), expected)

    def told(self) -> str:
        text = self.body.decode("utf-8", "replace")
        short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        return f"{self.status} {self.kind or 'without a Content-Type'}: {short}"

    def document(self) -> Any:
        """The body as JSON. Raises Broken."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Broken(self.failure("a body of JSON")) from None

    def object(self) -> Json:
        """The body as a JSON object, of an answer with status 200. Raises Broken."""
        found = self.document() if self.status == 200 else None
        if not isinstance(found, dict):
            raise Broken(self.failure("status 200 and a JSON object"))
        return found


Ask = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""(method, path and query, headers, body) -> the answer. Raises Unreachable and Ended."""


class Broken(Exception):
    """The check cannot go on."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


class Unreachable(Broken):
    """There is no answer, or none that is HTTP."""


class Nothing(Exception):
    """The server has nothing that this could be checked with; says what it lacks."""


class Ended(Exception):
    """The time, or the number of requests, is used up."""


class Check(NamedTuple):
    """`promise` is what must hold, `source` where that is written."""

    name: str
    run: Callable[[Any], Iterator[Failure]]
    promise: str
    source: str


class ReleaseCheck(NamedTuple):
    """The same, of each release of FHIR: `run` takes it (`r4`, `r5`) too."""

    name: str
    run: Callable[[Any, str], Iterator[Failure]]
    promise: str
    source: str


Kind = Literal["holds", "fails", "skipped", "unasked"]


class Result(NamedTuple):
    """`skipped`: there was nothing to check it with; `unasked`: time was up. `note` says why."""

    check: Check
    kind: Kind
    failures: tuple[Failure, ...]
    note: str
    seconds: float
