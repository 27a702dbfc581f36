"""Fictional studies in a database, for the tests of searching: those of `app.generate`, some with odd words.

The clock is set by the tests, so that both engines hold the same to the microsecond.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from app.generate import studies
from app.intake.load import load
from app.store.engine import engine_for
from app.store.migrate import migrate
from tests.servers import CLINCONNECT, TRIALX

Study = dict[str, Any]
MOST_SITES = 8
"""Of a study: real ones have hundreds, which show nothing more."""
LONG = "A Long-term, Extension Study of the Safety, Tolerability and Durability of Weekly"
ODD_TITLES = (
    "Dose, Then Response: A|B $5 or \\ Nothing",
    "100% of Nothing_at_all, 'Quoted' \"Twice\"",
    "Étude des Œdèmes chez l’Enfant — Phase Ⅱ",
    "ǅurđevac Cohort of ﬁne Straße",
    "頭痛に対する新しい治療法の研究",
    "ALL NOT AREA[Condition] OR (x)",
    f"{LONG} Alfa",
    f"{LONG} Bravo",
    f"{LONG.upper()} Alfa",
    "a",
    "\U0001f9ea Emoji and \ud7ff the End",
)


def fictional(first: int, last: int, seed: int = 1) -> list[Study]:
    """The studies from one number to before another; two seeds are two states of them."""
    made = list(studies(last, seed))[first:]
    for n, study in enumerate(made, first):
        places = study["protocolSection"].get("contactsLocationsModule", {})
        if "locations" in places:
            places["locations"] = places["locations"][:MOST_SITES]
        if n % 7 == 3:
            names = study["protocolSection"]["identificationModule"]
            names["briefTitle"] = ODD_TITLES[n // 7 % len(ODD_TITLES)]
            names["orgStudyIdInfo"] = {"id": f"A|{n}, B$\\É"}
    return made


def ids(made: Iterable[Study]) -> list[str]:
    return [one["protocolSection"]["identificationModule"]["nctId"] for one in made]


def ticking(start: datetime = datetime(2025, 3, 1, 8, 30, 0, 250_000, UTC)) -> Callable[[], str]:
    """A clock that goes on by 31 hours and some at each look."""
    instants: Iterator[datetime] = (start + n * timedelta(hours=31, seconds=7, microseconds=41) for n in range(10**6))
    return lambda: next(instants).isoformat(timespec="microseconds").replace("+00:00", "Z")


def put(
    url: str,
    folder: Path,
    made: Sequence[Study],
    clock: Callable[[], str],
    *,
    complete: bool = False,
    seeds: bool = False,
) -> None:
    """Loads the studies, and with `seeds` both documents that come with the program."""
    file = folder / "studies.ndjson"
    file.write_bytes(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in made))
    engine = engine_for(url)
    report = load(
        engine,
        [file, *((CLINCONNECT, TRIALX) if seeds else ())],
        complete="ctgov" if complete else None,
        clock=clock,
    )
    engine.dispose()
    assert report.counts["refused"] == 0, report


def fill(url: str, folder: Path, count: int) -> None:
    """Studies in several loads: some of them changed later, one in twenty removed, places left without a study."""
    engine = engine_for(url)
    migrate(engine)
    engine.dispose()
    clock = ticking()
    changed = fictional(0, count // 4, 2)
    for start in range(0, count, 90):
        put(url, folder, fictional(start, min(start + 90, count)), clock, seeds=start == 0)
    put(url, folder, changed, clock)
    put(url, folder, [*changed, *fictional(count // 4, count - count // 20)], clock, complete=True)
