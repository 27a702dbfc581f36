"""What a workload asks: requests drawn uniformly from a loaded registry, by SQL or by following the API's own links.

A registry enters (its database and a server of it), at least 1,000 different requests leave where it has as many keys
or values; every `Ask` says what its answer must hold. The same draw every time (a fixed seed).
"""

import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import httpx
from sqlalchemy import Engine, text

One = TypeVar("One")
Pair = tuple[str, str]
STUDY = "/fhir/r5/ResearchStudy"
TRIALS = "/api/v1/trials"
PAGE = 20
DEEP = 500 * PAGE
"""Where page 500 ends."""
INCLUDES = tuple(("_include", f"ResearchStudy:{name}") for name in ("site", "sponsor", "eligibility"))
ENTRIES = range(90, 131)
"""Of a page with includes."""


class Ask(NamedTuple):
    """`path` is the address with its query, `expect` what the check compares the answer with, `row` the type and id
    that the bare application reads by primary key, where it reads."""

    path: str
    expect: Any = None
    headers: tuple[Pair, ...] = ()
    row: Pair | None = None


def address(path: str, *pairs: Pair) -> str:
    return f"{path}?{urlencode(pairs, safe=':,|/*$', quote_via=quote)}"


def escaped(value: str) -> str:
    """https://hl7.org/fhir/R5/search.html#escaping"""
    return re.sub(r"([\\,$|])", r"\\\1", value)


class Registry:
    """A loaded database and a server of it. `wanted` is how many requests a workload draws."""

    def __init__(self, engine: Engine, client: httpx.Client, wanted: int = 1000) -> None:
        self.engine, self.client, self.wanted = engine, client, wanted
        self.random = random.Random(1)

    def rows(self, sql: str) -> list[Any]:
        with self.engine.connect().execution_options(read_only=True) as connection:
            return list(connection.execute(text(sql)))

    def sample(self, items: Iterable[One], wanted: int | None = None) -> list[One]:
        """So many of them, each at most once, none likelier than another."""
        listed = list(items)
        return self.random.sample(listed, min(wanted or self.wanted, len(listed)))

    @cached_property
    def studies(self) -> list[tuple[int, str, int, str]]:
        """(key, id, version, state) of all that are served, in the order of an unsorted search."""
        found = self.rows(
            "SELECT r.key, r.id, r.version, t.overall_status FROM resource r JOIN trial t ON t.key = r.key "
            "WHERE r.type = 'ResearchStudy' AND NOT r.deleted ORDER BY r.key"
        )
        return [tuple(row) for row in found]

    @cached_property
    def sexes(self) -> dict[str, str | None]:
        return dict(tuple(row) for row in self.rows("SELECT id, sex FROM trial"))

    @cached_property
    def conditions(self) -> dict[str, list[int]]:
        """Code of a condition -> the keys of the studies that have it, ascending."""
        found: dict[str, set[int]] = defaultdict(set)
        present = {key for key, *_ in self.studies}
        for code, key in self.rows(
            "SELECT code, trial_key FROM condition_coding UNION ALL "
            "SELECT id, trial_key FROM mesh_term WHERE subject = 'condition' AND kind = 'term' AND id IS NOT NULL"
        ):
            if key in present:
                found[code].add(key)
        return {code: sorted(keys) for code, keys in sorted(found.items())}

    def of_some(self, columns: str, tables: str, wanted: int) -> list[Any]:
        """Rows of `tables`, one of which is `trial t`, for studies that are drawn."""
        keys = ",".join(str(key) for key, *_ in self.sample(self.studies, wanted))
        return self.rows(f"SELECT {columns} FROM {tables} WHERE t.key IN ({keys}) ORDER BY t.key")

    def row(self) -> Pair:
        return ("ResearchStudy", self.random.choice(self.studies)[1])

    def pages_at(self, pairs: Sequence[Pair], offsets: Iterable[int]) -> list[str]:
        """Addresses of the pages that begin after so many rows, by following `next` from one to the following."""
        url, at, found = address(STUDY, *pairs, ("_count", "1")), 0, []
        for offset in sorted(set(offsets)):
            while at < offset:
                step = min(offset - at, 1000)
                answer = self.client.get(_counted(url, step))
                following = re.search(rb'"relation":"next","url":"https?://[^/"]+([^"]+)"', answer.content[:8000])
                if answer.status_code != 200 or following is None:
                    raise AssertionError(f"{url}: no page begins after {offset} rows: {answer.content[:300]!r}")
                url, at = following[1].decode(), at + step
            found.append(_counted(url, PAGE))
        return found


def _counted(url: str, count: int) -> str:
    return re.sub(r"_count=\d+", f"_count={count}", url)


