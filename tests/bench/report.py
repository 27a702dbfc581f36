"""Results of `tests.bench.serve` as text: a table for each database and setting, each workload beside its aim (`1st ms`
is the median of answers to what had not been asked before, one at a time, the client's own part included); how latency
grows with the registry; the last page beside the first; two workers beside one.

    python -m tests.bench.report results.json
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.bench.workloads import AIMS, EXPORT, ORDERS

Result = dict[str, Any]
AIMED_AT = {"studies": 10_000, "workers": 1, "connections": 16}
"""The setting that the ratios are aims in."""
GROWTH = {"p50": 2.0, "p99": 3.0}
"""At most so many times as at the smallest size, at 100,000 studies."""
NOT_HELD = ("count-large", EXPORT)
"""Workloads whose work grows with the registry: their curve is told, and no aim."""
DEEPER = 1.2
"""Page 500 costs at most so many times page 1."""
TWO = 1.7
PRIVATE = 150.0
"""MiB of a worker."""
START = 1.0
LARGEST = 100_000
_HEAD = (
    f"{'workload':40} {'asked':>6} {'kB':>7} {'req/s':>8} {'bare':>8} {'ratio':>6} {'aim':>12} {'1st ms':>7} "
    f"{'p50 ms':>8} {'p99 ms':>8} {'cpu ms':>7} {'anon':>5} {'uss':>6} {'peak':>6}"
)


def told(results: Iterable[Result]) -> str:
    listed = list(results)
    lines: list[str] = []
    for part in (_tables, _growth, _pages, _two_workers):
        lines += part(listed)
    return "\n".join(lines)


def held(value: float, limit: float, *, least: bool = False) -> str:
    return "pass" if (value >= limit if least else value <= limit) else "MISS"


def _setting(result: Result) -> tuple[str, int, int, int]:
    return result["engine"], result["studies"], result["workers"], result.get("connections", 0)


def _timed(results: Iterable[Result]) -> list[Result]:
    return sorted((one for one in results if "ratio" in one), key=_setting)


def _tables(results: list[Result]) -> Iterator[str]:
    for one in results:
        if one["workload"] == "start":
            where = f"{one['engine']}, {one['studies']} studies, {one['workers']} workers"
            yield f"{where}: {one['seconds']:.2f} s to the first answer ({held(one['seconds'], START)})"
    for (engine, studies, workers, connections), group in groupby(_timed(results), _setting):
        yield f"\n{engine}, {studies} studies, {workers} workers, {connections} connections; memory of a worker in MiB"
        rows = list(group)
        for title, hot in ((_HEAD, False), ("hot keys, which count toward no aim", True)):
            if any(one["hot"] == hot for one in rows):
                yield title
            yield from (_row(one) for one in rows if one["hot"] == hot)
        most = max(memory["anonymous"] for one in rows for memory in one["memory"])
        yield f"the largest worker: {most:.0f} MiB of its own ({held(most, PRIVATE)})"


def _row(one: Result) -> str:
    aim = AIMS.get(one["workload"])
    text = ""
    if aim is not None and all(one[name] == value for name, value in AIMED_AT.items()):
        least = getattr(aim, one["engine"])
        text = f"{least:.2f} {held(one['ratio'], least, least=True)}"
    most = {name: max(each[name] for each in one["memory"]) for name in ("anonymous", "unique", "peak")}
    latency = " " * 33
    if "p50" in one:
        latency = f"{one['first']:7.1f} {one['p50']:8.2f} {one['p99']:8.2f} {one['processor_ms']:7.2f}"
    errors = f"  {one['errors']} ERRORS" if one["errors"] else ""
    name = f"{one['workload']} (resources)" if one["workload"] == EXPORT else one["workload"]
    return (
        f"{name:40} {one['asked']:6} {one['bytes'] / 1000:7.1f} {one['each_second']:8.0f} "
        f"{one['bare_each_second']:8.0f} {one['ratio']:6.3f} {text:>12} {latency} "
        f"{most['anonymous']:5.0f} {most['unique']:6.0f} {most['peak']:6.0f}{errors}"
    )


def _growth(results: list[Result]) -> Iterator[str]:
    """p50 and p99 as multiples of those at the smallest size."""
    timed = [one for one in _timed(results) if "p50" in one]
    sizes = sorted({one["studies"] for one in timed})
    if len(sizes) < 2:
        return
    found = {(*_setting(one), one["workload"]): one for one in timed}
    yield f"\nlatency as multiples of that with {sizes[0]} studies"
    for (engine, studies, workers, connections, name), small in found.items():
        if studies != sizes[0]:
            continue
        parts = []
        for size in sizes[1:]:
            large = found.get((engine, size, workers, connections, name))
            if large is None:
                continue
            times = {key: large[key] / max(small[key], 1e-6) for key in GROWTH}
            judged = ""
            if size == LARGEST and name not in NOT_HELD:
                judged = " " + held(max(times[key] / GROWTH[key] for key in GROWTH), 1.0)
            parts.append(f"{size}: p50 x{times['p50']:.2f} p99 x{times['p99']:.2f}{judged}")
        yield f"{engine:10} {workers} workers {connections:2} connections {name:40} {'  '.join(parts)}"


def _pages(results: list[Result]) -> Iterator[str]:
    """The p50 of page 500 beside those of pages that begin in the first 1,000 rows, and of the very first one."""
    found = {(*_setting(one), one["workload"]): one for one in _timed(results)}
    lines = []
    for status, sort in ORDERS:
        end = f"{'-recruiting' if status else ''}-by{sort if sort[0] == '-' else f'-{sort}'}"
        for place, deep in found.items():
            early, first = (found.get((*place[:4], f"{name}{end}")) for name in ("early-pages", "page-1"))
            if place[4] != f"page-500{end}" or early is None or first is None:
                continue
            # bodies differ in size from page to page: so do the bare application's times
            times = [deep["p50"] / one["p50"] for one in (early, first)]
            even = early["ratio"] / deep["ratio"]
            where = f"{place[0]:10} {place[1]:6} studies {place[2]} workers {place[3]:2} connections {end[1:]:28}"
            lines.append(
                f"{where} / early pages x{times[0]:.2f}, of the same bytes x{even:.2f} {held(even, DEEPER)}; "
                f"/ page 1 x{times[1]:.2f}"
            )
    if lines:
        yield "\npage 500 (the last one, where there are fewer)"
        yield from lines


def _two_workers(results: list[Result]) -> Iterator[str]:
    """What two workers answer in a second, as measured beside the load generator; and what they would, each with a
    core to itself: twice as much, less what a request takes more of a core."""
    found = {(*_setting(one), one["workload"]): one for one in _timed(results) if "p50" in one}
    lines = []
    for (engine, studies, workers, connections, name), two in found.items():
        one = found.get((engine, studies, 1, connections, name))
        if workers == 2 and one is not None and connections > workers:
            alone = 2 * one["processor_ms"] / max(two["processor_ms"], 1e-6)
            lines.append(
                f"{engine:10} {studies:6} studies {connections:2} connections {name:40} "
                f"x{two['each_second'] / one['each_second']:.2f}; by processor time x{alone:.2f} "
                f"{held(alone, TWO, least=True)}"
            )
    if lines:
        yield "\ntwo workers / one worker"
        yield from lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file", type=Path)
    print(told(json.loads(parser.parse_args().file.read_text())))


if __name__ == "__main__":
    main()
