"""Whether an answer is what was asked for: an `Ask` and its answer enter, nothing leaves.

Each check raises AssertionError that names the address and what is wrong with the answer.
"""

import math
from collections.abc import Iterable
from typing import Any

import httpx
import orjson
from sqlalchemy import bindparam, text

from tests.bench.draws import ENTRIES, PAGE, Ask, Registry

DISTANCE = "http://hl7.org/fhir/StructureDefinition/location-distance"


def hold(true: object, ask: Ask, why: str) -> None:
    if not true:
        raise AssertionError(f"{ask.path}: {why} (expected {ask.expect!r})")


def body(ask: Ask, answer: httpx.Response) -> dict[str, Any]:
    hold(answer.status_code == 200, ask, f"the answer is {answer.status_code}: {answer.text[:300]}")
    found: dict[str, Any] = orjson.loads(answer.content)
    return found


def matches(ask: Ask, answer: httpx.Response, *, least: int = 1) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The bundle and the entries that match: at least so many, and no more than a page."""
    bundle = body(ask, answer)
    found = [one for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"]
    hold(least <= len(found) <= PAGE, ask, f"the page has {len(found)} matches")
    return bundle, found


def codes(concepts: Iterable[dict[str, Any]]) -> set[str]:
    return {coding["code"] for one in concepts for coding in one.get("coding", ())}


def states(study: dict[str, Any]) -> set[str]:
    return codes(one["state"] for one in study.get("progressStatus", ()))


def is_resource(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    found = body(ask, answer)
    hold((found["resourceType"], found["id"]) == ("ResearchStudy", ask.expect), ask, f"it is {found['id']}")


def is_not_modified(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    hold(answer.status_code == 304 and not answer.content, ask, f"the answer is {answer.status_code}")
    hold(answer.headers["etag"] == ask.expect, ask, f"the ETag is {answer.headers['etag']}")


def is_version(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    found = body(ask, answer)
    hold((found["id"], found["meta"]["versionId"]) == ask.expect, ask, f"it is {found['id']} {found['meta']}")


def has_identified(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    hold(ask.expect in [one["resource"]["id"] for one in found], ask, "the study is not among them")


def have_status(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    hold(all(ask.expect in states(one["resource"]) for one in found), ask, "a study has another state")


def have_condition(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    code, total = ask.expect
    bundle, found = matches(ask, answer)
    hold(bundle["total"] == total and len(found) == min(PAGE, total), ask, f"the total is {bundle['total']}")
    hold(all(code in codes(one["resource"]["condition"]) for one in found), ask, "a study has another condition")


def have_three(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    condition, country, phase = ask.expect
    _, found = matches(ask, answer)
    for one in (entry["resource"] for entry in found):
        hold(condition in codes(one["condition"]), ask, f"{one['id']} has another condition")
        hold(country in codes(one["region"]), ask, f"{one['id']} has another country")
        hold(phase in codes([one["phase"]]), ask, f"{one['id']} has another phase")


def take_somebody(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    condition, _, sex = ask.expect
    _, found = matches(ask, answer)
    for one in (entry["resource"] for entry in found):
        hold(condition in codes(one["condition"]), ask, f"{one['id']} has another condition")
        hold(r.sexes[one["id"]] in (sex, "all", None), ask, f"{one['id']} takes nobody of this sex")


def have_title_words(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    for title in (one["resource"]["title"].lower() for one in found):
        hold(all(word.lower() in title for word in ask.expect), ask, f"a title is '{title}'")


def have_words(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    scores = [one["search"]["score"] for one in found]
    hold(scores == sorted(scores, reverse=True), ask, f"the scores are {scores}")
    for one in found:
        document = orjson.dumps(one["resource"]).lower()
        hold(all(word.encode() in document for word in ask.expect), ask, f"{one['fullUrl']} has not all words")


def are_near(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    for one in found:
        extensions = {extension["url"]: extension for extension in one["search"]["extension"]}
        distance = extensions[DISTANCE]["valueDistance"]["value"]
        hold(distance <= 50 and "recruiting" in states(one["resource"]), ask, f"{one['fullUrl']}: {distance} km")


def have_site(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    _, found = matches(ask, answer)
    referred = {
        one["fullUrl"]: [site["reference"].removeprefix("Location/") for site in one["resource"]["site"]]
        for one in found
    }
    sql = text("SELECT id, city, facility FROM site WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
    ids = sorted({id for each in referred.values() for id in each})
    with r.engine.connect().execution_options(read_only=True) as connection:
        said = {id: f"{city} {facility}".lower() for id, city, facility in connection.execute(sql, {"ids": ids})}
    for url, each in referred.items():
        hold(any(ask.expect.lower() in said[id] for id in each), ask, f"{url} has no such site")


def have_includes(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    bundle, found = matches(ask, answer)
    included = {
        f"{one['resource']['resourceType']}/{one['resource']['id']}"
        for one in bundle["entry"]
        if one["search"]["mode"] == "include"
    }
    for one in (entry["resource"] for entry in found):
        hold(set(ask.expect) & codes(one["condition"]), ask, f"{one['id']} has another condition")
        sponsors = [each for each in one["associatedParty"] if "lead-sponsor" in codes([each["role"]])]
        led = [site["reference"] for site in one.get("site", ())]
        led += [each["party"]["reference"] for each in sponsors if "reference" in each["party"]]
        led += [one["recruitment"]["eligibility"]["reference"]] if "eligibility" in one.get("recruitment", {}) else []
        hold(set(led) <= included, ask, f"{one['id']}: {sorted(set(led) - included)} is not included")
    few = len(r.studies) < 1000  # of a small registry few pages have as many entries; studies share sites and sponsors
    hold(
        few or len(bundle["entry"]) in range(ENTRIES.start - 20, ENTRIES.stop + 1),
        ask,
        f"{len(bundle['entry'])} entries",
    )


def is_count(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    expected = ask.expect[1] if isinstance(ask.expect, tuple) else ask.expect
    bundle = body(ask, answer)
    hold("entry" not in bundle and bundle["total"] == expected, ask, f"the total is {bundle['total']}")


def have_elements(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    have_condition(r, ask, answer)
    for one in (entry["resource"] for entry in matches(ask, answer)[1]):
        more = set(one) - {"resourceType", "id", "meta", "title", "condition", "status"}
        hold("title" in one and not more, ask, f"{one['id']} has {sorted(one)}")


def are_sorted(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    """Recruiting, where that was asked, and titles in order (dates of the last update are in an extension of parts)."""
    status, sort = ask.expect
    _, found = matches(ask, answer, least=min(PAGE, len(r.studies)) if not status else 1)
    hold(not status or all(status in states(one["resource"]) for one in found), ask, "a study has another state")
    if sort == "title":
        titles = [_folded(one["resource"]["title"]) for one in found]
        hold(titles == sorted(titles), ask, f"the titles are {titles}")


def _folded(title: str) -> str:
    """As far as sorting looks: titles that are the same so far stand in the order of keys."""
    return " ".join(title.lower().split())[:20]


def have_plain_condition(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    code, total = ask.expect
    listing = body(ask, answer)
    hold(listing["total"] == total and len(listing["items"]) == min(PAGE, total), ask, f"{listing['total']} in all")
    for one in listing["items"]:
        found = {coding["code"] for each in one["conditions"] for coding in each["codings"]}
        found |= {term["id"] for term in one["mesh"]}
        hold(code in found, ask, f"{one['id']} has another condition")


def have_facets(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    have_plain_condition(r, ask, answer)
    facets = body(ask, answer)["facets"]
    hold(set(facets) == {"overall_status", "phase", "country"}, ask, f"the facets are {sorted(facets)}")
    number = math.fsum(one["count"] for one in facets["overall_status"])
    hold(0 < number <= ask.expect[1], ask, f"{number} studies have a state")


def are_changes(r: Registry, ask: Ask, answer: httpx.Response) -> None:
    after, number = ask.expect
    found = [one["number"] for one in body(ask, answer)["items"]]
    hold(found == list(range(after + 1, after + 1 + number)), ask, f"the numbers are {found}")
