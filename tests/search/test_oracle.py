"""The SQL of both engines against the oracle: same ids, same order, same total, for searches drawn from the data
(https://hl7.org/fhir/R5/search.html). TRIALS_PROFILE=long tries hundreds of thousands.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.main import create_app
from app.parameters.table import FHIR_TYPES
from app.search import page
from app.settings import Settings
from tests.profiles import LONG, examples
from tests.search.fictional import fill
from tests.search.oracle import Oracle, Refused, modifiers
from tests.search.queries import Queries
from tests.servers import Databases, Server

STUDIES = 300 if LONG else 70
RELEASES = ("r4", "r5")
PLACES = [(release, type) for release in RELEASES for type in FHIR_TYPES]
SYSTEM = (("ResearchStudy", "Group", "Provenance"), ("Location", "Organization", "Practitioner"), FHIR_TYPES)
"""Types that are searched together."""


class Answer(NamedTuple):
    status: int
    ids: list[str]
    total: int | None
    pages: int


class Endpoint:
    """One release on one server."""

    def __init__(self, client: httpx.Client, release: str) -> None:
        self.client, self.base = client, f"{client.base_url}/fhir/{release}".replace("//fhir", "/fhir")

    def ask(self, types: Sequence[str], pairs: Sequence[tuple[str, str]], count: int = 1000) -> Answer:
        """All pages, by their `next` links."""
        path = f"/{types[0]}" if len(types) == 1 else ""
        more = [("_type", ",".join(types))] if len(types) > 1 else []
        few = [("_count", str(count)), ("_elements", "id")]
        answer = self.client.get(f"{self.base}{path}", params=httpx.QueryParams([*more, *pairs, *few]))
        bundle, ids, pages = orjson.loads(answer.content), [], 1
        if answer.status_code != 200:
            return Answer(answer.status_code, [], None, 0)
        total = bundle["total"]
        while True:
            entries = [one for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"]
            ids += ["{resourceType}/{id}".format_map(one["resource"]) for one in entries]
            following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
            if not following:
                return Answer(200, ids, total, pages)
            assert len(entries) == count, "a page that another follows is full"
            bundle = orjson.loads(self.client.get(following[0]).content)
            assert bundle["total"] == total
            pages += 1

    def documents(self, client: httpx.Client) -> list[dict[str, Any]]:
        """Every resource of every type, in the order of the server."""
        url: str | None = f"{self.base}?_count=500"
        found = []
        while url:
            bundle = client.get(url).json()
            found += [one["resource"] for one in bundle["entry"]]
            url = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), None)
        return found


class Registries:
    """The same studies on both engines, and the oracle of each release. `servers` are by name."""

    def __init__(self, servers: dict[str, httpx.Client], recorded: dict[str, httpx.Client]) -> None:
        self.endpoints = {
            release: {name: Endpoint(client, release) for name, client in servers.items()} for release in RELEASES
        }
        self.documents = {
            release: {name: self.endpoints[release][name].documents(client) for name, client in recorded.items()}
            for release in RELEASES
        }
        self.oracles = {
            release: Oracle(release, self.documents[release]["sqlite"], self.endpoints[release]["sqlite"].base)
            for release in RELEASES
        }
        self.queries = {release: Queries(oracle) for release, oracle in self.oracles.items()}

    def agree(self, release: str, types: Sequence[str], pairs: Sequence[tuple[str, str]], count: int = 1000) -> Answer:
        """Every server says what the oracle says; gives what they say."""
        oracle = self.oracles[release]
        try:
            ids = oracle.search(types, pairs)
            expected = Answer(200, ids, len(ids), max(1, -(-len(ids) // count)))
        except Refused:
            expected = Answer(400, [], None, 0)
        for name, endpoint in self.endpoints[release].items():
            here = [(parameter, value.replace(oracle.base, endpoint.base)) for parameter, value in pairs]
            assert endpoint.ask(types, here, count) == expected, (name, release, types, pairs)
        return expected


@contextmanager
def as_if_large(url: str) -> Iterator[httpx.Client]:
    """The application in this process, which plans as if a few rows were many: pages begin where they would in a
    registry of hundreds of thousands."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page, "FEW", 5)
        with TestClient(create_app(Settings(database_url=url))) as client:
            yield client


