"""All checks in their order, and the run of them: a server in, results out."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import perf_counter

from app.contract.checks import lists, matching, metadata, plain, reach, reading, schemas, searching
from app.contract.checks.check import Broken, Check, Ended, Failure, Kind, Nothing, ReleaseCheck, Result, Unreachable
from app.contract.checks.server import ABSENT, RELEASES, Server

_INSIDE = re.compile(
    rb'Traceback \(most recent call last\)|File "[^"]+", line \d+|^\s+at [\w.$<>]+ ?\(|\.(py|java|js|cs|go|rb):\d+'
    rb"|\bSELECT\b.{1,400}\bFROM\b|(sqlalchemy|sqlite3|psycopg|asyncpg)\.",
    re.M | re.S,
)


def nothing_internal(server: Server) -> Iterator[Failure]:
    """Looks at every error of the run."""
    for path in (f"/{ABSENT}", "/api/v1/trials?limit=many", "/fhir/r5/ResearchStudy?date=yesterday"):
        server.get(path)
    for answer in {answer.request: answer for answer in server.refusals}.values():
        if answer.status >= 500:
            yield answer.failure("no failure of the server")
        if found := _INSIDE.search(answer.body):
            yield answer.failure("nothing of the program", found[0].decode("utf-8", "replace")[:200])


def _each_release(check: ReleaseCheck) -> Iterator[Check]:
    for release in RELEASES:
        run: Callable[[Server], Iterator[Failure]] = partial(_of_release, check, release)
        source = check.source.replace("/R5/", "/R4/") if release == "r4" else check.source
        yield Check(f"{release}.{check.name}", run, check.promise, source)


def _of_release(check: ReleaseCheck, release: str, server: Server) -> Iterator[Failure]:
    return check.run(server, release)


_OF_RELEASES = (*metadata.CHECKS, *schemas.CHECKS, *reading.CHECKS, *searching.CHECKS, *matching.CHECKS)
CHECKS: tuple[Check, ...] = (
    *reach.CHECKS,
    *plain.CHECKS,
    *lists.CHECKS,
    *(
        each
        for part in (metadata, schemas, reading, searching, matching)
        for check in part.CHECKS
        for each in _each_release(check)
    ),
    Check(
        "nothing-internal",
        nothing_internal,
        "Errors say nothing of the program: no stack trace, no SQL, no file.",
        "https://www.rfc-editor.org/rfc/rfc9457#section-5",
    ),
)


def run(server: Server, checks: Iterable[Check] = CHECKS) -> Iterator[Result]:
    """Goes on after a check that fails; ends asking when nothing can be reached or the time is up."""
    ended = ""
    for check in checks:
        began = perf_counter()
        failures: list[Failure] = []
        kind: Kind = "unasked" if ended else "holds"
        note = ended
        if not ended:
            try:
                failures.extend(check.run(server))
            except Ended as error:
                kind, note = "unasked", str(error)
                ended = note
            except Nothing as error:
                kind, note = "skipped", str(error)
            except Broken as error:
                failures.append(error.failure)
                if isinstance(error, Unreachable) and check.name == "reachable":
                    ended = "the server cannot be reached"
            except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
                came = f"{type(error).__name__}: {error}" + (f" ({server.last.told()})" if server.last else "")
                request = server.last.request if server.last else check.name
                failures.append(Failure(request, came, "an answer of the shape that the contract has"))
            if failures:
                kind = "fails"
        yield Result(check, kind, tuple(failures), note, perf_counter() - began)
