"""The workloads as data: their names, how their requests are drawn, what is checked before anything is timed, and what
they are held to.

`python -m tests.bench.serve` runs them; the export, which is no request but a job, is in `tests.bench.export`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

import httpx

from tests.bench import checks, draws
from tests.bench.draws import Ask, Registry


@dataclass(frozen=True)
class Aim:
    """The least share of the bare application's requests a second, one worker, 16 connections, 10,000 studies."""

    sqlite: float
    postgresql: float


READ = Aim(0.40, 0.75)
IDENTIFIER = Aim(0.25, 0.50)
PAGE = Aim(0.30, 0.15)
INCLUDES = Aim(0.20, 0.10)
COUNT = Aim(0.25, 0.50)
TEXT = Aim(0.10, 0.10)
FACETS = Aim(0.05, 0.05)


@dataclass(frozen=True)
class Workload:
    """`reads`: on PostgreSQL the bare application reads a resource by primary key before it answers. `hot` ones ask
    for one thing again and again and count toward no aim."""

    name: str
    draw: Callable[[Registry], Sequence[Ask]]
    check: Callable[[Registry, Ask, httpx.Response], None]
    aim: Aim | None = None
    reads: bool = False
    hot: bool = False


ORDERS = (("", "-last-update"), ("", "title"), ("recruiting", "-last-update"), ("recruiting", "title"))
"""State and sort of the pages that are compared from first to last."""
_BY_CONDITION = draws.by_condition

WORKLOADS: tuple[Workload, ...] = (
    Workload("read", draws.reads, checks.is_resource, READ, reads=True),
    Workload("read-hot", draws.hot_read, checks.is_resource, reads=True, hot=True),
    Workload("conditional-read", draws.conditional_reads, checks.is_not_modified, READ, reads=True),
    Workload("vread", draws.vreads, checks.is_version),
    Workload("identifier", draws.identifiers, checks.has_identified, IDENTIFIER, reads=True),
    Workload("status", draws.status_pages, checks.have_status, PAGE),
    Workload("status-hot", draws.hot_status_page, checks.have_status, hot=True),
    Workload("condition", _BY_CONDITION, checks.have_condition, PAGE),
    Workload("condition-country-phase", draws.three_filters, checks.have_three, PAGE),
    Workload("eligible", draws.somebody, checks.take_somebody, PAGE),
    Workload("title-text", draws.title_words, checks.have_title_words),
    Workload("content-score", draws.content_words, checks.have_words, TEXT),
    Workload("near-status", draws.near, checks.are_near),
    Workload("chain-site", draws.through_site, checks.have_site),
    Workload("includes", draws.with_includes, checks.have_includes, INCLUDES),
    Workload(
        "count",
        lambda r: _BY_CONDITION(r, draws.STUDY, ("_summary", "count"), row=True),
        checks.is_count,
        COUNT,
        reads=True,
    ),
    Workload("count-large", draws.large_counts, checks.is_count),
    Workload(
        "elements", lambda r: _BY_CONDITION(r, draws.STUDY, ("_elements", "title,condition")), checks.have_elements
    ),
    *(
        Workload(
            f"{name}{'-recruiting' if status else ''}-by{sort if sort[0] == '-' else f'-{sort}'}",
            partial(draws.paged, status=status, sort=sort, where=where),
            checks.are_sorted,
            hot=where == "first",
        )
        for status, sort in ORDERS
        for name, where in (("page-1", "first"), ("early-pages", "early"), ("page-500", "deep"))
    ),
    Workload("plain-list", lambda r: _BY_CONDITION(r, draws.TRIALS), checks.have_plain_condition),
    Workload(
        "facets",
        lambda r: _BY_CONDITION(r, draws.TRIALS, ("facets", "overall_status,phase,country")),
        checks.have_facets,
        FACETS,
    ),
    Workload("changes", draws.changes, checks.are_changes),
)
EXPORT = "export"
NAMES = (*(one.name for one in WORKLOADS), EXPORT)
AIMS = {one.name: one.aim for one in WORKLOADS if one.aim is not None}


def named(patterns: Sequence[str]) -> tuple[str, ...]:
    """The names that match one of these patterns (`page-*`). Raises ValueError for one that matches none."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in NAMES):
            raise ValueError(f"--workload is '{pattern}': expected some of {', '.join(NAMES)}")
    return tuple(name for name in NAMES if any(fnmatchcase(name, pattern) for pattern in patterns))