@pytest.fixture(scope="module")
def registries(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    folder: Path = tmp_path_factory.mktemp("oracle")
    urls = {engine: Databases(engine, folder, postgres).new() for engine in ("sqlite", "postgresql")}
    for url in urls.values():
        fill(url, folder, STUDIES)
    with ExitStack() as stack:
        recorded = {engine: stack.enter_context(Server(url)) for engine, url in urls.items()}
        # plain clients for the rest: a run keeps every different answer, and these have nothing new in them
        servers = {
            engine: stack.enter_context(httpx.Client(base_url=client.base_url, timeout=30))
            for engine, client in recorded.items()
        }
        large = {f"{engine}, as if large": stack.enter_context(as_if_large(url)) for engine, url in urls.items()}
        yield Registries({**servers, **large}, recorded)


def test_both_engines_serve_the_same_documents_in_the_same_order(registries: Registries) -> None:
    for release in RELEASES:
        found = registries.documents[release]
        assert len(found["sqlite"]) > 5 * STUDIES
        assert found["sqlite"] == found["postgresql"]


@pytest.mark.parametrize(("release", "type"), PLACES)
def test_each_parameter_and_modifier(registries: Registries, release: str, type: str) -> None:
    """Of each parameter that has something behind it, each modifier with values of the data."""
    queries = registries.queries[release]
    parameters = queries.with_elements(type)
    assert len(parameters) > 3

    for parameter in parameters:
        matched = 0
        for modifier in ("", *modifiers(release, parameter)):
            if modifier == "missing":
                pairs = [[(f"{parameter.code}:missing", one)] for one in ("true", "false")]
            else:
                name = f"{parameter.code}{modifier and ':'}{modifier}"
                elements = queries.elements(type, parameter)
                if parameter.kind == "composite":  # those that have a word in every part
                    elements = [one for one in elements if "nothing" not in queries.exactly(one, parameter, "")]
                chosen = elements[:: max(1, len(elements) // 2)][:2]
                pairs = [[(name, queries.exactly(one, parameter, modifier))] for one in chosen]
            for one in pairs:
                matched += len(registries.agree(release, (type,), one).ids)
        assert matched or (parameter.kind == "composite" and not elements), parameter.code


@pytest.mark.parametrize(("release", "type"), PLACES)
def test_each_sort(registries: Registries, release: str, type: str) -> None:
    queries = registries.queries[release]
    full = {one.code for one in queries.with_elements(type)}
    names = queries.sortable((type,))
    bare = [name for name in names if name not in full]
    codes = [name for name in names if name in full] + bare[: len(bare) if LONG else 1]
    for code in codes:
        for sign in ("", "-"):
            registries.agree(release, (type,), [("_sort", f"{sign}{code}")])
    for one, two in pairwise(codes):
        registries.agree(release, (type,), [("_sort", f"-{one},{two}")])


@pytest.mark.parametrize(("release", "type"), PLACES)
@settings(max_examples=examples(16, 6000))
@given(data=st.data())
def test_random_queries(registries: Registries, release: str, type: str, data: st.DataObject) -> None:
    pairs = data.draw(registries.queries[release].queries((type,)))
    answer = registries.agree(release, (type,), pairs)
    if len(answer.ids) > 1:
        count = data.draw(st.integers(1 + len(answer.ids) // 12, len(answer.ids)))
        registries.agree(release, (type,), pairs, count)


@pytest.mark.parametrize("types", SYSTEM, ids="+".join)
@pytest.mark.parametrize("release", RELEASES)
@settings(max_examples=examples(8, 3000))
@given(data=st.data())
def test_random_queries_of_several_types(
    registries: Registries, release: str, types: tuple[str, ...], data: st.DataObject
) -> None:
    registries.agree(release, types, data.draw(registries.queries[release].queries(types)))


ONLY_THE_RECORD = [
    [("start", "ge2015"), ("_sort", "-start,title")],
    [("completion", "lt2024"), ("_sort", "completion")],
    [("last-update", "ne2024"), ("_sort", "last-update,-_id")],
    [("intervention:contains", "a"), ("_sort", "intervention")],
    [("has-results", "false"), ("_sort", "has-results,-start")],
    [("site-status", "recruiting,completed"), ("_sort", "-site-status")],
    [("site-status:not", "recruiting")],
    [("stale", "true"), ("_sort", "_id")],
    [("stale", "false"), ("study-type:not", "observational")],
    [("status-changed", "gt2025-03-01"), ("_sort", "-status-changed")],
    [("status-changed:missing", "true")],
    [("_content", "study,trial"), ("_sort", "-title")],
    [("_text", "of the"), ("start:missing", "false")],
    [("_filter", 'title co "study" and (start ge 2012 or phase eq phase-2) and not (completion lt 2015)')],
    [("_filter", 'site.address-country eq "United States" or sponsor.name sw "a"'), ("_sort", "title")],
    [("eligible-age", "14"), ("_sort", "-start")],
    [("eligible-age", "200||mo,1||d"), ("eligible-sex", "male"), ("_sort", "title")],
    [("healthy-volunteers", "true"), ("_sort", "-eligible-sex,_id")],
    [("criterion", "exclusion$the")],
    [("criterion", "inclusion$age,exclusion$of"), ("_sort", "criterion-code")],
    [("criterion-code", "age"), ("criterion-code:not", "ecog")],
    [("criterion-value-quantity", "age$ge18||a"), ("_sort", "-criterion-code,title")],
    [("near", "48|10|900|km,40|-75|900|km"), ("_sort", "-start")],
    [("_has:Provenance:target:_content", "registry"), ("has-results:not", "true")],
]


@pytest.mark.parametrize(
    "pairs", ONLY_THE_RECORD, ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
@pytest.mark.parametrize("release", RELEASES)
def test_engines_agree_on_what_only_the_record_says(
    registries: Registries, release: str, pairs: list[tuple[str, str]]
) -> None:
    """Where the documents do not say what matches, the engines still say the same, however pages begin and end."""
    answers = {
        name: [endpoint.ask(("ResearchStudy",), pairs, count) for count in (1000, 7)]
        for name, endpoint in registries.endpoints[release].items()
    }
    [whole, paged], *others = answers.values()
    assert whole.status == 200 and 0 < len(whole.ids) < STUDIES + 2
    assert (paged.ids, paged.total) == (whole.ids, whole.total)
    assert all(one == [whole, paged] for one in others), answers