def reads(r: Registry) -> list[Ask]:
    return [Ask(f"{STUDY}/{id}", id, row=("ResearchStudy", id)) for _, id, *_ in r.sample(r.studies)]


def hot_read(r: Registry) -> list[Ask]:
    return reads(r)[:1]


def conditional_reads(r: Registry) -> list[Ask]:
    return [
        Ask(f"{STUDY}/{id}", f'W/"{version}"', (("If-None-Match", f'W/"{version}"'),), ("ResearchStudy", id))
        for _, id, version, _ in r.sample(r.studies)
    ]


def vreads(r: Registry) -> list[Ask]:
    old = r.rows(
        "SELECT r.id, v.version FROM resource_version v JOIN resource r ON r.key = v.resource_key "
        "WHERE r.type = 'ResearchStudy' AND NOT v.deleted ORDER BY r.key, v.version"
    )
    versions = [*((id, version) for _, id, version, _ in r.studies), *map(tuple, old)]
    return [Ask(f"{STUDY}/{id}/_history/{version}", (id, str(version))) for id, version in r.sample(versions)]


def identifiers(r: Registry) -> list[Ask]:
    rows = r.of_some("t.id, i.value", "identifier i JOIN trial t ON t.key = i.trial_key", r.wanted)
    values = {value: id for id, value in rows}
    return [
        Ask(address(STUDY, ("identifier", escaped(value))), id, row=("ResearchStudy", id))
        for value, id in r.sample(sorted(values.items()))
    ]


def status_pages(r: Registry) -> list[Ask]:
    """There are a dozen states: pages of all of them, in the share that they have of the registry."""
    counts: dict[str, int] = defaultdict(int)
    for *_, status in r.studies:
        counts[status] += status is not None
    starts = [(status, n) for status, count in sorted(counts.items()) for n in range(max(1, count - PAGE + 1))]
    asked: dict[str, list[int]] = defaultdict(list)
    for status, offset in r.sample(starts):
        asked[status].append(offset)
    return [
        Ask(url, status)
        for status, offsets in asked.items()
        for url in r.pages_at([("recruitment-status", status)], offsets)
    ]


def hot_status_page(r: Registry) -> list[Ask]:
    return [Ask(address(STUDY, ("recruitment-status", "recruiting"), ("_count", str(PAGE))), "recruiting")]


def by_condition(r: Registry, path: str = STUDY, *more: Pair, row: bool = False) -> list[Ask]:
    return [
        Ask(address(path, ("condition", escaped(code)), *more), (code, len(keys)), row=r.row() if row else None)
        for code, keys in r.sample(r.conditions.items())
    ]


def three_filters(r: Registry) -> list[Ask]:
    rows = r.of_some(
        "DISTINCT t.key, c.code, s.country_code, p.code",
        "trial t JOIN condition_coding c ON c.trial_key = t.key JOIN trial_site s ON s.trial_key = t.key "
        "JOIN (SELECT trial_key, min(code) AS code FROM trial_phase GROUP BY trial_key HAVING count(*) = 1) AS p "
        "ON p.trial_key = t.key AND s.country_code IS NOT NULL",  # two phases together have a code of their own
        r.wanted * 2,
    )
    combined = sorted({(code, country, phase) for _, code, country, phase in rows})
    names = ("condition", "country", "phase")
    return [Ask(address(STUDY, *zip(names, map(escaped, one), strict=True)), one) for one in r.sample(combined)]


def somebody(r: Registry) -> list[Ask]:
    """The studies of a condition that take somebody, in the middle of a study's ages, of a sex."""
    rows = r.of_some(
        "DISTINCT t.key, c.code, t.minimum_age, t.maximum_age, t.sex",
        "trial t JOIN condition_coding c ON c.trial_key = t.key "
        "AND t.minimum_age_unit = 'years' AND t.maximum_age_unit = 'years'",
        r.wanted * 2,
    )
    asked = {
        (code, str(int((low + high) / 2)), "male" if sex == "male" else "female") for _, code, low, high, sex in rows
    }
    names = ("condition", "eligible-age", "eligible-sex")
    return [Ask(address(STUDY, *zip(names, map(escaped, one), strict=True)), one) for one in r.sample(sorted(asked))]


def title_words(r: Registry) -> list[Ask]:
    """Two words that stand beside each other in a title."""
    found: set[tuple[str, str]] = set()
    for (title,) in r.of_some("t.title", "trial t", r.wanted):
        found.update(pairwise(re.findall(r"\b[A-Za-z]{4,}\b", title or "")))
    return [Ask(address(STUDY, ("title:text", " ".join(words))), words) for words in r.sample(sorted(found))]


def content_words(r: Registry) -> list[Ask]:
    """Two different words of a summary."""
    found: set[tuple[str, ...]] = set()
    for (summary,) in r.of_some("t.brief_summary", "trial t", r.wanted):
        words = sorted(set(re.findall(r"\b[a-z]{5,}\b", summary or "")))
        found.update(tuple(r.random.sample(words, 2)) for _ in range(4 if len(words) > 1 else 0))
    return [
        Ask(address(STUDY, ("_content", " ".join(words)), ("_sort", "_score")), words)
        for words in r.sample(sorted(found))
    ]


def near(r: Registry) -> list[Ask]:
    """Points within 31 km of a site of a study that recruits."""
    places = r.rows(
        "SELECT s.latitude, s.longitude FROM trial_site s JOIN trial t ON t.key = s.trial_key "
        "WHERE t.overall_status = 'recruiting' AND t.removed IS NULL AND s.latitude IS NOT NULL "
        "ORDER BY s.trial_key, s.position"
    )
    points = [
        f"{lat + r.random.uniform(-0.2, 0.2):.4f}|{lon + r.random.uniform(-0.2, 0.2):.4f}|50|km"
        for lat, lon in r.sample(places)
    ]
    return [Ask(address(STUDY, ("near", point), ("recruitment-status", "recruiting"))) for point in points]


def through_site(r: Registry) -> list[Ask]:
    """All cities, and facilities by their name: there are fewer than 1,000 cities."""
    rows = r.of_some("s.city, s.facility", "trial_site s JOIN trial t ON t.key = s.trial_key", r.wanted * 2)
    cities = sorted({("address-city", city) for city, _ in rows if city})
    facilities = sorted({("name", facility) for _, facility in rows if facility})
    drawn = r.sample(cities, r.wanted // 2)
    drawn += r.sample(facilities, r.wanted - len(drawn))
    return [Ask(address(STUDY, (f"site.{name}", escaped(value))), value) for name, value in drawn]


def with_includes(r: Registry) -> list[Ask]:
    """First pages of any of two conditions that have `ENTRIES` entries, of any two when there are too few."""
    number = dict.fromkeys((key for key, *_ in r.studies), 2)  # the sponsor and the EvidenceVariable
    for key, count in r.rows("SELECT trial_key, count(DISTINCT site_key) FROM trial_site GROUP BY trial_key"):
        if key in number:
            number[key] += count
    codes = list(r.conditions)
    found: dict[tuple[str, ...], int] = {}
    fitting = 0
    for _ in range(r.wanted * 30):
        pair = tuple(sorted(r.random.sample(codes, min(2, len(codes)))))
        page = sorted({key for code in pair for key in r.conditions[code]})[:PAGE]
        count = len(page) + sum(number[key] for key in page)
        fitting += pair not in found and count in ENTRIES
        found[pair] = count
        if fitting >= r.wanted:
            break
    middle = ENTRIES.start + len(ENTRIES) // 2
    chosen = sorted(found, key=lambda pair: (abs(found[pair] - middle) if found[pair] not in ENTRIES else 0, pair))
    return [
        Ask(address(STUDY, ("condition", ",".join(map(escaped, pair))), *INCLUDES), pair) for pair in chosen[: r.wanted]
    ]


def large_counts(r: Registry) -> list[Ask]:
    """Updated since a day: on average half of the registry."""
    kept = "trial_date d JOIN trial t ON t.key = d.trial_key AND t.removed IS NULL"
    days = sorted(day for (day,) in r.rows(f"SELECT d.value FROM {kept} WHERE d.kind = 'last-update'"))
    return [
        Ask(address(STUDY, ("last-update", f"ge{day}"), ("_summary", "count")), len(days) - bisect_left(days, day))
        for day in r.sample(sorted(set(days)))
    ]


def changes(r: Registry) -> list[Ask]:
    numbers = [number for (number,) in r.rows("SELECT number FROM change ORDER BY number")]
    asked = r.sample(numbers[: max(1, len(numbers) - PAGE)])
    last = numbers[-1]
    return [
        Ask(address("/api/v1/changes", ("limit", str(PAGE)), ("cursor", str(n))), (n, min(PAGE, last - n)))
        for n in asked
    ]


def paged(r: Registry, status: str, sort: str, where: str) -> list[Ask]:
    """`where`: the first page, pages that begin in the first 1,000 rows, or in the last 1,000 of the first 500 pages
    (in the last half, where there are fewer rows)."""
    rows = sum(1 for *_, one in r.studies if not status or one == status)
    last = min(rows, DEEP) - PAGE if rows > 2 * PAGE else rows // 2
    starts = {
        "first": range(1),
        "early": range(min(last + 1, 1000)),
        "deep": range(last // 2 if last < 2000 else last - 999, last + 1),
    }[where]
    pairs = [*([("recruitment-status", status)] if status else []), ("_sort", sort)]
    return [Ask(url, (status, sort)) for url in r.pages_at(pairs, r.sample(starts))]
